// cache: lines touched a lookup, misses by the model, by cachegrind and by the clock; what a row
// index and a layer of recent answers cost and save (R4, R12, R13).
#include <algorithm>
#include <cmath>
#include <crosstie/flat_set.hpp>
#include <crosstie/lru_map.hpp>
#include <crosstie/relation.hpp>
#include <random>

#include "harness/allocation.hpp"
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
constexpr subject subjects[] = {{"nested map", "std"},      {"struct key", "std"},
                                {"nested map", "boost"},    {"struct key", "boost"},
                                {"struct key", "crosstie"}, {"relation by row", "crosstie"},
                                {"assignment", "crosstie"}};

cli::case_fields fields_of(const subject& of, std::size_t entries) {
  return {{"entries", static_cast<std::int64_t>(entries)},
          {"layout", of.layout},
          {"library", of.library}};
}

// R12's arithmetic, drawn: two levels that miss independently.
void measure_model(bool quick, results& into) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<> uniform(0, 1);
  const int draws = quick ? 20'000 : 1'000'000;
  for (const int percent : {10, 30}) {
    const double p = percent / 100.0, formula = 1 - (1 - p) * (1 - p);
    int misses = 0;
    for (int i = 0; i < draws; ++i) misses += uniform(random) < p || uniform(random) < p;
    const double drawn = static_cast<double>(misses) / draws;
    if (std::abs(drawn - formula) > 5 / std::sqrt(draws)) throw wrong_answer("cache: the model");
    const cli::case_fields of = {{"one level misses, %", std::int64_t{percent}}};
    into.add("cache", of, "two levels by 1-(1-p)^2", "share", exactly(formula));
    into.add("cache", of, "two levels drawn", "share", exactly(drawn));
  }
}

void measure_lines(bool quick, results& into) {
  // A trace has a line an access, from the start of the program.
  const std::size_t entries = quick ? 300 : 3000;
  for (const subject& of : subjects) {
    show_progress("cache", 0, 1, std::string("lines of ") + of.layout);
    const auto lines = count_lines({"u32 pair", of.layout, of.library, entries, 400});
    if (lines) into.add("cache", fields_of(of, entries), "lines touched", "count", exactly(*lines));
    if (quick) return;
  }
}

