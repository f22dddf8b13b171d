// DynamicResources: pods that claim devices wait until their claims exist.
//
// Promise: a pod without claims passes, one whose claims are missing, being deleted or another
// pod's is gated with upstream's reason; a pod whose claims exist ends in an error, as devices are
// not allocated yet.
// Cost: O(claims of the pod).
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points dynamic_resources_points{.pre_enqueue = true,
                                                         .pre_filter = true,
                                                         .filter = true,
                                                         .post_filter = true,
                                                         .score = true,
                                                         .normalizes = true};

std::unique_ptr<plugin> make_dynamic_resources(const cluster::view& view, const profile& by,
                                               pod_id pod);

}  // namespace crosstie::schedule::plugins
