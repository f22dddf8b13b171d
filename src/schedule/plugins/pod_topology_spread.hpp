// PodTopologySpread: keeps the matching pods of topology domains within max_skew of each other.
//
// Promise: filters on DoNotSchedule constraints and scores on ScheduleAnyway ones as upstream does,
// with its default constraints, node inclusion policies, min_domains and float rounding.
// Cost: O((nodes + pods) x constraints) for pre_filter and pre_score; O(constraints) for filter;
// score also counts the node's own pods for hostname constraints.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points pod_topology_spread_points{
    .pre_filter = true, .filter = true, .pre_score = true, .score = true, .normalizes = true};

std::unique_ptr<plugin> make_pod_topology_spread(const cluster::view& view, const profile& by,
                                                 pod_id pod);

}  // namespace crosstie::schedule::plugins
