#include "schedule/node_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "schedule/engine.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/random_objects.hpp"

namespace crosstie::schedule {
namespace {

class node_order_test : public testing::Test {
 protected:
  cluster::node_id put(const std::string& name, const std::string& zone,
                       const char* key = "topology.kubernetes.io/zone") {
    cluster::node made;
    made.name = make.name(name);
    made.labels = {{make.name(key), make.name(zone)}};
    const cluster::node_id node = objects.put(made);
    order.node_changed(node);
    return node;
  }
  void remove(const std::string& name) {
    const cluster::node_id node = *objects.find_node(make.name(name));
    objects.remove_node(make.name(name));
    order.node_changed(node);
  }
  std::string list() {
    std::string names;
    for (const cluster::node_id node : order.nodes()) {
      names += std::string(objects.text(objects[node].name)) + " ";
    }
    return names;
  }

  cluster::store objects;
  random_objects make{objects, 1};
  node_order order{objects};
};

TEST_F(node_order_test, goes_round_the_zones_as_they_came) {
  for (const char* name : {"a1", "a2", "a3"}) put(name, "a");
  put("b1", "b");
  put("c1", "c", "failure-domain.beta.kubernetes.io/zone");
  put("none", "");
  EXPECT_EQ(list(), "a1 b1 c1 none a2 a3 ");
  remove("a1");
  EXPECT_EQ(list(), "a2 b1 c1 none a3 ");
  remove("b1");
  put("b2", "b");  // the zone went with its last node
  EXPECT_EQ(list(), "a2 c1 none b2 a3 ");
  order.reset();
  EXPECT_EQ(order.nodes().size(), 5u);
}

TEST_F(node_order_test, a_node_of_another_zone_moves_with_the_next_that_comes) {
  for (const char* name : {"a1", "a2"}) put(name, "a");
  put("b1", "b");
  EXPECT_EQ(list(), "a1 b1 a2 ");
  put("a1", "b");
  EXPECT_EQ(list(), "a1 b1 a2 ");
  put("c1", "c");
  EXPECT_EQ(list(), "a2 b1 c1 a1 ");
}

// Equal nodes, and how many of them are looked at until enough are feasible.
class sampling_test : public testing::Test {
 protected:
  void start(std::uint32_t nodes, std::uint32_t full_every,
             std::optional<std::int32_t> percentage) {
    const auto whole = [](std::int64_t value) {
      return cluster::quantity{cluster::quantity::int128{value} * 1'000'000'000};
    };
    for (std::uint32_t i = 0; i < nodes; ++i) {
      cluster::node object;
      object.name = make.name("node-", i);
      object.allocatable = {{make.name("pods"), whole(i % full_every == 0 ? 0 : 10)}};
      objects.put(object);
    }
    cluster::pod_spec spec;
    spec.scheduler_name = make.name("default-scheduler");
    spec.containers = {{}};
    pod = objects.put(make.make_pod(make.name("pod"), objects.intern(spec)));
    state.load();
    settings.percentage_of_nodes_to_score = percentage;
    engine_options options;
    options.sample = true;
    chooser.emplace(objects, state.usage(), state, settings, options);
  }

  cluster::store objects;
  random_objects make{objects, 1};
  cluster::state state{objects};
  configuration settings = default_configuration();
  pod_id pod{};
  std::optional<engine> chooser;
};

TEST_F(sampling_test, fewer_than_a_hundred_nodes_are_all_looked_at) {
  start(99, 1000, 5);
  EXPECT_EQ(chooser->place(pod).feasible, 98u);
}

TEST_F(sampling_test, the_share_follows_the_number_of_nodes) {
  start(1000, 2000, std::nullopt);  // 50 - 1000 / 125 = 42 percent
  EXPECT_EQ(chooser->place(pod).feasible, 420u);
}

TEST_F(sampling_test, a_profile_overrides_the_whole_and_a_hundred_are_the_fewest) {
  settings.profiles[0].percentage_of_nodes_to_score = 30;
  start(1000, 2000, 70);
  EXPECT_EQ(chooser->place(pod).feasible, 300u);
  settings.profiles[0].percentage_of_nodes_to_score = 1;
  EXPECT_EQ(chooser->place(pod).feasible, 100u);
}

// Every other node refuses, so that 200 of 1,000 are looked at for 100 feasible ones, and one more
// that refuses before the feasible one that would be too many.
TEST_F(sampling_test, the_next_sample_starts_where_the_last_ended) {
  start(1000, 2, 10);
  std::vector<node_id> best;
  std::uint32_t at = 0;
  for (int turn = 0; turn < 12; ++turn) {
    ASSERT_EQ(chooser->find_best(pod, best).feasible, 100u);
    std::vector<node_id> expected;
    std::uint32_t looked_at = 0;
    for (;; ++looked_at) {
      const std::uint32_t node = (at + looked_at) % 1000;
      if (node % 2 == 0) continue;
      if (expected.size() == 100) break;
      expected.push_back(node_id{node});
    }
    at += looked_at;
    std::ranges::sort(best);
    std::ranges::sort(expected);
    ASSERT_EQ(best, expected);
  }
}

TEST_F(sampling_test, the_nominated_node_is_looked_at_alone) {
  start(1000, 2000, 10);
  objects.set_nominated_node(pod, make.name("node-", 700));
  chooser->waiting_pod_changed(pod);
  for (int turn = 0; turn < 2; ++turn) {
    const placement found = chooser->place(pod);
    EXPECT_EQ(found.node, node_id{700});
    EXPECT_EQ(found.feasible, 1u);
    EXPECT_TRUE(found.nominated);
  }
}

}  // namespace
}  // namespace crosstie::schedule
