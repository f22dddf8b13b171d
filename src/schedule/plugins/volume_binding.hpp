// VolumeBinding: a pod goes where its bound volumes can be reached, and where its claims that wait
// for their first pod can get volumes.
//
// Promise: upstream's verdicts and reasons. It has no say in scores, as scoring by storage capacity
// is an alpha feature, off. What placing the pod then changes is volume_matching.hpp's
// assume_pod_volumes.
// Cost: as find_claims (pre_filter) and choose_volumes (filter) there.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points volume_binding_points{
    .pre_filter = true, .filter = true, .pre_score = true, .score = true, .scores_alone = true};

std::unique_ptr<plugin> make_volume_binding(const cluster::view& view, const profile& by,
                                            pod_id pod);

}  // namespace crosstie::schedule::plugins
