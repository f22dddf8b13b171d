// diff: two documents of docs/bench.md, case by case (R19).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/options.hpp"
#include "harness/plot.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

using cli::measurement;

using nlohmann::ordered_json;

// Throws ordered_json::exception where a field is missing or of another type.
measurement read_result(const ordered_json& from) {
  measurement one;
  one.bench = from.at("bench").get<std::string>();
  for (const auto& [name, value] : from.at("case").items()) {
    if (value.is_number_integer()) {
      one.of.emplace_back(name, value.get<std::int64_t>());
    } else {
      one.of.emplace_back(name, value.get<std::string>());
    }
  }
  one.metric = from.at("metric").get<std::string>();
  one.unit = from.at("unit").get<std::string>();
  one.value = from.at("value").get<double>();
  one.low = from.at("low").get<double>();
  one.high = from.at("high").get<double>();
  one.samples = from.at("samples").get<std::int64_t>();
  one.checked = from.at("checked").get<bool>();
  return one;
}

std::vector<measurement> read_results(const std::string& path) {
  std::ifstream from(path, std::ios::binary);
  if (!from) throw CLI::ValidationError(path, "cannot be read");
  std::vector<measurement> all;
  try {
    const ordered_json document = ordered_json::parse(from);
    for (const ordered_json& one : document.at("results")) all.push_back(read_result(one));
  } catch (const ordered_json::exception& problem) {
    throw CLI::ValidationError(
        path, fmt::format("results[{}]: not of the schema of docs/bench.md: {}", all.size(),
                          problem.what()));
  }
  return all;
}

// More of it is better: a rate.
bool is_rate(const std::string& unit) { return unit.ends_with("/s") && unit != "calls/s"; }

// Stands for no upper bound; JSON knows no infinity.
constexpr double unbounded = 1e9;

struct comparison {
  const measurement *a, *b;
  summary ratio;  // how many times as much b takes as a: above 1 is worse
};

// The interval of the quotient holds whenever both intervals do: at least 90 %.
summary divide(const measurement& a, const measurement& b) {
  const measurement &over = is_rate(a.unit) ? a : b, &under = is_rate(a.unit) ? b : a;
  return {over.value / under.value, under.high > 0 ? over.low / under.high : 0,
          under.low > 0 ? over.high / under.low : unbounded, std::min(a.samples, b.samples)};
}

std::vector<comparison> compare(const std::vector<measurement>& a,
                                const std::vector<measurement>& b) {
  std::vector<comparison> pairs;
  for (const measurement& one : a) {
    const auto same = std::ranges::find_if(b, [&](const measurement& other) {
      return other.bench == one.bench && other.metric == one.metric && other.of == one.of;
    });
    if (same == b.end() || one.value == 0 || same->value == 0) continue;
    pairs.push_back({&one, &*same, divide(one, *same)});
  }
  return pairs;
}

// ---- pages --------------------------------------------------------------------------------------

bool is_table_time(const measurement& one) {
  return one.bench == "profile" && one.metric == "time";
}

std::size_t place(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::ranges::find(names, name);
  const auto index = at - names.begin();
  if (at == names.end()) names.push_back(name);
  return static_cast<std::size_t>(index);
}

// The rows and columns of both profiles, so that equal cells lie at equal places.
heat name_cells(const std::vector<measurement>& a, const std::vector<measurement>& b) {
  heat map{"", {}, {}, {}, {}};
  for (const auto* of : {&a, &b}) {
    for (const measurement& one : *of) {
      if (!is_table_time(one)) continue;
      place(map.rows, cli::to_text(one.of[0].second));
      place(map.columns, cli::to_text(one.of[1].second));
    }
  }
  map.shares.assign(map.rows.size(), std::vector<double>(map.columns.size(), -1));
  map.notes.assign(map.rows.size(), std::vector<std::string>(map.columns.size(), "never"));
  return map;
}

heat fill_cells(heat map, const std::string& title, const std::vector<measurement>& of) {
  map.title = title;
  double all = 0;
  for (const measurement& one : of) all += is_table_time(one) ? one.value : 0;
  for (const measurement& one : of) {
    if (!is_table_time(one)) continue;
    const std::size_t row = place(map.rows, cli::to_text(one.of[0].second));
    const std::size_t column = place(map.columns, cli::to_text(one.of[1].second));
    map.shares[row][column] = one.value / all;
    map.notes[row][column] = figure(one.value / 1e6) + " ms";
  }
  return map;
}

