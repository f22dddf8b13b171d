#include "schedule/plugins/taint_toleration.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

class taint_toleration_test : public testing::Test {
 protected:
  std::unique_ptr<plugin> ask(std::string_view pod) {
    return make_taint_toleration(cluster_.view(), by_, cluster_.pod(pod));
  }

  const profile by_;
  small_cluster cluster_{R"(
{kind: Node, apiVersion: v1, metadata: {name: clean}}
---
{kind: Node, apiVersion: v1, metadata: {name: hard},
 spec: {taints: [{key: gpu, value: "yes", effect: NoSchedule}]}}
---
{kind: Node, apiVersion: v1, metadata: {name: evicting},
 spec: {taints: [{key: drain, effect: NoExecute}]}}
---
{kind: Node, apiVersion: v1, metadata: {name: soft},
 spec: {taints: [{key: spot, effect: PreferNoSchedule}, {key: gpu, value: "yes", effect: PreferNoSchedule},
                 {key: old, effect: PreferNoSchedule}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: plain, namespace: a}, spec: {containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: gpu, namespace: a},
 spec: {containers: [{name: c}], tolerations: [{key: gpu, operator: Exists}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: hard-only, namespace: a},
 spec: {containers: [{name: c}], tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]}}
)"};
};

TEST_F(taint_toleration_test, hard_taints_reject_and_soft_ones_do_not) {
  const status kept_off{status_code::unschedulable_and_unresolvable,
                        {"node(s) had untolerated taint(s)"}};
  const auto plain = ask("a/plain");
  EXPECT_TRUE(plain->filter(cluster_.node("clean")).ok());
  EXPECT_TRUE(plain->filter(cluster_.node("soft")).ok());
  EXPECT_EQ(plain->filter(cluster_.node("hard")), kept_off);
  EXPECT_EQ(plain->filter(cluster_.node("evicting")), kept_off);
  EXPECT_TRUE(ask("a/gpu")->filter(cluster_.node("hard")).ok());
  EXPECT_FALSE(ask("a/gpu")->filter(cluster_.node("evicting")).ok());
}

TEST_F(taint_toleration_test, scores_count_soft_taints_that_soft_tolerations_do_not_cover) {
  const auto count = [&](std::string_view pod, std::string_view node) {
    const auto asked = ask(pod);
    EXPECT_TRUE(asked->pre_score({}).ok());
    return asked->score(cluster_.node(node));
  };
  EXPECT_EQ(count("a/plain", "soft"), 3);
  EXPECT_EQ(count("a/plain", "hard"), 0);
  EXPECT_EQ(count("a/gpu", "soft"), 2);
  EXPECT_EQ(count("a/hard-only", "soft"), 3);
}

TEST_F(taint_toleration_test, fewer_is_better) {
  std::vector<std::int64_t> scores{0, 1, 3};
  ask("a/plain")->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{100, 67, 0}));
  scores = {0, 0};
  ask("a/plain")->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{100, 100}));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
