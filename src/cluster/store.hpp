// The store: every object of the cluster, once, by id and by name.
//
// Promise: an object keeps its id while it lives; ids of removed nodes and pods are reused. Names,
// pod specs, label sets and controllers are interned, so that equal pods share one spec_id.
// Cost: lookup by name is one hash lookup, by id one load; put and remove are amortised O(1) plus
// the interning of what is new. Interned values are never dropped.
// Invariants: find_node(node(id).name) == id for every live node, likewise pods; references to
// pods and nodes hold until the next put of their kind, specs and label sets hold for ever.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "cluster/objects.hpp"

namespace crosstie::cluster {

// An object's name inside its namespace; cluster-wide objects have no_name as namespace.
struct object_key {
  name_id ns, name;
  bool operator==(const object_key&) const = default;
};

// Which of any_object's kinds, by its place there.
template <class T>
inline constexpr std::size_t kind_of = [] {
  std::size_t place = 0;
  const auto count = [&]<class... Kind>(std::variant<Kind...>*) {
    bool found = false;
    ((found = found || std::is_same_v<Kind, T>, place += found ? 0 : 1), ...);
  };
  count(static_cast<any_object*>(nullptr));
  return place;
}();

// An object that came, changed or went: its kind and its name.
struct object_reference {
  std::size_t kind;
  object_key key;
};

// The objects of one kind that needs no id: a list with lookup by name. A put replaces.
template <class T>
class catalog {
 public:
  void put(T object);
  bool remove(object_key key);
  const T* find(object_key key) const;
  std::span<const T> all() const { return objects_; }  // in no particular order after a remove

 private:
  std::vector<T> objects_;
  crosstie::flat_map<object_key, std::uint32_t> positions_;
};

class store {
 public:
  store();
  store(store&&) noexcept = default;
  store& operator=(store&&) noexcept = default;

  name_table& names() { return names_; }
  const name_table& names() const { return names_; }
  std::string_view text(name_id id) const { return names_.text(id); }

  // ---- interned parts of pods ----
  spec_id intern(const pod_spec& spec);
  const pod_spec& spec(spec_id id) const { return specs_[index(id)]; }
  std::size_t spec_count() const { return specs_.size(); }
  std::uint32_t intern(label_set labels);  // 0: no labels
  const label_set& labels(std::uint32_t id) const { return label_sets_[id]; }
  std::uint32_t intern(const owner& controller);  // 0: none
  const owner& controller(std::uint32_t id) const { return controllers_[id]; }

  // ---- nodes ----
  node_id put(node object);  // adds, or replaces the node of that name
  bool remove_node(name_id name);
  std::optional<node_id> find_node(name_id name) const;
  const node& operator[](node_id id) const { return nodes_[index(id)]; }
  bool alive(node_id id) const { return index(id) < nodes_.size() && node_alive_[index(id)]; }
  std::uint32_t node_slots() const { return static_cast<std::uint32_t>(nodes_.size()); }
  std::uint32_t node_count() const { return node_count_; }

  // ---- pods ----
  pod_id put(const pod& object);  // adds, or replaces the pod of that namespace and name
  bool remove_pod(object_key key);
  std::optional<pod_id> find_pod(object_key key) const;
  const pod& operator[](pod_id id) const { return pods_[index(id)]; }
  const pod_spec& spec(pod_id id) const { return spec((*this)[id].spec); }
  const label_set& labels(pod_id id) const { return labels((*this)[id].labels); }
  bool alive(pod_id id) const { return index(id) < pods_.size() && pod_alive_[index(id)]; }
  std::uint32_t pod_slots() const { return static_cast<std::uint32_t>(pods_.size()); }
  std::uint32_t pod_count() const { return pod_count_; }
  std::string full_name(pod_id id) const;  // "namespace/name"
  // The only parts of a pod that placing changes.
  void set_node(pod_id id, name_id node) { pods_[index(id)].node = node; }
  void set_nominated_node(pod_id id, name_id node) { pods_[index(id)].nominated_node = node; }

  // ---- the other kinds, as read; workloads are keyed by kind too ----
  catalog<namespace_object> namespaces;
  catalog<priority_class> priority_classes;
  catalog<service> services;
  catalog<workload> replica_sets, stateful_sets, replication_controllers;
  catalog<pod_disruption_budget> pod_disruption_budgets;
  catalog<persistent_volume> persistent_volumes;
  catalog<persistent_volume_claim> persistent_volume_claims;
  catalog<storage_class> storage_classes;
  catalog<csi_node> csi_nodes;
  catalog<csi_driver> csi_drivers;
  catalog<csi_storage_capacity> csi_storage_capacities;
  catalog<volume_attachment> volume_attachments;
  catalog<resource_claim> resource_claims;

  // Names, pods and nodes with all they own; the catalogs of the other kinds aside.
  std::size_t memory_bytes() const;

 private:
  name_table names_;
  std::deque<pod_spec> specs_;
  crosstie::interner<std::string_view> spec_bytes_;  // canonical bytes of a spec -> spec_id
  std::string spec_scratch_;
  std::deque<label_set> label_sets_;
  crosstie::interner<std::string_view> label_bytes_;
  std::deque<owner> controllers_;
  crosstie::interner<std::string_view> controller_bytes_;
  std::vector<node> nodes_;
  std::vector<std::uint8_t> node_alive_;
  std::vector<std::uint32_t> free_nodes_;
  std::uint32_t node_count_ = 0;
  crosstie::flat_map<name_id, node_id> nodes_by_name_;
  std::vector<pod> pods_;
  std::vector<std::uint8_t> pod_alive_;
  std::vector<std::uint32_t> free_pods_;
  std::uint32_t pod_count_ = 0;
  crosstie::flat_map<object_key, pod_id> pods_by_name_;
};

template <class T>
object_key key_of(const T& object) {
  if constexpr (requires { object.ns; }) {
    return {object.ns, object.name};
  } else {
    return {no_name, object.name};
  }
}

template <class T>
object_reference refer_to(const T& object) {
  return {kind_of<T>, key_of(object)};
}
object_reference refer_to(const any_object& object);  // other_object: without a name

template <class T>
void catalog<T>::put(T object) {
  auto [position, added] =
      positions_.try_emplace(key_of(object), static_cast<std::uint32_t>(objects_.size()));
  if (added) {
    objects_.push_back(std::move(object));
  } else {
    objects_[position->second] = std::move(object);
  }
}

template <class T>
bool catalog<T>::remove(object_key key) {
  auto found = positions_.find(key);
  if (found == positions_.end()) return false;
  const std::uint32_t hole = found->second;
  positions_.erase(found);
  if (hole + 1 != objects_.size()) {
    objects_[hole] = std::move(objects_.back());
    positions_.find(key_of(objects_[hole]))->second = hole;
  }
  objects_.pop_back();
  return true;
}

template <class T>
const T* catalog<T>::find(object_key key) const {
  auto found = positions_.find(key);
  return found == positions_.end() ? nullptr : &objects_[found->second];
}

}  // namespace crosstie::cluster
