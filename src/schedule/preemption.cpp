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
  victim_search(const cluster::view& view, pod_id pod, pod_plugins& plugins)
      : view_(view), objects_(view.objects), plugins_(plugins), priority_(priority(pod)) {}

  preemption_outcome run(const evaluation& failed, status_code absent) {
    preemption_outcome outcome;
    outcome.answer.ineligible =
        schedule::find_ineligibility(view_, failed.pod, rejects_nominated_node(failed, absent));
    if (!outcome.answer.ineligible.empty()) {
      outcome.message = "preemption: " + outcome.answer.ineligible;
      return outcome;
    }
    for (const node_id node : list_potential_nodes(failed, absent)) try_node(node, outcome);
    if (!outcome.answer.candidates.empty()) {
      outcome.error.clear();
      outcome.answer.best = pick(outcome.answer.candidates);
    } else if (outcome.error.empty()) {
      outcome.message = explain();
    }
    return outcome;
  }

  std::string explain_groups(std::size_t without_victims, std::span<const node_group> crowded) {
    std::map<std::string, std::size_t> counts;
    std::size_t tried = without_victims;
    if (without_victims > 0) counts[no_victims] = without_victims;
    for (const node_group& group : crowded) {
      preemption_victims found{.node = group.first, .victims = {}, .pdb_violations = 0};
      for (const std::string& reason : select_victims(found).reasons) counts[reason] += group.nodes;
      tried += group.nodes;
    }
    return explain(std::move(counts), tried);
  }

 private:
  std::int32_t priority(pod_id id) const { return objects_.spec(id).priority; }
  bool may_evict(pod_id id) const { return priority(id) < priority_; }
  timestamp started(pod_id id) const { return schedule::started(objects_[id]); }
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

  bool rejects_nominated_node(const evaluation& failed, status_code absent) const {
    const auto node = objects_.find_node(objects_[failed.pod].nominated_node);
    if (!node) return false;
    const auto found = std::ranges::find(failed.rejected, *node, &rejection::node);
    const status_code code = found == failed.rejected.end() ? absent : found->why.code;
    return code == status_code::unschedulable_and_unresolvable;
  }

  std::vector<node_id> list_potential_nodes(const evaluation& failed, status_code absent) const {
    std::map<node_id, status_code> codes;
    for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
      if (objects_.alive(node_id{slot})) codes[node_id{slot}] = absent;
    }
    for (const rejection& each : failed.rejected) codes[each.node] = each.why.code;
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

  bool covers(const pod_disruption_budget& budget, pod_id id) const {
    return selects(objects_, budget, id) && !is_counted_already(budget, objects_[id]);
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
    std::map<std::string, std::size_t> counts;
    for (const status& each : statuses_) {
      for (const std::string& reason : each.reasons) ++counts[reason];
    }
    return explain(std::move(counts), statuses_.size());
  }
  std::string explain(std::map<std::string, std::size_t> counts, std::size_t tried) const {
    const std::size_t nodes = objects_.node_count();
    if (tried < nodes) counts[not_helpful] += nodes - tried;
    return "preemption: " + describe_failure(nodes, counts);
  }

  const cluster::view view_;
  const cluster::store& objects_;
  pod_plugins& plugins_;
  std::int32_t priority_;
  std::vector<status> statuses_;  // of the nodes that cannot be cleared
};

}  // namespace

preemption_outcome find_preemption(const cluster::view& view, const evaluation& failed,
                                   status_code absent, pod_plugins& plugins) {
  return victim_search(view, failed.pod, plugins).run(failed, absent);
}

std::string find_ineligibility(const cluster::view& view, pod_id id, bool hopeless) {
  const cluster::store& objects = view.objects;
  if (!objects.spec(id).preempts_lower_priority) return never;
  if (objects[id].nominated_node == cluster::no_name) return {};
  const auto nominated = objects.find_node(objects[id].nominated_node);
  if (!nominated || hopeless) return {};
  std::vector<pod_id> there;
  view.pods.append_pods(*nominated, there);
  for (const pod_id other : there) {
    if (objects.spec(other).priority >= objects.spec(id).priority) continue;
    if (objects[other].terminating && objects[other].disrupted_by_scheduler) {
      return "not eligible due to a terminating pod on the nominated node.";
    }
  }
  return {};
}

std::string explain_no_room(const cluster::view& view, pod_id pod, pod_plugins& plugins,
                            std::size_t without_victims, std::span<const node_group> crowded) {
  return victim_search(view, pod, plugins).explain_groups(without_victims, crowded);
}

timestamp started(const cluster::pod& pod) {
  return pod.started == 0 ? std::numeric_limits<timestamp>::max() : pod.started;
}

bool selects(const cluster::store& objects, const pod_disruption_budget& budget, pod_id id) {
  const cluster::label_set& labels = objects.labels(id);
  if (labels.empty() || budget.ns != objects[id].ns || !budget.selector) return false;
  const cluster::label_selector& selector = *budget.selector;
  if (selector.requirements.empty() || find_syntax_error(selector, objects.names())) return false;
  return matches(selector, labels, objects.names());
}

bool is_counted_already(const pod_disruption_budget& budget, const cluster::pod& pod) {
  return std::ranges::find(budget.disrupted_pods, pod.name) != budget.disrupted_pods.end();
}

}  // namespace crosstie::schedule
