#include <algorithm>
#include <map>
#include <tuple>

#include "cli/explanation.hpp"
#include "cli/text_table.hpp"

namespace crosstie::cli {
namespace {

using cluster::name_id;
using schedule::evaluation;
using schedule::node_id;
using schedule::rejection;
using schedule::scored_node;
using side = text_table::side;

constexpr std::size_t listed_nodes = 10;  // of each group, unless all are asked for

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Nodes refused by the same plugin for the same reasons.
struct group {
  std::string plugin, reasons;
  schedule::status_code code{};
  std::vector<node_id> nodes;
};

class explanation_text_printer {
 public:
  explanation_text_printer(output& to, const cluster::store& objects, const evaluation& answer,
                           name_id bound, const explanation_style& style)
      : to_(to), objects_(objects), answer_(answer), bound_(bound), style_(style) {
    for (const scored_node& one : answer.scores) ranked_.push_back(&one);
    std::ranges::sort(ranked_, [&](const scored_node* a, const scored_node* b) {
      return a->total != b->total ? a->total > b->total : name(a->node) < name(b->node);
    });
  }

  void print() {
    print_head();
    const auto groups = grouped();
    print_groups(groups);
    print_feasible();
    for (const group& one : groups) print_refused(one);
    if (answer_.preemption) print_preemption(*answer_.preemption);
    if (style_.plugins) print_plugins();
  }

 private:
  std::string_view name(node_id node) const { return objects_.text(objects_[node].name); }
  std::size_t shown(std::size_t all) const {
    return style_.wide ? all : std::min(all, listed_nodes);
  }
  bool is_best(node_id node) const {
    return std::ranges::find(answer_.best, node) != answer_.best.end();
  }

  void print_head();
  std::string verdict() const;
  std::string today() const;
  std::vector<group> grouped() const;
  void print_groups(const std::vector<group>& groups);
  void print_feasible();
  void print_scores();
  void print_names(const std::vector<node_id>& nodes);
  void print_refused(const group& one);
  void print_preemption(const schedule::preemption_answer& answer);
  void print_plugins();

