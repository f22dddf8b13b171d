#include "simulate/summary.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "simulate/object_parts.hpp"

namespace crosstie::simulate {
namespace {

using texts = std::vector<std::string>;

TEST(reasons_of, cuts_the_message_where_counts_stand) {
  EXPECT_EQ(reasons_of("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated "
                       "taint(s). preemption: 0/3 nodes are available: 3 Preemption is not helpful "
                       "for scheduling."),
            (texts{"Insufficient cpu", "node(s) had untolerated taint(s)"}));
  EXPECT_EQ(reasons_of("0/3 nodes are available: 3 a, b and c, 1 d."), (texts{"a, b and c", "d"}));
  EXPECT_EQ(reasons_of("0/3 nodes are available: 3 one reason."), (texts{"one reason"}));
}

TEST(reasons_of, a_verdict_for_all_nodes_is_one_reason) {
  EXPECT_EQ(reasons_of("0/3 nodes are available: persistentvolumeclaim \"a\" not found."),
            (texts{"persistentvolumeclaim \"a\" not found"}));
  EXPECT_EQ(reasons_of("waiting for scheduling gates: [a, b]"),
            (texts{"waiting for scheduling gates: [a, b]"}));
}

TEST(count_reasons, counts_pods_once_for_each_reason_of_theirs) {
  using reason = waiting_pod::reason;
  const std::vector<std::string> messages{"", "0/2 nodes are available: 1 a, 1 b.",
                                          "0/2 nodes are available: 2 b.", "gate"};
  const std::vector<waiting_pod> waiting{{{}, reason::unschedulable, 1},
                                         {{}, reason::unschedulable, 2},
                                         {{}, reason::unschedulable, 2},
                                         {{}, reason::gated, 3},
                                         {{}, reason::untried, 0}};
  const auto counts = count_reasons(waiting, messages);
  ASSERT_EQ(counts.size(), 3u);
  EXPECT_EQ(counts[0].reason, "b");
  EXPECT_EQ(counts[0].pods, 3);
  EXPECT_EQ(counts[1].reason, "a");
  EXPECT_EQ(counts[1].pods, 1);
  EXPECT_EQ(counts[2].reason, "gate");
}

class node_sums : public testing::Test {
 protected:
  void add_node(std::string_view name, std::int64_t cores, std::int64_t gib, std::int64_t pods) {
    cluster::node node{};
    node.name = objects_.names().intern(name);
    node.labels = make_labels(objects_, {{"topology.kubernetes.io/zone", "z"}});
    node.allocatable = make_resources(objects_, {{"cpu", milli(cores * 1000)},
                                                 {"memory", units(gib * 1024 * mebibyte)},
                                                 {"pods", units(pods)}});
    objects_.put(std::move(node));
  }
  void add_pod(std::string_view name, std::int64_t milli_cpu, std::int64_t mib,
               std::string_view node) {
    cluster::container container{};
    std::vector<text_amount> amounts{{"cpu", milli(milli_cpu)}};
    if (mib > 0) amounts.push_back({"memory", units(mib * mebibyte)});
    container.requests = make_resources(objects_, amounts);
    cluster::pod_spec spec{};
    spec.containers.push_back(container);
    cluster::pod pod{};
    pod.name = objects_.names().intern(name);
    pod.spec = objects_.intern(spec);
    pod.node = objects_.names().intern(node);
    objects_.put(pod);
  }
  summary sum_up() {
    cluster::state state(objects_);
    state.load();
    summary sums;
    sum_up_nodes(objects_, state.usage(), sums);
    return sums;
  }

