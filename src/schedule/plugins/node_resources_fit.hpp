// NodeResourcesFit: nodes that have what the pod requests, and how full it would make them.
//
// Promise: all insufficient resources are named at once; the score follows the profile's strategy.
// Cost: O(resources of the pod) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_resources_fit_points{
    .pre_filter = true, .filter = true, .pre_score = true, .score = true, .scores_alone = true};

std::unique_ptr<plugin> make_node_resources_fit(const cluster::view& view, const profile& by,
                                                pod_id pod);

}  // namespace crosstie::schedule::plugins
