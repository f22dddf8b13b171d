#include "schedule/plugins/pod_topology_spread.hpp"

#include <algorithm>
#include <cmath>
#include <crosstie/flat_set.hpp>

#include "cluster/selector.hpp"
#include "schedule/plugins/domain_counts.hpp"
#include "schedule/plugins/spread_constraint.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::inclusion_policy;
using cluster::name_id;
using cluster::no_name;
using cluster::unsatisfiable_action;

constexpr std::string_view not_spread = "node(s) didn't match pod topology spread constraints";
constexpr std::string_view label_missing =
    "node(s) didn't match pod topology spread constraints (missing required label)";

status make_error(std::string_view doing, const std::string& problem) {
  return {status_code::error, {std::string(doing) + ": " + problem}};
}

class pod_topology_spread final : public plugin {
 public:
  pod_topology_spread(const cluster::view& view, const profile& by, pod_id pod)
      : view_(view), objects_(view.objects), args_(by.topology_spread), pod_(pod) {}

  pre_filter_result pre_filter() override;
  status filter(node_id node) override;
  status pre_score(std::span<const node_id> feasible) override;
  std::int64_t score(node_id node) override;
  void normalize(std::span<std::int64_t> scores) override;
  void pod_added(pod_id pod, node_id node) override { update(pod, node, 1); }
  void pod_removed(pod_id pod, node_id node) override { update(pod, node, -1); }

 private:
  struct hard_constraint {
    spread_constraint rule;
    bool matches_pod;  // would the pod itself count?
    domain_counts domains;
  };
  struct soft_constraint {
    spread_constraint rule;
    bool per_host;  // counts are taken from the node itself
    crosstie::flat_map<name_id, std::int64_t> domains;
    double weight = 0;
  };

  bool matches(const spread_constraint& rule, pod_id pod) const {
    return cluster::matches(rule.selector, objects_.labels(pod), objects_.names());
  }
  // Do the constraint's policies count this node?
  bool includes(const spread_constraint& rule, const cluster::node& node) const;
  std::int64_t count_pods(const spread_constraint& rule, node_id node) const;
  template <class Constraints>
  static bool has_all_keys(const Constraints& constraints, const cluster::node& node);
  // The value of a label; a node without it shares the domain of the empty value.
  static name_id domain_of(const spread_constraint& rule, const cluster::node& node) {
    return cluster::find_label(node.labels, rule.topology_key).value_or(no_name);
  }

  void collect_domains(std::span<const node_id> feasible, bool all_keys);
  void count_domains(bool all_keys);
  void update(pod_id pod, node_id node, std::int64_t change);

  const cluster::view view_;
  const cluster::store& objects_;
  const topology_spread_args& args_;
  const pod_id pod_;
  std::vector<hard_constraint> hard_;
  std::vector<soft_constraint> soft_;
  std::vector<node_id> feasible_;
  crosstie::flat_set<node_id> ignored_;  // feasible nodes that lack a topology key
};

bool pod_topology_spread::includes(const spread_constraint& rule, const cluster::node& node) const {
  const cluster::pod_spec& spec = objects_.spec(pod_);
  if (rule.node_affinity_policy == inclusion_policy::honor &&
      !cluster::matches_required_affinity(spec, node, objects_.names())) {
    return false;
  }
  return rule.node_taints_policy != inclusion_policy::honor ||
         !cluster::find_untolerated(node.taints, spec.tolerations, cluster::keeps_off);
}

std::int64_t pod_topology_spread::count_pods(const spread_constraint& rule, node_id node) const {
  if (!rule.counts_pods()) return 0;
  std::vector<pod_id> pods;
  view_.pods.append_pods(node, pods);
  return std::ranges::count_if(pods, [&](pod_id id) {
    const cluster::pod& pod = objects_[id];
    return pod.ns == objects_[pod_].ns && !pod.terminating && matches(rule, id);
  });
}

template <class Constraints>
bool pod_topology_spread::has_all_keys(const Constraints& constraints, const cluster::node& node) {
  return std::ranges::all_of(constraints, [&](const auto& each) {
    return cluster::find_label(node.labels, each.rule.topology_key).has_value();
  });
}

pre_filter_result pod_topology_spread::pre_filter() {
  auto rules = find_spread_constraints(view_, args_, pod_, unsatisfiable_action::do_not_schedule);
  if (!rules)
    return {make_error("reading the hard topology spread constraints", rules.error()), {}};
  if (rules->empty()) return {{status_code::skip, {}}, {}};
  for (spread_constraint& rule : *rules) {
    const bool itself = matches(rule, pod_);
    hard_.push_back({std::move(rule), itself, {}});
  }
  for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
    const node_id id{slot};
    if (!objects_.alive(id) || !has_all_keys(hard_, objects_[id])) continue;
    for (hard_constraint& each : hard_) {
      if (!includes(each.rule, objects_[id])) continue;
      each.domains.add(domain_of(each.rule, objects_[id]), count_pods(each.rule, id));
    }
  }
  return {};
}

