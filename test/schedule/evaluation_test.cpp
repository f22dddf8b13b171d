#include "schedule/evaluation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schedule/pod_plugins.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule {
namespace {

constexpr std::string_view three_nodes = R"(
{kind: Node, apiVersion: v1, metadata: {name: n1}, spec: {unschedulable: true},
 status: {allocatable: {cpu: "8", memory: 8Gi, pods: "10"}}}
---
{kind: Node, apiVersion: v1, metadata: {name: n2},
 status: {allocatable: {cpu: "1", memory: 8Gi, pods: "10"}}}
---
{kind: Node, apiVersion: v1, metadata: {name: n3},
 status: {allocatable: {cpu: "1", memory: 1Gi, pods: "0"}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: small, namespace: a},
 spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 100m, memory: 1Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: large, namespace: a},
 spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "2", memory: 2Gi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: everywhere, namespace: a},
 spec: {containers: [{name: c, image: i}], tolerations: [{operator: Exists}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: gated, namespace: a},
 spec: {containers: [{name: c, image: i}], schedulingGates: [{name: wait}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: named, namespace: a},
 spec: {containers: [{name: c, image: i}], affinity: {nodeAffinity: {
  requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
   {matchFields: [{key: metadata.name, operator: In, values: [n3]}]}]}}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: expected, namespace: a},
 spec: {containers: [{name: c, image: i}], tolerations: [{operator: Exists}]},
 status: {nominatedNodeName: n2}}
)";

class evaluation_test : public testing::Test {
 protected:
  evaluation ask(std::string_view pod, const evaluation_options& options = {}) {
    return evaluate(cluster_.view(), settings_.profiles[0], cluster_.pod(pod), options);
  }
  void disable(std::vector<enabled_plugin> profile::* point, std::string_view name) {
    std::erase_if(settings_.profiles[0].*point, [&](auto& each) { return each.name == name; });
  }

  configuration settings_ = default_configuration();
  small_cluster cluster_{three_nodes};
};

TEST_F(evaluation_test, the_first_rejecting_plugin_speaks_for_a_node) {
  const evaluation answer = ask("a/large");
  ASSERT_EQ(answer.rejected.size(), 3u);
  EXPECT_EQ(answer.rejected[0].plugin, "NodeUnschedulable");
  EXPECT_EQ(answer.rejected[1].plugin, "NodeResourcesFit");
  EXPECT_EQ(answer.message,
            "0/3 nodes are available: 1 Insufficient memory, 1 Too many pods, 1 node(s) were "
            "unschedulable, 2 Insufficient cpu.");
}

TEST_F(evaluation_test, one_feasible_node_is_taken_without_scores) {
  const evaluation answer = ask("a/small");
  EXPECT_EQ(answer.best, std::vector{cluster_.node("n2")});
  EXPECT_TRUE(answer.scores.empty());
  EXPECT_TRUE(answer.message.empty());
}

TEST_F(evaluation_test, totals_are_weighted_sums_and_the_best_have_the_highest) {
  const evaluation answer = ask("a/everywhere");
  ASSERT_EQ(answer.scores.size(), 2u);
  for (const scored_node& node : answer.scores) {
    std::int64_t sum = 0;
    for (const plugin_score& each : node.scores) sum += each.weighted;
    EXPECT_EQ(node.total, sum);
    EXPECT_EQ(node.scores[0].plugin, "TaintToleration");
    EXPECT_EQ(node.scores[0].weighted, 300);
  }
  EXPECT_EQ(answer.best, std::vector{cluster_.node("n1")});
}

TEST_F(evaluation_test, the_nominated_node_wins_where_it_fits) {
  const evaluation answer = ask("a/expected");
  EXPECT_EQ(answer.nominated, cluster_.node("n2"));
  EXPECT_EQ(answer.best, std::vector{cluster_.node("n2")});
  EXPECT_TRUE(answer.scores.empty());
}

TEST_F(evaluation_test, gated_pods_are_asked_nothing_else) {
  const evaluation answer = ask("a/gated", {.solo = true});
  ASSERT_TRUE(answer.gate);
  EXPECT_EQ(answer.gate->first, "SchedulingGates");
  EXPECT_TRUE(answer.rejected.empty());
  EXPECT_TRUE(answer.solo.empty());
}

