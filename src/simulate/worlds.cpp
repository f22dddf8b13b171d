#include "simulate/worlds.hpp"

#include <algorithm>
#include <thread>
#include <variant>

#include "simulate/arrival.hpp"

namespace crosstie::simulate {

using cluster::timestamp;

simulated_world::simulated_world(event_feed& feed, const cluster::store& objects, timestamp start,
                                 timestamp settle_ns, const std::atomic<bool>* stop,
                                 schedule::unsupported_count* unplaced)
    : feed_(&feed),
      objects_(&objects),
      start_(start),
      settle_ns_(settle_ns),
      last_change_(start),
      stop_(stop),
      unplaced_(unplaced) {}

std::optional<cluster::event> simulated_world::poll() {
  auto next = feed_->pop(now());
  if (!next) return std::nullopt;
  last_change_ = now();
  count(*next);
  if (auto* pod = std::get_if<cluster::pod>(&next->object);
      pod != nullptr && next->kind == cluster::event_kind::put) {
    keep_node(*pod);
  }
  return next;
}

void simulated_world::count(const cluster::event& what) {
  const auto* pod = std::get_if<cluster::pod>(&what.object);
  if (pod == nullptr) return;
  const auto known = objects_->find_pod({pod->ns, pod->name});
  if (what.kind == cluster::event_kind::remove || pod->finished()) {
    return count_removal(what, known);
  }
  if (known && (*objects_)[*known].uid == pod->uid) return count_update(*known, *pod);
  if (known) count_departure(*known);
  if (pod->node != cluster::no_name) {
    ++counted_.bound;
  } else if (waits_for_node(*pod) && (unplaced_ == nullptr || unplaced_->has_profile(*pod))) {
    ++counted_.arrived;
  }
}

// A finished pod does not exist for the scheduler; that it is deleted later is no surprise.
void simulated_world::count_removal(const cluster::event& what,
                                    std::optional<cluster::pod_id> known) {
  const cluster::object_key key = cluster::key_of(std::get<cluster::pod>(what.object));
  if (known) count_departure(*known);
  if (what.kind == cluster::event_kind::put) {
    finished_.insert(key);
  } else if (!finished_.erase(key) && !known) {
    ++counted_.missing;
  }
}

void simulated_world::count_update(cluster::pod_id known, const cluster::pod& updated) {
  if (!waits_for_node((*objects_)[known])) return;
  if (updated.node != cluster::no_name) {
    ++counted_.bound;
  } else if (updated.terminating) {
    count_departure(known);
  }
}

void simulated_world::count_departure(cluster::pod_id pod) {
  const cluster::pod& object = (*objects_)[pod];
  const bool unplaceable = object.terminating && object.node == cluster::no_name;
  if (object.finished() || unplaceable) return;  // it counted when it became so, if it ever counted
  ++counted_.departed;
  if (placed(pod)) {
    placed_[index(pod)] = 0;
    --counted_.placed_now;
  } else if (unplaced_ != nullptr) {
    unplaced_->add(pod);
  }
}

// A recorded update tells where the pod was then; here it stays where it has been put.
void simulated_world::keep_node(cluster::pod& updated) const {
  const auto known = objects_->find_pod({updated.ns, updated.name});
  if (!known) return;
  const cluster::pod& before = (*objects_)[*known];
  if (before.uid == updated.uid && before.node != cluster::no_name) updated.node = before.node;
}

bool simulated_world::stopping() {
  return feed_->failure() || (stop_ != nullptr && stop_->load(std::memory_order_relaxed));
}

std::expected<void, std::string> simulated_world::bind(cluster::pod_id pod, cluster::node_id) {
  last_change_ = now();
  if (index(pod) >= placed_.size()) placed_.resize(objects_->pod_slots());
  placed_[index(pod)] = 1;
  ++counted_.placed;
  ++counted_.placed_now;
  return {};
}

std::expected<void, std::string> simulated_world::evict(cluster::pod_id victim, cluster::pod_id) {
  feed_->evict(cluster::key_of((*objects_)[victim]), now());
  ++counted_.preempted;
  return {};
}

std::optional<timestamp> simulated_world::next_moment(std::optional<timestamp> until) const {
  const auto event = feed_->next_at();
  if (!event) {
    const bool settled = !until || *until > last_change_ + settle_ns_;
    return settled ? std::nullopt : until;
  }
  return until ? std::min(*event, *until) : *event;
}

bool virtual_world::wait(std::optional<timestamp> until) {
  const auto moment = next_moment(until);
  if (!moment || stopping()) return false;
  now_ = std::max(now_, *moment);
  return true;
}

timestamp paced_world::now() {
  return start() + std::chrono::nanoseconds(std::chrono::steady_clock::now() - begun_).count();
}

bool paced_world::wait(std::optional<timestamp> until) {
  const auto moment = next_moment(until);
  if (!moment) return false;
  // Short sleeps, since nothing wakes a sleeper when the stop flag is set.
  constexpr timestamp longest_nap_ns = 50'000'000;
  for (timestamp left = *moment - now(); left > 0; left = *moment - now()) {
    if (stopping()) return false;
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(left, longest_nap_ns)));
  }
  return !stopping();
}

}  // namespace crosstie::simulate
