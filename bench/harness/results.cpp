#include "harness/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/figures.hpp"
#include "cli/text_table.hpp"

namespace crosstie::bench {
namespace {

using cli::case_fields;
using cli::measurement;

const cli::case_value* find_field(const case_fields& of, std::string_view name) {
  const auto at = std::ranges::find(of, name, [](const auto& one) { return one.first; });
  return at == of.end() ? nullptr : &at->second;
}

// Distinct values in the order of their first appearance.
template <class Values, class Value>
void add_once(Values& values, const Value& value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

std::string with_spread(const measurement& one) {
  const double half = (one.high - one.low) / 2;
  std::string text = figure(one.value);
  if (one.samples > 1 && one.value != 0) text += fmt::format(" ±{:.0f}%", 100 * half / one.value);
  return text;
}

std::vector<std::string> names_of(const case_fields& of) {
  std::vector<std::string> names;
  for (const auto& [name, value] : of) names.push_back(name);
  return names;
}

// The cases that are told apart by these fields.
void print_table(cli::output& to, const std::vector<measurement>& all, std::string_view bench,
                 const std::vector<std::string>& fields) {
  std::vector<std::string> metrics;
  std::vector<const case_fields*> cases;
  for (const measurement& one : all) {
    if (one.bench != bench || names_of(one.of) != fields) continue;
    add_once(metrics, one.metric + " " + one.unit);
    if (std::ranges::none_of(cases, [&](const auto* of) { return *of == one.of; })) {
      cases.push_back(&one.of);
    }
  }
  std::vector<cli::text_table::column> columns;
  for (const std::string& name : fields) columns.push_back({name});
  for (const std::string& name : metrics) {
    columns.push_back({name, cli::text_table::side::right});
  }
  cli::text_table table(std::move(columns));
  for (const case_fields* of : cases) {
    std::vector<std::string> row;
    for (const std::string& name : fields) {
      const cli::case_value* value = find_field(*of, name);
      row.push_back(value == nullptr ? "" : cli::to_text(*value));
    }
    row.resize(fields.size() + metrics.size());
    for (const measurement& one : all) {
      if (one.bench != bench || one.of != *of) continue;
      const auto at = std::ranges::find(metrics, one.metric + " " + one.unit) - metrics.begin();
      row[fields.size() + static_cast<std::size_t>(at)] = with_spread(one);
    }
    table.add(std::move(row));
  }
  table.print(to, 2);
}

void print_tables(cli::output& to, const results& what) {
  for (const std::string& note : what.notes) to.print("{}\n", note);
  if (what.brief) return;
  if (!what.notes.empty()) to.write("\n");
  std::vector<std::string> benches;
  for (const measurement& one : what.all()) add_once(benches, one.bench);
  for (const std::string& bench : benches) {
    if (bench != benches.front()) to.write("\n");
    to.print("{}\n", bench);
    std::vector<std::vector<std::string>> kinds;
    for (const measurement& one : what.all()) {
      if (one.bench == bench) add_once(kinds, names_of(one.of));
    }
    for (const auto& fields : kinds) {
      if (fields != kinds.front()) to.write("\n");
      print_table(to, what.all(), bench, fields);
    }
  }
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

void print_csv(cli::output& to, const results& what) {
  std::vector<std::string> fields;
  for (const measurement& one : what.all()) {
    for (const auto& [name, value] : one.of) add_once(fields, name);
  }
  to.write("bench");
  for (const std::string& name : fields) to.print(",{}", quoted(name));
  to.write(",metric,unit,value,low,high,samples,checked\n");
  for (const measurement& one : what.all()) {
    to.write(quoted(one.bench));
    for (const std::string& name : fields) {
      const cli::case_value* value = find_field(one.of, name);
      to.print(",{}", value == nullptr ? "" : quoted(cli::to_text(*value)));
    }
    to.print(",{},{},{},{},{},{},{}\n", quoted(one.metric), quoted(one.unit), one.value, one.low,
             one.high, one.samples, one.checked);
  }
}

}  // namespace

void results::add(std::string bench, case_fields of, std::string metric, std::string unit,
                  const summary& found, bool checked) {
  all_.push_back({std::move(bench), std::move(of), std::move(metric), std::move(unit), found.value,
                  found.low, found.high, found.samples, checked});
}

bool has_fields(const measurement& one, const case_fields& of) {
  return std::ranges::all_of(of, [&](const auto& wanted) {
    const cli::case_value* value = find_field(one.of, wanted.first);
    return value != nullptr && *value == wanted.second;
  });
}

const measurement* results::find(std::string_view metric, const case_fields& of) const {
  const auto at = std::ranges::find_if(
      all_, [&](const measurement& one) { return one.metric == metric && has_fields(one, of); });
  return at == all_.end() ? nullptr : &*at;
}

double results::value(std::string_view metric, const case_fields& of) const {
  const measurement* found = find(metric, of);
  if (found == nullptr) {
    throw std::out_of_range(fmt::format("no result '{}' of {}", metric, cli::to_text(of)));
  }
  return found->value;
}

std::expected<void, std::string> print_results(cli::output& to, const results& what, form how) {
  if (how == form::json) return print_measurements(to, what.run, what.all(), what.records);
  for (const measurement& one : what.all()) {
    if (!one.checked) {
      return std::unexpected(one.bench + ": " + cli::to_text(one.of) + ": not checked");
    }
  }
  how == form::csv ? print_csv(to, what) : print_tables(to, what);
  return {};
}

std::string figure(double value) {
  if (value == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  if (magnitude >= 3) {
    const double unit = std::pow(10.0, magnitude - 2);
    return cli::with_commas(std::llround(value / unit) * std::llround(unit));
  }
  return fmt::format("{:.{}f}", value, std::clamp(2 - magnitude, 0, 6));
}

}  // namespace crosstie::bench
