// ImageLocality: prefers nodes that hold the pod's images already.
//
// Promise: the images' sizes, each weighed by the share of nodes that have it, on upstream's scale.
// Cost: O(containers and image volumes) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points image_locality_points{.score = true};

std::unique_ptr<plugin> make_image_locality(const cluster::view& view, const profile& by,
                                            pod_id pod);

}  // namespace crosstie::schedule::plugins
