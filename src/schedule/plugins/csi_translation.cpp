#include "schedule/plugins/csi_translation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "cluster/selector.hpp"
#include "cluster/syntax.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::label_set;
using cluster::name_id;
using cluster::node;
using cluster::node_selector_term;
using cluster::persistent_volume;
using cluster::requirement;
using cluster::store;
using cluster::volume_kind;

constexpr in_tree_plugin in_tree_plugins[] = {
    {volume_kind::gce_persistent_disk, "kubernetes.io/gce-pd", "pd.csi.storage.gke.io",
     "topology.gke.io/zone", true},
    {volume_kind::aws_elastic_block_store, "kubernetes.io/aws-ebs", "ebs.csi.aws.com",
     "topology.ebs.csi.aws.com/zone", true},
    {volume_kind::cinder, "kubernetes.io/cinder", "cinder.csi.openstack.org",
     "topology.cinder.csi.openstack.org/zone", true},
    {volume_kind::azure_disk, "kubernetes.io/azure-disk", "disk.csi.azure.com", "", true},
    {volume_kind::portworx, "kubernetes.io/portworx-volume", "pxd.portworx.com", "", true},
    {volume_kind::azure_file, "kubernetes.io/azure-file", "file.csi.azure.com", "", false},
    {volume_kind::vsphere, "kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com", "", false},
};

struct topology_labels {
  std::string_view zone, region;
};
constexpr topology_labels stable_labels{"topology.kubernetes.io/zone",
                                        "topology.kubernetes.io/region"};
constexpr topology_labels beta_labels{"failure-domain.beta.kubernetes.io/zone",
                                      "failure-domain.beta.kubernetes.io/region"};

// ---- handles ----------------------------------------------------------------------------------

constexpr std::string_view unspecified = "UNSPECIFIED";

std::string zonal_disk(std::string_view zone, std::string_view disk) {
  return fmt::format("projects/{}/zones/{}/disks/{}", unspecified, zone, disk);
}

// "us-central1" of "us-central1-a"; empty where the zone has another form.
std::string_view region_of(std::string_view zone) {
  return std::ranges::count(zone, '-') == 2 ? zone.substr(0, zone.rfind('-')) : std::string_view();
}

csi_handle translate_gce_disk(const store& objects, const persistent_volume& volume) {
  const std::string_view disk = objects.text(volume.source);
  const auto label = [&](std::string_view key) {
    const auto value = find_entry(objects, volume.labels, key);
    return value ? objects.text(*value) : std::string_view();
  };
  std::string_view value = label(beta_labels.zone);
  if (value.empty()) value = label(stable_labels.zone);
  if (value.empty()) return zonal_disk(unspecified, disk);
  const std::vector<std::string_view> zones = split_zones(value);
  if (zones.size() == 1) return zonal_disk(zones.front(), disk);
  std::set<std::string_view> regions;
  for (const std::string_view zone : zones) {
    regions.insert(region_of(zone));
    if (region_of(zone).empty()) {
      return std::unexpected(
          fmt::format("failed to get region from zones: zone in unexpected format, expected: "
                      "{{locale}}-{{region}}-{{zone}}, got: {}",
                      zone));
    }
  }
  if (regions.size() > 1) {
    return std::unexpected(
        fmt::format("failed to get region from zones: multiple or no regions gotten from zones, "
                    "got: map[{}:{{}}]",
                    fmt::join(regions, ":{} ")));
  }
  return fmt::format("projects/{}/regions/{}/disks/{}", unspecified, *regions.begin(), disk);
}

// "vol-1" of "aws://us-east-1a/vol-1"; any text that is no such URL is the id itself.
csi_handle translate_ebs_id(std::string_view id) {
  constexpr std::string_view scheme = "aws://";
  if (!id.starts_with(scheme)) return std::string(id);
  const std::string_view url = id.substr(scheme.size(), id.find_first_of("?#") - scheme.size());
  std::string_view path = url.substr(std::min(url.find('/'), url.size()));
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.starts_with("vol-") || path.contains('/')) {
    return std::unexpected(fmt::format(
        "failed to translate Kubernetes ID to EBS Volume ID Invalid format for AWS volume ({})",
        id));
  }
  return std::string(path);
}

// In whatever case.
bool is_managed(std::string_view kind) {
  return std::ranges::equal(kind, std::string_view("managed"),
                            [](char a, char b) { return (a | 0x20) == b; });
}

// What pod_volume and persistent_volume have in common.
template <class Volume>
csi_handle translate_plainly(const store& objects, const Volume& volume) {
  const std::string_view source = objects.text(volume.source);
  if (volume.kind == volume_kind::aws_elastic_block_store) return translate_ebs_id(source);
  const std::string_view kind = objects.text(volume.disk_kind);
  if (volume.kind == volume_kind::azure_disk && !is_managed(kind)) {
    return std::unexpected(fmt::format("kind({}) is not supported in csi migration", kind));
  }
  return std::string(source);
}

