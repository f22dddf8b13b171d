#include "schedule/preemption.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "cluster/selector.hpp"

namespace crosstie::schedule {
namespace {

using cluster::pod_disruption_budget;
using cluster::timestamp;

constexpr const char* no_victims = "No preemption victims found for incoming pod";
constexpr const char* not_helpful = "Preemption is not helpful for scheduling";
constexpr const char* never = "not eligible due to preemptionPolicy=Never.";

class victim_search {
 public:
  victim_search(const cluster::view& view, const evaluation& failed, status_code absent,
                pod_plugins& plugins)
      : view_(view),
        objects_(view.objects),
        failed_(failed),
        absent_(absent),
        plugins_(plugins),
        pod_(view.objects[failed.pod]),
        priority_(priority(failed.pod)) {}

  preemption_outcome run() {
    preemption_outcome outcome;
    outcome.answer.ineligible = find_ineligibility();
    if (!outcome.answer.ineligible.empty()) {
      outcome.message = "preemption: " + outcome.answer.ineligible;
      return outcome;
    }
    for (const node_id node : list_potential_nodes()) try_node(node, outcome);
    if (!outcome.answer.candidates.empty()) {
      outcome.error.clear();
      outcome.answer.best = pick(outcome.answer.candidates);
    } else if (outcome.error.empty()) {
      outcome.message = "preemption: " + explain();
    }
    return outcome;
  }

 private:
  std::int32_t priority(pod_id id) const { return objects_.spec(id).priority; }
  bool may_evict(pod_id id) const { return priority(id) < priority_; }
  // A pod that has not started counts as started now: later than any other.
  timestamp started(pod_id id) const {
    const timestamp at = objects_[id].started;
    return at == 0 ? std::numeric_limits<timestamp>::max() : at;
  }
  // Less for the more important: the higher priority, then the earlier start.
  std::tuple<std::int64_t, timestamp> rank_importance(pod_id pod) const {
    return {-std::int64_t{priority(pod)}, started(pod)};
  }

  std::vector<pod_id> list_pods(node_id node) const {
    std::vector<pod_id> pods;
    view_.pods.append_pods(node, pods);
    std::ranges::sort(pods);
    return pods;
  }

  status_code code_on(node_id node) const {
    const auto found = std::ranges::find(failed_.rejected, node, &rejection::node);
    return found == failed_.rejected.end() ? absent_ : found->why.code;
  }

  // Why the pod may not preempt; empty where it may.
  std::string find_ineligibility() const {
    if (!objects_.spec(failed_.pod).preempts_lower_priority) {
      return never;
    }
    if (pod_.nominated_node == cluster::no_name) return {};
    const auto nominated = objects_.find_node(pod_.nominated_node);
    if (!nominated || code_on(*nominated) == status_code::unschedulable_and_unresolvable) return {};
    for (const pod_id other : list_pods(*nominated)) {
      const cluster::pod& leaving = objects_[other];
      if (may_evict(other) && leaving.terminating && leaving.disrupted_by_scheduler) {
        return "not eligible due to a terminating pod on the nominated node.";
      }
    }
    return {};
  }

  std::vector<node_id> list_potential_nodes() const {
    std::map<node_id, status_code> codes;
    for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
      if (objects_.alive(node_id{slot})) codes[node_id{slot}] = absent_;
    }
    for (const rejection& each : failed_.rejected) codes[each.node] = each.why.code;
    std::vector<node_id> nodes;
    for (const auto& [node, code] : codes) {
      if (code == status_code::unschedulable) nodes.push_back(node);
    }
    return nodes;
  }

  void try_node(node_id node, preemption_outcome& outcome) {
    preemption_victims found{.node = node, .victims = {}, .pdb_violations = 0};
    status why = select_victims(found);
    if (why.ok() && !found.victims.empty()) {
      outcome.answer.candidates.push_back(std::move(found));
      return;
    }
    if (why.ok()) {
      why = {status_code::error,
             {fmt::format("expected at least one victim pod on node \"{}\"",
                          objects_.text(objects_[node].name))}};
    }
    if (why.code == status_code::error) outcome.error = join_reasons(why);
    statuses_.push_back(std::move(why));
  }

  void take_away(pod_id pod, node_id node) {
    view_.pods.suppose_unbound(pod);
    plugins_.pod_removed(pod, node);
  }
  void put_back(pod_id pod, node_id node) {
    view_.pods.suppose_bound(pod, node);
    plugins_.pod_added(pod, node);
  }

  // The fewest pods that have to leave the node, in upstream's order; not ok where none helps.
  status select_victims(preemption_victims& found) {
    std::vector<pod_id> potential = list_pods(found.node);
    std::erase_if(potential, [&](pod_id pod) { return !may_evict(pod); });
    if (potential.empty()) {
      return {status_code::unschedulable_and_unresolvable, {no_victims}};
    }
    for (const pod_id pod : potential) take_away(pod, found.node);
    if (auto verdict = plugins_.reject(found.node)) {
      for (const pod_id pod : potential) put_back(pod, found.node);
      return std::move(verdict->second);
    }
    reprieve(potential, found);
    for (const pod_id pod : found.victims) put_back(pod, found.node);
    return {};
  }

