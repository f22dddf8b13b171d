#include "schedule/plugins/scheduling_gates.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

TEST(scheduling_gates, list_the_gates_in_the_pod_s_order) {
  small_cluster cluster(R"(
{kind: Pod, apiVersion: v1, metadata: {name: gated, namespace: a},
 spec: {containers: [{name: c}], schedulingGates: [{name: z.io/two}, {name: a.io/one}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: free, namespace: a}, spec: {containers: [{name: c}]}}
)");
  const profile by;
  EXPECT_EQ(make_scheduling_gates(cluster.view(), by, cluster.pod("a/gated"))->pre_enqueue(),
            (status{status_code::unschedulable_and_unresolvable,
                    {"waiting for scheduling gates: [z.io/two a.io/one]"}}));
  EXPECT_TRUE(make_scheduling_gates(cluster.view(), by, cluster.pod("a/free"))->pre_enqueue().ok());
}

}  // namespace
}  // namespace crosstie::schedule::plugins
