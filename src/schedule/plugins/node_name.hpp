// NodeName: a pod that names its node fits nowhere else.
//
// Promise: rejects every node but the one of spec.nodeName.
// Cost: O(1) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_name_points{.filter = true};

std::unique_ptr<plugin> make_node_name(const cluster::view& view, const profile& by, pod_id pod);

}  // namespace crosstie::schedule::plugins
