#include "schedule/plugins/attached_volumes.hpp"

#include <fmt/format.h>

#include <optional>

#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::csi_node;
using cluster::no_name;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;
using cluster::pod_volume;
using cluster::store;

std::optional<attached_volume> identify(const store& objects, const persistent_volume& volume,
                                        const csi_node* limits) {
  if (volume.kind == cluster::volume_kind::csi) {
    return attached_volume{objects.text(volume.driver), std::string(objects.text(volume.source))};
  }
  const in_tree_plugin* plugin = find_in_tree_plugin(volume.kind);
  if (!plugin || !plugin->migrated || !limits) return std::nullopt;
  csi_handle handle = translate_handle(objects, volume);
  if (!handle) return std::nullopt;
  return attached_volume{plugin->driver, *std::move(handle)};
}

// A volume that is to be made.
std::optional<attached_volume> identify(const store& objects, const persistent_volume_claim& claim,
                                        const csi_node* limits) {
  const cluster::storage_class* its_class = find_class(objects, claim);
  if (!its_class) return std::nullopt;
  std::string_view driver = objects.text(its_class->provisioner);
  if (const in_tree_plugin* plugin = find_in_tree_plugin(driver)) {
    if (!plugin->migrated || !limits) return std::nullopt;
    driver = plugin->driver;
  }
  return attached_volume{driver,
                         fmt::format("\n{}/{}", objects.text(claim.ns), objects.text(claim.name))};
}

status append_claimed(const store& objects, cluster::pod_id id, const pod_volume& volume,
                      bool to_be_placed, const csi_node* limits,
                      std::vector<attached_volume>& out) {
  const cluster::pod& pod = objects[id];
  const persistent_volume_claim* claim = find_claim(objects, pod, volume);
  if (!claim) {
    if (!to_be_placed) return {};
    const std::string name = claim_name(objects, pod, volume);
    return {status_code::unschedulable_and_unresolvable,
            {fmt::format("looking up PVC {}/{}: {}", objects.text(pod.ns), name,
                         describe_missing("persistentvolumeclaim", name))}};
  }
  if (volume.kind == cluster::volume_kind::ephemeral && !is_made_for(*claim, pod)) {
    return {status_code::error, {describe_foreign_claim(objects, *claim, pod)}};
  }
  const persistent_volume* bound = find_volume(objects, *claim);
  auto found = bound ? identify(objects, *bound, limits) : identify(objects, *claim, limits);
  if (found && !found->driver.empty() && !found->handle.empty()) out.push_back(*std::move(found));
  return {};
}

status append_inline(const store& objects, const pod_volume& volume, const csi_node* limits,
                     std::vector<attached_volume>& out) {
  const in_tree_plugin* plugin = find_in_tree_plugin(volume.kind);
  if (!plugin || !plugin->migrated || !limits) return {};
  csi_handle handle = translate_handle(objects, volume);
  if (!handle) {
    return {status_code::error,
            {fmt::format("converting volume({}) from inline to csi: {}", objects.text(volume.name),
                         handle.error())}};
  }
  out.push_back({plugin->driver, *std::move(handle)});
  return {};
}

}  // namespace

status append_attached(const store& objects, cluster::pod_id pod, bool to_be_placed,
                       const csi_node* limits, std::vector<attached_volume>& out) {
  for (const pod_volume& volume : objects.spec(pod).volumes) {
    status problem = needs_claim(volume)
                         ? append_claimed(objects, pod, volume, to_be_placed, limits, out)
                         : append_inline(objects, volume, limits, out);
    if (!problem.ok()) return problem;
  }
  return {};
}

void append_attached(const store& objects, const cluster::volume_attachment& attachment,
                     std::vector<attached_volume>& out) {
  if (attachment.attacher == no_name) return;
  const auto* volume = objects.persistent_volumes.find({no_name, attachment.persistent_volume});
  if (!volume || volume->kind != cluster::volume_kind::csi) return;
  out.push_back({objects.text(attachment.attacher), std::string(objects.text(volume->source))});
}

}  // namespace crosstie::schedule::plugins
