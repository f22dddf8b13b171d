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

// find_preemption's message for a pod without a nominated node where no node holds a pod of lower
// priority, and `clearable` nodes reject it for what evictions may change.
std::string explain_no_victims(const cluster::store& objects, pod_id pod, std::size_t clearable);

}  // namespace crosstie::schedule
