// InterPodAffinity: places a pod near to, or far from, the pods its terms select, and keeps it away
// from the pods whose anti-affinity selects it.
//
// Promise: upstream's verdicts, in its order (affinity, anti-affinity, existing pods'
// anti-affinity), its exception for the first pod of a group, and its symmetric scores.
// Cost: O(nodes + pods x terms) for pre_filter and pre_score; O(labels of the node) for the rest.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points inter_pod_affinity_points{
    .pre_filter = true, .filter = true, .pre_score = true, .score = true, .normalizes = true};

std::unique_ptr<plugin> make_inter_pod_affinity(const cluster::view& view, const profile& by,
                                                pod_id pod);

}  // namespace crosstie::schedule::plugins
