#include "schedule/plugins/node_unschedulable.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

constexpr std::string_view cordoned = R"(
{kind: Node, apiVersion: v1, metadata: {name: open}}
---
{kind: Node, apiVersion: v1, metadata: {name: cordoned}, spec: {unschedulable: true}}
---
{kind: Pod, apiVersion: v1, metadata: {name: plain, namespace: a}, spec: {containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: all, namespace: a},
 spec: {containers: [{name: c}], tolerations: [{operator: Exists}]}}
)";
constexpr std::string_view named = R"(
---
{kind: Pod, apiVersion: v1, metadata: {name: named, namespace: a},
 spec: {containers: [{name: c}], tolerations: [
   {key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoSchedule}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: execute, namespace: a},
 spec: {containers: [{name: c}], tolerations: [
   {key: node.kubernetes.io/unschedulable, operator: Exists, effect: NoExecute}]}}
)";

bool passes(small_cluster& cluster, std::string_view pod, std::string_view node) {
  const profile by;
  return make_node_unschedulable(cluster.view(), by, cluster.pod(pod))
      ->filter(cluster.node(node))
      .ok();
}

TEST(node_unschedulable, cordoned_nodes_take_only_pods_that_tolerate_it) {
  small_cluster cluster(std::string(cordoned) + std::string(named));
  EXPECT_TRUE(passes(cluster, "a/plain", "open"));
  EXPECT_FALSE(passes(cluster, "a/plain", "cordoned"));
  EXPECT_TRUE(passes(cluster, "a/named", "cordoned"));
  EXPECT_FALSE(passes(cluster, "a/execute", "cordoned"));
}

// Then no object has brought the key's name into the table.
TEST(node_unschedulable, a_toleration_of_everything_needs_no_object_that_names_the_taint) {
  small_cluster cluster(cordoned);
  EXPECT_TRUE(passes(cluster, "a/all", "cordoned"));
  EXPECT_FALSE(passes(cluster, "a/plain", "cordoned"));
}

TEST(node_unschedulable, says_so_for_good) {
  small_cluster cluster(cordoned);
  const profile by;
  EXPECT_EQ(make_node_unschedulable(cluster.view(), by, cluster.pod("a/plain"))
                ->filter(cluster.node("cordoned")),
            (status{status_code::unschedulable_and_unresolvable, {"node(s) were unschedulable"}}));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
