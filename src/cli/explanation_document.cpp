#include <algorithm>

#include "cli/explanation.hpp"

namespace crosstie::cli {
namespace {

using schedule::evaluation;
using schedule::node_id;
using schedule::status;

class explanation_document_printer {
 public:
  explanation_document_printer(document& to, const cluster::store& objects)
      : to_(to), objects_(objects) {}

  void print(const evaluation& answer) {
    to_.begin_object();
    to_.text("pod", objects_.full_name(answer.pod));
    to_.text("profile", answer.by->scheduler_name);
    if (answer.gate) {
      print_status("gate", answer.gate->first, answer.gate->second);
    } else if (!answer.error.empty()) {
      to_.text("error", answer.error);
    } else {
      print_verdicts(answer);
      print_scores(answer);
      if (!answer.message.empty()) to_.text("message", answer.message);
      if (answer.preemption) print_preemption(*answer.preemption);
    }
    if (!answer.solo.empty()) print_plugins(answer);
    to_.end_object();
  }

 private:
  std::string_view name(node_id node) const { return objects_.text(objects_[node].name); }

  void print_status(std::string_view key, std::string_view plugin, const status& what) {
    to_.object(key);
    if (!plugin.empty()) to_.text("plugin", plugin);
    to_.text("code", to_string(what.code));
    if (!what.reasons.empty()) {
      to_.array("reasons");
      for (const std::string& reason : what.reasons) to_.text(reason);
      to_.end_array();
    }
    to_.end_object();
  }

  void print_names(std::string_view key, std::vector<std::string_view> names) {
    if (names.empty()) return;
    std::ranges::sort(names);
    to_.array(key);
    for (const std::string_view one : names) to_.text(one);
    to_.end_array();
  }

  void print_node_names(const std::optional<std::vector<cluster::name_id>>& nodes) {
    if (!nodes) return;
    std::vector<std::string_view> names;
    for (const cluster::name_id one : *nodes) names.push_back(objects_.text(one));
    print_names("nodeNames", std::move(names));
  }

  void print_nodes(std::string_view key, const std::vector<node_id>& nodes) {
    std::vector<std::string_view> names;
    for (const node_id node : nodes) names.push_back(name(node));
    print_names(key, std::move(names));
  }

  // "rejected": node -> status. Plugins asked alone do not repeat their own name.
  void print_rejected(const std::vector<schedule::rejection>& rejected, bool with_plugin) {
    if (rejected.empty()) return;
    std::vector<const schedule::rejection*> sorted;
    for (const auto& one : rejected) sorted.push_back(&one);
    std::ranges::sort(sorted, {}, [&](auto* one) { return name(one->node); });
    to_.object("rejected");
    for (const auto* one : sorted) {
      print_status(name(one->node), with_plugin ? one->plugin : std::string_view{}, one->why);
    }
    to_.end_object();
  }

  void print_verdicts(const evaluation& answer) {
    if (answer.pre_filter) {
      print_status("prefilter", answer.pre_filter->first, answer.pre_filter->second);
    }
    print_node_names(answer.node_names);
    if (answer.nominated) to_.text("nominated", name(*answer.nominated));
    print_rejected(answer.rejected, true);
    print_nodes("feasible", answer.feasible);
  }

  void print_scores(const evaluation& answer) {
    std::vector<const schedule::scored_node*> sorted;
    for (const auto& one : answer.scores) sorted.push_back(&one);
    std::ranges::sort(sorted, {}, [&](auto* one) { return name(one->node); });
    if (!sorted.empty()) {
      to_.object("scores");
      for (const auto* one : sorted) {
        to_.object(name(one->node));
        for (const auto& score : one->scores) to_.integer(score.plugin, score.weighted);
        to_.end_object();
      }
      to_.end_object();
      to_.object("totals");
      for (const auto* one : sorted) to_.integer(name(one->node), one->total);
      to_.end_object();
    }
    if (answer.best.empty()) return;
    print_nodes("best", answer.best);
    to_.text("chosen", name(by_name(objects_, answer.best).front()));
  }

  void print_preemption(const schedule::preemption_answer& answer) {
    to_.object("preemption");
    if (!answer.ineligible.empty()) to_.text("ineligible", answer.ineligible);
    std::vector<const schedule::preemption_victims*> sorted;
    for (const auto& one : answer.candidates) sorted.push_back(&one);
    std::ranges::sort(sorted, {}, [&](auto* one) { return name(one->node); });
    if (!sorted.empty()) to_.object("candidates");
    for (const auto* one : sorted) {
      to_.object(name(one->node));
      to_.array("victims");
      for (const auto pod : one->victims) to_.text(objects_.full_name(pod));
      to_.end_array();
      to_.integer("pdbViolations", one->pdb_violations);
      to_.end_object();
    }
    if (!sorted.empty()) to_.end_object();
    print_nodes("best", answer.best);
    to_.end_object();
  }

  void print_values(std::string_view key, const std::vector<node_id>& nodes,
                    const std::vector<std::int64_t>& values) {
    if (values.empty()) return;
    std::vector<std::size_t> order(values.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return name(nodes[i]); });
    to_.object(key);
    for (const std::size_t i : order) to_.integer(name(nodes[i]), values[i]);
    to_.end_object();
  }

  void print_plugins(const evaluation& answer) {
    to_.object("plugins");
    for (const auto& one : answer.solo) {
      to_.object(one.plugin);
      if (!one.pre_filter.ok()) print_status("prefilter", {}, one.pre_filter);
      print_node_names(one.node_names);
      print_rejected(one.rejected, false);
      if (!one.pre_score.ok()) print_status("prescore", {}, one.pre_score);
      print_values("raw", answer.feasible, one.raw);
      print_values("normal", answer.feasible, one.normal);
      to_.end_object();
    }
    to_.end_object();
  }

  document& to_;
  const cluster::store& objects_;
};

}  // namespace

std::vector<node_id> by_name(const cluster::store& objects, std::vector<node_id> nodes) {
  std::ranges::sort(nodes, {}, [&](node_id node) { return objects.text(objects[node].name); });
  return nodes;
}

void print_explanation(document& to, const cluster::store& objects, const evaluation& answer) {
  explanation_document_printer(to, objects).print(answer);
}

}  // namespace crosstie::cli
