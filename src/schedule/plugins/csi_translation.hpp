// Volumes of the plugins that Kubernetes once had built in, as their CSI drivers know them.
//
// Promise: driver, handle and node affinity as csi-translation-lib makes them of gcePersistentDisk,
// awsElasticBlockStore, cinder, azureDisk and portworxVolume. azureFile and vsphereVolume have
// drivers too, but the scheduler takes neither for migrated, so that they are never translated.
// What cannot be translated (an EBS id or zones of unknown form, an Azure disk that is not managed)
// is an error in that library's words.
// Cost: O(text), O(node affinity). Thread safety: pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "cluster/store.hpp"

namespace crosstie::schedule::plugins {

struct in_tree_plugin {
  cluster::volume_kind kind;
  std::string_view name;          // "kubernetes.io/gce-pd", as provisioners and CSINodes say
  std::string_view driver;        // "pd.csi.storage.gke.io"
  std::string_view topology_key;  // of the driver's nodes; empty: zones are not translated
  bool migrated;                  // does the scheduler take it for the CSI driver's?
};

// Null for a kind, or a provisioner, that never was built in.
const in_tree_plugin* find_in_tree_plugin(cluster::volume_kind kind);
const in_tree_plugin* find_in_tree_plugin(std::string_view provisioner);

using csi_handle = std::expected<std::string, std::string>;
// Of a volume, or persistent volume, of a migrated plugin.
csi_handle translate_handle(const cluster::store& objects, const cluster::pod_volume& volume);
csi_handle translate_handle(const cluster::store& objects,
                            const cluster::persistent_volume& volume);

// Can the node reach the volume: by its node affinity as it is, and by the one that `plugin`'s
// translation makes of its affinity and zone labels? Of the node only labels count, not its name.
bool can_reach(const cluster::store& objects, const cluster::node& node,
               const cluster::persistent_volume& volume);
bool can_reach_translated(const cluster::store& objects, const cluster::node& node,
                          const cluster::persistent_volume& volume, const in_tree_plugin& plugin);

}  // namespace crosstie::schedule::plugins