  cluster::store objects_;
};

TEST_F(node_sums, adds_up_what_is_offered_and_taken) {
  add_node("b", 4, 8, 10);
  add_node("a", 2, 4, 10);
  add_pod("p", 1500, 1024, "b");
  const summary sums = sum_up();
  ASSERT_EQ(sums.resources.size(), 3u);
  EXPECT_EQ(sums.resources[0].name, "cpu");
  EXPECT_EQ(sums.resources[0].allocatable, 6000);
  EXPECT_EQ(sums.resources[0].requested, 1500);
  EXPECT_DOUBLE_EQ(sums.resources[0].utilisation, 0.25);
  EXPECT_EQ(sums.resources[1].name, "memory");
  EXPECT_EQ(sums.resources[1].requested, 1024 * mebibyte);
  EXPECT_EQ(sums.resources[2].name, "pods");
  EXPECT_EQ(sums.resources[2].allocatable, 20);
  EXPECT_EQ(sums.resources[2].requested, 1);
  ASSERT_EQ(sums.per_node.size(), 2u);
  EXPECT_EQ(objects_.text(sums.per_node[0].node), "a");
  EXPECT_EQ(objects_.text(sums.per_node[1].zone), "z");
  EXPECT_EQ(sums.per_node[1].instance_type, cluster::no_name);
  EXPECT_EQ(sums.per_node[1].requested, (std::vector<std::int64_t>{1500, 1024 * mebibyte, 1}));
}

// Two nodes with 1 and 3 cores free; three pods of 1 core, one of 2: only the last does not fit,
// and only on the first node. Lost: 1/4 of 1 core; of 4 cores that is 1/16.
TEST_F(node_sums, fragmentation_is_the_expected_share_that_a_typical_pod_cannot_use) {
  add_node("a", 2, 8, 10);
  add_node("b", 5, 8, 10);
  add_pod("p", 1000, 0, "a");
  add_pod("q", 2000, 0, "b");
  add_pod("r", 1000, 0, "");
  add_pod("s", 1000, 0, "");
  const summary sums = sum_up();
  EXPECT_DOUBLE_EQ(sums.resources[0].fragmentation, 1.0 / 16);
  EXPECT_DOUBLE_EQ(sums.resources[1].fragmentation, 0);  // nobody asks for memory
}

TEST_F(node_sums, a_node_that_is_full_of_pods_is_lost_whole) {
  add_node("a", 4, 8, 1);
  add_pod("p", 1000, 1, "a");
  const summary sums = sum_up();
  EXPECT_DOUBLE_EQ(sums.resources[0].fragmentation, 1);
  EXPECT_DOUBLE_EQ(sums.resources[2].fragmentation, 0);
}

TEST_F(node_sums, typical_pods_stand_for_95_percent) {
  add_node("a", 4, 8, 200);
  for (int i = 0; i < 95; ++i) add_pod(fmt::format("p{}", i), 1000, 0, "");
  for (int i = 0; i < 5; ++i) add_pod(fmt::format("rare{}", i), 10'000 + i, 0, "");
  cluster::state state(objects_);
  state.load();
  const auto typical = find_typical_pods(objects_, state.usage());
  ASSERT_EQ(typical.size(), 1u);
  EXPECT_EQ(typical[0].shares, (std::vector<double>{1}));
  ASSERT_EQ(typical[0].requested.size(), 1u);
  EXPECT_EQ(typical[0].requested[0].amount, 1000);
}

// One pod in a hundred asks for memory; among those it is the typical one.
TEST_F(node_sums, a_rare_resource_has_typical_pods_of_its_own) {
  add_node("a", 4, 2, 200);
  for (int i = 0; i < 99; ++i) add_pod(fmt::format("p{}", i), 10, 0, "");
  add_pod("q", 10, 3 * 1024, "");
  const summary sums = sum_up();
  EXPECT_DOUBLE_EQ(sums.resources[0].fragmentation, 0);
  EXPECT_DOUBLE_EQ(sums.resources[1].fragmentation, 1);
}

TEST_F(node_sums, totals_end_at_what_they_can_hold) {
  const std::int64_t most_gib = std::numeric_limits<std::int64_t>::max() / (1024 * mebibyte);
  add_node("a", 1, most_gib, 10);
  add_node("b", 1, most_gib, 10);
  add_pod("p", 100, 1024, "a");
  const summary sums = sum_up();
  EXPECT_EQ(sums.resources[1].name, "memory");
  EXPECT_EQ(sums.resources[1].allocatable, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(sums.resources[1].requested, 1024 * mebibyte);
}

TEST_F(node_sums, an_empty_cluster_has_no_resources) {
  const summary sums = sum_up();
  EXPECT_TRUE(sums.resources.empty());
  EXPECT_TRUE(sums.per_node.empty());
}

}  // namespace
}  // namespace crosstie::simulate