  // Lets those stay, the most important first, with whom the pod still fits.
  void reprieve(std::vector<pod_id>& potential, preemption_victims& found) {
    const auto rank = [&](pod_id pod) { return std::tuple(rank_importance(pod), pod); };
    std::ranges::sort(potential, {}, rank);
    const std::vector<pod_id> violators = find_budget_violators(potential);
    const auto violates = [&](pod_id pod) {
      return std::ranges::find(violators, pod) != violators.end();
    };
    std::ranges::sort(potential, {},
                      [&](pod_id pod) { return std::tuple(!violates(pod), rank(pod)); });
    for (const pod_id pod : potential) {
      put_back(pod, found.node);
      if (!plugins_.reject(found.node)) continue;
      take_away(pod, found.node);
      found.victims.push_back(pod);
      if (violates(pod)) ++found.pdb_violations;
    }
    if (!violators.empty() && violators.size() != potential.size()) {
      std::ranges::sort(found.victims, {}, [&](pod_id pod) {
        return std::tuple(rank_importance(pod), !violates(pod), pod);
      });
    }
  }

  // Those whose eviction, in this order, would overdraw a PodDisruptionBudget.
  std::vector<pod_id> find_budget_violators(std::span<const pod_id> pods) const {
    const auto budgets = objects_.pod_disruption_budgets.all();
    std::vector<std::int32_t> allowed;
    for (const pod_disruption_budget& budget : budgets) {
      allowed.push_back(budget.disruptions_allowed);
    }
    std::vector<pod_id> violators;
    for (const pod_id id : pods) {
      bool violates = false;
      for (std::size_t each = 0; each < budgets.size(); ++each) {
        if (covers(budgets[each], id)) violates |= --allowed[each] < 0;
      }
      if (violates) violators.push_back(id);
    }
    return violators;
  }

  // A pod in disruptedPods was counted by the API server already.
  bool covers(const pod_disruption_budget& budget, pod_id id) const {
    const cluster::pod& pod = objects_[id];
    const cluster::label_set& labels = objects_.labels(id);
    if (labels.empty() || budget.ns != pod.ns || !budget.selector) return false;
    const cluster::label_selector& selector = *budget.selector;
    if (selector.requirements.empty() || find_syntax_error(selector, objects_.names())) {
      return false;
    }
    return matches(selector, labels, objects_.names()) &&
           std::ranges::find(budget.disrupted_pods, pod.name) == budget.disrupted_pods.end();
  }

  // ---- among the candidates ----

  // Earliest start among the victims of the highest priority.
  timestamp find_earliest_start(const std::vector<pod_id>& victims) const {
    return started(
        *std::ranges::min_element(victims, {}, [&](pod_id pod) { return rank_importance(pod); }));
  }

  std::vector<node_id> pick(const std::vector<preemption_victims>& candidates) const {
    const auto rank = [&](const preemption_victims& each) {
      std::int64_t sum = 0;
      for (const pod_id victim : each.victims) {
        sum += std::int64_t{priority(victim)} + (std::int64_t{1} << 31);
      }
      return std::tuple(each.pdb_violations, priority(each.victims.front()), sum,
                        each.victims.size(), -find_earliest_start(each.victims));
    };
    auto lowest = rank(candidates.front());
    for (const preemption_victims& each : candidates) lowest = std::min(lowest, rank(each));
    std::vector<node_id> best;
    for (const preemption_victims& each : candidates) {
      if (rank(each) == lowest) best.push_back(each.node);
    }
    std::ranges::sort(best, {}, [&](node_id node) { return objects_.text(objects_[node].name); });
    return best;
  }

  // "0/3 nodes are available: 1 Insufficient cpu, 2 Preemption is not helpful for scheduling."
  std::string explain() const {
    const std::size_t nodes = objects_.node_count();
    std::map<std::string, std::size_t> counts;
    for (const status& each : statuses_) {
      for (const std::string& reason : each.reasons) ++counts[reason];
    }
    if (statuses_.size() < nodes) {
      counts[not_helpful] += nodes - statuses_.size();
    }
    return describe_failure(nodes, counts);
  }

  const cluster::view view_;
  const cluster::store& objects_;
  const evaluation& failed_;
  status_code absent_;
  pod_plugins& plugins_;
  const cluster::pod& pod_;
  std::int32_t priority_;
  std::vector<status> statuses_;  // of the nodes that cannot be cleared
};

}  // namespace

preemption_outcome find_preemption(const cluster::view& view, const evaluation& failed,
                                   status_code absent, pod_plugins& plugins) {
  return victim_search(view, failed, absent, plugins).run();
}

std::string explain_no_victims(const cluster::store& objects, pod_id pod, std::size_t clearable) {
  if (!objects.spec(pod).preempts_lower_priority) return fmt::format("preemption: {}", never);
  const std::size_t nodes = objects.node_count();
  std::map<std::string, std::size_t> counts;
  if (clearable > 0) counts[no_victims] = clearable;
  if (clearable < nodes) counts[not_helpful] = nodes - clearable;
  return "preemption: " + describe_failure(nodes, counts);
}

}  // namespace crosstie::schedule