// "layouts: u32 pair, 1000, struct key, std, hit: time".
std::string short_name(const measurement& one) {
  std::string name;
  for (const auto& [field, value] : one.of)
    name += (name.empty() ? "" : ", ") + cli::to_text(value);
  return one.bench + ": " + name + ": " + one.metric;
}

void write_diff(const std::string& path, const std::string& a_path, const std::string& b_path,
                const std::vector<measurement>& a, const std::vector<measurement>& b,
                std::vector<comparison> pairs, double threshold) {
  page made("A beside B", cli::describe_run());
  const heat cells = name_cells(a, b);
  if (!cells.rows.empty()) {
    made.card("Where the time goes: share of table time by table and operation");
    made.plot(
        draw_heat({fill_cells(cells, "A: " + a_path, a), fill_cells(cells, "B: " + b_path, b)}));
  }
  made.card("B as a multiple of A: above 1 is worse");
  std::ranges::sort(pairs, std::greater(), [](const comparison& one) { return one.ratio.value; });
  std::vector<bar> bars;
  for (const comparison& one : pairs) {
    bars.push_back({short_name(*one.a), one.ratio.value, one.ratio.low,
                    std::min(one.ratio.high, 100.0), "",
                    one.ratio.low > 1 + threshold || one.ratio.high < 1 / (1 + threshold)});
  }
  made.text(
      "B takes so many times as much as A; of rates, A gives so many times as much as B. Blue: "
      "surely more than the threshold away. Without a whisker there was one sample.");
  made.plot(draw_bars("Ratio", "times", bars));
  auto to = cli::output::create(path);
  if (!to) throw std::runtime_error(to.error());
  made.print(*to);
  if (const auto done = to->finish(); !done) throw std::runtime_error(path + ": " + done.error());
}

struct diff_options {
  std::string a, b, html, form = "table";
  double threshold = 5;
};

void run(const diff_options& own) {
  const std::vector<measurement> a = read_results(own.a), b = read_results(own.b);
  const std::vector<comparison> pairs = compare(a, b);
  if (pairs.empty()) throw CLI::ValidationError(own.b, "has no case in common with " + own.a);
  results found;
  std::size_t regressions = 0;
  for (const comparison& one : pairs) {
    cli::case_fields of = {{"of", one.a->bench}};
    of.insert(of.end(), one.a->of.begin(), one.a->of.end());
    found.add("diff", of, one.a->metric + " B/A", "times", one.ratio,
              one.a->checked && one.b->checked);
    if (one.ratio.low > 1 + own.threshold / 100) {
      ++regressions;
      fmt::print(stderr, "crosstie-bench: {} {}: {}: {:.3g} times as much ({})\n", one.a->bench,
                 cli::to_text(one.a->of), one.a->metric, one.ratio.value,
                 one.ratio.samples < 2
                     ? "one sample"
                     : fmt::format("{:.3g} to {:.3g}", one.ratio.low, one.ratio.high));
    }
  }
  if (!own.html.empty()) write_diff(own.html, own.a, own.b, a, b, pairs, own.threshold / 100);
  publish(found, own.form);
  if (regressions != 0) {
    throw std::runtime_error(fmt::format("{} of {} figures got worse by more than {} %",
                                         regressions, pairs.size(), own.threshold));
  }
}

}  // namespace

void define_diff(CLI::App& app) {
  CLI::App& made =
      *app.add_subcommand("diff", "two runs or builds, case by case; 1 where something got worse");
  const auto own = std::make_shared<diff_options>();
  made.add_option("A", own->a, "a document by -o json, or a profile")
      ->required()
      ->type_name("FILE");
  made.add_option("B", own->b, "another, of the same bench")->required()->type_name("FILE");
  made.add_option("-o,--output", own->form, "how the results are printed (table)")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  made.add_option("--html", own->html,
                  "also write a page to this file: plots; the heat map of profiles")
      ->type_name("FILE");
  made.add_option("--threshold", own->threshold, "percent (5); what is surely worse by more, fails")
      ->check(CLI::Range(0.0, 1000.0));
  made.callback([=] { run(*own); });
}

}  // namespace crosstie::bench
