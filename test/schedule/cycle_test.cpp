#include "schedule/cycle.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>

#include "schedule/allocation_counter.hpp"
#include "schedule/random_objects.hpp"
#include "schedule/random_rules.hpp"

namespace crosstie::schedule {
namespace {

using cluster::event_kind;
using cluster::name_id;

constexpr timestamp second_ns = 1'000'000'000;

// A world whose events are written down beforehand, on a clock that jumps to what comes next.
class scripted_world final : public cluster::world {
 public:
  explicit scripted_world(cluster::store& objects) : objects_(objects) {}

  timestamp now() override { return now_; }
  std::optional<cluster::event> poll() override {
    if (events_.empty() || events_.begin()->first > now_) return std::nullopt;
    cluster::event next = std::move(events_.begin()->second);
    next.at = events_.begin()->first;
    events_.erase(events_.begin());
    return next;
  }
  bool wait(std::optional<timestamp> until) override {
    if (!time_passes) return false;
    std::optional<timestamp> next = until;
    if (!events_.empty() && (!next || events_.begin()->first < *next)) {
      next = events_.begin()->first;
    }
    if (!next || *next > end) return false;
    now_ = std::max(now_, *next);
    return true;
  }
  bool stopping() override { return stop; }
  std::expected<void, std::string> bind(pod_id pod, node_id node) override {
    if (failures > 0) {
      --failures;
      return std::unexpected("no quorum");
    }
    bound.push_back(objects_.full_name(pod) + "@" +
                    std::string(objects_.text(objects_[node].name)));
    return {};
  }
  std::expected<void, std::string> evict(pod_id victim, pod_id) override {
    evicted.push_back(objects_.full_name(victim));
    cluster::pod gone = objects_[victim];
    add(now_, gone, event_kind::remove);
    return {};
  }

  template <class Object>
  void add(timestamp at, Object object, event_kind kind = event_kind::put) {
    events_.emplace(at, cluster::event{kind, at, std::move(object)});
  }

  bool time_passes = true, stop = false;
  timestamp end = 10'000 * second_ns;
  int failures = 0;  // of the next bindings
  std::vector<std::string> bound, evicted;

