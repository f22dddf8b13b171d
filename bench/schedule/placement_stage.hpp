// A workload on a cluster of its own: the real cycle, fed by the workload's events in virtual time.
//
// Promise: only the cycle's own steps are timed: from the poll of an event to the binding applied,
// queue, state and engine updated. Decoding, checking and counting lie between the steps.
// Cost: that of the cycle, and of decoding what comes. Thread safety: none.
#pragma once

#include <crosstie/flat_set.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "schedule/cycle.hpp"
#include "simulate/workload_script.hpp"
#include "simulate/workload_store.hpp"

namespace crosstie::bench {

// Virtual time: it jumps to the next event, or to the end of a back-off.
class played_world final : public cluster::world {
 public:
  explicit played_world(const cluster::store& objects) : objects_(&objects) {}

  cluster::timestamp now() override { return now_; }
  std::optional<cluster::event> poll() override;
  bool wait(std::optional<cluster::timestamp> until) override;
  bool stopping() override { return false; }
  std::expected<void, std::string> bind(cluster::pod_id, cluster::node_id) override { return {}; }
  std::expected<void, std::string> evict(cluster::pod_id victim, cluster::pod_id) override;

  cluster::timestamp start() const { return start_; }
  void push(cluster::event&& what) { events_.push_back(std::move(what)); }
  std::size_t left() const { return events_.size(); }

 private:
  const cluster::store* objects_;
  static constexpr cluster::timestamp start_ = 1'000'000'000;
  cluster::timestamp now_ = start_;
  std::deque<cluster::event> events_, evictions_;
};

struct lap {
  std::int64_t spent_ns = 0;
  std::int64_t placed = 0;  // measured pods
  std::int64_t decisions = 0, unschedulable = 0, nominated = 0, checked = 0;
  std::int64_t allocations = 0, allocated_bytes = 0;  // where they were counted
  std::int64_t late_allocations = 0;                  // of the second half of `placed`
  std::uint64_t digest = 0;                           // of every decision, in order
  std::vector<std::int64_t> latency_ns;               // of each measured pod: all its steps
};

struct lap_setting {
  std::int64_t pods = 0;            // end after so many measured pods; 0: at the end of the events
  std::int64_t least_ns = 0;        // ... and not before so much time was spent
  bool count_allocations = false;   // slows the steps down a little
  std::int64_t check_every = 0;     // n-th decision; 0: none
  std::int64_t check_every_ns = 0;  // of time spent; 0: none
};

class stage {
 public:
  stage(const simulate::workload_script& script, const std::vector<std::string>& places);
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  // Throws wrong_answer where a decision is not the plain evaluation's.
  lap play(const lap_setting& how);
  bool over() const { return over_; }

  std::size_t state_bytes() const;
  std::uint32_t nodes() const { return objects_.node_count(); }
  std::uint32_t pods() const { return objects_.pod_count(); }
  const schedule::engine_statistics& statistics() const { return cycle_->placing().statistics(); }

 private:
  void decode_ahead();
  void note(const schedule::decision& made, std::int64_t ns, lap& into);
  void check(const schedule::decision& made);
  void check_bound(const schedule::decision& made);
  void check_rejected(const schedule::decision& made);

  const simulate::workload_script* script_;
  cluster::store objects_;
  simulate::script_reader reader_;
  cluster::state state_;
  played_world world_;
  schedule::configuration settings_ = schedule::default_configuration();
  std::optional<schedule::cycle> cycle_;
  std::size_t next_event_ = 0;
  bool over_ = false;
  crosstie::flat_set<cluster::object_key> measured_;  // pods that have come and are not bound yet
  std::vector<std::int64_t> spent_ns_;                // by pod slot, until it is bound
};

}  // namespace crosstie::bench
