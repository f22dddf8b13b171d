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

#include <algorithm>
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

  basic_cycle(const basic_cycle&) = delete;
  basic_cycle& operator=(const basic_cycle&) = delete;

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

 private:
  // ---- events ----
  void apply_events();
  void apply(cluster::event&& what);
  void put(const cluster::pod& object, timestamp at);
  void replace(pod_id id, const cluster::pod& object, timestamp at);
  void remove(cluster::object_key pod, timestamp at);
  void put(cluster::node&& object, timestamp at);
  void remove_node(cluster::name_id name, timestamp at);

  // ---- one pod's way ----
  bool waits(const cluster::pod& object) const;  // is it for us to place?
  void enqueue(pod_id id, timestamp at);         // to the active heap, or to the gated pods
  void settle(pod_id id, timestamp at);          // accounts for it on the node it names
  void unsettle(pod_id id, timestamp at);
  void recheck_gated(timestamp at);
  decision place_next(pod_id id);
  void bind(decision& made);
  void reject(decision& made, const placement& found);
  void preempt(decision& made);
  void evict(decision& made, const room& found);
  bool nominate(pod_id pod, cluster::name_id node);  // true where another nomination has ended
  // Those who had to leave room on its former node for the pod may fit there now.
  void release_nomination(pod_id pod, timestamp at);

  cluster::world* world_;
  cluster::store* objects_;
  state_type* state_;
  configuration settings_;
  bool preemption_;
  queue queue_;
  engine engine_;
  std::vector<pod_id> homeless_;  // name a node that does not exist
  std::vector<pod_id> victims_, scratch_;
  std::optional<decision> last_;
  std::string error_;
  std::uint64_t events_ = 0;
};

using cycle = basic_cycle<cluster::assigned_bindings>;

// ---- parts that do not depend on the bindings table ---------------------------------------------

// What of a node's change may help waiting pods.
event_set compare_nodes(const cluster::node& before, const cluster::node& after);
// Puts an object of a kind other than pods and nodes into the store, or takes it out.
event_set apply_other(cluster::store& objects, cluster::event&& what);
// The PreEnqueue plugin that keeps the pod out.
std::optional<std::pair<std::string_view, status>> find_gate(const cluster::view& view,
                                                             const profile& by, pod_id pod);
// What VolumeBinding's Reserve changes once the pod has a node: its claims and their volumes.
std::vector<cluster::object_reference> reserve_volumes(cluster::store& objects, const profile& by,
                                                       pod_id pod, node_id node);
queue_limits limits_of(const configuration& settings, const cycle_options& options);

// ---- construction and the loop --------------------------------------------------------------

template <cluster::bindings_table Bindings>
basic_cycle<Bindings>::basic_cycle(cluster::world& outside, cluster::store& objects,
                                   state_type& state, const configuration& settings,
                                   const cycle_options& options)
    : world_(&outside),
      objects_(&objects),
      state_(&state),
      settings_(settings),
      preemption_(options.preemption),
      queue_(objects, limits_of(settings, options)),
      engine_(objects, state.usage(), state, settings_, options.engine) {
  engine_.reset();
  const timestamp now = world_->now();
  for (std::uint32_t i = 0; i < objects_->pod_slots(); ++i) {
    const pod_id id{i};
    if (!objects_->alive(id)) continue;
    const cluster::pod& object = (*objects_)[id];
    if (object.node != cluster::no_name) {
      if (!object.finished() && !objects_->find_node(object.node)) homeless_.push_back(id);
    } else if (waits(object)) {
      enqueue(id, now);
    }
  }
}

template <cluster::bindings_table Bindings>
std::optional<decision> basic_cycle<Bindings>::step() {
  apply_events();
  queue_.advance(world_->now());
  last_.reset();
  victims_.clear();
  const std::optional<pod_id> next = queue_.pop();
  if (next) last_ = place_next(*next);
  return last_;
}

template <cluster::bindings_table Bindings>
template <class Visitor>
void basic_cycle<Bindings>::run(Visitor&& visit) {
  while (!world_->stopping()) {
    if (const std::optional<decision> made = step()) {
      visit(*made);
    } else if (!world_->wait(next_wake())) {
      return;
    }
  }
}

template <cluster::bindings_table Bindings>
std::string basic_cycle<Bindings>::message() const {
  if (!last_ || last_->what == verdict::bound) return {};
  if (last_->what == verdict::failed) return error_;
  // Where victims were found, preemption adds nothing to the text.
  return engine_.explain_failure(last_->pod, preemption_ && last_->what != verdict::nominated);
}

template <cluster::bindings_table Bindings>
std::optional<std::pair<std::string_view, status>> basic_cycle<Bindings>::gate_of(
    pod_id pod) const {
  const profile* by = engine_.profile_of(pod);
  return by == nullptr ? std::nullopt : find_gate(state_->look(), *by, pod);
}

// ---- one pod's way --------------------------------------------------------------------------