 private:
  cluster::store& objects_;
  timestamp now_ = second_ns;
  std::multimap<timestamp, cluster::event> events_;
};

class cycle_test : public testing::Test {
 protected:
  cluster::node node(const std::string& name, std::uint32_t cores, std::uint32_t pods = 110) {
    cluster::node made;
    made.name = make.name(name);
    made.allocatable = {{make.name("cpu"), whole(cores)},
                        {make.name("memory"), whole(1 << 30)},
                        {make.name("pods"), whole(pods)}};
    std::sort(made.allocatable.begin(), made.allocatable.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return made;
  }
  cluster::pod pod(const std::string& name, std::uint32_t cores, std::int32_t priority = 0,
                   const std::string& gate = "") {
    cluster::pod_spec spec;
    spec.scheduler_name = make.name("default-scheduler");
    spec.priority = priority;
    cluster::container one{};
    one.image = make.name("image");
    one.requests = {{make.name("cpu"), whole(cores)}};
    spec.containers = {one};
    if (!gate.empty()) spec.scheduling_gates = {make.name(gate)};
    cluster::pod made{};
    made.ns = make.name("ns");
    made.name = make.name(name);
    made.spec = objects.intern(spec);
    return made;
  }
  static cluster::quantity whole(std::int64_t value) {
    return {cluster::quantity::int128{value} * 1'000'000'000};
  }

  cycle& start() {
    options.engine.ties.by_name = true;
    state.load();
    running.emplace(outside, objects, state, settings, options);
    return *running;
  }
  // Runs to the end of the world; one line a decision.
  std::vector<std::string> run() {
    std::vector<std::string> lines;
    running->run([&](const decision& d) {
      std::string line = std::to_string(d.at / second_ns) + " " + objects.full_name(d.pod);
      switch (d.what) {
        case verdict::bound:
          line += " bound";
          break;
        case verdict::unschedulable:
          line += " unschedulable";
          break;
        case verdict::nominated:
          line += " nominated";
          break;
        case verdict::failed:
          line += " failed";
          break;
      }
      if (d.node != cluster::no_node) {
        line += " " + std::string(objects.text(objects[d.node].name));
      }
      lines.push_back(line);
      expect_consistent();
    });
    expect_consistent();
    return lines;
  }
  // The accounts are those of a state loaded afresh, and the queue holds who waits.
  void expect_consistent() {
    cluster::state fresh{objects};
    fresh.load();
    for (std::uint32_t i = 0; i < objects.node_slots(); ++i) {
      if (!objects.alive(node_id{i})) continue;
      EXPECT_EQ(state.usage().requested(cluster::cpu)[i], fresh.usage().requested(cluster::cpu)[i]);
      EXPECT_EQ(state.usage().pod_count()[i], fresh.usage().pod_count()[i]);
      EXPECT_EQ(state.bindings().count(node_id{i}), fresh.bindings().count(node_id{i}));
    }
    for (std::uint32_t i = 0; i < objects.pod_slots(); ++i) {
      if (!objects.alive(pod_id{i})) continue;
      const cluster::pod& each = objects[pod_id{i}];
      const bool waits = each.node == cluster::no_name && !each.terminating;
      EXPECT_EQ(running->waiting().where(pod_id{i}) != queue::place::none, waits)
          << objects.full_name(pod_id{i});
    }
  }

  using lines = std::vector<std::string>;

  cluster::store objects;
  cluster::state state{objects};
  random_objects make{objects, 1};
  scripted_world outside{objects};
  configuration settings = default_configuration();
  cycle_options options;
  std::optional<cycle> running;
};

TEST_F(cycle_test, places_what_the_store_holds_in_order) {
  objects.put(node("n1", 4));
  objects.put(node("n2", 4));
  objects.put(pod("b", 1));
  objects.put(pod("a", 1));
  objects.put(pod("z", 1, 5));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/z bound n1", "1 ns/a bound n2", "1 ns/b bound n1"}));
  EXPECT_EQ(outside.bound, (lines{"ns/z@n1", "ns/a@n2", "ns/b@n1"}));
}

TEST_F(cycle_test, a_world_without_time_attempts_every_pod_once) {
  outside.time_passes = false;
  objects.put(node("n1", 2));
  for (const char* name : {"a", "b", "c", "d"}) objects.put(pod(name, 1));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "1 ns/b bound n1", "1 ns/c unschedulable",
                          "1 ns/d unschedulable"}));
  EXPECT_EQ(running->waiting().size(queue::place::unschedulable), 2u);
}

TEST_F(cycle_test, the_message_is_that_of_the_plain_evaluation) {
  outside.time_passes = false;
  options.preemption = false;
  objects.put(node("n1", 2));
  objects.put(node("n2", 8, 0));
  const pod_id big = objects.put(pod("a", 4));
  start();
  const auto made = running->step();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->pod, big);
  EXPECT_EQ(made->feasible, 0u);
  EXPECT_EQ(running->message(), "0/2 nodes are available: 1 Insufficient cpu, 1 Too many pods.");
}

TEST_F(cycle_test, a_refused_binding_is_tried_again_after_its_backoff) {
  objects.put(node("n1", 2));
  objects.put(pod("a", 1));
  outside.failures = 2;
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a failed n1", "2 ns/a failed n1", "4 ns/a bound n1"}));
  EXPECT_EQ(state.usage().pod_count()[0], 1);
}

TEST_F(cycle_test, a_departure_makes_room_after_the_backoff) {
  objects.put(node("n1", 1));
  objects.put(pod("a", 1, 1));
  objects.put(pod("b", 1));
  outside.add(3 * second_ns, pod("a", 1, 1), event_kind::remove);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "1 ns/b unschedulable", "3 ns/b bound n1"}));
}

TEST_F(cycle_test, an_event_within_the_backoff_waits_for_its_end) {
  objects.put(node("n1", 1));
  objects.put(pod("a", 1, 1));
  objects.put(pod("b", 1));
  outside.add(second_ns + 1, pod("a", 1, 1), event_kind::remove);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "1 ns/b unschedulable", "2 ns/b bound n1"}));
}

TEST_F(cycle_test, events_that_cannot_help_wake_nobody) {
  options.retry_unschedulable_ns = 0;
  objects.put(node("n1", 1));
  objects.put(pod("a", 2));
  cluster::node relabelled = node("n1", 1);
  relabelled.labels = {{make.name("zone"), make.name("z")}};
  outside.add(5 * second_ns, relabelled);
  outside.add(9 * second_ns, node("n2", 1));
  outside.add(20 * second_ns, node("n1", 2));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a unschedulable", "9 ns/a unschedulable", "20 ns/a bound n1"}));
}

