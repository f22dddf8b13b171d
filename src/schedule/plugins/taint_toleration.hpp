// TaintToleration: taints keep off the pods that do not tolerate them.
//
// Promise: NoSchedule and NoExecute reject; each untolerated PreferNoSchedule taint costs score.
// Cost: O(taints x tolerations) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points taint_toleration_points{
    .filter = true, .pre_score = true, .score = true, .normalizes = true};

std::unique_ptr<plugin> make_taint_toleration(const cluster::view& view, const profile& by,
                                              pod_id pod);

}  // namespace crosstie::schedule::plugins
