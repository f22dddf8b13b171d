// The cluster's state as tables: what each node offers and what of it is taken.
//
//   allocatable, requested   resource x node      int64, one row per resource, nodes contiguous
//   host ports               port x node          set of (node, protocol, port, ip)
//   images                   image x node         relation with the image's size
//   bindings                 pod x node           a replaceable type, see bindings.hpp
//
// Promise: after every call the sums equal what kube-scheduler's NodeInfo holds for the same pods.
// Cost: bind and unbind are O(resources of the pod + its ports); views are free.
// Invariants: a pod counts on at most one node; a node's row entries are zero while it is not alive.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <span>
#include <vector>

#include "cluster/bindings.hpp"
#include "cluster/store.hpp"

namespace crosstie::cluster {

enum class resource_id : std::uint32_t {};  // dense; the first three are always these
inline constexpr resource_id cpu{0};                // thousandths of a core
inline constexpr resource_id memory{1};             // bytes
inline constexpr resource_id ephemeral_storage{2};  // bytes

struct resource_request {
  resource_id resource;
  std::int64_t amount;  // milli for cpu, rounded-up units for all others
};

// What the pods of one spec ask for, in upstream's several readings. Computed once per spec.
struct pod_demand {
  std::vector<resource_request> requested;  // accounting and Fit's filter; zero amounts left out
  std::int64_t nonzero_milli_cpu = 0;       // accounting for scores: missing requests count 100m
  std::int64_t nonzero_memory = 0;          // and 200 MiB per container
  // The incoming pod as NodeResourcesFit's scorers see it (without pod-level resources).
  std::vector<resource_request> scored;     // non-missing applied to cpu and memory
  std::vector<container_port> host_ports;   // host_port > 0; protocol and ip filled in
  bool operator==(const pod_demand&) const = default;
};

class usage_table {
 public:
  explicit usage_table(store& objects);

  resource_id resource(name_id name);  // interns: dense ids for resource names
  std::optional<resource_id> find_resource(name_id name) const;
  name_id resource_name(resource_id id) const { return resource_names_[index(id)]; }
  std::uint32_t resource_count() const;
  const pod_demand& demand(spec_id spec) const;  // cached

  // Columns over node slots (store::node_slots() long after add_node of each).
  std::span<const std::int64_t> allocatable(resource_id id) const { return allocatable_.row(index(id)); }
  std::span<const std::int64_t> requested(resource_id id) const { return requested_.row(index(id)); }
  std::span<const std::int64_t> nonzero_milli_cpu() const;
  std::span<const std::int64_t> nonzero_memory() const;
  std::span<const std::int64_t> allowed_pods() const;
  std::span<const std::int64_t> pod_count() const;

  // Would the pod's host ports collide with those taken on the node?
  bool ports_conflict(const pod_demand& demand, node_id node) const;

  // Images: the size upstream's cache keeps (of the first node that reported the name), the number
  // of nodes that have it, and whether this node does.
  std::int64_t image_size(name_id image) const;
  std::uint32_t image_node_count(name_id image) const;
  bool has_image(name_id image, node_id node) const;

  void add_node(node_id node);     // also after the node's object was replaced
  void remove_node(node_id node);
  void add_pod(spec_id spec, node_id node);
  void remove_pod(spec_id spec, node_id node);
  std::size_t memory_bytes() const;

 private:
  // (to be completed with the implementation)
  crosstie::matrix<std::int64_t> allocatable_, requested_;
  std::vector<name_id> resource_names_;
};

// What a plugin may look at.
struct view {
  const store& objects;
  const usage_table& usage;
  const pods_by_node& pods;
};

template <bindings_table Bindings>
class basic_state final : public pods_by_node {
 public:
  explicit basic_state(store& objects) : objects_(&objects), usage_(objects) {}

  // Accounts for every live node and every unfinished pod that names a live node.
  void load();
  void add_node(node_id node) { usage_.add_node(node); }
  void remove_node(node_id node);  // its pods are unbound first
  void bind(pod_id pod, node_id node);
  void unbind(pod_id pod);

  const Bindings& bindings() const { return bindings_; }
  const usage_table& usage() const { return usage_; }
  usage_table& usage() { return usage_; }
  view look() const { return {*objects_, usage_, *this}; }
  void append_pods(node_id node, std::vector<pod_id>& out) const override {
    bindings_.for_each_pod(node, [&](pod_id pod) { out.push_back(pod); });
  }

 private:
  store* objects_;
  usage_table usage_;
  Bindings bindings_;
};

}  // namespace crosstie::cluster
