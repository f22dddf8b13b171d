// NodeDeclaredFeatures: a pod that needs features of the kubelet goes only to nodes that declare
// them.
//
// Promise: the features that scheduling infers from a pod spec in 1.36, and upstream's verdict.
// Cost: O(containers) for pre_filter, O(declared features) for filter.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_declared_features_points{.pre_filter = true, .filter = true};

std::unique_ptr<plugin> make_node_declared_features(const cluster::view& view, const profile& by,
                                                    pod_id pod);

}  // namespace crosstie::schedule::plugins
