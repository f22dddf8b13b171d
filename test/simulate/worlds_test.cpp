#include "simulate/worlds.hpp"

#include <gtest/gtest.h>

#include "simulate/object_parts.hpp"

namespace crosstie::simulate {
namespace {

class worlds : public testing::Test {
 protected:
  cluster::pod pod(std::string_view name, std::string_view uid = "u") {
    cluster::pod made{};
    made.name = objects_.names().intern(name);
    made.uid = objects_.names().intern(uid);
    made.spec = objects_.intern(cluster::pod_spec{});
    return made;
  }
  cluster::node_id node(std::string_view name) {
    cluster::node made{};
    made.name = objects_.names().intern(name);
    return objects_.put(std::move(made));
  }
  // What the cycle does with an event, as far as pods in the store go.
  void apply(const cluster::event& what) {
    const auto& object = std::get<cluster::pod>(what.object);
    if (what.kind == cluster::event_kind::put) {
      objects_.put(object);
    } else {
      objects_.remove_pod(cluster::key_of(object));
    }
  }

  cluster::store objects_;
};

TEST_F(worlds, virtual_time_jumps_from_event_to_event_and_ends) {
  event_feed feed({{one_second, pod("a")}, {4 * one_second, pod("b")}}, {});
  virtual_world world(feed, objects_, 0, 0, nullptr);
  EXPECT_EQ(world.now(), 0);
  EXPECT_FALSE(world.poll());
  ASSERT_TRUE(world.wait(std::nullopt));
  EXPECT_EQ(world.now(), one_second);
  EXPECT_TRUE(world.poll());
  EXPECT_FALSE(world.poll());
  ASSERT_TRUE(world.wait(2 * one_second));  // the end of a back-off, before the next event
  EXPECT_EQ(world.now(), 2 * one_second);
  EXPECT_FALSE(world.poll());
  ASSERT_TRUE(world.wait(9 * one_second));
  EXPECT_EQ(world.now(), 4 * one_second);
  EXPECT_TRUE(world.poll());
  EXPECT_FALSE(world.wait(std::nullopt));
  EXPECT_EQ(world.counted().arrived, 2);
}

TEST_F(worlds, after_the_last_change_pods_are_tried_again_for_a_while) {
  event_feed feed({{one_second, pod("a")}}, {});
  virtual_world world(feed, objects_, 0, 10 * one_second, nullptr);
  ASSERT_TRUE(world.wait(std::nullopt));
  ASSERT_TRUE(world.poll());
  EXPECT_TRUE(world.wait(11 * one_second));
  EXPECT_FALSE(world.wait(11 * one_second + 1));
  EXPECT_EQ(world.now(), 11 * one_second);
  // A binding is a change too.
  ASSERT_TRUE(world.bind(objects_.put(pod("a")), node("n")));
  EXPECT_TRUE(world.wait(21 * one_second));
}

TEST_F(worlds, nothing_moves_in_a_world_without_events) {
  event_feed feed({}, {});
  virtual_world world(feed, objects_, 5, 0, nullptr);
  EXPECT_FALSE(world.wait(6));
  EXPECT_EQ(world.now(), 5);
}

TEST_F(worlds, counts_who_comes_and_goes) {
  const auto a = pod("a");
  event_feed feed({{1, a}, {2, a}, {3, pod("a", "another")}, {6, pod("b")}},
                  {{cluster::key_of(a), 4}, {cluster::key_of(a), 5}});
  virtual_world world(feed, objects_, 0, 0, nullptr);
  const cluster::node_id n = node("n");
  bool bound = false;
  while (world.wait(std::nullopt)) {
    while (const auto next = world.poll()) apply(*next);
    if (const auto id = objects_.find_pod(cluster::key_of(a)); id && !bound) {
      bound = true;
      ASSERT_TRUE(world.bind(*id, n));
      objects_.set_node(*id, objects_[n].name);
      EXPECT_TRUE(world.placed(*id));
      EXPECT_EQ(world.counted().placed_now, 1);
    }
  }
  EXPECT_EQ(world.counted().arrived, 3);   // "a" again is no arrival, another "a" is
  EXPECT_EQ(world.counted().departed, 2);  // replaced, then deleted
  EXPECT_EQ(world.counted().missing, 1);
  EXPECT_EQ(world.counted().placed, 1);
  EXPECT_EQ(world.counted().placed_now, 0);
}

TEST_F(worlds, an_update_does_not_move_a_pod) {
  auto a = pod("a");
  const cluster::node_id here = node("here");
  const cluster::node_id there = node("there");
  a.node = objects_[here].name;
  objects_.put(a);
  auto update = a;
  update.node = objects_[there].name;
  event_feed feed({{1, update}}, {});
  virtual_world world(feed, objects_, 1, 0, nullptr);
  const auto next = world.poll();
  ASSERT_TRUE(next);
  EXPECT_EQ(std::get<cluster::pod>(next->object).node, objects_[here].name);
}

TEST_F(worlds, an_evicted_pod_comes_back_as_a_removal) {
  event_feed feed({}, {});
  virtual_world world(feed, objects_, 7, 0, nullptr);
  const auto victim = objects_.put(pod("v"));
  ASSERT_TRUE(world.evict(victim, objects_.put(pod("p"))));
  const auto next = world.poll();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->kind, cluster::event_kind::remove);
  EXPECT_EQ(std::get<cluster::pod>(next->object).name, objects_[victim].name);
  EXPECT_EQ(world.counted().preempted, 1);
}

TEST_F(worlds, the_stop_flag_ends_both) {
  std::atomic<bool> stop = false;
  event_feed feed({{one_second, pod("a")}, {1'000'000 * one_second, pod("b")}}, {});
  virtual_world world(feed, objects_, 0, 0, &stop);
  EXPECT_FALSE(world.stopping());
  stop = true;
  EXPECT_TRUE(world.stopping());
  EXPECT_FALSE(world.wait(std::nullopt));
  paced_world paced(feed, objects_, 0, 0, &stop);
  EXPECT_FALSE(paced.wait(std::nullopt));  // and not in eleven days
}

TEST_F(worlds, a_paced_world_waits_until_the_event) {
  constexpr cluster::timestamp soon = 3'000'000;
  event_feed feed({{soon, pod("a")}}, {});
  paced_world world(feed, objects_, 0, 0, nullptr);
  ASSERT_TRUE(world.wait(std::nullopt));
  EXPECT_GE(world.now(), soon);
  EXPECT_TRUE(world.poll());
  EXPECT_FALSE(world.wait(std::nullopt));
}

}  // namespace
}  // namespace crosstie::simulate
