#include "schedule/plugins/node_resources_fit.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

class node_resources_fit_test : public testing::Test {
 protected:
  status filter(std::string_view pod, std::string_view node) {
    const auto asked = make_node_resources_fit(cluster_.view(), by_, cluster_.pod(pod));
    EXPECT_TRUE(asked->pre_filter().verdict.ok());
    return asked->filter(cluster_.node(node));
  }
  std::int64_t score(std::string_view pod, std::string_view node) {
    const auto asked = make_node_resources_fit(cluster_.view(), by_, cluster_.pod(pod));
    EXPECT_TRUE(asked->pre_score({}).ok());
    return asked->score(cluster_.node(node));
  }

  profile by_;
  small_cluster cluster_{R"(
{kind: Node, apiVersion: v1, metadata: {name: half},
 status: {allocatable: {cpu: "4", memory: 1000Mi, pods: "2", example.com/gpu: "2"}}}
---
{kind: Node, apiVersion: v1, metadata: {name: full},
 status: {allocatable: {cpu: "1", memory: 100Mi, pods: "0"}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: there, namespace: a},
 spec: {nodeName: half, containers: [{name: c, resources: {requests: {cpu: "2", memory: 500Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: fits, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "1", memory: 250Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: large, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "3", memory: 600Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: huge, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "3", memory: 2000Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: gpus, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {example.com/gpu: "3"}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: nothing, namespace: a},
 spec: {containers: [{name: c}]}}
)"};
};

TEST_F(node_resources_fit_test, names_every_resource_that_is_short) {
  EXPECT_TRUE(filter("a/fits", "half").ok());
  EXPECT_EQ(filter("a/large", "half"),
            (status{status_code::unschedulable, {"Insufficient cpu", "Insufficient memory"}}));
  EXPECT_EQ(filter("a/huge", "half"), (status{status_code::unschedulable_and_unresolvable,
                                              {"Insufficient cpu", "Insufficient memory"}}));
  EXPECT_EQ(filter("a/nothing", "full"), (status{status_code::unschedulable, {"Too many pods"}}));
  EXPECT_EQ(filter("a/gpus", "full"), (status{status_code::unschedulable_and_unresolvable,
                                              {"Too many pods", "Insufficient example.com/gpu"}}));
}

TEST(node_resources_fit_order, names_extended_resources_by_name) {
  small_cluster on(R"(
{kind: Node, apiVersion: v1, metadata: {name: one},
 status: {allocatable: {cpu: "1", pods: "9", example.com/b: "1", example.com/a: "1"}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: p, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {
   example.com/b: "2", example.com/c: "2", cpu: "2", example.com/a: "2"}}}]}}
)");
  const profile by;
  const auto asked = make_node_resources_fit(on.view(), by, on.pod("a/p"));
  EXPECT_TRUE(asked->pre_filter().verdict.ok());
  EXPECT_EQ(asked->filter(on.node("one")).reasons,
            (std::vector<std::string>{"Insufficient cpu", "Insufficient example.com/a",
                                      "Insufficient example.com/b", "Insufficient example.com/c"}));
}

// A request that upstream's int64 cannot hold fits where it wraps to nothing or less.
TEST(node_resources_fit_beyond_int64, sums_wrap) {
  small_cluster on(R"(
{kind: Node, apiVersion: v1, metadata: {name: one},
 status: {allocatable: {cpu: "4", memory: 1000Mi, pods: "9"}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: wraps, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "9223372036854775807"}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: vanishes, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: 10P}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: twice, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {memory: "9223372036854775807"}}},
                     {name: d, resources: {requests: {memory: "9223372036854775807"}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: large, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {memory: "9223372036854775807"}}}]}}
)");
  const auto verdict = [&](std::string_view pod) {
    const profile by;
    const auto asked = make_node_resources_fit(on.view(), by, on.pod(pod));
    EXPECT_TRUE(asked->pre_filter().verdict.ok());
    return asked->filter(on.node("one"));
  };
  EXPECT_TRUE(verdict("a/wraps").ok());
  EXPECT_TRUE(verdict("a/vanishes").ok());
  EXPECT_TRUE(verdict("a/twice").ok());
  EXPECT_EQ(verdict("a/large"),
            (status{status_code::unschedulable_and_unresolvable, {"Insufficient memory"}}));
}

TEST_F(node_resources_fit_test, extended_resources_can_be_ignored_by_name_and_by_group) {
  EXPECT_FALSE(filter("a/gpus", "half").ok());
  by_.fit.ignored_resources = {"example.com/gpu"};
  EXPECT_TRUE(filter("a/gpus", "half").ok());
  by_.fit.ignored_resources = {"cpu", "memory"};
  by_.fit.ignored_resource_groups = {"example.com"};
  EXPECT_TRUE(filter("a/gpus", "half").ok());
  EXPECT_FALSE(filter("a/large", "half").ok());  // not an extended resource
}

TEST_F(node_resources_fit_test, the_strategies_score_what_is_left_or_taken) {
  EXPECT_EQ(score("a/fits", "half"), 25);  // 3 of 4 cores, 750 of 1000 Mi
  by_.fit.strategy = scoring_strategy::most_allocated;
  EXPECT_EQ(score("a/fits", "half"), 75);
  EXPECT_EQ(score("a/huge", "half"), 100);
  by_.fit.strategy = scoring_strategy::least_allocated;
  EXPECT_EQ(score("a/huge", "half"), 0);
  by_.fit.resources = {{"cpu", 3}, {"memory", 1}};
  EXPECT_EQ(score("a/nothing", "half"), (47 * 3 + 30) / 4);  // 100m and 200Mi are assumed
}

TEST_F(node_resources_fit_test, a_resource_that_the_pod_or_the_node_lacks_has_no_weight) {
  by_.fit.resources = {{"cpu", 1}, {"example.com/gpu", 9}, {"unheard.of/thing", 9}};
  EXPECT_EQ(score("a/fits", "half"), 25);
  by_.fit.strategy = scoring_strategy::most_allocated;
  EXPECT_EQ(score("a/gpus", "half"), (52 + 9 * 100) / 10);
}

TEST_F(node_resources_fit_test, a_shape_is_a_broken_line_and_zero_scores_have_no_weight) {
  by_.fit.strategy = scoring_strategy::requested_to_capacity_ratio;
  by_.fit.shape = {{0, 0}, {50, 4}, {100, 10}};
  EXPECT_EQ(score("a/fits", "half"), 70);  // 75 % lies halfway from 40 to 100
  by_.fit.shape = {{60, 0}, {100, 10}};
  by_.fit.resources = {{"cpu", 1}, {"memory", 1}};
  EXPECT_EQ(score("a/nothing", "half"), 25);  // cpu at 52 % scores 0, memory at 70 % 25
  by_.fit.shape = {{10, 3}};
  EXPECT_EQ(score("a/fits", "half"), 30);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
