// NodeAffinity: nodes that the pod, or the profile's addedAffinity, asks for by labels or name.
//
// Promise: required terms reject, preferred ones score; terms that all name nodes narrow the search
// to those. Cost: O(terms) per node. Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_affinity_points{.pre_filter = true,
                                                     .filter = true,
                                                     .pre_score = true,
                                                     .score = true,
                                                     .normalizes = true,
                                                     .filters_alone = true,
                                                     .scores_alone = true};

std::unique_ptr<plugin> make_node_affinity(const cluster::view& view, const profile& by,
                                           pod_id pod);

}  // namespace crosstie::schedule::plugins