TEST_F(cycle_test, a_removed_node_takes_its_pods_out_of_the_accounts) {
  objects.put(node("n1", 2));
  objects.put(node("n2", 2));
  objects.put(pod("a", 2));
  outside.add(2 * second_ns, node("n1", 2), event_kind::remove);
  outside.add(3 * second_ns, pod("b", 2));
  outside.add(4 * second_ns, node("n1", 2));  // it is back, and the pod with it
  outside.add(5 * second_ns, pod("c", 1));
  outside.add(6 * second_ns, pod("a", 2), event_kind::remove);
  options.preemption = false;
  options.retry_unschedulable_ns = 0;
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "3 ns/b bound n2", "5 ns/c unschedulable",
                          "6 ns/c bound n1"}));
}

TEST_F(cycle_test, a_pod_of_a_node_that_does_not_exist_yet_counts_once_it_does) {
  cluster::pod early = pod("a", 2);
  early.node = make.name("n1");
  objects.put(early);
  cluster::pod later = pod("b", 1);
  later.node = make.name("n1");
  start();
  outside.add(2 * second_ns, later);
  outside.add(3 * second_ns, node("n1", 4));
  outside.add(4 * second_ns, later, event_kind::remove);
  run();
  EXPECT_EQ(state.usage().requested(cluster::cpu)[0], 2000);
  EXPECT_EQ(state.usage().pod_count()[0], 1);
}

TEST_F(cycle_test, pods_that_leave_the_queue_are_not_attempted) {
  objects.put(node("n1", 1));
  objects.put(pod("full", 1, 9));
  objects.put(pod("waits", 1));
  cluster::pod gone = pod("gone", 1);
  outside.add(second_ns, gone);
  outside.add(second_ns, gone, event_kind::remove);                 // while it is active
  outside.add(2 * second_ns, pod("waits", 1), event_kind::remove);  // while unschedulable
  outside.add(3 * second_ns, pod("full", 1, 9), event_kind::remove);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/full bound n1", "1 ns/waits unschedulable"}));
  EXPECT_EQ(running->waiting().size(), 0u);
}

TEST_F(cycle_test, somebody_else_may_bind_a_pod_that_waits) {
  objects.put(node("n1", 1));
  objects.put(pod("a", 3));
  cluster::pod bound = pod("a", 3);
  bound.node = make.name("n1");
  outside.add(2 * second_ns, bound);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a unschedulable"}));
  EXPECT_EQ(running->waiting().size(), 0u);
  EXPECT_EQ(state.usage().requested(cluster::cpu)[0], 3000);
}

TEST_F(cycle_test, an_update_of_a_waiting_pod_is_an_attempt_with_the_new_spec) {
  options.retry_unschedulable_ns = 0;
  objects.put(node("n1", 2));
  objects.put(pod("a", 3));
  outside.add(2 * second_ns + 5, pod("a", 3));  // nothing has changed
  outside.add(3 * second_ns, pod("a", 2));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a unschedulable", "3 ns/a bound n1"}));
}

TEST_F(cycle_test, an_update_without_a_node_keeps_the_binding) {
  objects.put(node("n1", 4));
  objects.put(pod("a", 1));
  outside.add(2 * second_ns, pod("a", 2));  // resized
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1"}));
  EXPECT_EQ(state.usage().requested(cluster::cpu)[0], 2000);
}

TEST_F(cycle_test, a_bound_pod_counts_by_the_labels_it_has_now) {
  cluster::node host = node("n1", 4);
  host.labels = {{make.name("host"), host.name}};
  objects.put(host);
  cluster::pod there = pod("there", 1), loner = pod("loner", 1);
  const cluster::name_id app = make.name("app");
  there.labels = objects.intern(cluster::label_set{{app, make.name("shop")}});
  there.node = host.name;
  cluster::pod_spec spec = objects.spec(loner.spec);
  const cluster::label_selector shops{{{app, cluster::selector_operator::in, {make.name("shop")}}}};
  spec.pods_far.emplace().required = {{shops, {}, {}, make.name("host")}};
  loner.spec = objects.intern(spec);
  objects.put(there);
  objects.put(loner);
  there.labels = objects.intern(cluster::label_set{{app, make.name("bank")}});
  outside.add(5 * second_ns, there);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/loner unschedulable", "5 ns/loner bound n1"}));
}

