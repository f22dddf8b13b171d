#include "schedule/queue.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "cluster/operation_meter.hpp"

namespace crosstie::schedule {

namespace {

// Compares "a.ns/a.name" with "b.ns/b.name" as bytes, without building them.
bool full_name_before(const cluster::store& objects, pod_id a, pod_id b) {
  const cluster::pod& left = objects[a];
  const cluster::pod& right = objects[b];
  if (left.ns == right.ns) return objects.text(left.name) < objects.text(right.name);
  const std::string_view left_ns = objects.text(left.ns), right_ns = objects.text(right.ns);
  const std::size_t common = std::min(left_ns.size(), right_ns.size());
  if (const int order = std::memcmp(left_ns.data(), right_ns.data(), common)) return order < 0;
  // One namespace begins with the other, so the shorter one is at its '/'.
  if (left_ns.size() < right_ns.size()) return '/' < right_ns[common];
  return left_ns[common] < '/';
}

}  // namespace

event_set events_that_help(std::string_view plugin) {
  static constexpr std::array<std::pair<std::string_view, event_set>, 15> known{{
      {"SchedulingGates", no_event},
      {"NodeUnschedulable", node_added | node_taints_changed},
      {"NodeName", node_added},
      {"TaintToleration", node_added | node_taints_changed},
      {"NodeAffinity", node_added | node_labels_changed},
      {"NodePorts", node_added | pod_removed},
      {"NodeResourcesFit", node_added | node_allocatable_changed | pod_removed},
      {"VolumeRestrictions", node_added | pod_removed | volume_claim_changed},
      {"NodeVolumeLimits",
       node_added | csi_changed | pod_removed | volume_claim_changed | volume_attachment_removed},
      {"VolumeBinding", node_added | node_labels_changed | storage_class_changed |
                            volume_claim_changed | volume_changed | csi_changed},
      {"VolumeZone", node_added | node_labels_changed | storage_class_changed |
                         volume_claim_changed | volume_changed},
      {"PodTopologySpread", node_added | node_removed | node_labels_changed | node_taints_changed |
                                pod_assigned | pod_removed},
      {"InterPodAffinity",
       node_added | node_labels_changed | pod_assigned | pod_removed | namespace_changed},
      {"DynamicResources", node_added | node_labels_changed | node_allocatable_changed |
                               pod_removed | resource_claim_changed},
      {"NodeDeclaredFeatures", node_added | node_features_changed},
  }};
  for (const auto& [name, events] : known) {
    if (name == plugin) return events;
  }
  return any_event;
}

queue::queue(const cluster::store& objects, const queue_limits& limits)
    : objects_(&objects), limits_(limits) {}

// ---- pods coming and going ------------------------------------------------------------------

void queue::add(pod_id pod, timestamp now) {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::add);
  const std::uint32_t slot = new_slot(pod);
  leave(slot);
  entries_[slot].queued_at = now;
  to_active(slot);
}

void queue::gate(pod_id pod) {
  const std::uint32_t slot = new_slot(pod);
  leave(slot);
  entries_[slot].at = place::gated;
  append(gated_, slot);
}

void queue::update(pod_id pod, timestamp now) {
  const std::uint32_t slot = slot_of(pod);
  if (slot == none) return;
  entry& e = entries_[slot];
  switch (e.at) {
    case place::active:  // its priority may have changed
      leave(slot);
      to_active(slot);
      break;
    case place::backoff:
      leave(slot);
      to_backoff(slot);
      break;
    case place::unschedulable:
      wake(slot, now);
      break;
    default:
      break;
  }
}

void queue::erase(pod_id pod) {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::remove);
  const std::uint32_t slot = slot_of(pod);
  if (slot == none) return;
  leave(slot);
  positions_.erase(pod);
  entries_[slot] = entry{};
  free_.push_back(slot);
}

std::optional<pod_id> queue::pop() {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::pop);
  if (active_.empty()) return std::nullopt;
  const std::uint32_t slot = active_.front().slot;
  leave(slot);
  entry& e = entries_[slot];
  e.at = place::in_flight;
  ++e.attempts;
  return e.pod;
}

