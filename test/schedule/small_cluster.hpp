// A cluster written down in YAML inside a test, with the state that plugins look at.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "cluster/decode.hpp"
#include "cluster/input.hpp"
#include "cluster/state.hpp"

namespace crosstie::schedule {

class small_cluster {
 public:
  explicit small_cluster(std::string_view yaml) {
    cluster::memory_bytes bytes(yaml);
    const auto read = cluster::split_yaml(
        bytes, "test", {},
        [&](const cluster::document& text) -> std::expected<void, cluster::error> {
          auto object = cluster::decoder(objects_).decode(text);
          if (!object) return std::unexpected(object.error());
          std::visit([&](auto& each) { put(each); }, *object);
          return {};
        });
    if (!read) ADD_FAILURE() << cluster::to_string(read.error());
    state_.load();
  }

  cluster::store& objects() { return objects_; }
  cluster::basic_state<cluster::assigned_bindings>& state() { return state_; }
  const cluster::view& view() const { return view_; }

  cluster::node_id node(std::string_view name) const {
    return *objects_.find_node(*objects_.names().find(name));
  }
  // "namespace/name"
  cluster::pod_id pod(std::string_view full_name) const {
    const std::size_t slash = full_name.find('/');
    return *objects_.find_pod({*objects_.names().find(full_name.substr(0, slash)),
                               *objects_.names().find(full_name.substr(slash + 1))});
  }

 private:
  template <class Object>
  void put(Object& object) {
    if constexpr (std::is_same_v<Object, cluster::node> || std::is_same_v<Object, cluster::pod>) {
      objects_.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::namespace_object>) {
      objects_.namespaces.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::service>) {
      objects_.services.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::resource_claim>) {
      objects_.resource_claims.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::persistent_volume>) {
      objects_.persistent_volumes.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::persistent_volume_claim>) {
      objects_.persistent_volume_claims.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::storage_class>) {
      objects_.storage_classes.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::csi_node>) {
      objects_.csi_nodes.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::csi_driver>) {
      objects_.csi_drivers.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::csi_storage_capacity>) {
      objects_.csi_storage_capacities.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::volume_attachment>) {
      objects_.volume_attachments.put(object);
    } else if constexpr (std::is_same_v<Object, cluster::workload>) {
      put_workload(object);
    } else {
      ADD_FAILURE() << "small_cluster keeps no objects of this kind";
    }
  }
  void put_workload(const cluster::workload& object) {
    switch (object.kind) {
      case cluster::workload_kind::replica_set:
        return objects_.replica_sets.put(object);
      case cluster::workload_kind::stateful_set:
        return objects_.stateful_sets.put(object);
      case cluster::workload_kind::replication_controller:
        return objects_.replication_controllers.put(object);
    }
  }

  cluster::store objects_;
  cluster::basic_state<cluster::assigned_bindings> state_{objects_};
  cluster::view view_ = state_.look();
};

}  // namespace crosstie::schedule
