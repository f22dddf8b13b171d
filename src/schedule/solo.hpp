// Every enabled plugin asked alone, on all nodes: what each one would say without the others.
//
// Promise: the `plugins` of the golden answers: each plugin that has a point about nodes, with its
// own PreFilter, in the order of their names; scores are over the given feasible nodes.
// Cost: O(nodes x plugins). Thread safety: none.
#pragma once

#include <span>
#include <vector>

#include "schedule/evaluation.hpp"

namespace crosstie::schedule {

std::vector<solo_answer> ask_alone(const cluster::view& view, const profile& by, pod_id pod,
                                   std::span<const node_id> nodes,
                                   std::span<const node_id> feasible);

}  // namespace crosstie::schedule
