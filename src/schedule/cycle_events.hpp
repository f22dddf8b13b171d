// How the cycle applies what has happened to the store, the state, the engine and the queue.
//
// The second half of cycle.hpp, which includes it; promises, cost and invariants are written there.
#pragma once

#include "schedule/cycle.hpp"

namespace crosstie::schedule {

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::apply_events() {
  while (std::optional<cluster::event> next = world_->poll()) {
    ++events_;
    if (next->at == 0) next->at = world_->now();
    apply(std::move(*next));
  }
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::apply(cluster::event&& what) {
  const timestamp at = what.at;
  const bool gone = what.kind == cluster::event_kind::remove;
  if (auto* pod = std::get_if<cluster::pod>(&what.object)) {
    // A finished pod does not exist for the scheduler.
    gone || pod->finished() ? remove({pod->ns, pod->name}, at) : put(*pod, at);
  } else if (auto* node = std::get_if<cluster::node>(&what.object)) {
    gone ? remove_node(node->name, at) : put(std::move(*node), at);
  } else {
    const cluster::object_reference which = cluster::refer_to(what.object);
    const event_set happened = apply_other(*objects_, std::move(what));
    engine_.object_changed(which);
    queue_.notify(happened, at);
    if (happened & resource_claim_changed) recheck_gated(at);
  }
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::put(const cluster::pod& object, timestamp at) {
  if (const std::optional<pod_id> known = objects_->find_pod({object.ns, object.name})) {
    if ((*objects_)[*known].uid == object.uid) return replace(*known, object, at);
    remove({object.ns, object.name}, at);  // another pod of the same name
  }
  const pod_id id = objects_->put(object);
  engine_.waiting_pod_changed(id);
  if (object.node != cluster::no_name) {
    settle(id, at);
  } else if (waits(object)) {
    enqueue(id, at);
  }
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::replace(pod_id id, const cluster::pod& object, timestamp at) {
  const cluster::pod before = (*objects_)[id];
  cluster::pod after = object;
  if (after.node == cluster::no_name) after.node = before.node;  // never unset once it is set
  const bool same_use = before.node == after.node && before.spec == after.spec;
  // The engine counts pods by their labels, and those that are being deleted apart.
  const std::optional<node_id> recounted_on =
      same_use && (before.labels != after.labels || before.terminating != after.terminating)
          ? state_->bindings().node_of(id)
          : std::nullopt;
  if (!same_use && before.node != cluster::no_name) unsettle(id, at);
  if (recounted_on) engine_.pod_unbound(id, *recounted_on);
  objects_->put(after);
  engine_.waiting_pod_changed(id);
  if (recounted_on) engine_.pod_bound(id, *recounted_on);
  if (after.node != cluster::no_name) {
    queue_.erase(id);
    if (!same_use) {
      settle(id, at);
    } else {
      const std::optional<node_id> node = state_->bindings().node_of(id);
      if (node && before.started != after.started) engine_.bound_pod_changed(*node);
      if (before.labels != after.labels) queue_.notify(pod_assigned, at);
    }
    return;
  }
  if (!waits(after)) {
    queue_.erase(id);
  } else if (const auto where = queue_.where(id);
             where == queue::place::none || where == queue::place::gated) {
    enqueue(id, at);
  } else if (before.spec != after.spec || before.labels != after.labels) {
    queue_.update(id, at);
    if (gate_of(id)) queue_.gate(id);
  }
  if (before.nominated_node != cluster::no_name && before.nominated_node != after.nominated_node) {
    release_nomination(id, at);
  }
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::remove(cluster::object_key key, timestamp at) {
  const std::optional<pod_id> id = objects_->find_pod(key);
  if (!id) return;
  const cluster::pod& object = (*objects_)[*id];
  queue_.erase(*id);
  engine_.waiting_pod_gone(*id);
  if (object.node != cluster::no_name) {
    unsettle(*id, at);
  } else if (object.nominated_node != cluster::no_name) {
    release_nomination(*id, at);
  }
  objects_->remove_pod(key);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::put(cluster::node&& object, timestamp at) {
  const cluster::name_id name = object.name;
  event_set happened = node_added;
  if (const std::optional<node_id> known = objects_->find_node(name)) {
    happened = compare_nodes((*objects_)[*known], object);
  }
  const node_id id = objects_->put(std::move(object));
  state_->add_node(id);
  engine_.node_changed(id);
  if (happened == node_added && !homeless_.empty()) {
    scratch_.clear();
    std::erase_if(homeless_, [&](pod_id pod) {
      if ((*objects_)[pod].node != name) return false;
      scratch_.push_back(pod);
      return true;
    });
    for (const pod_id pod : scratch_) settle(pod, at);
  }
  queue_.notify(happened, at);
}

template <cluster::bindings_table Bindings>
void basic_cycle<Bindings>::remove_node(cluster::name_id name, timestamp at) {
  const std::optional<node_id> id = objects_->find_node(name);
  if (!id) return;
  scratch_.clear();
  state_->append_pods(*id, scratch_);
  for (const pod_id pod : scratch_) {  // they exist until somebody deletes them
    state_->unbind(pod);
    engine_.pod_unbound(pod, *id);
    homeless_.push_back(pod);
  }
  state_->remove_node(*id);
  objects_->remove_node(name);
  engine_.node_changed(*id);
  queue_.notify(node_removed | (scratch_.empty() ? no_event : pod_removed), at);
}

}  // namespace crosstie::schedule
