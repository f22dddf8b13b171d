#include "schedule/support.hpp"

#include <gtest/gtest.h>

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule {
namespace {

constexpr std::string_view cluster_text = R"(
kind: Node
apiVersion: v1
metadata: {name: n1}
status: {allocatable: {cpu: "4", example.com/gpu: "1"}}
---
kind: ResourceClaim
apiVersion: resource.k8s.io/v1
metadata: {namespace: a, name: there}
---
kind: Pod
apiVersion: v1
metadata: {namespace: a, name: claims}
spec:
  schedulerName: default-scheduler
  containers: [{name: c, image: i}]
  resourceClaims: [{name: r, resourceClaimName: there}]
---
kind: Pod
apiVersion: v1
metadata: {namespace: a, name: waits-for-its-claim}
spec:
  schedulerName: default-scheduler
  containers: [{name: c, image: i}]
  resourceClaims: [{name: r, resourceClaimName: missing}]
---
kind: Pod
apiVersion: v1
metadata: {namespace: a, name: asks}
spec:
  schedulerName: default-scheduler
  containers:
  - {name: c, image: i, resources: {requests: {example.com/gpu: "1", example.com/fpga: "1"}}}
---
kind: Pod
apiVersion: v1
metadata: {namespace: a, name: content}
spec:
  schedulerName: default-scheduler
  containers: [{name: c, image: i, resources: {requests: {example.com/gpu: "1"}}}]
---
kind: Pod
apiVersion: v1
metadata: {namespace: a, name: placed}
spec:
  nodeName: n1
  containers: [{name: c, image: i}]
  resourceClaims: [{name: r, resourceClaimName: there}]
)";

TEST(support, pods_with_existing_claims_are_found) {
  small_cluster cluster(cluster_text);
  const auto found = find_unsupported(cluster.objects(), {}, default_configuration());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].pods, 1u);
  EXPECT_EQ(to_string(found[0]),
            "pods on no node that claim devices (spec.resourceClaims), which this version does not "
            "allocate, are not placed: 1, the first a/claims");
}

TEST(support, device_classes_matter_to_pods_that_ask_what_no_node_offers) {
  small_cluster cluster(cluster_text);
  const configuration settings = default_configuration();
  const cluster::kind_count classes{"DeviceClass", 2}, secrets{"Secret", 2};
  EXPECT_EQ(find_unsupported(cluster.objects(), {{secrets}}, settings).size(), 1u);
  const auto found = find_unsupported(cluster.objects(), {{secrets, classes}}, settings);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].pods, 1u);
  EXPECT_EQ(found[1].example, "a/asks");
}

TEST(support, pods_that_wait_for_another_scheduler_are_found) {
  small_cluster cluster(cluster_text);
  configuration settings = default_configuration();
  settings.profiles[0].scheduler_name = "another";
  const auto found = find_unsupported(cluster.objects(), {}, settings);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(to_string(found[0]),
            "pods on no node that name a scheduler that no profile has are not placed: 4, the "
            "first a/claims");
}

}  // namespace
}  // namespace crosstie::schedule
