#include "schedule/plugins/balanced_allocation.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

class balanced_allocation_test : public testing::Test {
 protected:
  std::unique_ptr<plugin> ask(std::string_view pod) {
    return make_balanced_allocation(cluster_.view(), by_, cluster_.pod(pod));
  }
  std::int64_t score(std::string_view pod) { return ask(pod)->score(cluster_.node("n1")); }

  profile by_;
  small_cluster cluster_{R"(
{kind: Node, apiVersion: v1, metadata: {name: n1},
 status: {allocatable: {cpu: "10", memory: 1000Mi, ephemeral-storage: 100Gi}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: there, namespace: a},
 spec: {nodeName: n1, containers: [{name: c, resources: {requests: {cpu: "4"}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: evens, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {memory: 400Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: tilts, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "4"}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: bursts, namespace: a},
 spec: {containers: [{name: c, resources: {requests: {cpu: "100", memory: 9000Mi}}}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: nothing, namespace: a},
 spec: {containers: [{name: c}]}}
)"};
};

TEST_F(balanced_allocation_test, says_nothing_of_pods_that_request_nothing_configured) {
  EXPECT_EQ(ask("a/nothing")->pre_score({}).code, status_code::skip);
  EXPECT_TRUE(ask("a/tilts")->pre_score({}).ok());
  by_.balanced_allocation.resources = {{"memory", 1}};
  EXPECT_EQ(ask("a/tilts")->pre_score({}).code, status_code::skip);
}

TEST_F(balanced_allocation_test, the_change_of_evenness_moves_the_score_from_75) {
  EXPECT_EQ(score("a/evens"), 50 + (50 + 100 - 80) / 2);
  EXPECT_EQ(score("a/tilts"), 50 + (50 + 60 - 80) / 2);
  EXPECT_EQ(score("a/bursts"), 50 + (50 + 100 - 80) / 2);  // fractions stop at 1
}

TEST_F(balanced_allocation_test, more_than_two_resources_take_the_standard_deviation) {
  by_.balanced_allocation.resources = {{"cpu", 1}, {"memory", 1}, {"ephemeral-storage", 1}};
  // Of {0.4, 0.4, 0} with the pod, {0.4, 0, 0} without: both 0.1885..., so 81 each.
  EXPECT_EQ(score("a/evens"), 75);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
