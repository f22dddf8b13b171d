// SchedulingGates: a pod with scheduling gates is kept out of the queue.
//
// Promise: the gate's reason lists the pod's gates in their order.
// Cost: O(gates).
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points scheduling_gates_points{.pre_enqueue = true};

std::unique_ptr<plugin> make_scheduling_gates(const cluster::view& view, const profile& by,
                                              pod_id pod);

}  // namespace crosstie::schedule::plugins
