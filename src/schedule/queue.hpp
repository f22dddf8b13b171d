// The scheduling queue: which pod is placed next, and when one that failed is tried again.
//
//   active         heap: priority, then time of queueing, then creation, then "namespace/name"
//   backoff        heap by the end of the wait: 1 s, 2 s, 4 s ... 10 s by the number of failures
//   unschedulable  lists, one for each set of events that may help the pods in it
//   gated          pods that a PreEnqueue plugin keeps out
//
// Promise: a pod is in at most one of them, or in flight between pop and reject, fail or erase. An
// event wakes only pods that it may help (kube-scheduler's queueing hints, by kind of event).
// Cost: O(log n) for what touches a heap, O(1) else; an event costs O(log n) for each pod it wakes
// and nothing for the others. No allocation once the greatest number of waiting pods was seen.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::schedule {

using cluster::pod_id;
using cluster::timestamp;

// Kinds of events after which a pod that was rejected may fit; sets are the union of bits.
enum event_set : std::uint32_t {
  no_event = 0,
  node_added = 1u << 0,
  node_removed = 1u << 1,
  node_labels_changed = 1u << 2,
  node_taints_changed = 1u << 3,  // or spec.unschedulable
  node_allocatable_changed = 1u << 4,
  node_features_changed = 1u << 5,
  pod_assigned = 1u << 6,  // a pod is on a node now, or its labels changed there
  pod_removed = 1u << 7,   // a pod has left its node
  volume_claim_changed = 1u << 8,
  volume_changed = 1u << 9,
  storage_class_changed = 1u << 10,
  csi_changed = 1u << 11,  // CSINode, CSIDriver, CSIStorageCapacity
  volume_attachment_removed = 1u << 12,
  resource_claim_changed = 1u << 13,
  namespace_changed = 1u << 14,
  any_event = (1u << 15) - 1
};
constexpr event_set operator|(event_set a, event_set b) {
  return static_cast<event_set>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr event_set& operator|=(event_set& a, event_set b) { return a = a | b; }

// What may make the plugin accept a pod that it rejected; any_event for an unknown plugin.
event_set events_that_help(std::string_view plugin);

struct queue_limits {
  timestamp initial_backoff_ns = 1'000'000'000;
  timestamp max_backoff_ns = 10'000'000'000;
  timestamp unschedulable_ns = 300'000'000'000;  // then tried again whatever happened; 0: never
};

class queue {
 public:
  enum class place : std::uint8_t { none, active, backoff, unschedulable, gated, in_flight };

  explicit queue(const cluster::store& objects, const queue_limits& limits = {});

  // A pod that waits nowhere yet, or is gated and no more: to the active heap.
  void add(pod_id pod, timestamp now);
  // Kept out until add: a new pod, or one that waits.
  void gate(pod_id pod);
  // The pod's own object has changed: it keeps its place in the order, and leaves the
  // unschedulable pods for another attempt. Call it after the store has the new object.
  void update(pod_id pod, timestamp now);
  // Forgets the pod wherever it is. Call it while the store still has the pod.
  void erase(pod_id pod);

  // The first active pod; it is in flight from then on.
  std::optional<pod_id> pop();
  // No node fits the pod in flight; events in `helpful` will wake it.
  void reject(pod_id pod, event_set helpful, timestamp now);
  // The attempt ended in an error: to the backoff heap.
  void fail(pod_id pod, timestamp now);

  // Something has happened: wakes pods that it may help; with a priority, only those of at most it.
  void notify(event_set happened, timestamp now);
  void notify(event_set happened, timestamp now, std::int32_t priority);
  // Moves what is due: ended backoffs, and pods that were unschedulable for too long.
  void advance(timestamp now);
  // When advance has something to do next.
  std::optional<timestamp> next_wake() const;

  place where(pod_id pod) const;
  std::uint32_t attempts(pod_id pod) const;  // pops so far
  std::size_t size(place at) const;          // not for none and in_flight
  std::size_t size() const { return positions_.size(); }
  template <class Visitor>
  void for_each(Visitor&& visit) const {  // visit(pod, place); in no particular order
    for (const auto& [pod, slot] : positions_) visit(pod, entries_[slot].at);
  }
  template <class Visitor>
  void for_each_gated(Visitor&& visit) const {  // must not change the queue
    for (std::uint32_t slot = gated_.first; slot != none; slot = entries_[slot].next) {
      visit(entries_[slot].pod);
    }
  }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFFu;

  struct entry {
    pod_id pod = cluster::no_pod;
    place at = place::none;
    std::uint32_t heap_position = none;
    std::uint32_t previous = none, next = none;  // in a list
    std::uint32_t group = none;                  // of unschedulable pods
    std::uint32_t attempts = 0, rejections = 0, errors = 0;
    timestamp queued_at = 0;  // of the active order: when queued, or when it failed last
    timestamp backoff_until = 0;
  };
  struct list {
    std::uint32_t first = none, last = none, size = 0;
  };
  struct group {
    event_set helpful = no_event;
    list pods;  // the longest waiting first
  };
  // What orders a heap, next to each other in memory; names are read only to break ties.
  struct heap_item {
    timestamp first, second;  // active: queued, created; backoff: until, queued
    std::int32_t priority;
    std::uint32_t slot;
  };
  using heap = std::vector<heap_item>;

  std::uint32_t slot_of(pod_id pod) const;
  std::uint32_t new_slot(pod_id pod);
  void leave(std::uint32_t slot);  // whatever heap or list holds it
  void to_active(std::uint32_t slot);
  void to_backoff(std::uint32_t slot);
  void wake(std::uint32_t slot, timestamp now);
  timestamp backoff_ns(const entry& e) const;

  bool before(const heap_item& a, const heap_item& b, bool active) const;
  heap& heap_of(place at) { return at == place::active ? active_ : backoff_; }
  void push(heap& in, const heap_item& item);
  void remove(heap& in, std::uint32_t position);
  void sift_up(heap& in, std::uint32_t position, const heap_item& item);
  void sift_down(heap& in, std::uint32_t position, const heap_item& item);
  void append(list& to, std::uint32_t slot);
  void unlink(list& from, std::uint32_t slot);
  std::uint32_t group_of(event_set helpful);

  const cluster::store* objects_;
  queue_limits limits_;
  crosstie::flat_map<pod_id, std::uint32_t> positions_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
  heap active_, backoff_;
  std::vector<group> groups_;  // few: one for each set of helpful events seen
  list gated_;
  std::size_t unschedulable_ = 0;
};

}  // namespace crosstie::schedule
