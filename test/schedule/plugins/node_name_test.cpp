#include "schedule/plugins/node_name.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

TEST(node_name, rejects_all_nodes_but_the_named_one) {
  small_cluster cluster(R"(
{kind: Node, apiVersion: v1, metadata: {name: n1}}
---
{kind: Node, apiVersion: v1, metadata: {name: n2}}
---
{kind: Pod, apiVersion: v1, metadata: {name: pinned, namespace: a},
 spec: {nodeName: n2, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: free, namespace: a}, spec: {containers: [{name: c}]}}
)");
  const profile by;
  const auto pinned = make_node_name(cluster.view(), by, cluster.pod("a/pinned"));
  EXPECT_EQ(pinned->filter(cluster.node("n1")),
            (status{status_code::unschedulable_and_unresolvable,
                    {"node(s) didn't match the requested node name"}}));
  EXPECT_TRUE(pinned->filter(cluster.node("n2")).ok());
  const auto free = make_node_name(cluster.view(), by, cluster.pod("a/free"));
  EXPECT_TRUE(free->filter(cluster.node("n1")).ok());
}

}  // namespace
}  // namespace crosstie::schedule::plugins
