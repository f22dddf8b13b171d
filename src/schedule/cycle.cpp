#include "schedule/cycle.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "schedule/duration.hpp"
#include "schedule/plugins/volume_claims.hpp"
#include "schedule/plugins/volume_matching.hpp"

namespace crosstie::schedule {

event_set compare_nodes(const cluster::node& before, const cluster::node& after) {
  event_set changed = no_event;
  if (before.labels != after.labels) changed |= node_labels_changed;
  if (before.taints != after.taints || before.unschedulable != after.unschedulable) {
    changed |= node_taints_changed;
  }
  if (before.allocatable != after.allocatable) changed |= node_allocatable_changed;
  if (before.declared_features != after.declared_features) changed |= node_features_changed;
  return changed;
}

namespace {

// Where the store keeps a kind, and what its changes may help.
struct kept_kind {
  cluster::store& objects;

  template <class T>
  auto* catalog_of(const T& object) {
    using namespace cluster;
    if constexpr (std::is_same_v<T, namespace_object>) {
      return &objects.namespaces;
    } else if constexpr (std::is_same_v<T, priority_class>) {
      return &objects.priority_classes;
    } else if constexpr (std::is_same_v<T, service>) {
      return &objects.services;
    } else if constexpr (std::is_same_v<T, workload>) {
      switch (object.kind) {
        case workload_kind::replica_set:
          return &objects.replica_sets;
        case workload_kind::stateful_set:
          return &objects.stateful_sets;
        case workload_kind::replication_controller:
          break;
      }
      return &objects.replication_controllers;
    } else if constexpr (std::is_same_v<T, pod_disruption_budget>) {
      return &objects.pod_disruption_budgets;
    } else if constexpr (std::is_same_v<T, persistent_volume>) {
      return &objects.persistent_volumes;
    } else if constexpr (std::is_same_v<T, persistent_volume_claim>) {
      return &objects.persistent_volume_claims;
    } else if constexpr (std::is_same_v<T, storage_class>) {
      return &objects.storage_classes;
    } else if constexpr (std::is_same_v<T, csi_node>) {
      return &objects.csi_nodes;
    } else if constexpr (std::is_same_v<T, csi_driver>) {
      return &objects.csi_drivers;
    } else if constexpr (std::is_same_v<T, csi_storage_capacity>) {
      return &objects.csi_storage_capacities;
    } else if constexpr (std::is_same_v<T, volume_attachment>) {
      return &objects.volume_attachments;
    } else {
      static_assert(std::is_same_v<T, resource_claim>);
      return &objects.resource_claims;
    }
  }
};

template <class T>
constexpr event_set helps(cluster::event_kind kind) {
  using namespace cluster;
  const bool put = kind == event_kind::put;
  if constexpr (std::is_same_v<T, namespace_object>) return namespace_changed;
  if constexpr (std::is_same_v<T, persistent_volume>) return put ? volume_changed : no_event;
  if constexpr (std::is_same_v<T, persistent_volume_claim>) {
    return put ? volume_claim_changed : no_event;
  }
  if constexpr (std::is_same_v<T, storage_class>) return put ? storage_class_changed : no_event;
  if constexpr (std::is_same_v<T, csi_node> || std::is_same_v<T, csi_driver> ||
                std::is_same_v<T, csi_storage_capacity>) {
    return put ? csi_changed : no_event;
  }
  if constexpr (std::is_same_v<T, volume_attachment>) {
    return put ? no_event : volume_attachment_removed;
  }
  if constexpr (std::is_same_v<T, resource_claim>) return put ? resource_claim_changed : no_event;
  return no_event;
}

}  // namespace

event_set apply_other(cluster::store& objects, cluster::event&& what) {
  return std::visit(
      [&]<class T>(T& object) -> event_set {
        if constexpr (std::is_same_v<T, cluster::other_object> || std::is_same_v<T, cluster::pod> ||
                      std::is_same_v<T, cluster::node>) {
          return no_event;
        } else {
          auto* catalog = kept_kind{objects}.catalog_of(object);
          if (what.kind == cluster::event_kind::put) {
            catalog->put(std::move(object));
          } else {
            catalog->remove(cluster::key_of(object));
          }
          return helps<T>(what.kind);
        }
      },
      what.object);
}

std::optional<std::pair<std::string_view, status>> find_gate(const cluster::view& view,
                                                             const profile& by, pod_id pod) {
  const cluster::pod_spec& spec = view.objects.spec(pod);
  // Only these two fields can make a PreEnqueue plugin reject a pod that has just come.
  if (spec.scheduling_gates.empty() && spec.resource_claims.empty()) return std::nullopt;
  for (const enabled_plugin& enabled : by.pre_enqueue) {
    const plugin_kind* kind = find_plugin(enabled.name);
    if (kind == nullptr) continue;
    status said = kind->make(view, by, pod)->pre_enqueue();
    if (!said.ok()) return std::pair{kind->name, std::move(said)};
  }
  return std::nullopt;
}

std::vector<cluster::object_reference> reserve_volumes(cluster::store& objects, const profile& by,
                                                       pod_id pod, node_id node) {
  if (std::ranges::none_of(objects.spec(pod).volumes, plugins::needs_claim)) return {};
  const auto has = [](const std::vector<enabled_plugin>& point) {
    return std::ranges::find(point, "VolumeBinding", &enabled_plugin::name) != point.end();
  };
  // Reserve takes what Filter has found.
  if (!has(by.filter) || !has(by.reserve)) return {};
  return plugins::assume_pod_volumes(objects, pod, node);
}

queue_limits limits_of(const configuration& settings, const cycle_options& options) {
  return {.initial_backoff_ns = settings.pod_initial_backoff_seconds * second_ns,
          .max_backoff_ns = settings.pod_max_backoff_seconds * second_ns,
          .unschedulable_ns = options.retry_unschedulable_ns};
}

}  // namespace crosstie::schedule
