// A cluster that changes at random, an engine that is told so, and whether it says what the plain
// evaluation says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "schedule/engine.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/random_objects.hpp"
#include "schedule/random_rules.hpp"

namespace crosstie::schedule {

// Limits that tests shrink, so that rare states are common.
struct limits {
  std::size_t rows;
  std::uint32_t block;
  bool by_name;
  std::uint32_t coarse_domains = 16;
  std::size_t counter_bytes = 1u << 20;
};
inline std::string name_of(const limits& l) {
  return "rows_" + std::to_string(l.rows) + "_block_" + std::to_string(l.block) + "_coarse_" +
         std::to_string(l.coarse_domains) + "_counters_" + std::to_string(l.counter_bytes) +
         (l.by_name ? "_name" : "_seed");
}
inline std::ostream& operator<<(std::ostream& out, const limits& l) { return out << name_of(l); }

inline engine_options options_of(const limits& l) {
  engine_options made;
  made.row_limit = l.rows;
  made.block_nodes = l.block;
  made.coarse_domains = l.coarse_domains;
  made.counter_bytes = l.counter_bytes;
  made.ties = {l.by_name, 3};
  return made;
}

class changing_cluster {
 public:
  // With rules: pods look at each other, and all that such looks depend on changes too.
  changing_cluster(std::uint64_t seed, const limits& small, bool with_rules = false)
      : make(objects, seed), with_rules_(with_rules) {
    if (with_rules) rules_.set_arguments(settings.profiles[0]);
    tries_preemption = !with_rules || make.chance(50);
    for (std::uint32_t i = 0; i < 12; ++i) {
      cluster::pod_spec spec = make.make_spec();
      if (with_rules && i % 4 != 0) rules_.add_rules(spec);
      if (with_rules && tries_preemption) forget_ports(spec);
      specs.push_back(objects.intern(spec));
    }
    for (std::uint32_t i = 0; i < 14; ++i) objects.put(make_node(make.name("node-", i)));
    for (std::uint32_t i = 0; i < 6; ++i) {
      waiting.push_back(objects.put(make_pod(make.name("waiting-", i), 2 * i)));
    }
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options_of(small));
  }

  void change() {
    const std::uint32_t kind = make.below(100);
    if (with_rules_ && make.chance(15)) return change_what_rules_see();
    if (kind < 45) {
      add_pod();
    } else if (kind < 75) {
      remove_pod();
    } else if (kind < 92) {
      put_node();
    } else {
      remove_node();
    }
  }

  // Any of the pods that wait, of every shape.
  pod_id ask() {
    const std::uint32_t which = make.below(static_cast<std::uint32_t>(waiting.size()));
    const cluster::pod& before = objects[waiting[which]];
    cluster::pod changed = before;
    changed.spec = specs[make.below(static_cast<std::uint32_t>(specs.size()))];
    return objects.put(changed);
  }

  evaluation answer(pod_id pod, bool preemption = false) {
    return evaluate(state.look(), settings.profiles[0], pod, {.preemption = preemption});
  }

  cluster::store objects;
  cluster::state state{objects};
  configuration settings = default_configuration();
  random_objects make;
  std::vector<cluster::spec_id> specs;
  std::vector<pod_id> waiting;
  std::optional<engine> chooser;
  // Trying preemption out leaves ports that two pods of a node share to one of them, which nodes
  // bound at random have more often than real ones.
  bool tries_preemption;

 private:
  static void forget_ports(cluster::pod_spec& spec) {
    for (auto* containers : {&spec.containers, &spec.init_containers}) {
      for (cluster::container& each : *containers) each.ports.clear();
    }
  }
  std::vector<node_id> live_nodes() const {
    std::vector<node_id> live;
    for (std::uint32_t i = 0; i < objects.node_slots(); ++i) {
      if (objects.alive(node_id{i})) live.push_back(node_id{i});
    }
    return live;
  }
  template <class T>
  T any_of(const std::vector<T>& list) {
    return list[make.below(static_cast<std::uint32_t>(list.size()))];
  }
  cluster::node make_node(cluster::name_id name) {
    cluster::node made = make.make_node(name);
    if (with_rules_) rules_.add_labels(made);
    return made;
  }
  cluster::pod make_pod(cluster::name_id name, std::uint32_t spec) {
    cluster::pod made = make.make_pod(name, specs[spec]);
    if (with_rules_) rules_.add_identity(made);
    return made;
  }

