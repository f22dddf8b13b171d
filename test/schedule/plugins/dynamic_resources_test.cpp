#include "schedule/plugins/dynamic_resources.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

constexpr std::string_view objects = R"(
{kind: Pod, apiVersion: v1, metadata: {name: plain, namespace: a}, spec: {containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: waits, namespace: a},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimName: not-made}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: early, namespace: a},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimTemplateName: t}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: free, namespace: a},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimTemplateName: t}]},
 status: {resourceClaimStatuses: [{name: d}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: ready, namespace: a},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimName: made}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: late, namespace: a},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimName: leaving}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: robbed, namespace: a, uid: u1},
 spec: {containers: [{name: c}], resourceClaims: [{name: d, resourceClaimTemplateName: t}]},
 status: {resourceClaimStatuses: [{name: d, resourceClaimName: made}]}}
---
{kind: ResourceClaim, apiVersion: resource.k8s.io/v1, metadata: {name: made, namespace: a}, spec: {}}
---
{kind: ResourceClaim, apiVersion: resource.k8s.io/v1,
 metadata: {name: leaving, namespace: a, deletionTimestamp: "2026-01-01T00:00:00Z"}, spec: {}}
)";

class dynamic_resources_test : public testing::Test {
 protected:
  std::unique_ptr<plugin> ask(std::string_view pod) {
    return make_dynamic_resources(cluster_.view(), profile_, cluster_.pod(pod));
  }
  std::string reason(std::string_view pod) {
    const status gate = ask(pod)->pre_enqueue();
    EXPECT_EQ(gate.code, status_code::unschedulable_and_unresolvable);
    EXPECT_EQ(ask(pod)->pre_filter().verdict, gate);
    return gate.reasons.empty() ? "" : gate.reasons.front();
  }

  small_cluster cluster_{objects};
  const profile profile_{};
};

TEST_F(dynamic_resources_test, a_pod_without_claims_passes) {
  EXPECT_TRUE(ask("a/plain")->pre_enqueue().ok());
  EXPECT_EQ(ask("a/plain")->pre_filter().verdict.code, status_code::skip);
}

TEST_F(dynamic_resources_test, a_pod_whose_claims_are_missing_is_gated) {
  EXPECT_EQ(reason("a/waits"), "could not find ResourceClaim \"a/not-made\"");
  EXPECT_EQ(reason("a/early"), "pod \"a/early\": ResourceClaim not created yet");
}

TEST_F(dynamic_resources_test, a_claim_that_cannot_be_used_gates_too) {
  EXPECT_EQ(reason("a/late"), "resourceclaim \"leaving\" is being deleted");
  EXPECT_EQ(reason("a/robbed"),
            "ResourceClaim a/made was not created for Pod a/robbed (Pod is not owner)");
}

TEST_F(dynamic_resources_test, a_template_that_needed_no_claim_passes) {
  EXPECT_TRUE(ask("a/free")->pre_enqueue().ok());
  EXPECT_EQ(ask("a/free")->pre_filter().verdict.code, status_code::skip);
}

TEST_F(dynamic_resources_test, existing_claims_are_refused_honestly) {
  EXPECT_TRUE(ask("a/ready")->pre_enqueue().ok());
  const status verdict = ask("a/ready")->pre_filter().verdict;
  EXPECT_EQ(verdict.code, status_code::error);
  EXPECT_NE(verdict.reasons.at(0).find("not supported yet"), std::string::npos);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
