// DefaultPreemption: which pods of lower priority would have to go so that a pod fits on a node.
//
// Promise: upstream's candidates and victims (v1.36.2), with every node tried and none skipped:
// eligibility, reprieve in order of importance with budget violators first, and all tie-breaks.
// Cost: O(nodes that may be cleared x their pods x filters); the state is changed and put back.
// Thread safety: none.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "schedule/evaluation.hpp"
#include "schedule/pod_plugins.hpp"

namespace crosstie::schedule {

struct preemption_outcome {
  preemption_answer answer;
  std::string message;  // what the FailedScheduling event adds; empty where a node can be cleared
  std::string error;    // internal error of the cycle; empty: none
};

// `failed` has no feasible node. Every node without an explicit rejection has status `absent`.
preemption_outcome find_preemption(const cluster::view& view, const evaluation& failed,
                                   status_code absent, pod_plugins& plugins);

// ---- parts of it, for who finds the victims another way (victim_trial.hpp) ----

// Why the pod may not preempt; empty where it may. `hopeless`: its nominated node rejects it for
// what evictions cannot change.
std::string find_ineligibility(const cluster::view& view, pod_id pod, bool hopeless);

// find_preemption's message where no node can be cleared: so many nodes hold no pod of lower
// priority, and those of each group are crowded alike even without them.
std::string explain_no_room(const cluster::view& view, pod_id pod, pod_plugins& plugins,
                            std::size_t without_victims, std::span<const node_group> crowded);

// A pod that has not started counts as started now: later than any other.
cluster::timestamp started(const cluster::pod& pod);
// Does the budget's selector take the pod, as preemption understands it?
bool selects(const cluster::store& objects, const cluster::pod_disruption_budget& budget,
             pod_id pod);
// A pod in disruptedPods was counted by the API server already.
bool is_counted_already(const cluster::pod_disruption_budget& budget, const cluster::pod& pod);

}  // namespace crosstie::schedule
