#include <algorithm>
#include <cmath>

#include "cli/figures.hpp"
#include "cli/outcome_print.hpp"
#include "cli/text_table.hpp"

namespace crosstie::cli {
namespace {

using side = text_table::side;

void print_counts(output& to, const simulate::summary& sum) {
  to.print("Placed {} of {} on {}{}\n", with_commas(sum.placed), counted(sum.pods, "pod"),
           counted(sum.nodes, "node"), sum.stopped ? " (stopped before the end)" : "");
  const auto more = [&](std::int64_t count, std::string_view what) {
    if (count > 0) to.print("  {:>10}  {}\n", with_commas(count), what);
  };
  more(sum.unschedulable, "unschedulable");
  more(sum.gated, "held back before the queue");
  more(sum.untried, "not tried");
  more(sum.departed, "deleted during the run");
  more(sum.preempted, "evicted for a pod of higher priority");
  more(sum.already_bound, "on a node before");
  more(sum.homeless, "bound to nodes that are gone, counted above as well");
}

void print_reasons(output& to, const simulate::summary& sum) {
  if (sum.reasons.empty()) return;
  to.write("\nWhy pods stay (a pod counts under every reason that a node gave)\n");
  text_table table({{"PODS", side::right}, {"REASON"}});
  for (const auto& one : sum.reasons) table.add({with_commas(one.pods), one.reason});
  table.print(to, 2);
}

void print_resources(output& to, const simulate::summary& sum) {
  if (sum.resources.empty()) return;
  to.write("\nResources\n");
  text_table table({{"RESOURCE"},
                    {"ALLOCATABLE", side::right},
                    {"REQUESTED", side::right},
                    {"UTILISATION", side::right},
                    {"FRAGMENTATION", side::right}});
  for (const auto& one : sum.resources) {
    table.add({one.name, amount(one.name, one.allocatable), amount(one.name, one.requested),
               percent(one.utilisation), percent(one.fragmentation)});
  }
  table.print(to, 2);
}

void print_speed(output& to, const simulate::outcome& what) {
  const auto& timing = what.timing;
  to.print("\nSpeed\n  {} in {}: {} decisions/s\n", counted(what.summary.decisions, "decision"),
           duration(timing.wall_ns), with_commas(std::llround(timing.decisions_per_second)));
  to.print("  a decision took {} (p50), {} (p99), {} (max)\n", duration(timing.p50_ns),
           duration(timing.p99_ns), duration(timing.max_ns));
  if (timing.explain_ns > 0) {
    to.print("  finding the texts of failures took {}\n", duration(timing.explain_ns));
  }
  to.print("  input ready after {}, peak memory {}\n", duration(timing.load_ns),
           bytes(timing.peak_memory_bytes));
}

void print_waiting(output& to, const simulate::outcome& what) {
  text_table table({{"POD"}, {"WHY"}, {"MESSAGE"}});
  for (const auto& one : what.waiting) {
    table.add(
        {what.full_name(one.pod), std::string(to_string(one.why)), what.messages[one.message]});
  }
  if (table.empty()) return;
  to.write("\nOn no node at the end\n");
  table.print(to, 2);
}

void print_victims(output& to, const simulate::outcome& what) {
  text_table table({{"POD"}, {"FROM"}, {"FOR"}});
  for (const auto& one : what.decisions) {
    for (const cluster::object_key victim : what.victims_of(one)) {
      table.add(
          {what.full_name(victim), std::string(what.text(one.node)), what.full_name(one.pod)});
    }
  }
  if (table.empty()) return;
  to.write("\nEvicted\n");
  table.print(to, 2);
}

void print_decisions(output& to, const simulate::outcome& what) {
  text_table table({{"POD"}, {"VERDICT"}, {"NODE"}, {"ATTEMPT", side::right}, {"MESSAGE"}});
  for (const auto& one : what.decisions) {
    table.add({what.full_name(one.pod), std::string(to_string(one.what)),
               std::string(what.text(one.node)), fmt::format("{}", one.attempt),
               what.messages[one.message]});
  }
  if (table.empty()) return;
  to.write("\nDecisions\n");
  table.print(to, 2);
}

// "12/64 19 %"
std::string use(std::string_view resource, std::int64_t requested, std::int64_t allocatable) {
  if (allocatable == 0 && requested == 0) return "-";
  std::string out =
      fmt::format("{}/{}", amount(resource, requested), amount(resource, allocatable));
  if (allocatable > 0) {
    out += fmt::format(" {:.0f} %",
                       100.0 * static_cast<double>(requested) / static_cast<double>(allocatable));
  }
  return out;
}

void print_nodes(output& to, const simulate::summary& sum, const simulate::outcome& what) {
  std::vector<text_table::column> columns{{"NODE"}, {"ZONE"}, {"INSTANCE TYPE"}, {"CORDONED"}};
  for (const auto& one : sum.resources) {
    std::string title = one.name;
    std::ranges::transform(title, title.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    columns.push_back({std::move(title), side::right});
  }
  text_table table(std::move(columns));
  for (const auto& one : sum.per_node) {
    std::vector<std::string> row{std::string(what.text(one.node)), std::string(what.text(one.zone)),
                                 std::string(what.text(one.instance_type)),
                                 one.unschedulable ? "yes" : ""};
    for (std::size_t i = 0; i < sum.resources.size(); ++i) {
      row.push_back(use(sum.resources[i].name, one.requested[i], one.allocatable[i]));
    }
    table.add(std::move(row));
  }
  if (table.empty()) return;
  to.write("\nNodes (requested/allocatable)\n");
  table.print(to, 2);
}

}  // namespace

void print_summary(output& to, const simulate::outcome& what, const outcome_style& style) {
  print_counts(to, what.summary);
  print_reasons(to, what.summary);
  print_resources(to, what.summary);
  if (style.timing) print_speed(to, what);
}

void print_wide(output& to, const simulate::outcome& what, const outcome_style& style) {
  print_summary(to, what, style);
  print_waiting(to, what);
  print_victims(to, what);
  print_decisions(to, what);
  print_nodes(to, what.summary, what);
}

void print_names(output& to, const simulate::outcome& what) {
  for (const auto& one : what.placements) to.print("{}\n", what.full_name(one.pod));
}

}  // namespace crosstie::cli
