// The cluster's state as tables: what each node offers and what of it is taken.
//
//   allocatable, requested   resource x node      int64, one row per resource, nodes contiguous
//   host ports               port x node          the ips taken, by (node, protocol, port)
//   images                   image x node         relation with the image's size
//   bindings                 pod x node           a replaceable type, see bindings.hpp
//
// Promise: after every call the sums equal what kube-scheduler's NodeInfo holds for the same pods.
// Like there, two pods of one node with the same host port hold it once: the first to leave frees
// it.
// Cost: bind and unbind are O(resources of the pod + its ports); views are free. A usage_table can
// be copied to try something out; copies share the demands.
// Invariants: a pod counts on at most one node; a node's row entries are zero while it is not
// alive. Spans hold until the next add_node, remove_node or add_pod. Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "cluster/bindings.hpp"
#include "cluster/demand.hpp"
#include "cluster/store.hpp"

namespace crosstie::cluster {

class usage_table {
 public:
  explicit usage_table(store& objects);

  // Resources and demands: see demand.hpp. Asking adds neither rows nor nodes.
  const pod_demand& demand(spec_id spec) const { return demands_->of(spec); }
  std::optional<resource_id> resource(name_id name) const { return demands_->resource(name); }
  name_id resource_name(resource_id id) const { return demands_->resource_name(id); }
  std::uint32_t resource_count() const { return demands_->resource_count(); }

  // Columns over node slots (store::node_slots() long after add_node of each).
  std::span<const std::int64_t> allocatable(resource_id id) const { return row(allocatable_, id); }
  std::span<const std::int64_t> requested(resource_id id) const { return row(requested_, id); }
  std::span<const std::int64_t> nonzero_milli_cpu() const { return counted(count_kind::milli_cpu); }
  std::span<const std::int64_t> nonzero_memory() const { return counted(count_kind::memory); }
  std::span<const std::int64_t> allowed_pods() const { return counted(count_kind::allowed_pods); }
  std::span<const std::int64_t> pod_count() const { return counted(count_kind::pods); }

  // Would the pod's host ports collide with those taken on the node?
  bool ports_conflict(const pod_demand& demand, node_id node) const;

  // Images: the size upstream's cache keeps (of the first node that reported the name), the number
  // of nodes that have it, and whether this node does.
  std::int64_t image_size(name_id image) const;
  std::uint32_t image_node_count(name_id image) const;
  bool has_image(name_id image, node_id node) const;

  void add_node(node_id node);     // also after the node's object was replaced
  void remove_node(node_id node);  // its pods must be gone
  void add_pod(spec_id spec, node_id node);
  void remove_pod(spec_id spec, node_id node);
  // The exact inverse of the add_pod before it: a port that another pod held stays taken.
  void take_back_pod(spec_id spec, node_id node);

  // Who holds which of the pod's host ports on the node, to be put back as it was: a pod that left
  // and came again may else hold what it had lost to another before.
  void remember_ports(spec_id spec, node_id node);  // what is not remembered yet
  void restore_ports();                             // and forgets
  std::size_t memory_bytes() const;

 private:
  enum class count_kind : std::uint8_t { milli_cpu, memory, allowed_pods, pods };
  static constexpr std::size_t count_kinds = 4;
  enum class image_id : std::uint32_t {};  // dense
  struct host_port {
    node_id node;
    name_id protocol;
    std::int32_t port;
    bool operator==(const host_port&) const = default;
  };
  struct taken_ip {
    name_id ip;
    std::uint32_t holders;  // pods; more than one only where they were bound past the filters
  };
  using table = crosstie::matrix<std::int64_t>;

  // Rows are as long as there is room for nodes; a resource that nothing has touched has no row.
  std::span<const std::int64_t> row(const table& amounts, resource_id id) const {
    return index(id) < amounts.row_count() ? amounts.row(index(id)).first(slots_)
                                           : std::span(nothing_).first(slots_);
  }
  std::span<const std::int64_t> counted(count_kind kind) const {
    return counts_.row(static_cast<std::size_t>(kind)).first(slots_);
  }
  std::int64_t& count(count_kind kind, node_id node) {
    return counts_(static_cast<std::size_t>(kind), index(node));
  }
  void make_room(node_id node);
  void make_rows();
  void clear_allocatable(node_id node);
  void add_images(node_id node);
  void drop_images(node_id node);
  void change(const pod_demand& demand, node_id node, std::int64_t sign);
  void take_ports(const pod_demand& demand, node_id node);
  void free_ports(const pod_demand& demand, node_id node, bool shared_too);