  output& to_;
  const cluster::store& objects_;
  const evaluation& answer_;
  name_id bound_;
  explanation_style style_;
  std::vector<const scored_node*> ranked_;  // highest total first
};

// ---- what comes of it --------------------------------------------------------------------------

std::string explanation_text_printer::verdict() const {
  const auto said = [](const auto& by) {
    return fmt::format("{}: {}", by.first, joined(by.second.reasons));
  };
  if (answer_.gate) return "held back by " + said(*answer_.gate);
  if (!answer_.error.empty()) return "the cycle ends in an error: " + answer_.error;
  const std::string fits = fmt::format("{} of {} feasible", answer_.feasible.size(),
                                       counted(objects_.node_count(), "node"));
  if (answer_.nominated) {
    return fmt::format("{}, its nominated node, which it fits; no other is looked at",
                       name(*answer_.nominated));
  }
  if (answer_.pre_filter) return "unschedulable on every node, " + said(*answer_.pre_filter);
  if (answer_.best.empty()) return "unschedulable, " + fits;
  const auto best = by_name(objects_, answer_.best);
  std::string out = fmt::format("{}, {}", name(best.front()), fits);
  if (best.size() > 1) out += fmt::format(", {} tie for the best score", best.size());
  return out;
}

// What a bound pod's node would be if it were placed again now.
std::string explanation_text_printer::today() const {
  const auto node = objects_.find_node(bound_);
  if (!node) return "its node is not in the dump";
  for (const rejection& one : answer_.rejected) {
    if (one.node == *node) {
      return fmt::format("it would be refused there, {}: {}", one.plugin, joined(one.why.reasons));
    }
  }
  if (is_best(*node)) {
    return answer_.best.size() == 1 ? "it would be placed there again"
                                    : "its node is one of the best again";
  }
  for (std::size_t i = 0; i < ranked_.size(); ++i) {
    if (ranked_[i]->node == *node) {
      return fmt::format("its node ranks {} of {} with a total of {}; the best has {}", i + 1,
                         ranked_.size(), ranked_[i]->total, ranked_[0]->total);
    }
  }
  return "its node would not be looked at";
}

void explanation_text_printer::print_head() {
  const auto& spec = objects_.spec(answer_.pod);
  to_.print("Pod:        {}\n", printable(objects_.full_name(answer_.pod)));
  to_.print("Scheduler:  {}, priority {}\n", answer_.by->scheduler_name, spec.priority);
  if (bound_ == cluster::no_name) {
    to_.print("State:      pending\nAnswer:     {}\n", printable(verdict()));
  } else {
    to_.print("State:      bound to {}\nToday:      {}\nAnswer:     {}\n",
              printable(objects_.text(bound_)), printable(today()), printable(verdict()));
  }
  if (!answer_.message.empty()) to_.print("Event:      {}\n", printable(answer_.message));
  if (answer_.node_names) {
    std::vector<std::string> names;
    for (const name_id one : *answer_.node_names) names.emplace_back(objects_.text(one));
    std::ranges::sort(names);
    to_.print("Narrowed:   to {}\n", names.empty() ? "no node" : printable(joined(names)));
  }
}

// ---- why not there ----------------------------------------------------------------------------

// Most nodes first.
std::vector<group> explanation_text_printer::grouped() const {
  std::map<std::tuple<std::string, std::string, schedule::status_code>, std::vector<node_id>> nodes;
  for (const rejection& one : answer_.rejected) {
    nodes[{std::string(one.plugin), joined(one.why.reasons), one.why.code}].push_back(one.node);
  }
  std::vector<group> groups;
  for (auto& [key, members] : nodes) {
    const auto& [plugin, reasons, code] = key;
    groups.push_back({plugin, reasons, code, by_name(objects_, std::move(members))});
  }
  std::ranges::sort(groups, {}, [](const group& one) {
    return std::tuple(-std::ssize(one.nodes), std::string_view(one.plugin),
                      std::string_view(one.reasons), one.code);
  });
  return groups;
}

void explanation_text_printer::print_groups(const std::vector<group>& groups) {
  text_table table({{"NODES", side::right}, {"VERDICT"}, {"PLUGIN"}, {"REASONS"}});
  if (!answer_.feasible.empty()) {
    table.add({fmt::format("{}", answer_.feasible.size()), "Feasible", "", ""});
  }
  for (const group& one : groups) {
    table.add({fmt::format("{}", one.nodes.size()), std::string(to_string(one.code)), one.plugin,
               one.reasons});
  }
  if (table.empty()) return;
  to_.write("\n");
  table.print(to_);
}

void explanation_text_printer::print_refused(const group& one) {
  to_.print("\n{} ({}), {}:\n", printable(one.reasons), one.plugin,
            counted(one.nodes.size(), "node"));
  print_names(one.nodes);
}

void explanation_text_printer::print_names(const std::vector<node_id>& nodes) {
  const std::size_t count = shown(nodes.size());
  for (std::size_t i = 0; i < count; ++i) to_.print("  {}\n", printable(name(nodes[i])));
  if (count < nodes.size()) to_.print("  ... and {} more, see -o wide\n", nodes.size() - count);
}

// ---- where, and why there ---------------------------------------------------------------------

void explanation_text_printer::print_feasible() {
  if (answer_.feasible.empty()) return;
  if (ranked_.empty()) {  // one node, or the nominated one: nothing was scored
    to_.write("\nFeasible, not scored:\n");
    print_names(by_name(objects_, answer_.feasible));
    return;
  }
  to_.write("\nFeasible, best first (* has the highest total):\n");
  print_scores();
  const std::size_t count = shown(ranked_.size());
  if (count < ranked_.size()) to_.print("  ... and {} more, see -o wide\n", ranked_.size() - count);
}

void explanation_text_printer::print_scores() {
  std::vector<text_table::column> columns{{""}, {"NODE"}, {"TOTAL", side::right}};
  if (style_.wide) {
    for (const auto& score : ranked_[0]->scores) {
      columns.push_back({std::string(score.plugin), side::right});
    }
  } else {
    columns.push_back({"SCORES"});
  }
  text_table table(std::move(columns));
  const std::size_t count = shown(ranked_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const scored_node& one = *ranked_[i];
    std::vector<std::string> row{is_best(one.node) ? "*" : "", std::string(name(one.node)),
                                 fmt::format("{}", one.total)};
    std::vector<std::string> parts;
    for (const auto& score : one.scores) {
      if (style_.wide) {
        row.push_back(fmt::format("{}", score.weighted));
      } else if (score.weighted != 0) {
        parts.push_back(fmt::format("{} {}", score.plugin, score.weighted));
      }
    }
    if (!style_.wide) row.push_back(joined(parts));
    table.add(std::move(row));
  }
  table.print(to_, 1);
}

// ---- more -------------------------------------------------------------------------------------

void explanation_text_printer::print_preemption(const schedule::preemption_answer& answer) {
  if (!answer.ineligible.empty()) {
    to_.print("\nPreemption: {}\n", answer.ineligible);
    return;
  }
  if (answer.candidates.empty()) {
    to_.write("\nPreemption: evicting pods of lower priority would not help\n");
    return;
  }
  to_.print("\nPreemption would make room on {} (* chosen from these):\n",
            counted(answer.candidates.size(), "node"));
  text_table table({{""}, {"NODE"}, {"BUDGETS BROKEN", side::right}, {"VICTIMS"}});
  std::vector<const schedule::preemption_victims*> sorted;
  for (const auto& one : answer.candidates) sorted.push_back(&one);
  const auto chosen = [&](auto* one) {
    return std::ranges::find(answer.best, one->node) != answer.best.end();
  };
  std::ranges::sort(sorted, {},
                    [&](auto* one) { return std::tuple(!chosen(one), name(one->node)); });
  const std::size_t count = shown(sorted.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> victims;
    for (const auto pod : sorted[i]->victims) victims.push_back(objects_.full_name(pod));
    table.add({chosen(sorted[i]) ? "*" : "", std::string(name(sorted[i]->node)),
               fmt::format("{}", sorted[i]->pdb_violations), joined(victims)});
  }
  table.print(to_, 1);
  if (count < sorted.size()) to_.print("  ... and {} more, see -o wide\n", sorted.size() - count);
}

std::string range_of(const std::vector<std::int64_t>& values) {
  if (values.empty()) return "";
  const auto [low, high] = std::ranges::minmax(values);
  return low == high ? fmt::format("{}", low) : fmt::format("{}..{}", low, high);
}

std::string said(const schedule::status& what) {
  if (what.ok()) return "";
  return what.reasons.empty() ? std::string(to_string(what.code)) : joined(what.reasons);
}

void explanation_text_printer::print_plugins() {
  if (answer_.solo.empty()) return;
  to_.write("\nEach plugin asked alone (scores over the feasible nodes):\n");
  text_table table({{"PLUGIN"},
                    {"REFUSES", side::right},
                    {"RAW", side::right},
                    {"NORMALISED", side::right},
                    {"PREFILTER"},
                    {"PRESCORE"}});
  for (const auto& one : answer_.solo) {
    table.add({std::string(one.plugin),
               one.rejected.empty() ? "" : fmt::format("{}", one.rejected.size()),
               range_of(one.raw), range_of(one.normal), said(one.pre_filter), said(one.pre_score)});
  }
  table.print(to_, 2);
}

}  // namespace

void print_explanation(output& to, const cluster::store& objects, const evaluation& answer,
                       name_id bound, const explanation_style& style) {
  explanation_text_printer(to, objects, answer, bound, style).print();
}

}  // namespace crosstie::cli