status pod_topology_spread::filter(node_id node) {
  for (const hard_constraint& each : hard_) {
    const auto domain = cluster::find_label(objects_[node].labels, each.rule.topology_key);
    if (!domain) {
      return {status_code::unschedulable_and_unresolvable, {std::string(label_missing)}};
    }
    const bool enough = static_cast<std::int64_t>(each.domains.size()) >= each.rule.min_domains;
    const std::int64_t lowest = enough ? each.domains.minimum() : 0;
    const std::int64_t skew = each.domains.count(*domain) + (each.matches_pod ? 1 : 0) - lowest;
    if (skew > each.rule.max_skew) return {status_code::unschedulable, {std::string(not_spread)}};
  }
  return {};
}

// Upstream counts here what it leaves out in pre_filter: terminating pods, and every pod where the
// selector is empty.
void pod_topology_spread::update(pod_id pod, node_id node, std::int64_t change) {
  if (objects_[pod].ns != objects_[pod_].ns || !has_all_keys(hard_, objects_[node])) return;
  for (hard_constraint& each : hard_) {
    if (!matches(each.rule, pod) || !includes(each.rule, objects_[node])) continue;
    each.domains.add(domain_of(each.rule, objects_[node]), change);
  }
}

status pod_topology_spread::pre_score(std::span<const node_id> feasible) {
  auto rules = find_spread_constraints(view_, args_, pod_, unsatisfiable_action::schedule_anyway);
  if (!rules) return make_error("reading the soft topology spread constraints", rules.error());
  if (rules->empty()) return {status_code::skip, {}};
  const auto hostname = objects_.names().find("kubernetes.io/hostname");
  for (spread_constraint& rule : *rules) {
    const bool per_host = hostname && rule.topology_key == *hostname;
    soft_.push_back({std::move(rule), per_host, {}});
  }
  // The system's defaults spread over hosts also where nodes have no zone.
  const bool all_keys = !objects_.spec(pod_).spread.empty() || args_.list_defaulting;
  collect_domains(feasible, all_keys);
  count_domains(all_keys);
  return {};
}

void pod_topology_spread::collect_domains(std::span<const node_id> feasible, bool all_keys) {
  feasible_.assign(feasible.begin(), feasible.end());
  for (const node_id id : feasible) {
    const cluster::node& node = objects_[id];
    if (all_keys && !has_all_keys(soft_, node)) {
      ignored_.insert(id);
      continue;
    }
    for (soft_constraint& each : soft_) {
      if (!each.per_host) each.domains.try_emplace(domain_of(each.rule, node), 0);
    }
  }
  // Counts weigh less where domains are many, so that small topologies are not drowned out.
  for (soft_constraint& each : soft_) {
    const std::size_t size =
        each.per_host ? feasible.size() - ignored_.size() : each.domains.size();
    each.weight = std::log(static_cast<double>(size + 2));
  }
}

void pod_topology_spread::count_domains(bool all_keys) {
  for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
    const node_id id{slot};
    if (!objects_.alive(id)) continue;
    const cluster::node& node = objects_[id];
    if (all_keys && !has_all_keys(soft_, node)) continue;
    for (soft_constraint& each : soft_) {
      if (each.per_host || !includes(each.rule, node)) continue;
      if (std::int64_t* count = each.domains.find_value(domain_of(each.rule, node))) {
        *count += count_pods(each.rule, id);
      }
    }
  }
}

std::int64_t pod_topology_spread::score(node_id node) {
  if (ignored_.contains(node)) return 0;
  double sum = 0;
  for (const soft_constraint& each : soft_) {
    const auto domain = cluster::find_label(objects_[node].labels, each.rule.topology_key);
    if (!domain) continue;
    const std::int64_t count =
        each.per_host ? count_pods(each.rule, node) : *each.domains.find_value(*domain);
    const double weighted = static_cast<double>(count) * each.weight;
    sum += weighted + static_cast<double>(each.rule.max_skew - 1);
  }
  return static_cast<std::int64_t>(std::round(sum));
}

void pod_topology_spread::normalize(std::span<std::int64_t> scores) {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (ignored_.contains(feasible_[i])) continue;
    lowest = std::min(lowest, scores[i]);
    highest = std::max(highest, scores[i]);
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (ignored_.contains(feasible_[i])) {
      scores[i] = 0;
    } else if (highest == 0) {
      scores[i] = max_node_score;
    } else {
      scores[i] = max_node_score * (highest + lowest - scores[i]) / highest;
    }
  }
}

}  // namespace

std::unique_ptr<plugin> make_pod_topology_spread(const cluster::view& view, const profile& by,
                                                 pod_id pod) {
  return std::make_unique<pod_topology_spread>(view, by, pod);
}

}  // namespace crosstie::schedule::plugins
