// Which pod is bound to which node: the table that the project began with, as a replaceable type.
//
// Promise: a pod is on at most one node. Whatever models `bindings_table` can be given to
// state.hpp, so that layouts can be compared under a real scheduling load.
// Cost of the default (crosstie::assignment): contains and node_of are one load, bind and unbind
// O(1), a node's pods are contiguous. The lists come from a pool, so that nodes which fill and
// empty ask the heap for nothing once the pool has what they need at most. Thread safety: none.
#pragma once

#include <concepts>
#include <crosstie/assignment.hpp>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "cluster/names.hpp"
#include "cluster/operation_meter.hpp"

namespace crosstie::cluster {

template <class T>
concept bindings_table = requires(T table, const T& same, pod_id pod, node_id node) {
  table.bind(pod, node);  // the pod is on no node before
  table.unbind(pod);      // does nothing where it is on none
  { same.contains(pod, node) } -> std::convertible_to<bool>;
  { same.node_of(pod) } -> std::same_as<std::optional<node_id>>;
  { same.count(node) } -> std::convertible_to<std::size_t>;
  same.for_each_pod(node, [](pod_id) {});
  { same.memory_bytes() } -> std::convertible_to<std::size_t>;
};

// The default.
class assigned_bindings {
 public:
  void bind(pod_id pod, node_id node) {
    const timed watch(metered::bindings, operation::add);
    table_.assign(pod, node);
  }
  void unbind(pod_id pod) {
    const timed watch(metered::bindings, operation::remove);
    table_.unassign(pod);
  }
  bool contains(pod_id pod, node_id node) const { return table_.contains(node, pod); }
  std::optional<node_id> node_of(pod_id pod) const { return table_.row_of(pod); }
  std::size_t count(node_id node) const { return table_.count(node); }
  template <class Visitor>
  void for_each_pod(node_id node, Visitor&& visit) const {
    const timed watch(metered::bindings, operation::scan);
    for (const pod_id pod : table_.columns(node)) visit(pod);
  }
  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  using allocator = std::pmr::polymorphic_allocator<std::byte>;

  std::unique_ptr<std::pmr::unsynchronized_pool_resource> pool_ =
      std::make_unique<std::pmr::unsynchronized_pool_resource>();
  crosstie::assignment<pod_id, node_id, allocator> table_{allocator(pool_.get())};
};

// What the plugins see of it: the pods of a node, whatever table holds them.
class pods_by_node {
 public:
  virtual ~pods_by_node() = default;
  // Appends the node's pods to `out`, in no particular order.
  virtual void append_pods(node_id node, std::vector<pod_id>& out) const = 0;

  // What if the pod ran on the node, or ran no more? The accounts change, the objects do not; who
  // supposes something takes it back before anybody else looks.
  virtual void suppose_bound(pod_id pod, node_id node) = 0;
  virtual void suppose_unbound(pod_id pod) = 0;
};

}  // namespace crosstie::cluster
