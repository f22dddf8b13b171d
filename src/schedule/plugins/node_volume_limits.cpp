#include "schedule/plugins/node_volume_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::csi_node;
using cluster::no_name;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;
using cluster::pod_volume;

// A volume as nodes count them.
struct attached_volume {
  std::string_view driver;
  std::string handle;
};
// "driver/handle" -> driver
using volume_drivers = std::map<std::string, std::string_view>;

void add(volume_drivers& into, const attached_volume& volume) {
  into.emplace(fmt::format("{}/{}", volume.driver, volume.handle), volume.driver);
}

class node_volume_limits final : public plugin {
 public:
  node_volume_limits(const cluster::view& view, pod_id pod)
      : view_(view), objects_(view.objects), pod_(pod) {}

  pre_filter_result pre_filter() override {
    const auto counts = [](const pod_volume& volume) {
      return needs_claim(volume) || find_in_tree_plugin(volume.kind) != nullptr;
    };
    if (std::ranges::none_of(objects_.spec(pod_).volumes, counts)) {
      return {{status_code::skip, {}}, {}};
    }
    return {};
  }

  status filter(node_id node) override {
    const csi_node* limits = objects_.csi_nodes.find({no_name, objects_[node].name});
    volume_drivers wanted;
    if (status problem = collect(pod_, limits, wanted); !problem.ok()) return problem;
    if (wanted.empty() || !has_limits(limits)) return {};

    volume_drivers held;
    std::vector<pod_id> pods;
    view_.pods.append_pods(node, pods);
    for (const pod_id other : pods) {
      if (status problem = collect(other, limits, held); !problem.ok()) return problem;
    }
    for (const auto& [name, driver] : held) wanted.erase(name);
    collect_attachments(objects_[node].name, held);
    for (const cluster::csi_node_driver& driver : limits->drivers) {
      if (exceeds(driver, wanted, held)) {
        return {status_code::unschedulable, {"node(s) exceed max volume count"}};
      }
    }
    return {};
  }

 private:
  static bool has_limits(const csi_node* limits) {
    return limits && std::ranges::any_of(limits->drivers, [](const auto& driver) {
             return driver.allocatable_count.has_value();
           });
  }

  bool exceeds(const cluster::csi_node_driver& driver, const volume_drivers& wanted,
               const volume_drivers& held) const {
    const auto count = [name = objects_.text(driver.name)](const volume_drivers& volumes) {
      return std::ranges::count_if(volumes, [&](const auto& each) { return each.second == name; });
    };
    const auto more = count(wanted);
    return driver.allocatable_count && more > 0 && count(held) + more > *driver.allocatable_count;
  }

  // The pod's volumes that count on a node with this CSINode (null: none). A claim that is missing
  // matters only to the pod that is to be placed.
  status collect(pod_id pod, const csi_node* limits, volume_drivers& into) const {
    for (const pod_volume& volume : objects_.spec(pod).volumes) {
      status problem = needs_claim(volume) ? collect_claimed(pod, volume, limits, into)
                                           : collect_inline(volume, limits, into);
      if (!problem.ok()) return problem;
    }
    return {};
  }

  status collect_claimed(pod_id id, const pod_volume& volume, const csi_node* limits,
                         volume_drivers& into) const {
    const cluster::pod& pod = objects_[id];
    const persistent_volume_claim* claim = find_claim(objects_, pod, volume);
    if (!claim) {
      if (id != pod_) return {};
      const std::string name = claim_name(objects_, pod, volume);
      return {status_code::unschedulable_and_unresolvable,
              {fmt::format("looking up PVC {}/{}: {}", objects_.text(pod.ns), name,
                           describe_missing("persistentvolumeclaim", name))}};
    }
    if (volume.kind == cluster::volume_kind::ephemeral && !is_made_for(*claim, pod)) {
      return {status_code::error, {describe_foreign_claim(objects_, *claim, pod)}};
    }
    const persistent_volume* bound = find_volume(objects_, *claim);
    const auto found = bound ? identify(*bound, limits) : identify_unbound(*claim, limits);
    if (found && !found->driver.empty() && !found->handle.empty()) add(into, *found);
    return {};
  }

  status collect_inline(const pod_volume& volume, const csi_node* limits,
                        volume_drivers& into) const {
    const in_tree_plugin* plugin = find_in_tree_plugin(volume.kind);
    if (!plugin || !plugin->migrated || !limits) return {};
    csi_handle handle = translate_handle(objects_, volume);
    if (!handle) {
      return {status_code::error,
              {fmt::format("converting volume({}) from inline to csi: {}",
                           objects_.text(volume.name), handle.error())}};
    }
    add(into, {plugin->driver, *std::move(handle)});
    return {};
  }

  std::optional<attached_volume> identify(const persistent_volume& volume,
                                          const csi_node* limits) const {
    if (volume.kind == cluster::volume_kind::csi) {
      return attached_volume{objects_.text(volume.driver),
                             std::string(objects_.text(volume.source))};
    }
    const in_tree_plugin* plugin = find_in_tree_plugin(volume.kind);
    if (!plugin || !plugin->migrated || !limits) return std::nullopt;
    csi_handle handle = translate_handle(objects_, volume);
    if (!handle) return std::nullopt;
    return attached_volume{plugin->driver, *std::move(handle)};
  }

  // A volume that is to be made counts for its class's driver, under a handle that none can have.
  std::optional<attached_volume> identify_unbound(const persistent_volume_claim& claim,
                                                  const csi_node* limits) const {
    const cluster::storage_class* its_class = find_class(objects_, claim);
    if (!its_class) return std::nullopt;
    std::string_view driver = objects_.text(its_class->provisioner);
    if (const in_tree_plugin* plugin = find_in_tree_plugin(driver)) {
      if (!plugin->migrated || !limits) return std::nullopt;
      driver = plugin->driver;
    }
    return attached_volume{
        driver, fmt::format("\n{}/{}", objects_.text(claim.ns), objects_.text(claim.name))};
  }

  void collect_attachments(cluster::name_id node, volume_drivers& into) const {
    for (const cluster::volume_attachment& each : objects_.volume_attachments.all()) {
      if (each.node != node || each.attacher == no_name) continue;
      const auto* volume = objects_.persistent_volumes.find({no_name, each.persistent_volume});
      if (!volume || volume->kind != cluster::volume_kind::csi) continue;
      add(into, {objects_.text(each.attacher), std::string(objects_.text(volume->source))});
    }
  }

  const cluster::view view_;
  const cluster::store& objects_;
  const pod_id pod_;
};

}  // namespace

std::unique_ptr<plugin> make_node_volume_limits(const cluster::view& view, const profile&,
                                                pod_id pod) {
  return std::make_unique<node_volume_limits>(view, pod);
}

}  // namespace crosstie::schedule::plugins
