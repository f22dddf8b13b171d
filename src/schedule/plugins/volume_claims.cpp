#include "schedule/plugins/volume_claims.hpp"

#include <fmt/format.h>

#include "cluster/selector.hpp"

namespace crosstie::schedule::plugins {

using cluster::name_id;
using cluster::no_name;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;
using cluster::pod;
using cluster::pod_volume;
using cluster::store;
using cluster::volume_kind;

namespace {
constexpr std::string_view class_annotation = "volume.beta.kubernetes.io/storage-class";
constexpr std::string_view zone_delimiter = "__";
constexpr std::string_view bind_completed = "pv.kubernetes.io/bind-completed";
constexpr std::string_view no_provisioner = "kubernetes.io/no-provisioner";
}  // namespace

bool needs_claim(const pod_volume& volume) {
  return volume.kind == volume_kind::persistent_volume_claim ||
         volume.kind == volume_kind::ephemeral;
}

bool is_unrestricted(const pod_volume& volume) {
  return volume.kind == volume_kind::other || volume.kind == volume_kind::image ||
         volume.kind == volume_kind::csi;
}

std::string claim_name(const store& objects, const pod& pod, const pod_volume& volume) {
  if (volume.kind == volume_kind::persistent_volume_claim) {
    return std::string(objects.text(volume.source));
  }
  return fmt::format("{}-{}", objects.text(pod.name), objects.text(volume.name));
}

const persistent_volume_claim* find_claim(const store& objects, const pod& pod,
                                          const pod_volume& volume) {
  if (volume.kind == volume_kind::persistent_volume_claim) {
    return objects.persistent_volume_claims.find({pod.ns, volume.source});
  }
  const auto name = objects.names().find(claim_name(objects, pod, volume));
  return name ? objects.persistent_volume_claims.find({pod.ns, *name}) : nullptr;
}

bool is_made_for(const persistent_volume_claim& claim, const pod& pod) {
  return claim.controller != cluster::owner{} && claim.controller.uid == pod.uid;
}

std::string describe_foreign_claim(const store& objects, const persistent_volume_claim& claim,
                                   const pod& pod) {
  return fmt::format("PVC {}/{} was not created for pod {}/{} (pod is not owner)",
                     objects.text(claim.ns), objects.text(claim.name), objects.text(pod.ns),
                     objects.text(pod.name));
}

std::optional<name_id> find_entry(const store& objects, const cluster::label_set& entries,
                                  std::string_view key) {
  const auto id = objects.names().find(key);
  return id ? cluster::find_label(entries, *id) : std::nullopt;
}

name_id class_of(const store& objects, const persistent_volume_claim& claim) {
  if (const auto named = find_entry(objects, claim.annotations, class_annotation)) {
    return *named;
  }
  return claim.storage_class.value_or(no_name);
}

name_id class_of(const store& objects, const persistent_volume& volume) {
  return find_entry(objects, volume.annotations, class_annotation).value_or(volume.storage_class);
}

const cluster::storage_class* find_class(const store& objects,
                                         const persistent_volume_claim& claim) {
  return objects.storage_classes.find({no_name, class_of(objects, claim)});
}

const persistent_volume* find_volume(const store& objects, const persistent_volume_claim& claim) {
  return objects.persistent_volumes.find({no_name, claim.volume_name});
}

bool is_bound(const store& objects, const persistent_volume_claim& claim) {
  return claim.volume_name != no_name &&
         find_entry(objects, claim.annotations, bind_completed).has_value();
}

std::optional<name_id> find_selected_node(const store& objects,
                                          const persistent_volume_claim& claim) {
  return find_entry(objects, claim.annotations, selected_node);
}

bool has_provisioner(const store& objects, const cluster::storage_class& of) {
  const std::string_view provisioner = objects.text(of.provisioner);
  return !provisioner.empty() && provisioner != no_provisioner;
}

std::string describe_missing(std::string_view kind, std::string_view name) {
  return fmt::format("{} \"{}\" not found", kind, name);
}

std::vector<std::string_view> split_zones(std::string_view value) {
  std::vector<std::string_view> zones;
  for (;;) {
    const std::size_t end = value.find(zone_delimiter);
    zones.push_back(value.substr(0, end));
    if (end == std::string_view::npos) return zones;
    value.remove_prefix(end + zone_delimiter.size());
  }
}

}  // namespace crosstie::schedule::plugins