void queue::reject(pod_id pod, event_set helpful, timestamp now) {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::add);
  const std::uint32_t slot = slot_of(pod);
  assert(slot != none && entries_[slot].at == place::in_flight);
  entry& e = entries_[slot];
  ++e.rejections;
  e.errors = 0;
  e.queued_at = now;
  e.backoff_until = now + backoff_ns(e);
  e.at = place::unschedulable;
  e.group = group_of(helpful);
  append(groups_[e.group].pods, slot);
  ++unschedulable_;
}

void queue::fail(pod_id pod, timestamp now) {
  const std::uint32_t slot = slot_of(pod);
  assert(slot != none && entries_[slot].at == place::in_flight);
  entry& e = entries_[slot];
  ++e.errors;
  e.queued_at = now;
  e.backoff_until = now + backoff_ns(e);
  to_backoff(slot);
}

// ---- time and events ------------------------------------------------------------------------

void queue::notify(event_set happened, timestamp now) {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::notify);
  if (unschedulable_ == 0) return;
  for (group& g : groups_) {
    if ((g.helpful & happened) == 0) continue;
    while (g.pods.first != none) wake(g.pods.first, now);
  }
}

void queue::notify(event_set happened, timestamp now, std::int32_t priority) {
  if (unschedulable_ == 0) return;
  for (group& g : groups_) {
    if ((g.helpful & happened) == 0) continue;
    for (std::uint32_t slot = g.pods.first; slot != none;) {
      const std::uint32_t next = entries_[slot].next;
      if (objects_->spec(entries_[slot].pod).priority <= priority) wake(slot, now);
      slot = next;
    }
  }
}

void queue::advance(timestamp now) {
  const cluster::timed watch(cluster::metered::queue, cluster::operation::advance);
  while (!backoff_.empty() && backoff_.front().first <= now) {
    const std::uint32_t slot = backoff_.front().slot;
    leave(slot);
    to_active(slot);
  }
  if (limits_.unschedulable_ns == 0 || unschedulable_ == 0) return;
  for (group& g : groups_) {
    while (g.pods.first != none &&
           entries_[g.pods.first].queued_at + limits_.unschedulable_ns <= now) {
      wake(g.pods.first, now);
    }
  }
}

std::optional<timestamp> queue::next_wake() const {
  std::optional<timestamp> next;
  if (!backoff_.empty()) next = backoff_.front().first;
  if (limits_.unschedulable_ns == 0 || unschedulable_ == 0) return next;
  for (const group& g : groups_) {
    if (g.pods.first == none) continue;
    const timestamp due = entries_[g.pods.first].queued_at + limits_.unschedulable_ns;
    if (!next || due < *next) next = due;
  }
  return next;
}

// ---- questions ------------------------------------------------------------------------------

queue::place queue::where(pod_id pod) const {
  const std::uint32_t slot = slot_of(pod);
  return slot == none ? place::none : entries_[slot].at;
}

std::uint32_t queue::attempts(pod_id pod) const {
  const std::uint32_t slot = slot_of(pod);
  return slot == none ? 0 : entries_[slot].attempts;
}

std::size_t queue::size(place at) const {
  switch (at) {
    case place::active:
      return active_.size();
    case place::backoff:
      return backoff_.size();
    case place::unschedulable:
      return unschedulable_;
    case place::gated:
      return gated_.size;
    default:
      return 0;
  }
}

std::size_t queue::memory_bytes() const {
  return positions_.memory_bytes() + entries_.capacity() * sizeof(entry) +
         free_.capacity() * sizeof(std::uint32_t) +
         (active_.capacity() + backoff_.capacity()) * sizeof(heap_item) +
         groups_.capacity() * sizeof(group);
}

// ---- entries --------------------------------------------------------------------------------

std::uint32_t queue::slot_of(pod_id pod) const {
  const std::uint32_t* slot = positions_.find_value(pod);
  return slot == nullptr ? none : *slot;
}

std::uint32_t queue::new_slot(pod_id pod) {
  if (const std::uint32_t slot = slot_of(pod); slot != none) return slot;
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
    free_.reserve(entries_.capacity());
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  entries_[slot].pod = pod;
  positions_.try_emplace(pod, slot);
  return slot;
}

