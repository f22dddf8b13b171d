// Which volumes the claims of a pod would get on a node: those bound already, the smallest free
// ones that suit, or new ones made there.
//
// Promise: upstream's choice, in its order: small claims choose first, a volume reserved for a
// claim goes before all others. Of free volumes of equal size, which upstream takes at random, the
// first by name is taken.
// Cost: find_claims O(volumes of the cluster) where a claim waits for its first pod, else
// O(claims); choose_volumes O(claims x volumes of their classes). Pointers hold until the store
// changes. Thread safety: pure functions, but for assume_pod_volumes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::schedule::plugins {

// A pod's claims. Those that do not exist are left out.
struct pod_claims {
  std::vector<const cluster::persistent_volume_claim*> bound;
  std::vector<const cluster::persistent_volume_claim*> delayed;    // wait for their first pod
  std::vector<const cluster::persistent_volume_claim*> immediate;  // wait for their volumes
  std::vector<const cluster::persistent_volume*> candidates;       // of the delayed ones' classes
};
pod_claims find_claims(const cluster::store& objects, cluster::pod_id pod);

struct volume_match {
  const cluster::persistent_volume_claim* claim;
  const cluster::persistent_volume* volume;
};
struct volume_choice {
  std::string error;                        // the cycle's internal error; empty: none
  std::vector<std::string_view> conflicts;  // why the node will not do; empty: it will
  std::vector<volume_match> matches;        // free volumes for delayed claims
  std::vector<const cluster::persistent_volume_claim*> to_provision;
};
volume_choice choose_volumes(const cluster::store& objects, const pod_claims& claims,
                             cluster::node_id node);

// Upstream's AssumePodVolumes, for a pod that is bound to a node which VolumeBinding let pass: the
// chosen volumes are the claims' from now on, and claims without one are bound to get theirs on
// that node. Returns the objects that changed.
std::vector<cluster::object_reference> assume_pod_volumes(cluster::store& objects,
                                                          cluster::pod_id pod,
                                                          cluster::node_id node);

}  // namespace crosstie::schedule::plugins
