// Worlds without an API server: their events come from a feed, their bindings always succeed.
//
//   virtual_world   time jumps to the next event, or to the end of a pod's back-off
//   paced_world     the same time line, but it passes as the wall clock does
//
// Promise: a world ends when no event is left and waiting longer cannot help (see `settle`), when
// it is asked to stop, or when the feed fails. A decision takes no virtual time.
// Thread safety: none, but for the stop flag.
#pragma once

#include <atomic>
#include <chrono>
#include <crosstie/flat_set.hpp>
#include <cstdint>
#include <vector>

#include "cluster/store.hpp"
#include "cluster/world.hpp"
#include "schedule/support.hpp"
#include "simulate/event_feed.hpp"

namespace crosstie::simulate {

// What has come and gone, counted as events pass. A pod on no node that is being deleted, and one
// that has finished, is gone: nobody places it, and its removal is no departure any more.
struct traffic {
  std::int64_t arrived = 0;   // pods that wait for a profile and were not there before
  std::int64_t bound = 0;     // pods that came with a node or are brought to one by an update
  std::int64_t departed = 0;  // pods that were there
  std::int64_t preempted = 0;
  std::int64_t placed = 0;      // bindings of this run
  std::int64_t placed_now = 0;  // of those, the pods that are still there
  std::int64_t missing = 0;     // removals of what was not there
};

class simulated_world : public cluster::world {
 public:
  // `settle_ns`: how long after the last event or binding pods are tried again; 0: not at all.
  // `unplaced` knows whose pods are placed here, and is told of those that leave without a node;
  // without it all pods are.
  simulated_world(event_feed& feed, const cluster::store& objects, cluster::timestamp start,
                  cluster::timestamp settle_ns, const std::atomic<bool>* stop,
                  schedule::unsupported_count* unplaced);

  std::optional<cluster::event> poll() override;
  bool stopping() override;
  std::expected<void, std::string> bind(cluster::pod_id pod, cluster::node_id node) override;
  std::expected<void, std::string> evict(cluster::pod_id victim,
                                         cluster::pod_id preemptor) override;

  const traffic& counted() const { return counted_; }
  // Has this run bound the pod, which is still there?
  bool placed(cluster::pod_id pod) const {
    return index(pod) < placed_.size() && placed_[index(pod)] != 0;
  }

 protected:
  // The next moment worth waking up at; absent: the world has ended.
  std::optional<cluster::timestamp> next_moment(std::optional<cluster::timestamp> until) const;
  cluster::timestamp start() const { return start_; }

 private:
  void count(const cluster::event& what);
  void count_removal(const cluster::event& what, std::optional<cluster::pod_id> known);
  void count_update(cluster::pod_id known, const cluster::pod& updated);
  void count_departure(cluster::pod_id pod);
  void keep_node(cluster::pod& updated) const;

  event_feed* feed_;
  const cluster::store* objects_;
  cluster::timestamp start_, settle_ns_;
  cluster::timestamp last_change_;
  const std::atomic<bool>* stop_;
  schedule::unsupported_count* unplaced_;
  crosstie::flat_set<cluster::object_key> finished_;  // until they are deleted
  traffic counted_;
  std::vector<std::uint8_t> placed_;  // by pod slot
};

class virtual_world final : public simulated_world {
 public:
  virtual_world(event_feed& feed, const cluster::store& objects, cluster::timestamp start,
                cluster::timestamp settle_ns, const std::atomic<bool>* stop,
                schedule::unsupported_count* unplaced = nullptr)
      : simulated_world(feed, objects, start, settle_ns, stop, unplaced), now_(start) {}

  cluster::timestamp now() override { return now_; }
  bool wait(std::optional<cluster::timestamp> until) override;

 private:
  cluster::timestamp now_;
};

class paced_world final : public simulated_world {
 public:
  paced_world(event_feed& feed, const cluster::store& objects, cluster::timestamp start,
              cluster::timestamp settle_ns, const std::atomic<bool>* stop,
              schedule::unsupported_count* unplaced = nullptr)
      : simulated_world(feed, objects, start, settle_ns, stop, unplaced),
        begun_(std::chrono::steady_clock::now()) {}

  cluster::timestamp now() override;
  bool wait(std::optional<cluster::timestamp> until) override;

 private:
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace crosstie::simulate
