// The claims behind a pod's volumes, and the storage classes of claims and volumes.
//
// Promise: upstream's answers, its beta annotation for storage classes and its texts for objects
// that are not there included.
// Cost: a few hash lookups each. Pointers hold until the catalog of that kind changes.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::schedule::plugins {

// Is the volume a claim's: one the pod names, or the one made for an ephemeral volume?
bool needs_claim(const cluster::pod_volume& volume);
// May the volume be on any node as far as the volume plugins go?
bool is_unrestricted(const cluster::pod_volume& volume);
// "<pod>-<volume>" for an ephemeral volume.
std::string claim_name(const cluster::store& objects, const cluster::pod& pod,
                       const cluster::pod_volume& volume);
const cluster::persistent_volume_claim* find_claim(const cluster::store& objects,
                                                   const cluster::pod& pod,
                                                   const cluster::pod_volume& volume);
// Is the claim of an ephemeral volume controlled by this pod?
bool is_made_for(const cluster::persistent_volume_claim& claim, const cluster::pod& pod);
std::string describe_foreign_claim(const cluster::store& objects,
                                   const cluster::persistent_volume_claim& claim,
                                   const cluster::pod& pod);

// A label or annotation by the text of its key.
std::optional<cluster::name_id> find_entry(const cluster::store& objects,
                                           const cluster::label_set& entries, std::string_view key);
// no_name: none.
cluster::name_id class_of(const cluster::store& objects,
                          const cluster::persistent_volume_claim& claim);
cluster::name_id class_of(const cluster::store& objects, const cluster::persistent_volume& volume);
const cluster::storage_class* find_class(const cluster::store& objects,
                                         const cluster::persistent_volume_claim& claim);
const cluster::persistent_volume* find_volume(const cluster::store& objects,
                                              const cluster::persistent_volume_claim& claim);

// Has its binding to the volume that it names been completed?
bool is_bound(const cluster::store& objects, const cluster::persistent_volume_claim& claim);
// The node on which a volume is being made for the claim.
inline constexpr std::string_view selected_node = "volume.kubernetes.io/selected-node";
std::optional<cluster::name_id> find_selected_node(const cluster::store& objects,
                                                   const cluster::persistent_volume_claim& claim);
// Does somebody make volumes of the class?
bool has_provisioner(const cluster::store& objects, const cluster::storage_class& of);

// `persistentvolumeclaim "data" not found`
std::string describe_missing(std::string_view kind, std::string_view name);

// The zones of a label's value: "a__b" is two, and an empty part stays.
std::vector<std::string_view> split_zones(std::string_view value);

}  // namespace crosstie::schedule::plugins
