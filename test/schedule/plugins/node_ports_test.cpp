#include "schedule/plugins/node_ports.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

TEST(node_ports, rejects_where_a_wanted_port_is_taken) {
  small_cluster cluster(R"(
{kind: Node, apiVersion: v1, metadata: {name: busy}}
---
{kind: Node, apiVersion: v1, metadata: {name: idle}}
---
{kind: Pod, apiVersion: v1, metadata: {name: holder, namespace: a},
 spec: {nodeName: busy, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: wants, namespace: a},
 spec: {containers: [{name: c, ports: [{containerPort: 8, hostPort: 80, hostIP: 10.0.0.1}]}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: inner, namespace: a},
 spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}}
)");
  const profile by;
  const auto wants = make_node_ports(cluster.view(), by, cluster.pod("a/wants"));
  EXPECT_TRUE(wants->pre_filter().verdict.ok());
  EXPECT_EQ(wants->filter(cluster.node("busy")),
            (status{status_code::unschedulable,
                    {"node(s) didn't have free ports for the requested pod ports"}}));
  EXPECT_TRUE(wants->filter(cluster.node("idle")).ok());
  EXPECT_EQ(make_node_ports(cluster.view(), by, cluster.pod("a/inner"))->pre_filter().verdict.code,
            status_code::skip);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
