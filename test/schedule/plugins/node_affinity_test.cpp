#include "schedule/plugins/node_affinity.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

class node_affinity_test : public testing::Test {
 protected:
  std::unique_ptr<plugin> ask(std::string_view pod) {
    return make_node_affinity(cluster_.view(), by_, cluster_.pod(pod));
  }
  cluster::node_selector_term zone(const char* value) {
    auto& names = cluster_.objects().names();
    return {{{names.intern("zone"), cluster::selector_operator::in, {names.intern(value)}}}, {}};
  }
  std::int64_t score(std::string_view pod, std::string_view node) {
    const auto asked = ask(pod);
    EXPECT_TRUE(asked->pre_score({}).ok());
    return asked->score(cluster_.node(node));
  }

  profile by_;
  small_cluster cluster_{R"(
{kind: Node, apiVersion: v1, metadata: {name: n1, labels: {zone: a, disk: ssd}}}
---
{kind: Node, apiVersion: v1, metadata: {name: n2, labels: {zone: b}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: plain, namespace: a}, spec: {containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: ssd, namespace: a},
 spec: {containers: [{name: c}], nodeSelector: {disk: ssd}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: named, namespace: a},
 spec: {containers: [{name: c}], affinity: {nodeAffinity: {
  requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
   {matchFields: [{key: metadata.name, operator: In, values: [n2]}]},
   {matchFields: [{key: metadata.name, operator: In, values: [gone]}]}]}}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: half-named, namespace: a},
 spec: {containers: [{name: c}], affinity: {nodeAffinity: {
  requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
   {matchFields: [{key: metadata.name, operator: In, values: [n2]}]},
   {matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: torn, namespace: a},
 spec: {containers: [{name: c}], affinity: {nodeAffinity: {
  requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
   {matchFields: [{key: metadata.name, operator: In, values: [n1]},
                  {key: metadata.name, operator: In, values: [n2]}]}]}}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: prefers, namespace: a},
 spec: {containers: [{name: c}], affinity: {nodeAffinity: {
  preferredDuringSchedulingIgnoredDuringExecution: [
   {weight: 5, preference: {matchExpressions: [{key: zone, operator: In, values: [a]}]}},
   {weight: 2, preference: {matchExpressions: [{key: zone, operator: Exists}]}}]}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: errs, namespace: a},
 spec: {containers: [{name: c}], affinity: {nodeAffinity: {
  preferredDuringSchedulingIgnoredDuringExecution: [
   {weight: 5, preference: {matchExpressions: [{key: zone, operator: Gt, values: [abc]}]}}]}}}}
)"};
};

TEST_F(node_affinity_test, has_no_say_about_pods_that_ask_for_nothing) {
  EXPECT_EQ(ask("a/plain")->pre_filter().verdict.code, status_code::skip);
  EXPECT_EQ(ask("a/plain")->pre_score({}).code, status_code::skip);
}

TEST_F(node_affinity_test, rejects_nodes_without_the_selected_labels) {
  const auto asked = ask("a/ssd");
  const auto before = asked->pre_filter();
  EXPECT_TRUE(before.verdict.ok());
  EXPECT_FALSE(before.node_names);
  EXPECT_TRUE(asked->filter(cluster_.node("n1")).ok());
  EXPECT_EQ(asked->filter(cluster_.node("n2")),
            (status{status_code::unschedulable_and_unresolvable,
                    {"node(s) didn't match Pod's node affinity/selector"}}));
}

TEST_F(node_affinity_test, terms_that_all_name_nodes_narrow_the_search) {
  const auto before = ask("a/named")->pre_filter();
  ASSERT_TRUE(before.node_names);
  EXPECT_EQ(before.node_names->size(), 2u);
  EXPECT_FALSE(ask("a/half-named")->pre_filter().node_names);
  EXPECT_EQ(ask("a/torn")->pre_filter().verdict,
            (status{status_code::unschedulable_and_unresolvable, {"pod affinity terms conflict"}}));
}

TEST_F(node_affinity_test, scores_the_weights_of_matching_terms) {
  EXPECT_EQ(score("a/prefers", "n1"), 7);
  EXPECT_EQ(score("a/prefers", "n2"), 2);
  std::vector<std::int64_t> scores{7, 2, 0};
  ask("a/prefers")->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{100, 28, 0}));
}

TEST_F(node_affinity_test, a_preferred_term_that_does_not_parse_is_an_error) {
  EXPECT_EQ(ask("a/errs")->pre_score({}).code, status_code::error);
}

TEST_F(node_affinity_test, the_profile_s_affinity_holds_for_every_pod) {
  auto& added = by_.node_affinity.added_affinity.emplace();
  added.required = cluster::node_selector{{zone("a")}};
  added.preferred = {{3, zone("b")}};
  EXPECT_TRUE(ask("a/plain")->pre_filter().verdict.ok());
  EXPECT_TRUE(ask("a/plain")->filter(cluster_.node("n1")).ok());
  EXPECT_EQ(ask("a/plain")->filter(cluster_.node("n2")).reasons,
            std::vector<std::string>{"node(s) didn't match scheduler-enforced node affinity"});
  EXPECT_EQ(score("a/plain", "n2"), 3);
  EXPECT_EQ(score("a/prefers", "n2"), 5);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
