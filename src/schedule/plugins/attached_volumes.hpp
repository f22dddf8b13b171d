// The volumes of pods as nodes count them against their limits.
//
// Promise: upstream's (NodeVolumeLimits, nodevolumelimits/csi.go): a volume is known by CSI driver
// and handle; those of migrated in-tree plugins count on nodes that have a CSINode; a claim without
// a volume counts for the driver of its class, under a handle that none can have. Cost: a few hash
// lookups and a text for each volume. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"
#include "schedule/status.hpp"

namespace crosstie::schedule::plugins {

struct attached_volume {
  std::string_view driver;
  std::string handle;
};

// Appends those of the pod on a node with this CSINode (null: none). A missing claim is an error
// only for a pod that is `to_be_placed`; what was appended before an error stays.
status append_attached(const cluster::store& objects, cluster::pod_id pod, bool to_be_placed,
                       const cluster::csi_node* limits, std::vector<attached_volume>& out);

// Adds nothing where the attachment does not count.
void append_attached(const cluster::store& objects, const cluster::volume_attachment& attachment,
                     std::vector<attached_volume>& out);

}  // namespace crosstie::schedule::plugins
