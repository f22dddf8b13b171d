#include <fmt/format.h>

#include <algorithm>

#include "harness/plot.hpp"
#include "lab/before_after.hpp"

namespace crosstie::bench {
namespace {

constexpr const char* engine_name = "Crosstie's engine";

double of_table(const results& found, const char* metric, const char* table) {
  return found.value(metric, {{"table", table}});
}

std::string change(double before, double after) {
  if (before == 0 || after == 0) return "-";
  const double ratio = after / before;
  if (ratio >= 10) return fmt::format("{:.0f} times", ratio);
  if (ratio <= 0.1) return fmt::format("1/{:.0f}", 1 / ratio);
  return fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

struct reported {
  const char *title, *metric, *before, *after, *change;
  double factor;
  const char* unit;
};
constexpr reported metrics[] = {
    {"R1: CPU at the pace", "paced cpu", "48.2 %", "37.4 %", "-22.4 %", 100, " %"},
    {"CPU a pod at the pace", "paced cpu a pod", "", "", "", 1, " us"},
    {"R2: P99 of a decision", "paced p99", "342 ms", "203 ms", "-40.6 %", 1, " ms"},
    {"P50 of a decision", "paced p50", "", "", "", 1, " ms"},
    {"R3: collections; here allocations a second", "allocations", "8.7", "5.5", "-36.8 %", 1, ""},
    {"allocations a pod", "allocations a pod", "", "", "", 1, ""},
    {"R4: pods a second, flat out", "throughput", "1,180", "1,671", "+41.6 %", 1, ""},
    {"pods a second at the pace", "paced rate", "", "", "", 1, ""},
    {"R5: time in the table, flat out", "in the table", "19.8 %", "", "", 100, " %"},
    {"time in the table at the pace", "paced in the table", "", "", "", 100, " %"},
    {"the table's bytes", "table", "", "", "", 1, ""}};

struct step_taken {
  const char *name, *before, *after;
};
constexpr step_taken steps[] = {
    {"names: nested map -> struct key", "nested map", "struct key"},
    {"names: nested map -> interned assignment", "nested map", "ours: interned assignment"},
    {"ids: nested map -> struct key", "nested map of ids", "struct key of ids"},
    {"ids: nested map -> assignment", "nested map of ids", "ours: assignment of ids"},
    {"nested map of names -> Crosstie's engine", "nested map", engine_name}};

void add_metric(const results& found, const reported& one,
                std::vector<std::vector<std::string>>& to) {
  const auto shown = [&](double value) { return figure(one.factor * value) + one.unit; };
  std::string title = one.title;
  if (*one.before != 0) to.push_back({title, "the report", one.before, one.after, one.change});
  for (const step_taken& each : steps) {
    const double before = of_table(found, one.metric, each.before);
    const double after = of_table(found, one.metric, each.after);
    const bool first = *one.before == 0 && &each == std::begin(steps);
    to.push_back(
        {first ? title : "", each.name, shown(before), shown(after), change(before, after)});
  }
}

std::vector<std::string> align(const std::vector<std::vector<std::string>>& table) {
  std::vector<std::size_t> widths(table.front().size());
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const auto& row : table) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i < 2 ? fmt::format("  {:<{}}", row[i], widths[i])
                    : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string method_of(const results& found) {
  for (const auto& [name, value] : found.run) {
    if (name == "time in the table by") return cli::to_text(value);
  }
  return "";
}

void draw_figure(const results& found, page& to, const char* metric, const std::string& title,
                 const char* unit, double factor) {
  std::vector<bar> bars;
  for (const scheduler_way& by : scheduler_ways) {
    const auto* one = found.find(metric, {{"table", std::string(by.name)}});
    if (one == nullptr) continue;
    const double low = one->samples > 1 ? factor * one->low : 0;
    const double high = one->samples > 1 ? factor * one->high : 0;
    bars.push_back({std::string(by.name), factor * one->value, low, high, "", by.layout.empty()});
  }
  if (!bars.empty()) to.plot(draw_bars(title, unit, bars));
}

void draw_sizes(const results& found, page& to) {
  std::vector<bar> sizes;
  for (const cli::measurement& one : found.all()) {
    if (one.metric != "memory of 10,000 entries") continue;
    const std::string library = cli::to_text(one.of[1].second);
    sizes.push_back({cli::to_text(one.of[0].second) + ", " + library, one.value / 1e6, 0, 0, "",
                     library == "crosstie"});
  }
  to.plot(draw_bars("R23: memory of 10,000 entries, node name x pod UID", "MB", sizes));
}

}  // namespace

std::vector<std::vector<std::string>> compare_with_report(const results& found) {
  std::vector<std::vector<std::string>> table = {{"metric", "", "before", "after", "change"}};
  for (const reported& one : metrics) add_metric(found, one, table);
  return table;
}

std::vector<std::string> explain_before_after(const results& found, double pace) {
  double slowest = 0, fastest = 0;
  for (const scheduler_way& by : scheduler_ways) {
    if (by.layout.empty()) continue;
    const double rate = found.value("paced rate", {{"table", std::string(by.name)}});
    slowest = slowest == 0 ? rate : std::min(slowest, rate);
    fastest = std::max(fastest, rate);
  }
  std::vector<std::string> lines;
  if (slowest < 0.98 * pace) {
    lines.push_back(fmt::format(
        "The plain scheduler cannot keep {} pods/s here: it reaches {} to {}, by its table, and "
        "its "
        "queue grows. So its CPU share is that of a busy core (compare the CPU a pod), and P50 and "
        "P99 are those of the decision, not of the wait before it.",
        figure(pace), figure(slowest), figure(fastest)));
  }
  lines.push_back(
      fmt::format("Crosstie's engine keeps the pace: it places {} pods/s (what it does not place "
                  "fits nowhere), "
                  "99 % of them within {} ms of their arrival.",
                  figure(of_table(found, "paced rate", engine_name)),
                  figure(of_table(found, "paced p99 from arrival", engine_name))));
  lines.push_back("All schedulers placed the same pods on the same nodes. Time in the table by " +
                  method_of(found) + ".");
  return lines;
}

std::vector<std::string> tell_before_after(const results& found, double pace) {
  std::vector<std::string> lines = explain_before_after(found, pace);
  lines.emplace_back();
  for (std::string& line : align(compare_with_report(found))) lines.push_back(std::move(line));
  return lines;
}

void draw_before_after(const results& found, double pace, page& to) {
  for (const std::string& line : explain_before_after(found, pace)) to.text(line);
  auto table = compare_with_report(found);
  const auto titles = std::move(table.front());
  table.erase(table.begin());
  to.html("<div class=\"steps\">");
  to.table(titles, table);
  to.html("</div>");
  draw_figure(found, to, "throughput", "Flat out: pods placed a second", "pods/s", 1);
  draw_figure(found, to, "in the table", "Flat out: time in the table of bindings", "% of CPU",
              100);
  draw_figure(found, to, "paced cpu a pod",
              fmt::format("Paced at {} pods/s: CPU a pod", figure(pace)), "us", 1);
  draw_figure(found, to, "paced p99", "Paced: P99 of a decision", "ms", 1);
  draw_figure(found, to, "allocations a pod", "Allocations a pod", "calls", 1);
  draw_figure(found, to, "table", "The table's memory with the pods it begins with", "bytes", 1);
  draw_sizes(found, to);
}

}  // namespace crosstie::bench
