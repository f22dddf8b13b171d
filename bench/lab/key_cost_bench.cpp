// key-cost: what a key type hidden behind an interface costs beside one known at compile time (R8,
// R10).
#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "lab/experiments.hpp"
#include "lab/table_load.hpp"
#include "lab/valgrind.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

struct subject {
  const char *layout, *library;
};
constexpr subject subjects[] = {
    {"struct key", "std"},        {"type-erased key", "std"}, {"struct key", "boost"},
    {"type-erased key", "boost"}, {"struct key", "absl"},     {"type-erased key", "absl"},
    {"struct key", "crosstie"},   {"array key", "crosstie"},  {"concatenated string", "std"}};

cli::case_fields fields_of(const subject& of, std::size_t entries) {
  return {{"keys", "u32 pair"},
          {"entries", static_cast<std::int64_t>(entries)},
          {"layout", of.layout},
          {"library", of.library}};
}

}  // namespace

void measure_key_cost(const bench_options& options, results& into) {
  const std::size_t entries = options.quick ? 300 : 10'000;
  const key_set<number_key> keys = make_number_keys(entries);
  rounds to("key-cost", options.rounds);
  for (const subject& of : subjects) {
    for (const layout<number_key>& one : all_layouts<number_key>()) {
      if (one.name != of.layout || one.library != of.library) continue;
      add_load(to, one, keys, fields_of(of, entries),
               [](std::string_view o) { return o == "hit"; });
    }
  }
  to.run(into);
  if (!has_valgrind()) {
    into.notes.push_back("valgrind is not installed: instructions and branches are left out");
    return;
  }
  std::int64_t done = 0;
  for (const subject& of : subjects) {
    show_progress("key-cost", done++, std::size(subjects), "callgrind");
    const auto counted =
        count_events("callgrind --branch-sim=yes",
                     {"u32 pair", of.layout, of.library, entries, options.quick ? 500u : 20'000u});
    if (!counted) continue;
    cli::case_fields at = fields_of(of, entries);
    at.emplace_back("operation", "hit");
    into.add("key-cost", at, "instructions", "count", exactly(counted->at("Ir")));
    into.add("key-cost", at, "indirect branches", "count", exactly(counted->at("Bi")));
    into.add("key-cost", at, "branches mispredicted", "count",
             exactly(counted->at("Bcm") + counted->at("Bim")));
    if (options.quick && done == 2) break;  // one static, one erased
  }
}

void draw_key_cost(const results& found, page& to) {
  struct drawn {
    const char *metric, *title, *unit;
  };
  for (const drawn& figure :
       {drawn{"time", "One lookup", "ns"}, drawn{"instructions", "One lookup", "instructions"},
        drawn{"indirect branches", "One lookup", "indirect branches"},
        drawn{"allocations", "One lookup", "allocations"}}) {
    std::vector<bar> bars;
    for (const cli::measurement& one : found.all()) {
      if (one.bench != "key-cost" || one.metric != figure.metric) continue;
      if (!has_fields(one, {{"operation", "hit"}})) continue;
      const std::string name = cli::to_text(one.of[2].second);
      bars.push_back({name + ", " + cli::to_text(one.of[3].second), one.value, one.low, one.high,
                      "", name != "type-erased key" && name != "concatenated string"});
    }
    if (!bars.empty()) to.plot(draw_bars(figure.title, figure.unit, bars));
  }
}

void define_key_cost(CLI::App& app) {
  define_bench(app, "key-cost", "keys behind an interface against keys known at compile time",
               measure_key_cost, [](const results& found, page& to) {
                 to.card("What a key costs");
                 draw_key_cost(found, to);
               });
}

}  // namespace crosstie::bench