TEST_F(cycle_test, a_pod_of_the_same_name_but_another_uid_is_another_pod) {
  objects.put(node("n1", 4));
  objects.put(pod("a", 1));
  cluster::pod again = pod("a", 1);
  again.uid = make.name("second");
  outside.add(2 * second_ns, again);
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "2 ns/a bound n1"}));
  EXPECT_EQ(state.usage().pod_count()[0], 1);
}

TEST_F(cycle_test, finished_pods_give_back_what_they_had) {
  objects.put(node("n1", 1));
  objects.put(pod("a", 1));
  cluster::pod finished = pod("a", 1);
  finished.node = make.name("n1");
  finished.phase = cluster::pod_phase::succeeded;
  outside.add(2 * second_ns, finished);
  outside.add(3 * second_ns, pod("b", 1));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/a bound n1", "3 ns/b bound n1"}));
}

TEST_F(cycle_test, gates_hold_a_pod_until_they_are_gone) {
  objects.put(node("n1", 1));
  const pod_id held = objects.put(pod("a", 1, 0, "example.com/quota"));
  outside.add(5 * second_ns, pod("a", 1));
  start();
  ASSERT_TRUE(running->gate_of(held));
  EXPECT_EQ(running->gate_of(held)->first, "SchedulingGates");
  EXPECT_EQ(running->waiting().where(held), queue::place::gated);
  EXPECT_EQ(run(), (lines{"5 ns/a bound n1"}));
}

TEST_F(cycle_test, pods_of_other_schedulers_and_terminating_ones_are_left_alone) {
  objects.put(node("n1", 4));
  cluster::pod_spec other;
  other.scheduler_name = make.name("somebody-else");
  cluster::pod foreign = pod("a", 1);
  foreign.spec = objects.intern(other);
  outside.add(second_ns, foreign);
  cluster::pod ending = pod("b", 1);
  ending.terminating = true;
  outside.add(second_ns, ending);
  start();
  int decisions = 0;
  running->run([&](const decision&) { ++decisions; });
  EXPECT_EQ(decisions, 0);
}

TEST_F(cycle_test, a_stop_ends_the_run_between_two_pods) {
  objects.put(node("n1", 4));
  objects.put(pod("a", 1));
  objects.put(pod("b", 1));
  start();
  int decisions = 0;
  running->run([&](const decision&) {
    ++decisions;
    outside.stop = true;
  });
  EXPECT_EQ(decisions, 1);
  EXPECT_EQ(running->waiting().size(), 1u);
}

TEST_F(cycle_test, preemption_evicts_then_binds_to_the_nominated_node) {
  objects.put(node("n1", 2));
  objects.put(node("n2", 2));
  cluster::pod low = pod("low-1", 2, 1);
  low.node = make.name("n1");
  objects.put(low);
  low = pod("low-2", 2, 5);
  low.node = make.name("n2");
  objects.put(low);
  objects.put(pod("high", 2, 10));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/high nominated n1", "2 ns/high bound n1"}));
  EXPECT_EQ(outside.evicted, (lines{"ns/low-1"}));
}

TEST_F(cycle_test, a_nomination_ends_where_preemption_helps_no_more) {
  options.retry_unschedulable_ns = 0;
  objects.put(node("n1", 2));
  cluster::pod low = pod("low", 2, 1);
  low.node = make.name("n1");
  objects.put(low);
  const pod_id high = objects.put(pod("high", 2, 10));
  outside.add(second_ns + 1, node("n1", 1));  // it shrinks before the pod comes again
  start();
  // The end of its own nomination is an event that may help, as upstream.
  EXPECT_EQ(run(), (lines{"1 ns/high nominated n1", "2 ns/high unschedulable",
                          "4 ns/high unschedulable"}));
  EXPECT_EQ(objects[high].nominated_node, cluster::no_name);
}

TEST_F(cycle_test, preemption_may_be_off) {
  options.preemption = false;
  options.retry_unschedulable_ns = 0;
  objects.put(node("n1", 2));
  cluster::pod low = pod("low", 2, 1);
  low.node = make.name("n1");
  objects.put(low);
  objects.put(pod("high", 2, 10));
  start();
  EXPECT_EQ(run(), (lines{"1 ns/high unschedulable"}));
  EXPECT_TRUE(outside.evicted.empty());
}