  void add_pod() {
    const std::vector<node_id> live = live_nodes();
    if (live.empty()) return;
    const node_id node = any_of(live);
    cluster::pod object = make_pod(make.name("bound-", next_++),
                                   make.below(static_cast<std::uint32_t>(specs.size())));
    object.node = objects[node].name;
    object.terminating = with_rules_ && make.chance(10);
    const pod_id pod = objects.put(object);
    state.bind(pod, node);
    chooser->pod_bound(pod, node);
    bound_.push_back(pod);
  }
  void remove_pod() {
    if (bound_.empty()) return;
    const std::uint32_t at = make.below(static_cast<std::uint32_t>(bound_.size()));
    const pod_id pod = bound_[at];
    bound_.erase(bound_.begin() + at);
    take_off(pod);
    objects.remove_pod({objects[pod].ns, objects[pod].name});
  }
  void take_off(pod_id pod) {
    const node_id node = *state.bindings().node_of(pod);
    state.unbind(pod);
    chooser->pod_unbound(pod, node);
  }
  void put_node() {
    const cluster::name_id name = make.name("node-", make.below(18));
    const std::optional<node_id> known = objects.find_node(name);
    cluster::node object = make_node(name);
    // Often only one thing changes.
    if (known && make.chance(50)) {
      const cluster::node before = objects[*known];
      object.allocatable = before.allocatable;
      object.images = before.images;
      if (make.chance(50)) object.labels = before.labels;
      if (make.chance(50)) object.taints = before.taints;
    }
    const node_id node = objects.put(object);
    state.add_node(node);
    chooser->node_changed(node);
  }
  void remove_node() {
    const std::vector<node_id> live = live_nodes();
    if (live.size() < 2) return;
    const node_id node = any_of(live);
    std::erase_if(bound_, [&](pod_id pod) {
      if (state.bindings().node_of(pod) != node) return false;
      take_off(pod);
      objects.remove_pod({objects[pod].ns, objects[pod].name});
      return true;
    });
    state.remove_node(node);
    objects.remove_node(objects[node].name);
    chooser->node_changed(node);
  }

  void change_what_rules_see() {
    if (make.chance(40)) {
      rules_.change_objects();
      chooser->objects_changed();
    } else if (make.chance(40)) {
      cluster::pod changed = objects[any_of(waiting)];
      rules_.add_identity(changed);
      changed.controller = rules_.make_controller();
      objects.put(changed);
    } else if (!bound_.empty()) {
      const pod_id pod = any_of(bound_);
      const node_id node = *state.bindings().node_of(pod);
      cluster::pod changed = objects[pod];
      changed.labels = rules_.make_labels();
      changed.terminating = make.chance(30);
      chooser->pod_unbound(pod, node);
      objects.put(changed);
      chooser->pod_bound(pod, node);
    }
  }

  bool with_rules_;
  random_rules rules_{objects, make};
  std::vector<pod_id> bound_;
  std::uint32_t next_ = 0;
};

// What may help is at least what may help against each plugin that rejected a node.
inline void expect_helpful(const evaluation& plain, const placement& fast) {
  for (const rejection& r : plain.rejected) {
    const event_set wanted = events_that_help(r.plugin);
    ASSERT_EQ(fast.helpful & wanted, wanted) << r.plugin;
  }
}

// What the plain evaluation says is what the engine says.
template <class Cluster>
void expect_equal(Cluster& on, pod_id pod, bool by_name) {
  const evaluation plain = on.answer(pod);
  std::vector<node_id> best, expected = plain.best;
  const placement fast = on.chooser->find_best(pod, best);
  std::sort(best.begin(), best.end());
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(best, expected);
  ASSERT_EQ(fast.error, plain.error);
  ASSERT_EQ(fast.feasible, plain.feasible.size());
  ASSERT_EQ(fast.ties, plain.best.size());
  const placement placed = on.chooser->place(pod);
  if (expected.empty()) {
    ASSERT_EQ(placed.node, cluster::no_node);
    if (!plain.error.empty()) return;
    ASSERT_EQ(on.chooser->explain_failure(pod, false), plain.message);
    if (on.tries_preemption) {
      const evaluation wider = on.answer(pod, true);
      ASSERT_EQ(on.chooser->explain_failure(pod, true),
                wider.error.empty() ? wider.message : wider.error);
    }
    expect_helpful(plain, fast);
    return;
  }
  for (const scored_node& node : plain.scores) {
    if (node.node == best.front()) {
      ASSERT_EQ(fast.total, node.total);
    }
  }
  ASSERT_TRUE(std::binary_search(expected.begin(), expected.end(), placed.node));
  ASSERT_EQ(placed.total, fast.total);
  if (by_name) {
    const auto before = [&](node_id a, node_id b) {
      return on.objects.text(on.objects[a].name) < on.objects.text(on.objects[b].name);
    };
    ASSERT_EQ(placed.node, *std::min_element(expected.begin(), expected.end(), before));
  }
}

}  // namespace crosstie::schedule