TEST_F(evaluation_test, nodes_out_of_a_narrowed_search_count_in_the_message) {
  const evaluation answer = ask("a/named");
  ASSERT_EQ(answer.rejected.size(), 1u);
  EXPECT_EQ(answer.message,
            "0/3 nodes are available: 1 Too many pods, 2 node(s) didn't satisfy plugin(s) "
            "[NodeAffinity].");
}

TEST_F(evaluation_test, no_node_at_all_is_an_error) {
  small_cluster empty(R"({kind: Pod, apiVersion: v1, metadata: {name: p, namespace: a},
                          spec: {containers: [{name: c, image: i}]}})");
  EXPECT_EQ(evaluate(empty.view(), settings_.profiles[0], empty.pod("a/p"), {}).error,
            "no nodes available to schedule pods");
}

TEST_F(evaluation_test, plugins_alone_answer_in_the_order_of_their_names) {
  const evaluation answer = ask("a/everywhere", {.solo = true});
  std::vector<std::string_view> names;
  for (const solo_answer& each : answer.solo) names.push_back(each.plugin);
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_THAT(names, testing::Contains("NodeResourcesFit"));
  EXPECT_THAT(names, testing::Not(testing::Contains("SchedulingGates")));
  const auto fit = std::ranges::find(answer.solo, "NodeResourcesFit", &solo_answer::plugin);
  ASSERT_EQ(fit->rejected.size(), 1u);
  EXPECT_EQ(fit->rejected[0].node, cluster_.node("n3"));
  EXPECT_EQ(fit->raw.size(), 2u);
  EXPECT_TRUE(fit->normal.empty());
}

// Upstream's Filter needs what its PreFilter has left, but for a few plugins that can do without.
TEST_F(evaluation_test, a_filter_whose_pre_filter_is_disabled_ends_the_cycle_or_stands_alone) {
  disable(&profile::pre_filter, "NodeAffinity");
  const evaluation alone = ask("a/named");
  EXPECT_EQ(alone.error, "");
  EXPECT_FALSE(alone.node_names);
  EXPECT_EQ(alone.rejected.size(), 3u);
  disable(&profile::pre_filter, "NodeResourcesFit");
  EXPECT_THAT(ask("a/small").error, testing::HasSubstr("PreFilterNodeResourcesFit"));
}

TEST_F(evaluation_test, a_score_whose_pre_score_is_disabled_ends_the_cycle_or_stands_alone) {
  const evaluation before = ask("a/everywhere");
  disable(&profile::pre_score, "NodeResourcesFit");
  EXPECT_EQ(ask("a/everywhere").best, before.best);
  // Without the point that skips it, a plugin without a say scores 0.
  disable(&profile::pre_score, "NodeResourcesBalancedAllocation");
  EXPECT_EQ(ask("a/everywhere").scores[0].scores.size(), before.scores[0].scores.size() + 1);
  disable(&profile::pre_score, "TaintToleration");
  EXPECT_THAT(ask("a/everywhere").error, testing::HasSubstr("PreScoreTaintToleration"));
}

TEST_F(evaluation_test, without_score_plugins_all_feasible_nodes_are_best) {
  settings_.profiles[0].score.clear();
  EXPECT_EQ(ask("a/everywhere").best.size(), 2u);
}

TEST(configuration, default_profile_is_upstream_s) {
  const configuration settings = default_configuration();
  ASSERT_EQ(settings.profiles.size(), 1u);
  const profile& usual = settings.profiles[0];
  EXPECT_EQ(usual.filter.front().name, "NodeUnschedulable");
  EXPECT_EQ(usual.filter.back().name, "NodeDeclaredFeatures");
  const auto weight = [&](std::string_view name) {
    return std::ranges::find(usual.score, name, &enabled_plugin::name)->weight;
  };
  EXPECT_EQ(weight("TaintToleration"), 3);
  EXPECT_EQ(weight("NodeAffinity"), 2);
  EXPECT_EQ(weight("ImageLocality"), 1);
  for (const auto* point : {&usual.filter, &usual.score}) {
    for (const enabled_plugin& each : *point) EXPECT_TRUE(find_plugin(each.name)) << each.name;
  }
}

}  // namespace
}  // namespace crosstie::schedule
