#include "schedule/plugins/node_declared_features.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

constexpr std::string_view objects = R"(
{kind: Node, apiVersion: v1, metadata: {name: bare}}
---
{kind: Node, apiVersion: v1, metadata: {name: rich},
 status: {declaredFeatures: [RestartAllContainersOnContainerExits, UserNamespacesHostNetworkSupport]}}
---
{kind: Node, apiVersion: v1, metadata: {name: half},
 status: {declaredFeatures: [UserNamespacesHostNetworkSupport]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: plain, namespace: a},
 spec: {hostNetwork: true, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: users, namespace: a},
 spec: {hostNetwork: true, hostUsers: false, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: restarts, namespace: a},
 spec: {containers: [{name: c}], initContainers: [{name: i, restartPolicyRules: [
   {action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}]}]}}
)";

class node_declared_features_test : public testing::Test {
 protected:
  std::unique_ptr<plugin> ask(std::string_view pod) {
    return make_node_declared_features(cluster_.view(), profile_, cluster_.pod(pod));
  }

  small_cluster cluster_{objects};
  const profile profile_{};
};

TEST_F(node_declared_features_test, skips_pods_that_need_nothing) {
  EXPECT_EQ(ask("a/plain")->pre_filter().verdict.code, status_code::skip);
}

TEST_F(node_declared_features_test, keeps_pods_to_nodes_that_declare_what_they_need) {
  const status missing{status_code::unschedulable_and_unresolvable,
                       {"node(s) didn't match Pod's required features"}};
  const auto users = ask("a/users");
  EXPECT_TRUE(users->pre_filter().verdict.ok());
  EXPECT_EQ(users->filter(cluster_.node("bare")), missing);
  EXPECT_TRUE(users->filter(cluster_.node("half")).ok());
  const auto restarts = ask("a/restarts");
  EXPECT_TRUE(restarts->pre_filter().verdict.ok());
  EXPECT_EQ(restarts->filter(cluster_.node("half")), missing);
  EXPECT_TRUE(restarts->filter(cluster_.node("rich")).ok());
}

}  // namespace
}  // namespace crosstie::schedule::plugins
