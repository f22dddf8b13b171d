// NodeVolumeLimits: a node takes no more volumes of a CSI driver than its CSINode allows.
//
// Promise: upstream's verdicts. Volumes count once by driver and handle; those of migrated in-tree
// plugins and of claims not bound yet count too. A wanted volume that only a VolumeAttachment
// knows of counts twice.
// Cost: filter O(pods of the node x volumes + VolumeAttachments of the cluster).
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_volume_limits_points{
    .pre_filter = true, .filter = true, .filters_alone = true};

std::unique_ptr<plugin> make_node_volume_limits(const cluster::view& view, const profile& by,
                                                pod_id pod);

}  // namespace crosstie::schedule::plugins
