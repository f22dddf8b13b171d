// NodeResourcesBalancedAllocation: prefers nodes whose resources the pod would use evenly.
//
// Promise: 50 to 100 by how much the pod evens out or unbalances the use of the node's resources.
// Cost: O(configured resources) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points balanced_allocation_points{
    .pre_score = true, .score = true, .scores_alone = true};

std::unique_ptr<plugin> make_balanced_allocation(const cluster::view& view, const profile& by,
                                                 pod_id pod);

}  // namespace crosstie::schedule::plugins
