#include "schedule/plugins/inter_pod_affinity.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::node_id;

const status not_near{status_code::unschedulable_and_unresolvable,
                      {"node(s) didn't match pod affinity rules"}};
const status not_far{status_code::unschedulable, {"node(s) didn't match pod anti-affinity rules"}};
const status kept_off{status_code::unschedulable,
                      {"node(s) didn't satisfy existing pods anti-affinity rules"}};

constexpr std::string_view nodes = R"(
{kind: Node, apiVersion: v1, metadata: {name: a1, labels: {zone: a, host: a1}}}
---
{kind: Node, apiVersion: v1, metadata: {name: a2, labels: {zone: a, host: a2}}}
---
{kind: Node, apiVersion: v1, metadata: {name: b1, labels: {zone: b, host: b1}}}
---
{kind: Node, apiVersion: v1, metadata: {name: bare}}
---
{kind: Namespace, apiVersion: v1, metadata: {name: home, labels: {team: one}}}
---
{kind: Namespace, apiVersion: v1, metadata: {name: away, labels: {team: two}}}
---
)";

std::string pod(std::string_view full_name, std::string_view label, std::string_view node,
                std::string_view affinity = "") {
  const std::size_t slash = full_name.find('/');
  return "{kind: Pod, apiVersion: v1, metadata: {namespace: " +
         std::string(full_name.substr(0, slash)) +
         ", name: " + std::string(full_name.substr(slash + 1)) +
         ", labels: {app: " + std::string(label) + "}}, spec: {containers: [{name: c}]" +
         (node.empty() ? "" : ", nodeName: " + std::string(node)) + ", affinity: {" +
         std::string(affinity) + "}}}\n---\n";
}
// A term for pods with this label, in each `key`.
std::string term(std::string_view label, std::string_view key = "zone",
                 std::string_view more = "") {
  return "{labelSelector: {matchLabels: {app: " + std::string(label) +
         "}}, topologyKey: " + std::string(key) + (more.empty() ? "" : ", ") + std::string(more) +
         "}";
}
std::string near(std::string_view terms) {
  return "podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [" + std::string(terms) +
         "]}";
}
std::string far(std::string_view terms) {
  return "podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [" +
         std::string(terms) + "]}";
}
std::string weighted(int weight, std::string_view one) {
  return "{weight: " + std::to_string(weight) + ", podAffinityTerm: " + std::string(one) + "}";
}
std::string rather_near(std::string_view terms) {
  return "podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [" + std::string(terms) +
         "]}";
}
std::string rather_far(std::string_view terms) {
  return "podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [" +
         std::string(terms) + "]}";
}

struct affinity_case {
  explicit affinity_case(const std::string& pods) : cluster(std::string(nodes) + pods) { make(); }
  void make() { asked = make_inter_pod_affinity(cluster.view(), by, cluster.pod("home/new")); }
  status filter(std::string_view node) { return asked->filter(cluster.node(node)); }
  status_code start() { return asked->pre_filter().verdict.code; }
  status_code start_scoring(std::initializer_list<std::string_view> names) {
    feasible.clear();
    for (const std::string_view each : names) feasible.push_back(cluster.node(each));
    return asked->pre_score(feasible).code;
  }
  std::vector<std::int64_t> scores() {
    std::vector<std::int64_t> all;
    for (const node_id each : feasible) all.push_back(asked->score(each));
    return all;
  }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
  std::vector<node_id> feasible;
};

TEST(inter_pod_affinity, skips_where_nobody_has_terms) {
  affinity_case none(pod("home/new", "web", "") + pod("home/p", "web", "a1"));
  EXPECT_EQ(none.start(), status_code::skip);
  EXPECT_EQ(none.start_scoring({"a1", "b1"}), status_code::skip);
}

TEST(inter_pod_affinity, says_what_is_wrong_with_a_selector_as_upstream_does) {
  affinity_case wrong(
      pod("home/new", "x", "", near(term("\"{{.bad}}\"")) + ", " + far(term("\"-\""))));
  EXPECT_EQ(wrong.start(), status_code::unschedulable_and_unresolvable);
  const std::string form =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
      "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
      "'my_value',  or '12345', regex used for validation is "
      "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  const std::string near_problem =
      "requiredAffinityTerms: values[0][app]: Invalid value: \"{{.bad}}\": " + form;
  const std::string far_problem =
      "requiredAntiAffinityTerms: values[0][app]: Invalid value: \"-\": " + form;
  EXPECT_EQ(wrong.asked->pre_filter().verdict.reasons,
            std::vector{"parsing pod: [" + near_problem + ", " + far_problem + "]"});
}

TEST(inter_pod_affinity, wants_a_domain_with_a_pod_that_meets_all_terms) {
  affinity_case one(pod("home/new", "web", "", near(term("db") + "," + term("db", "host"))) +
                    pod("home/p", "db", "a1") + pod("home/q", "web", "b1"));
  ASSERT_EQ(one.start(), status_code::success);
  EXPECT_TRUE(one.filter("a1").ok());
  EXPECT_EQ(one.filter("a2"), not_near) << "the right zone, another host";
  EXPECT_EQ(one.filter("b1"), not_near);
  EXPECT_EQ(one.filter("bare"), not_near);

  affinity_case split(pod("home/new", "web", "", near(term("db") + "," + term("cache"))) +
                      pod("home/p", "db", "a1") + pod("home/q", "cache", "a1"));
  ASSERT_EQ(split.start(), status_code::success);
  EXPECT_EQ(split.filter("a1"), not_near) << "no single pod meets both terms";
}

