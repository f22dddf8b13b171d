// growth: what a growing table costs the inserts that happen to meet it (R3, R14, R15).
#include <algorithm>
#include <chrono>
#include <limits>

#include "harness/allocation.hpp"
#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "harness/rounds.hpp"
#include "lab/experiments.hpp"
#include "lab/layout.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

using clock_type = std::chrono::steady_clock;

struct subject {
  const char *layout, *library;
  bool reserve;
};
// "relation by row" grows row by row: what its growth costs never depends on the whole table.
constexpr subject subjects[] = {{"nested map", "std", false},
                                {"struct key", "std", false},
                                {"struct key", "std", true},
                                {"struct key", "boost", false},
                                {"struct key", "boost", true},
                                {"struct key", "absl", false},
                                {"struct key", "crosstie", false},
                                {"struct key", "crosstie", true},
                                {"relation by row", "crosstie", false},
                                {"assignment", "crosstie", false},
                                {"sorted vector", "std", false}};

using made_table = std::unique_ptr<table<number_key>>;

made_table make(const layout<number_key>& one, bool reserve, std::size_t entries) {
  made_table made = one.make();
  if (reserve) made->reserve(entries);
  return made;
}

// What each insert takes, undisturbed: the pointwise minimum over the runs.
std::vector<double> time_inserts(const layout<number_key>& one, bool reserve,
                                 const std::vector<number_key>& keys, int runs) {
  std::vector<double> best(keys.size(), std::numeric_limits<double>::max());
  for (int run = 0; run < runs; ++run) {
    const made_table to = make(one, reserve, keys.size());
    auto before = clock_type::now();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (to->put({&keys[i], 1}) != 1) throw wrong_answer("growth: a key was there before");
      const auto now = clock_type::now();
      best[i] = std::min(best[i], std::chrono::duration<double, std::nano>(now - before).count());
      before = now;
    }
    if (to->has(keys) != keys.size()) throw wrong_answer("growth: a key was lost");
  }
  return best;
}

struct growth {
  std::size_t insert;  // the how-manieth
  std::int64_t bytes;
};

// Inserts that ask for a block that is large beside what an entry takes.
std::vector<growth> find_growths(const layout<number_key>& one, bool reserve,
                                 const std::vector<number_key>& keys) {
  std::vector<growth> found;
  const made_table to = make(one, reserve, keys.size());
  const allocation_meter meter;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    to->put({&keys[i], 1});
    const std::int64_t now = meter.read().bytes;
    if (now - before >= 1024) found.push_back({i + 1, now - before});
    before = now;
  }
  return found;
}

double measure_allocator_share(const layout<number_key>& one, bool reserve,
                               const std::vector<number_key>& keys) {
  double allocator = 0;
  const double all = time_ns([&] {
    const allocation_meter meter(true);
    {
      const made_table to = make(one, reserve, keys.size());
      to->put(keys);
    }
    allocator = static_cast<double>(meter.read().ns);
  });
  return allocator / all;
}

void measure_one(const subject& of, const layout<number_key>& one,
                 const std::vector<number_key>& keys, int runs, results& into) {
  const cli::case_fields fields = {{"layout", of.layout},
                                   {"library", of.library},
                                   {"reserved", of.reserve ? "yes" : "no"},
                                   {"entries", static_cast<std::int64_t>(keys.size())}};
  std::vector<double> ns = time_inserts(one, of.reserve, keys, runs);
  const std::vector<growth> growths = find_growths(one, of.reserve, keys);
  double all = 0, in_growth = 0, longest = 0;
  for (const double each : ns) all += each;
  for (const growth& each : growths) {
    cli::case_fields at = fields;
    at.emplace_back("insert", static_cast<std::int64_t>(each.insert));
    const double spent = ns[each.insert - 1];
    into.add("growth", at, "growth", "ns", exactly(spent));
    into.add("growth", at, "growth size", "bytes", exactly(static_cast<double>(each.bytes)));
    in_growth += spent, longest = std::max(longest, spent);
  }
  std::ranges::sort(ns);
  const auto at = [&](double share) {
    return ns[static_cast<std::size_t>(share * static_cast<double>(ns.size() - 1))];
  };
  into.add("growth", fields, "growths", "count", exactly(static_cast<double>(growths.size())));
  into.add("growth", fields, "longest growth", "ns", exactly(longest));
  into.add("growth", fields, "in growths", "share", exactly(in_growth / all));
  into.add("growth", fields, "insert p50", "ns", exactly(at(0.5)));
  into.add("growth", fields, "insert p99.9", "ns", exactly(at(0.999)));
  into.add("growth", fields, "insert max", "ns", exactly(at(1)));
  std::vector<double> shares;
  for (int i = 0; i < runs; ++i) shares.push_back(measure_allocator_share(one, of.reserve, keys));
  into.add("growth", fields, "in the allocator", "share", summarize(shares));
}

}  // namespace

void measure_growth(const bench_options& options, results& into) {
  const key_set<number_key> keys = make_number_keys(options.quick ? 3000 : 1 << 19);
  const std::vector<layout<number_key>> all = all_layouts<number_key>();
  const int runs = options.quick ? 2 : std::max(7, options.rounds);
  std::int64_t done = 0;
  for (const subject& of : subjects) {
    show_progress("growth", done++, std::size(subjects), of.layout);
    for (const layout<number_key>& one : all) {
      if (one.name == of.layout && one.library == of.library) {
        measure_one(of, one, keys.inserted, runs, into);
      }
    }
  }
  into.notes.push_back(
      "A C++ program has no collector: what R3 counts as collections is paid at once, in malloc "
      "and "
      "free; 'in the allocator' is that share of an insert load with the table's end.");
}

void draw_growth(const results& found, page& to) {
  std::vector<line> lines;
  std::vector<bar> longest, shares;
  for (const subject& of : subjects) {
    const std::string name =
        std::string(of.layout) + ", " + of.library + (of.reserve ? ", reserved" : "");
    const cli::case_fields fields = {
        {"layout", of.layout}, {"library", of.library}, {"reserved", of.reserve ? "yes" : "no"}};
    line drawn{name, {}, of.reserve};
    for (const cli::measurement& one : found.all()) {
      if (one.metric != "growth" || !has_fields(one, fields) || one.value < 1) continue;
      drawn.points.emplace_back(std::get<std::int64_t>(one.of.back().second), one.value / 1000);
    }
    if (!drawn.points.empty() && drawn.points.size() < 200) lines.push_back(std::move(drawn));
    const bool own = std::string_view(of.library) == "crosstie";
    if (const auto* one = found.find("insert max", fields)) {
      longest.push_back({name, one->value / 1000, 0, 0, "", own});
    }
    if (const auto* one = found.find("in the allocator", fields)) {
      shares.push_back({name, 100 * one->value, 100 * one->low, 100 * one->high, "", own});
    }
  }
  to.plot(draw_lines("Each growth: which insert meets it, and what it waits",
                     {"insert", "µs", true, true}, lines));
  to.plot(draw_bars("The longest insert", "µs", longest));
  to.plot(draw_bars("Time in malloc and free", "% of an insert load", shares));
}

void define_growth(CLI::App& app) {
  define_bench(app, "growth", "each growth of a table under insert load, and the allocator's share",
               measure_growth, [](const results& found, page& to) {
                 to.card("Growth");
                 draw_growth(found, to);
               });
}

}  // namespace crosstie::bench
