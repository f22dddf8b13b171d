// The topology spread constraints that hold for a pod, its own or the profile's defaults.
//
// Promise: the constraints kube-scheduler derives: match_label_keys are ANDed into the selector; a
// pod with no constraints of its own gets the default ones, with a selector merged from its
// Services and its controller, or none at all where that selector is empty.
// Cost: O(constraints + services of the cluster), allocating.
// Thread safety: pure functions.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule::plugins {

struct spread_constraint {
  std::int32_t max_skew;
  cluster::name_id topology_key;
  std::optional<cluster::label_selector> selector;  // not set: matches nothing
  std::int32_t min_domains;
  cluster::inclusion_policy node_affinity_policy, node_taints_policy;

  // An empty selector matches every pod, yet counts none: upstream keeps both.
  bool counts_pods() const { return selector && !selector->requirements.empty(); }
};

using spread_constraints = std::vector<spread_constraint>;

// The constraints with this action; an error where a selector does not parse.
std::expected<spread_constraints, std::string> find_spread_constraints(
    const cluster::view& view, const topology_spread_args& args, cluster::pod_id pod,
    cluster::unsatisfiable_action action);

// The pods of the pod's Services and of its controller: what default constraints count.
cluster::label_selector deduce_selector(const cluster::store& objects, const cluster::pod& pod);

}  // namespace crosstie::schedule::plugins