// A world that allocates nothing: one pod comes, is bound and goes, again and again.
class quiet_world final : public cluster::world {
 public:
  explicit quiet_world(std::vector<cluster::pod> pods) : pods_(std::move(pods)) {}
  timestamp now() override { return second_ns; }
  std::optional<cluster::event> poll() override {
    const std::size_t i = polls_++;
    const cluster::pod& each = pods_[i / 3 % pods_.size()];
    if (i % 3 == 0) return cluster::event{event_kind::put, second_ns, each};
    if (i % 3 == 1) return std::nullopt;
    return cluster::event{event_kind::remove, second_ns, each};
  }
  bool wait(std::optional<timestamp>) override { return false; }
  bool stopping() override { return false; }
  std::expected<void, std::string> bind(pod_id, node_id) override { return {}; }
  std::expected<void, std::string> evict(pod_id, pod_id) override { return {}; }

 private:
  std::vector<cluster::pod> pods_;
  std::size_t polls_ = 0;
};

TEST_F(cycle_test, the_steady_state_allocates_nothing) {
  for (int i = 0; i < 100; ++i) objects.put(node("n" + std::to_string(i), 64));
  std::vector<cluster::pod> pods;
  for (std::uint32_t i = 0; i < 60; ++i) pods.push_back(pod("p" + std::to_string(i), 1 + i % 5));
  state.load();
  quiet_world quiet(pods);
  cycle loop(quiet, objects, state, settings, options);
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(loop.step());
  const std::size_t before = test::allocation_count();
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(loop.step());
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(loop.placing().statistics().plain, 0u);
}

// Everything that can happen, at random; the accounts must add up after every attempt.
TEST_F(cycle_test, random_histories_keep_the_accounts) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    cluster::store own;
    random_objects any(own, seed);
    cluster::state accounts{own};
    scripted_world world(own);
    world.failures = static_cast<int>(any.below(5));
    std::vector<cluster::spec_id> specs;
    random_rules rules(own, any);
    for (int i = 0; i < 8; ++i) {
      cluster::pod_spec spec = any.make_spec();
      if (i >= 4) rules.add_rules(spec);
      specs.push_back(own.intern(spec));
    }
    timestamp at = second_ns;
    for (int i = 0; i < 250; ++i) {
      at += any.below(3) * second_ns / 2;
      const bool gone = any.chance(30);
      if (any.chance(25)) {
        world.add(at, any.make_node(any.name("node-", any.below(6))),
                  gone ? event_kind::remove : event_kind::put);
        continue;
      }
      cluster::pod object = any.make_pod(any.name("pod-", any.below(30)), specs[any.below(8)]);
      object.uid = any.name("uid-", any.below(2));
      if (any.chance(15)) object.node = any.name("node-", any.below(7));
      if (any.chance(5)) object.phase = cluster::pod_phase::failed;
      if (any.chance(5)) object.terminating = true;
      world.add(at, object, gone ? event_kind::remove : event_kind::put);
    }
    world.end = at + 100 * second_ns;
    accounts.load();
    cycle_options how;
    how.engine.row_limit = 3;
    how.engine.block_nodes = 4;
    cycle loop(world, own, accounts, settings, how);
    int bound = 0;
    const auto check = [&] {
      cluster::state fresh{own};
      fresh.load();
      for (std::uint32_t i = 0; i < own.node_slots(); ++i) {
        if (!own.alive(node_id{i})) continue;
        for (const cluster::resource_id r : {cluster::cpu, cluster::memory}) {
          ASSERT_EQ(accounts.usage().requested(r)[i], fresh.usage().requested(r)[i]);
        }
        ASSERT_EQ(accounts.usage().pod_count()[i], fresh.usage().pod_count()[i]);
      }
      for (std::uint32_t i = 0; i < own.pod_slots(); ++i) {
        if (!own.alive(pod_id{i})) continue;
        const cluster::pod& each = own[pod_id{i}];
        ASSERT_EQ(loop.waiting().where(pod_id{i}) != queue::place::none,
                  each.node == cluster::no_name && !each.terminating);
      }
    };
    loop.run([&](const decision& made) {
      bound += made.what == verdict::bound;
      check();
    });
    check();
    EXPECT_GT(bound, 0);
  }
}

}  // namespace
}  // namespace crosstie::schedule
