// layouts: every key layout on every hash table, under every operation (R6, R7, R10, R11).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/figures.hpp"
#include "harness/options.hpp"
#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "lab/experiments.hpp"
#include "lab/recommendation.hpp"
#include "lab/selection.hpp"
#include "lab/table_load.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

const std::vector<std::string> fields = {"layout", "library", "keys", "entries", "operation"};

template <class Key>
void measure(const key_set<Key>& keys, const selection& chosen, int count, results& into) {
  rounds to("layouts", count);
  const auto wanted = [&](std::string_view operation) {
    return chosen.admits("operation", operation);
  };
  bool any = false;
  for (const layout<Key>& one : all_layouts<Key>()) {
    if (!fits(one, keys) || !chosen.admits("layout", one.name) ||
        !chosen.admits("library", one.library)) {
      continue;
    }
    any = true;
    const cli::case_fields of = {{"keys", keys.name},
                                 {"entries", static_cast<std::int64_t>(keys.inserted.size())},
                                 {"layout", one.name},
                                 {"library", one.library}};
    show_progress("layouts", 0, 1, "memory of " + cli::to_text(of));
    into.add("layouts", of, "memory", "bytes/entry", exactly(measure_memory(one, keys)));
    add_load(to, one, keys, of, wanted);
  }
  if (!any) throw CLI::ValidationError("--select", "no layout of this name, library and keys");
  to.run(into);
}

}  // namespace

void measure_layouts(const bench_options& options, const layouts_options& own, results& into) {
  const auto chosen = selection::parse(own.select, fields);
  if (!chosen) throw CLI::ValidationError(chosen.error());
  if (!own.file.empty()) {
    const auto keys = read_key_file(own.file);
    if (!keys) throw CLI::ValidationError(keys.error());
    std::visit([&](const auto& set) { measure(set, *chosen, options.rounds, into); }, *keys);
    return;
  }
  const std::vector<std::string> sizes =
      chosen->values("entries", options.quick ? std::vector<std::string>{"300"}
                                              : std::vector<std::string>{"1000", "100000"});
  for (const std::string& shape : chosen->values("keys", {"u32 pair", "node x pod uid"})) {
    if (!is_key_shape(shape)) {
      throw CLI::ValidationError("--select",
                                 "keys are 'u32 pair', 'node x pod uid', 'text N' (N from 8 to "
                                 "4096) or 'uuid N' (from 40), and not '" +
                                     shape + "'");
    }
    for (const std::string& size : sizes) {
      const std::size_t entries = to_count(size);
      if (entries == 0) throw CLI::ValidationError("--select", "entries: no count: " + size);
      if (entries > most_keys(shape)) {
        throw CLI::ValidationError(
            "--select", fmt::format("'{}' has names for {} keys at most", shape, most_keys(shape)));
      }
      if (shape == "u32 pair") {
        measure(make_number_keys(entries), *chosen, options.rounds, into);
      } else {
        measure(make_text_keys(shape, entries), *chosen, options.rounds, into);
      }
    }
  }
}

void draw_layouts(const results& found, page& to) {
  std::vector<cli::case_fields> sets;  // keys and entries
  std::vector<std::string> operations;
  for (const cli::measurement& one : found.all()) {
    if (one.bench != "layouts") continue;
    if (one.metric == "memory") {
      const cli::case_fields set(one.of.begin(), one.of.begin() + 2);
      if (std::ranges::find(sets, set) == sets.end()) sets.push_back(set);
    } else if (const std::string name = cli::to_text(one.of.back().second);
               std::ranges::find(operations, name) == operations.end()) {
      operations.push_back(name);
    }
  }
  for (const cli::case_fields& set : sets) {
    to.card("R6, R7, R10, R11: layouts of " + cli::to_text(set[0].second) + ", " +
            cli::with_commas(std::get<std::int64_t>(set[1].second)) + " entries");
    const auto bars_of = [&](const std::string& metric, const std::string& operation) {
      std::vector<bar> bars;
      for (const cli::measurement& one : found.all()) {
        if (one.bench != "layouts" || one.metric != metric || !has_fields(one, set)) continue;
        if (!operation.empty() && !has_fields(one, {{"operation", operation}})) continue;
        const std::string library = cli::to_text(one.of[3].second);
        bars.push_back({cli::to_text(one.of[2].second) + ", " + library, one.value, one.low,
                        one.high, "", library == "crosstie"});
      }
      return bars;
    };
    for (const std::string& operation : operations) {
      if (const auto bars = bars_of("time", operation); !bars.empty()) {
        to.plot(draw_bars(operation, "ns an operation", bars));
      }
    }
    to.plot(draw_bars("memory", "bytes an entry", bars_of("memory", "")));
  }
}

void define_layouts(CLI::App& app) {
  const auto own = std::make_shared<layouts_options>();
  CLI::App& made = define_bench(
      app, "layouts", "key layouts of two-dimensional tables, ours beside std, Boost and Abseil",
      [=](const bench_options& options, results& into) {
        own->recommend ? recommend(own->file, own->mix, options.rounds, into)
                       : measure_layouts(options, *own, into);
      },
      draw_layouts);
  made.add_option("--select", own->select,
                  "the cases to run, e.g. \"layout=nested map|struct key,library=boost,keys=u32 "
                  "pair|text 64,entries=1e6,operation=hit\"");
  CLI::Option* file =
      made.add_option("--keys", own->file, "take the two columns of this file as keys")
          ->type_name("FILE");
  CLI::Option* recommended =
      made.add_flag("--recommend", own->recommend, "name the best layout for the keys of --keys")
          ->needs(file);
  made.add_option("--mix", own->mix,
                  "the operations to recommend for, weighted, e.g. hit=80,miss=10,insert=5,erase=5")
      ->needs(recommended);
}

}  // namespace crosstie::bench