void queue::leave(std::uint32_t slot) {
  entry& e = entries_[slot];
  switch (e.at) {
    case place::active:
    case place::backoff:
      remove(heap_of(e.at), e.heap_position);
      e.heap_position = none;
      break;
    case place::unschedulable:
      unlink(groups_[e.group].pods, slot);
      --unschedulable_;
      break;
    case place::gated:
      unlink(gated_, slot);
      break;
    default:
      break;
  }
  e.at = place::none;
}

void queue::to_active(std::uint32_t slot) {
  entry& e = entries_[slot];
  e.at = place::active;
  push(active_, {e.queued_at, (*objects_)[e.pod].created, objects_->spec(e.pod).priority, slot});
}

void queue::to_backoff(std::uint32_t slot) {
  entry& e = entries_[slot];
  e.at = place::backoff;
  push(backoff_, {e.backoff_until, e.queued_at, objects_->spec(e.pod).priority, slot});
}

void queue::wake(std::uint32_t slot, timestamp now) {
  leave(slot);
  if (entries_[slot].backoff_until > now) {
    to_backoff(slot);
  } else {
    to_active(slot);
  }
}

timestamp queue::backoff_ns(const entry& e) const {
  const std::uint32_t failures = e.errors > 0 ? e.errors : e.rejections;
  timestamp wait_ns = limits_.initial_backoff_ns;
  for (std::uint32_t i = 1; i < failures && wait_ns < limits_.max_backoff_ns; ++i) wait_ns *= 2;
  return std::min(wait_ns, limits_.max_backoff_ns);
}

std::uint32_t queue::group_of(event_set helpful) {
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].helpful == helpful) return i;
  }
  groups_.push_back({helpful, {}});
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

// ---- heaps: the parent of item i is item (i - 1) / 2 ----------------------------------------

bool queue::before(const heap_item& a, const heap_item& b, bool active) const {
  if (active) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.first != b.first) return a.first < b.first;
  } else {
    if (a.first != b.first) return a.first < b.first;
    if (a.priority != b.priority) return a.priority > b.priority;
  }
  if (a.second != b.second) return a.second < b.second;
  return full_name_before(*objects_, entries_[a.slot].pod, entries_[b.slot].pod);
}

void queue::push(heap& in, const heap_item& item) {
  in.push_back(item);
  sift_up(in, static_cast<std::uint32_t>(in.size() - 1), item);
}

void queue::remove(heap& in, std::uint32_t position) {
  assert(position < in.size());
  const heap_item last = in.back();
  in.pop_back();
  if (position == in.size()) return;
  if (position > 0 && before(last, in[(position - 1) / 2], &in == &active_)) {
    sift_up(in, position, last);
  } else {
    sift_down(in, position, last);
  }
}

void queue::sift_up(heap& in, std::uint32_t position, const heap_item& item) {
  while (position > 0) {
    const std::uint32_t parent = (position - 1) / 2;
    if (!before(item, in[parent], &in == &active_)) break;
    in[position] = in[parent];
    entries_[in[position].slot].heap_position = position;
    position = parent;
  }
  in[position] = item;
  entries_[item.slot].heap_position = position;
}

void queue::sift_down(heap& in, std::uint32_t position, const heap_item& item) {
  const auto size = static_cast<std::uint32_t>(in.size());
  while (2 * position + 1 < size) {
    std::uint32_t child = 2 * position + 1;
    if (child + 1 < size && before(in[child + 1], in[child], &in == &active_)) ++child;
    if (!before(in[child], item, &in == &active_)) break;
    in[position] = in[child];
    entries_[in[position].slot].heap_position = position;
    position = child;
  }
  in[position] = item;
  entries_[item.slot].heap_position = position;
}

// ---- lists ----------------------------------------------------------------------------------

void queue::append(list& to, std::uint32_t slot) {
  entry& e = entries_[slot];
  e.previous = to.last;
  e.next = none;
  (to.last == none ? to.first : entries_[to.last].next) = slot;
  to.last = slot;
  ++to.size;
}

void queue::unlink(list& from, std::uint32_t slot) {
  entry& e = entries_[slot];
  (e.previous == none ? from.first : entries_[e.previous].next) = e.next;
  (e.next == none ? from.last : entries_[e.next].previous) = e.previous;
  e.previous = e.next = none;
  --from.size;
}

}  // namespace crosstie::schedule