template <cluster::bindings_table Bindings>
bool basic_cycle<Bindings>::waits(const cluster::pod& object) const {
  if (object.node != cluster::no_name || object.terminating || object.finished()) return false;
  const std::string_view wanted = objects_->text(objects_->spec(object.spec).scheduler_name);
  return std::any_of(settings_.profiles.begin(), settings_.profiles.end(),
                     [&](const profile& p) { return p.scheduler_name == wanted; });
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::enqueue(pod_id id, timestamp at) {
  gate_of(id) ? queue_.gate(id) : queue_.add(id, at);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::settle(pod_id id, timestamp at) {
  const std::optional<node_id> node = objects_->find_node((*objects_)[id].node);
  if (!node) {
    homeless_.push_back(id);
    return;
  }
  state_->bind(id, *node);
  engine_.pod_bound(id, *node);
  queue_.notify(pod_assigned, at);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::unsettle(pod_id id, timestamp at) {
  const std::optional<node_id> node = state_->bindings().node_of(id);
  if (!node) {
    std::erase(homeless_, id);
    return;
  }
  state_->unbind(id);
  engine_.pod_unbound(id, *node);
  queue_.notify(pod_removed, at);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::recheck_gated(timestamp at) {
  scratch_.clear();
  queue_.for_each_gated([&](pod_id pod) { scratch_.push_back(pod); });
  for (const pod_id pod : scratch_) {
    if (!gate_of(pod)) queue_.add(pod, at);
  }
}

template <cluster::bindings_table Bindings>
decision basic_cycle<Bindings>::place_next(pod_id id) {
  const placement found = engine_.place(id);
  decision made{.pod = id,
                .node = found.node,
                .attempt = queue_.attempts(id),
                .feasible = found.feasible,
                .ties = found.ties,
                .score = found.total,
                .at = world_->now()};
  if (found.node != cluster::no_node) {
    bind(made);
  } else {
    reject(made, found);
  }
  return made;
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::bind(decision& made) {
  if (const auto bound = world_->bind(made.pod, made.node); !bound) {
    made.what = verdict::failed;
    error_ = bound.error();
    const bool released = nominate(made.pod, cluster::no_name);
    queue_.fail(made.pod, made.at);
    if (released) release_nomination(made.pod, made.at);
    return;
  }
  queue_.erase(made.pod);
  state_->bind(made.pod, made.node);
  engine_.pod_bound(made.pod, made.node);
  for (const cluster::object_reference& changed :
       reserve_volumes(*objects_, *engine_.profile_of(made.pod), made.pod, made.node)) {
    engine_.object_changed(changed);
  }
  queue_.notify(pod_assigned, made.at);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::reject(decision& made, const placement& found) {
  if (!found.error.empty()) {
    // That there is no node at all is called unschedulable upstream, and tried again all the same.
    made.what = objects_->node_count() == 0 ? verdict::unschedulable : verdict::failed;
    error_ = found.error;
    const bool released = preemption_ && nominate(made.pod, cluster::no_name);
    queue_.fail(made.pod, made.at);
    if (released) release_nomination(made.pod, made.at);
    return;
  }
  made.what = verdict::unschedulable;
  const cluster::name_id before = (*objects_)[made.pod].nominated_node;
  if (preemption_) preempt(made);
  queue_.reject(made.pod, found.helpful, made.at);
  // As upstream, which hears of the change once the pod is back in the queue: it counts itself.
  if (before != cluster::no_name && before != (*objects_)[made.pod].nominated_node) {
    release_nomination(made.pod, made.at);
  }
}

// Evicts the victims on one of the best nodes; the pod is nominated to it. A pod that may not
// preempt keeps its nomination, one that cannot loses it.
template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::preempt(decision& made) {
  const std::optional<room> found = engine_.find_room(made.pod);
  if (found && (!found->ineligible.empty() || !found->error.empty())) return;
  if (found && found->node != cluster::no_node) {
    evict(made, *found);
  } else {
    nominate(made.pod, cluster::no_name);
  }
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::evict(decision& made, const room& found) {
  victims_ = found.victims;
  // Pods of lower priority that wait for this node may not fit any more.
  const std::int32_t priority = objects_->spec(made.pod).priority;
  const std::span<const pod_id> nominated = engine_.nominated_to(found.node);
  scratch_.assign(nominated.begin(), nominated.end());
  for (const pod_id other : scratch_) {
    if (objects_->spec(other).priority >= priority) continue;
    nominate(other, cluster::no_name);
    release_nomination(other, made.at);
  }
  for (const pod_id victim : victims_) {
    if (const auto evicted = world_->evict(victim, made.pod); !evicted) {
      error_ = evicted.error();
      made.what = verdict::failed;
      return;
    }
  }
  made.what = verdict::nominated;
  made.node = found.node;
  nominate(made.pod, (*objects_)[found.node].name);
}

template <cluster::bindings_table Bindings>
bool basic_cycle<Bindings>::nominate(pod_id pod, cluster::name_id node) {
  const cluster::name_id before = (*objects_)[pod].nominated_node;
  if (before == node) return false;
  objects_->set_nominated_node(pod, node);
  engine_.waiting_pod_changed(pod);
  return before != cluster::no_name;
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::release_nomination(pod_id pod, timestamp at) {
  queue_.notify(pod_removed, at, objects_->spec(pod).priority);
}

}  // namespace crosstie::schedule

#include "schedule/cycle_events.hpp"