  const store* objects_;
  std::shared_ptr<demand_table> demands_;
  name_id pods_name_, any_ip_;
  std::uint32_t slots_ = 0;  // of nodes
  table allocatable_, requested_, counts_;
  std::vector<std::int64_t> nothing_;  // a row of zeros
  crosstie::flat_map<host_port, std::vector<taken_ip>> taken_ports_;
  std::vector<std::pair<host_port, std::vector<taken_ip>>> remembered_ports_;
  crosstie::flat_map<name_id, image_id> images_;
  std::vector<std::int64_t> image_sizes_;
  crosstie::relation<image_id, node_id> image_nodes_;
};

// What a plugin may look at.
struct view {
  const store& objects;
  const usage_table& usage;
  pods_by_node& pods;  // plugins only read it
};

template <bindings_table Bindings>
class basic_state final : public pods_by_node {
 public:
  explicit basic_state(store& objects) : objects_(&objects), usage_(objects) {}

  // Accounts for every live node and every unfinished pod that names a live node.
  void load();
  void add_node(node_id node) { usage_.add_node(node); }  // also after its object was replaced
  void remove_node(node_id node);  // its pods are unbound first; call it while the store has it
  void bind(pod_id pod, node_id node);  // the pod names the node from now on
  // While the store still has the pod as it was bound. The object keeps the node's name.
  void unbind(pod_id pod);

  const Bindings& bindings() const { return bindings_; }
  const usage_table& usage() const { return usage_; }
  usage_table& usage() { return usage_; }
  view look() { return {*objects_, usage_, *this}; }
  void append_pods(node_id node, std::vector<pod_id>& out) const override {
    bindings_.for_each_pod(node, [&](pod_id pod) { out.push_back(pod); });
  }
  void suppose_bound(pod_id pod, node_id node) override;
  void suppose_unbound(pod_id pod) override;
  std::size_t memory_bytes() const { return usage_.memory_bytes() + bindings_.memory_bytes(); }

 private:
  void add(pod_id pod, node_id node);
  bool names(pod_id pod, node_id node) const {
    return (*objects_)[pod].node == (*objects_)[node].name;
  }

  store* objects_;
  usage_table usage_;
  Bindings bindings_;
  std::uint32_t supposed_away_ = 0;  // pods with host ports
};

template <bindings_table Bindings>
void basic_state<Bindings>::load() {
  for (std::uint32_t slot = 0; slot < objects_->node_slots(); ++slot) {
    if (objects_->alive(node_id{slot})) usage_.add_node(node_id{slot});
  }
  for (std::uint32_t slot = 0; slot < objects_->pod_slots(); ++slot) {
    const pod_id id{slot};
    if (!objects_->alive(id)) continue;
    const pod& object = (*objects_)[id];
    if (object.node == no_name || object.finished()) continue;
    if (const auto node = objects_->find_node(object.node)) bind(id, *node);
  }
}

template <bindings_table Bindings>
void basic_state<Bindings>::remove_node(node_id node) {
  std::vector<pod_id> pods;
  append_pods(node, pods);
  for (const pod_id pod : pods) unbind(pod);
  usage_.remove_node(node);
}

template <bindings_table Bindings>
void basic_state<Bindings>::add(pod_id pod, node_id node) {
  bindings_.bind(pod, node);
  usage_.add_pod((*objects_)[pod].spec, node);
}

template <bindings_table Bindings>
void basic_state<Bindings>::suppose_bound(pod_id pod, node_id node) {
  add(pod, node);
  if (supposed_away_ == 0 || !names(pod, node)) return;
  if (usage_.demand((*objects_)[pod].spec).host_ports.empty()) return;
  if (--supposed_away_ == 0) usage_.restore_ports();
}

template <bindings_table Bindings>
void basic_state<Bindings>::suppose_unbound(pod_id pod) {
  const auto node = bindings_.node_of(pod);
  if (!node) return;
  const spec_id spec = (*objects_)[pod].spec;
  // A pod that does not name the node was only supposed to be there.
  if (names(pod, *node)) {
    if (!usage_.demand(spec).host_ports.empty()) {
      ++supposed_away_;
      usage_.remember_ports(spec, *node);
    }
    usage_.remove_pod(spec, *node);
  } else {
    usage_.take_back_pod(spec, *node);
  }
  bindings_.unbind(pod);
}

template <bindings_table Bindings>
void basic_state<Bindings>::bind(pod_id pod, node_id node) {
  add(pod, node);
  objects_->set_node(pod, (*objects_)[node].name);
}

template <bindings_table Bindings>
void basic_state<Bindings>::unbind(pod_id pod) {
  const auto node = bindings_.node_of(pod);
  if (!node) return;
  usage_.remove_pod((*objects_)[pod].spec, *node);
  bindings_.unbind(pod);
}

using state = basic_state<assigned_bindings>;

}  // namespace crosstie::cluster