void measure_misses(bool quick, results& into) {
  const std::size_t entries = quick ? 500 : 100'000;
  for (const char* size : {"262144", "1048576", "4194304", "16777216"}) {
    for (const subject& of : subjects) {
      show_progress("cache", 0, 1, std::string("cachegrind, ") + size + " bytes: " + of.layout);
      const auto counted =
          count_events(std::string("cachegrind --cache-sim=yes --LL=") + size + ",16,64",
                       {"u32 pair", of.layout, of.library, entries, quick ? 200u : 100'000u});
      if (!counted) continue;
      cli::case_fields at = fields_of(of, entries);
      at.emplace_back("last-level bytes", std::int64_t{std::stoll(size)});
      into.add("cache", at, "last-level misses a lookup", "count", exactly(counted->at("DLmr")));
      into.add("cache", at, "first-level misses a lookup", "count", exactly(counted->at("D1mr")));
      if (quick) return;
    }
  }
}

// R12's model beside what cachegrind counts: p is the flat table's misses of the same library.
void compare_model(results& into) {
  std::vector<cli::measurement> nested;
  for (const cli::measurement& one : into.all()) {
    if (one.metric == "last-level misses a lookup" && has_fields(one, {{"layout", "nested map"}})) {
      nested.push_back(one);
    }
  }
  for (const cli::measurement& one : nested) {
    cli::case_fields flat = one.of;
    flat[1].second = "struct key";
    const double p = std::min(1.0, into.value(one.metric, flat));
    into.add("cache", one.of, "by the model", "count", exactly(1 - (1 - p) * (1 - p)));
  }
}

// The answers given last, before a table that may be slow to ask; what it costs is its own miss.
class recent_answers {
 public:
  explicit recent_answers(std::size_t answers) : recent_(answers) {}
  bool has(const number_key& key, table<number_key>& behind) {
    if (const bool* known = recent_.find(key)) return ++hits_, *known;
    ++misses_;
    const bool found = behind.has({&key, 1}) == 1;
    recent_.try_emplace(key, found);
    return found;
  }
  double hit_rate() const {
    const auto asked = static_cast<double>(hits_ + misses_);
    return asked == 0 ? 0 : static_cast<double>(hits_) / asked;
  }

 private:
  lru_map<number_key, bool> recent_;
  std::uint64_t hits_ = 0, misses_ = 0;
};

// Repeated questions with and without the layer, before a flat and before a nested table.
void measure_layer(bool quick, int count, results& into) {
  const key_set<number_key> keys = make_number_keys(quick ? 500 : 300'000);
  rounds to("cache", count);
  std::vector<std::pair<cli::case_fields, std::shared_ptr<recent_answers>>> layers;
  for (const layout<number_key>& one : all_layouts<number_key>()) {
    if (one.library != "std" || (one.name != "struct key" && one.name != "nested map")) continue;
    const std::shared_ptr<table<number_key>> behind = one.make();
    behind->put(keys.inserted);
    for (const auto& [kind, questions] :
         {std::pair{"zipf", &keys.zipf}, std::pair{"uniform", &keys.asked}}) {
      const std::string question = std::string("repeated ") + kind;
      to.expect(question, questions->size());
      const auto ops = static_cast<double>(questions->size());
      const cli::case_fields of = {{"layout", one.name}, {"questions", kind}};
      cli::case_fields plain = of, layered = of;
      plain.emplace_back("layer", "none"), layered.emplace_back("layer", "8,192 answers");
      to.add({plain, [] {}, {{"lookup", ops, [=] { return behind->has(*questions); }, question}}});
      const auto layer = std::make_shared<recent_answers>(quick ? 64 : 8192);
      layers.emplace_back(layered, layer);
      to.add({layered,
              [] {},
              {{"lookup", ops,
                [=] {
                  std::uint64_t found = 0;
                  for (const number_key& key : *questions) {
                    found += layer->has(key, *behind);
                  }
                  return found;
                },
                question}}});
    }
  }
  to.run(into);
  for (const auto& [of, layer] : layers) {
    into.add("cache", of, "hit rate", "share", exactly(layer->hit_rate()));
  }
}

// R13: the flat key alone, and with an index row -> columns beside it.
void measure_row_index(bool quick, int count, results& into) {
  const key_set<number_key> keys = make_number_keys(quick ? 500 : 100'000);
  struct indexed {
    flat_set<number_key> cells;
    relation<std::uint32_t, std::uint32_t, relation_index::by_row> index;
  };
  const auto on = std::make_shared<indexed>();
  const std::size_t scans = quick ? 5 : 20;
  const auto scanned = std::make_shared<std::uint64_t>(0);
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < scans; ++i) {
    for (const number_key& key : keys.inserted) {
      expected += key.row == keys.asked[i].row ? key.column : 0;
    }
  }
  rounds to("cache", count);
  const auto ops = static_cast<double>(keys.inserted.size());
  for (const bool index : {false, true}) {
    const auto add = [=, &keys] {
      std::uint64_t added = 0;
      for (const number_key& key : keys.inserted) {
        added += on->cells.insert(key).second;
        if (index) on->index.insert(key.row, key.column);
      }
      return added;
    };
    const auto scan_rows = [=, &keys] {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < scans; ++i) {
        const std::uint32_t row = keys.asked[i].row;
        if (index) {
          for (const std::uint32_t column : on->index.row(row)) sum += column;
        } else {
          for (const number_key& key : on->cells) sum += key.row == row ? key.column : 0;
        }
      }
      return sum;
    };
    to.add({{{"row index", index ? "yes" : "no"}},
            [=] { *on = indexed(); },
            {{"insert", ops, add, "indexed insert"},
             {"row scan", static_cast<double>(scans), scan_rows, "indexed scan"}}});
  }
  to.expect("indexed insert", keys.inserted.size());
  to.expect("indexed scan", expected);
  to.run(into);
  *on = indexed();
  for (const number_key& key : keys.inserted)
    on->cells.insert(key), on->index.insert(key.row, key.column);
  into.add("cache", {{"row index", "no"}}, "memory", "bytes/entry",
           exactly(static_cast<double>(on->cells.memory_bytes()) / ops));
  into.add("cache", {{"row index", "yes"}}, "memory", "bytes/entry",
           exactly(static_cast<double>(on->cells.memory_bytes() + on->index.memory_bytes()) / ops));
}

void measure_time(bool quick, int count, results& into) {
  const key_set<number_key> keys = make_number_keys(quick ? 500 : 100'000);
  rounds to("cache", count);
  for (const subject& of : subjects) {
    for (const layout<number_key>& one : all_layouts<number_key>()) {
      if (one.name != of.layout || one.library != of.library) continue;
      add_load(to, one, keys, fields_of(of, keys.inserted.size()),
               [](std::string_view operation) { return operation == "hit"; });
    }
  }
  to.run(into);
}

}  // namespace

void measure_cache(const bench_options& options, results& into) {
  measure_model(options.quick, into);
  measure_time(options.quick, options.rounds, into);
  measure_row_index(options.quick, options.rounds, into);
  measure_layer(options.quick, options.rounds, into);
  if (!has_valgrind()) {
    into.notes.push_back("valgrind is not installed: lines and misses are left out");
    return;
  }
  measure_lines(options.quick, into);
  measure_misses(options.quick, into);
  if (!options.quick) compare_model(into);
}

namespace {

// R13: what an index row -> columns costs and saves.
void draw_row_index(const results& found, page& to) {
  struct drawn {
    const char *metric, *operation, *title, *unit;
  };
  for (const drawn& of : {drawn{"time", "insert", "An insert", "ns"},
                          drawn{"time", "row scan", "A scan of one row", "ns"},
                          drawn{"memory", "", "Memory of an entry", "bytes"}}) {
    std::vector<bar> bars;
    for (const char* index : {"no", "yes"}) {
      cli::case_fields fields = {{"row index", index}};
      if (*of.operation != 0) fields.emplace_back("operation", of.operation);
      const auto* one = found.find(of.metric, fields);
      if (one == nullptr) continue;
      const bool with = *index == 'y';
      bars.push_back({with ? "flat set and row index" : "flat set alone", one->value, one->low,
                      one->high, "", with});
    }
    to.plot(draw_bars(of.title, of.unit, bars));
  }
}

std::vector<bar> hit_times(const results& found) {
  std::vector<bar> bars;
  for (const cli::measurement& one : found.all()) {
    if (one.bench != "cache" || one.metric != "time" || !has_fields(one, {{"operation", "hit"}})) {
      continue;
    }
    const std::string library = cli::to_text(one.of[2].second);
    bars.push_back({cli::to_text(one.of[1].second) + ", " + library, one.value, one.low, one.high,
                    "", library == "crosstie"});
  }
  return bars;
}

}  // namespace

void draw_cache(const results& found, page& to) {
  std::vector<bar> lines, layered;
  std::vector<line> misses;
  for (const subject& of : subjects) {
    const std::string name = std::string(of.layout) + ", " + of.library;
    const bool own = std::string_view(of.library) == "crosstie";
    const cli::case_fields fields = {{"layout", of.layout}, {"library", of.library}};
    if (const auto* one = found.find("lines touched", fields)) {
      lines.push_back({name, one->value, 0, 0, "", own});
    }
    line counted{name, {}}, model{name + ", by the model", {}, true};
    for (const cli::measurement& one : found.all()) {
      if (!has_fields(one, fields) || one.of.back().first != "last-level bytes") continue;
      const double size = static_cast<double>(std::get<std::int64_t>(one.of.back().second)) / 1024;
      if (one.metric == "last-level misses a lookup") counted.points.emplace_back(size, one.value);
      if (one.metric == "by the model") model.points.emplace_back(size, one.value);
    }
    if (!counted.points.empty()) misses.push_back(std::move(counted));
    if (!model.points.empty()) misses.push_back(std::move(model));
  }
  for (const cli::measurement& one : found.all()) {
    if (one.bench != "cache" || one.metric != "time" || one.of.front().first != "layout") continue;
    const auto* rate = found.find("hit rate", {one.of[0], one.of[1], one.of[2]});
    layered.push_back({cli::to_text(one.of[0].second) + ", " + cli::to_text(one.of[1].second) +
                           ", layer: " + cli::to_text(one.of[2].second),
                       one.value, one.low, one.high,
                       rate == nullptr ? "" : figure(100 * rate->value) + " % hits",
                       rate != nullptr});
  }
  if (!lines.empty()) to.plot(draw_bars("Cache lines touched by a lookup", "lines", lines));
  if (!misses.empty()) {
    to.plot(draw_lines("Last-level misses a lookup, by cachegrind",
                       {"last-level cache, KiB", "misses", true, false}, misses));
  }
  to.plot(draw_bars("By the clock: a lookup in a table of the same size", "ns", hit_times(found)));
  draw_row_index(found, to);
  to.plot(draw_bars("A layer of recent answers before a std table", "ns a question", layered));
}

void define_cache(CLI::App& app) {
  define_bench(app, "cache", "lines and misses a lookup; what a row index and recent answers save",
               measure_cache, [](const results& found, page& to) {
                 to.card("Cache");
                 draw_cache(found, to);
               });
}

}  // namespace crosstie::bench
