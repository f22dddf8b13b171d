// NodeUnschedulable: cordoned nodes take only pods that tolerate it.
//
// Promise: rejects where spec.unschedulable is set and no toleration covers
// node.kubernetes.io/unschedulable. Cost: O(tolerations) per cordoned node. Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_unschedulable_points{.filter = true};

std::unique_ptr<plugin> make_node_unschedulable(const cluster::view& view, const profile& by,
                                                pod_id pod);

}  // namespace crosstie::schedule::plugins