TEST(inter_pod_affinity, the_first_of_a_group_may_go_anywhere_with_the_label) {
  affinity_case first(pod("home/new", "web", "", near(term("web"))) + pod("away/p", "web", "a1"));
  ASSERT_EQ(first.start(), status_code::success);
  EXPECT_TRUE(first.filter("b1").ok()) << "the pod of another namespace is not of the group";
  EXPECT_EQ(first.filter("bare"), not_near);
  first.asked->pod_added(first.cluster.pod("home/new"), first.cluster.node("a1"));
  EXPECT_EQ(first.filter("b1"), not_near) << "now there is a first one";
  first.asked->pod_removed(first.cluster.pod("home/new"), first.cluster.node("a1"));
  EXPECT_TRUE(first.filter("b1").ok());
}

TEST(inter_pod_affinity, keeps_away_from_pods_it_dislikes) {
  affinity_case one(pod("home/new", "web", "", far(term("db"))) + pod("home/p", "db", "a1"));
  ASSERT_EQ(one.start(), status_code::success);
  EXPECT_EQ(one.filter("a2"), not_far);
  EXPECT_TRUE(one.filter("b1").ok());
  EXPECT_TRUE(one.filter("bare").ok());
  one.asked->pod_removed(one.cluster.pod("home/p"), one.cluster.node("a1"));
  EXPECT_TRUE(one.filter("a2").ok());
}

TEST(inter_pod_affinity, is_kept_away_by_pods_that_dislike_it) {
  affinity_case one(pod("home/new", "web", "") + pod("home/p", "db", "a1", far(term("web"))));
  ASSERT_EQ(one.start(), status_code::success);
  EXPECT_EQ(one.filter("a2"), kept_off);
  EXPECT_TRUE(one.filter("b1").ok());
  affinity_case both(pod("home/new", "web", "", far(term("db"))) +
                     pod("home/p", "db", "a1", far(term("web"))));
  ASSERT_EQ(both.start(), status_code::success);
  EXPECT_EQ(both.filter("a2"), not_far) << "its own rules are judged first";
}

TEST(inter_pod_affinity, terms_choose_namespaces_by_name_and_by_label) {
  const std::string existing = pod("away/p", "db", "a1");
  const auto reaches = [&](std::string_view more) {
    affinity_case one(pod("home/new", "web", "", far(term("db", "zone", more))) + existing);
    EXPECT_EQ(one.start(), status_code::success);
    return !one.filter("a1").ok();
  };
  EXPECT_FALSE(reaches(""));
  EXPECT_TRUE(reaches("namespaces: [away]"));
  EXPECT_FALSE(reaches("namespaces: [home]"));
  EXPECT_TRUE(reaches("namespaceSelector: {}"));
  EXPECT_TRUE(reaches("namespaceSelector: {matchLabels: {team: two}}"));
  EXPECT_FALSE(reaches("namespaceSelector: {matchLabels: {team: one}}"));
  // Upstream asks an incoming pod's selector about no labels too, where negative ones match.
  EXPECT_TRUE(
      reaches("namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}"));
}

TEST(inter_pod_affinity, existing_terms_see_the_labels_of_the_incoming_namespace) {
  const auto reaches = [&](std::string_view more) {
    affinity_case one(pod("home/new", "web", "") +
                      pod("away/p", "db", "a1", far(term("web", "zone", more))));
    return one.start() == status_code::success && !one.filter("a1").ok();
  };
  EXPECT_FALSE(reaches(""));
  EXPECT_TRUE(reaches("namespaceSelector: {matchLabels: {team: one}}"));
  EXPECT_FALSE(reaches("namespaceSelector: {matchLabels: {team: two}}"));
  EXPECT_FALSE(
      reaches("namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}"));
}

TEST(inter_pod_affinity, preferred_terms_add_and_subtract) {
  affinity_case one(pod("home/new", "web", "",
                        rather_near(weighted(10, term("db"))) + ", " +
                            rather_far(weighted(4, term("db", "host")))) +
                    pod("home/p", "db", "a1"));
  ASSERT_EQ(one.start_scoring({"a1", "a2", "b1"}), status_code::success);
  auto scores = one.scores();
  EXPECT_EQ(scores, (std::vector<std::int64_t>{6, 10, 0}));
  one.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{60, 100, 0}));
}

TEST(inter_pod_affinity, scores_are_symmetric) {
  const std::string pods =
      pod("home/new", "web", "") + pod("home/p", "db", "a1", near(term("web"))) +
      pod("home/q", "db", "a2", rather_near(weighted(3, term("web", "host")))) +
      pod("home/r", "db", "b1", rather_far(weighted(5, term("web"))));
  affinity_case one(pods);
  ASSERT_EQ(one.start_scoring({"a1", "a2", "b1"}), status_code::success);
  EXPECT_EQ(one.scores(), (std::vector<std::int64_t>{1, 4, -5}));
  auto scores = one.scores();
  one.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{66, 100, 0}));

  one.by.inter_pod_affinity.hard_pod_affinity_weight = 0;
  one.make();
  ASSERT_EQ(one.start_scoring({"a1", "a2", "b1"}), status_code::success);
  EXPECT_EQ(one.scores(), (std::vector<std::int64_t>{0, 3, -5}));

  one.by.inter_pod_affinity.ignore_preferred_terms_of_existing_pods = true;
  one.make();
  EXPECT_EQ(one.start_scoring({"a1", "a2", "b1"}), status_code::skip);
}

TEST(inter_pod_affinity, equal_scores_normalise_to_zero) {
  affinity_case one(pod("home/new", "web", "", rather_near(weighted(10, term("db")))) +
                    pod("home/p", "db", "a1"));
  ASSERT_EQ(one.start_scoring({"a1", "a2"}), status_code::success);
  auto scores = one.scores();
  one.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{0, 0}));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
