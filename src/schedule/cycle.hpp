// The scheduling cycle: the one loop that places pods, in a simulation as against an API server.
//
//   world --events--> store, state, queue        (apply_events)
//   queue --pod--> engine --node--> world.bind   (place_next)
//
// Promise: events are applied in the order of the world, then at most one pod is attempted. Every
// decision depends only on the events, their times and the seed of the ties.
// Cost: an event O(log waiting pods), a placement as engine.hpp says; no allocation in the steady
// state beyond what the world's events own.
// Invariants: between two steps the state accounts for exactly the unfinished pods that name a live
// node; every other unfinished, unterminated pod of a known profile is in the queue.
// Thread safety: none; one cycle owns its store and state while it runs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cluster/bindings.hpp"
#include "cluster/state.hpp"
#include "cluster/world.hpp"
#include "schedule/engine.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/queue.hpp"

namespace crosstie::schedule {

enum class verdict : std::uint8_t {
  bound,          // to `node`
  unschedulable,  // no node is feasible; message() says why
  nominated,      // no node is feasible; victims() were evicted from `node`, the pod tries again
  failed          // the cycle's internal error, or the binding was refused: message()
};

// One attempt to place one pod.
struct decision {
  pod_id pod = cluster::no_pod;
  node_id node = cluster::no_node;
  verdict what = verdict::bound;
  std::uint32_t attempt = 1;   // of this pod, from 1
  std::uint32_t feasible = 0;  // nodes
  std::uint32_t ties = 0;      // nodes with the highest score
  std::int64_t score = 0;      // of `node`; 0 where fewer than two nodes were scored
  timestamp at = 0;
};

struct cycle_options {
  engine_options engine;
  bool preemption = true;
  // A pod that was unschedulable for so long is tried again whatever happened; 0: never, which
  // ends a simulation in which nothing can change any more.
  timestamp retry_unschedulable_ns = 300'000'000'000;
};

template <cluster::bindings_table Bindings>
class basic_cycle {
 public:
  using state_type = cluster::basic_state<Bindings>;

  // `state` accounts for `objects` already (load()); pods of the store that wait are queued as of
  // their creation order. All four outlive the cycle.
  basic_cycle(cluster::world& outside, cluster::store& objects, state_type& state,
              const configuration& settings, const cycle_options& options = {});

  // Applies all events that have happened, then attempts at most one pod. Absent: none was ready.
  std::optional<decision> step();

  // Steps until the world ends or asks to stop; visit(const decision&) after each attempt.
  template <class Visitor>
  void run(Visitor&& visit);

  // ---- about the last decision, until the next step ----
  // FailedScheduling's text, or the error; empty where the pod was bound. Computed when asked.
  std::string message() const;
  std::span<const pod_id> victims() const { return victims_; }

  // When something will be ready without any event: the `until` of world.wait.
  std::optional<timestamp> next_wake() const { return queue_.next_wake(); }
  const queue& waiting() const { return queue_; }
  const engine& placing() const { return engine_; }
  // Why a PreEnqueue plugin keeps the pod out (plugin, status); absent: nothing does.
  std::optional<std::pair<std::string_view, status>> gate_of(pod_id pod) const;
  std::uint64_t events_applied() const { return events_; }
};

}  // namespace crosstie::schedule