// ---- node affinity ----------------------------------------------------------------------------

// Does some expression of the volume's node affinity satisfy the condition?
template <class Condition>
bool any_expression(const persistent_volume& volume, Condition&& condition) {
  if (!volume.affinity) return false;
  return std::ranges::any_of(volume.affinity->terms, [&](const node_selector_term& term) {
    return std::ranges::any_of(term.match_expressions, condition);
  });
}

// The labels that the volume's zone is told by: its affinity goes before its labels, the stable
// spelling before the beta one.
const topology_labels& choose_labels(const store& objects, const persistent_volume& volume) {
  const auto in_affinity = [&](std::string_view key) {
    return any_expression(volume,
                          [&](const requirement& each) { return objects.text(each.key) == key; });
  };
  const auto in_labels = [&](std::string_view key) {
    return find_entry(objects, volume.labels, key).has_value();
  };
  if (in_affinity(stable_labels.zone)) return stable_labels;
  if (in_affinity(beta_labels.zone)) return beta_labels;
  if (in_labels(stable_labels.zone) || !in_labels(beta_labels.zone)) return stable_labels;
  return beta_labels;
}

bool has_values(const store& objects, const persistent_volume& volume, std::string_view key) {
  return any_expression(volume, [&](const requirement& each) {
    return objects.text(each.key) == key && !each.values.empty();
  });
}

// To ask an affinity whose key `from` has become `to`, let the node's `to` be found under `from`.
void show_as(const store& objects, label_set& labels, std::string_view from, std::string_view to) {
  const auto key = objects.names().find(from);
  if (!key) return;
  const auto value = find_entry(objects, labels, to);
  std::erase_if(labels, [&](const cluster::label& each) { return each.key == *key; });
  if (!value) return;
  const cluster::label shown{*key, *value};
  labels.insert(std::ranges::lower_bound(labels, shown), shown);
}

node make_nameless(label_set labels) {
  node made{};
  made.labels = std::move(labels);
  return made;
}

// Do the labels satisfy the volume's affinity with `key` in `zones` added to each of its terms?
bool matches_with_zones(const store& objects, const node& shown, const persistent_volume& volume,
                        std::string_view key, const std::vector<std::string_view>& zones) {
  const auto zone = find_entry(objects, shown.labels, key);
  if (!zone || !std::ranges::all_of(zones, cluster::is_label_value)) return false;
  if (std::ranges::find(zones, objects.text(*zone)) == zones.end()) return false;
  if (!volume.affinity || volume.affinity->terms.empty()) return true;
  return std::ranges::any_of(volume.affinity->terms, [&](const node_selector_term& term) {
    return is_empty(term) || matches(term, shown, objects.names());
  });
}

}  // namespace

const in_tree_plugin* find_in_tree_plugin(volume_kind kind) {
  const auto found = std::ranges::find(in_tree_plugins, kind, &in_tree_plugin::kind);
  return found == std::end(in_tree_plugins) ? nullptr : found;
}

const in_tree_plugin* find_in_tree_plugin(std::string_view provisioner) {
  const auto found = std::ranges::find(in_tree_plugins, provisioner, &in_tree_plugin::name);
  return found == std::end(in_tree_plugins) ? nullptr : found;
}

csi_handle translate_handle(const store& objects, const cluster::pod_volume& volume) {
  if (volume.kind == volume_kind::gce_persistent_disk) {
    return zonal_disk(unspecified, objects.text(volume.source));
  }
  return translate_plainly(objects, volume);
}

csi_handle translate_handle(const store& objects, const persistent_volume& volume) {
  if (volume.kind == volume_kind::gce_persistent_disk) return translate_gce_disk(objects, volume);
  return translate_plainly(objects, volume);
}

bool can_reach(const store& objects, const node& node, const persistent_volume& volume) {
  return !volume.affinity || matches(*volume.affinity, make_nameless(node.labels), objects.names());
}

bool can_reach_translated(const store& objects, const node& node, const persistent_volume& volume,
                          const in_tree_plugin& plugin) {
  if (plugin.topology_key.empty()) return can_reach(objects, node, volume);
  const topology_labels& keys = choose_labels(objects, volume);
  label_set labels = node.labels;
  std::vector<std::string_view> zones;
  if (has_values(objects, volume, keys.zone)) {
    show_as(objects, labels, keys.zone, plugin.topology_key);
  } else if (const auto value = find_entry(objects, volume.labels, keys.zone)) {
    zones = split_zones(objects.text(*value));
    std::erase(zones, std::string_view());
  }
  if (&keys == &beta_labels && has_values(objects, volume, keys.region)) {
    show_as(objects, labels, keys.region, stable_labels.region);
  }
  const cluster::node shown = make_nameless(std::move(labels));
  if (!zones.empty()) {
    return matches_with_zones(objects, shown, volume, plugin.topology_key, zones);
  }
  return !volume.affinity || matches(*volume.affinity, shown, objects.names());
}

}  // namespace crosstie::schedule::plugins
