// The nominated pods by node, and what they take of it from pods that may not pass them.
//
//   names     pod -> node      pods on no node that name one; no_node where it does not count
//   by node   node -> pods     those that count
//
// Promise: list() equals find_nominations(), kept up to date pod by pod. A pod is refused here
// exactly where NodePorts or NodeResourcesFit refuse it with the nominated pods of its priority or
// a higher one added to the node.
// Cost: pod_changed O(nominations of the node); a node that comes or goes O(nominations); a node
// without nominations is told by one load.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <span>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"
#include "schedule/nomination.hpp"
#include "schedule/shape.hpp"

namespace crosstie::schedule {

using cluster::node_id;
using cluster::pod_id;

class nominated_pods {
 public:
  nominated_pods(const cluster::store& objects, const cluster::usage_table& usage,
                 cluster::pods_by_node& pods, const configuration& settings)
      : objects_(&objects), usage_(&usage), pods_(&pods), settings_(&settings) {}

  // Takes stock of the whole store.
  void reset();
  // The pod's object is new or has changed, or it will be gone; visit(node) where a node's
  // nominated pods are others now, or ask for other things.
  template <class Visitor>
  void pod_changed(pod_id pod, Visitor&& visit);
  template <class Visitor>
  void pod_gone(pod_id pod, Visitor&& visit);
  // The node came, or went; visit as above, the node itself excepted.
  void node_changed(node_id node);
  // What gates pods may have changed.
  template <class Visitor>
  void claims_changed(Visitor&& visit);

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  std::span<const pod_id> at(std::uint32_t slot) const {
    return slot < by_node_.size() ? std::span<const pod_id>(by_node_[slot])
                                  : std::span<const pod_id>();
  }
  std::vector<nomination> list() const;  // by pod
  // Does asked(pod, node) hold for each that counts?
  template <class Predicate>
  bool all_of(Predicate&& asked) const {
    for (const auto& [pod, node] : names_) {
      if (node != cluster::no_node && !asked(pod, node)) return false;
    }
    return true;
  }

  // How much of the resource the nominated pods of at least this priority ask, but for `except`.
  std::int64_t amount_at(std::uint32_t slot, cluster::resource_id resource, std::int32_t priority,
                         pod_id except = cluster::no_pod) const;
  std::int64_t count_at(std::uint32_t slot, std::int32_t priority,
                        pod_id except = cluster::no_pod) const;
  // The rejection bits of ports and resources with those nominated pods on the node.
  std::uint32_t refuse(const shape& wanted, std::uint32_t slot,
                       pod_id except = cluster::no_pod) const;
  std::size_t memory_bytes() const;

 private:
  node_id place_of(pod_id pod) const;  // where it counts
  void move(pod_id pod, node_id from, node_id to);
  bool finds_ports_taken(const shape& wanted, std::uint32_t slot, pod_id except) const;
  template <class Visitor>
  void for_each(std::uint32_t slot, std::int32_t priority, pod_id except, Visitor&& visit) const {
    for (const pod_id pod : at(slot)) {
      if (pod != except && objects_->spec(pod).priority >= priority) visit(pod);
    }
  }

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  cluster::pods_by_node* pods_;
  const configuration* settings_;
  crosstie::flat_map<pod_id, node_id> names_;
  std::vector<std::vector<pod_id>> by_node_;  // by slot; empty until there is a nomination
  std::size_t count_ = 0;                     // of those that count
  std::vector<pod_id> scratch_;
};

template <class Visitor>
void nominated_pods::pod_changed(pod_id pod, Visitor&& visit) {
  const cluster::pod& object = (*objects_)[pod];
  if (object.nominated_node == cluster::no_name || object.node != cluster::no_name) {
    return pod_gone(pod, visit);
  }
  const auto [known, added] = names_.try_emplace(pod, cluster::no_node);
  const node_id before = known->second, after = place_of(pod);
  known->second = after;
  move(pod, before, after);
  if (before != cluster::no_node) visit(before);
  if (after != cluster::no_node && after != before) visit(after);
}

template <class Visitor>
void nominated_pods::pod_gone(pod_id pod, Visitor&& visit) {
  if (names_.empty()) return;
  const node_id* known = names_.find_value(pod);
  if (known == nullptr) return;
  const node_id before = *known;
  names_.erase(pod);
  move(pod, before, cluster::no_node);
  if (before != cluster::no_node) visit(before);
}

template <class Visitor>
void nominated_pods::claims_changed(Visitor&& visit) {
  if (names_.empty()) return;
  scratch_.clear();
  for (const auto& [pod, node] : names_) {
    if (!objects_->spec(pod).resource_claims.empty()) scratch_.push_back(pod);
  }
  for (const pod_id pod : scratch_) pod_changed(pod, visit);
}

}  // namespace crosstie::schedule
