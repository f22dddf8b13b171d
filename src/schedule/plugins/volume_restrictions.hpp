// VolumeRestrictions: disks that only one pod of a node may mount, and claims that only one pod of
// the cluster may use.
//
// Promise: upstream's verdicts; read-only mounts of GCE, RBD and iSCSI disks share, EBS disks never
// do. A pod that comes or goes counts by the names of its claims, whatever its namespace.
// Cost: pre_filter O(pods) for a ReadWriteOncePod claim; filter O(pods of the node x volumes).
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points volume_restrictions_points{.pre_filter = true, .filter = true};

std::unique_ptr<plugin> make_volume_restrictions(const cluster::view& view, const profile& by,
                                                 pod_id pod);

}  // namespace crosstie::schedule::plugins
