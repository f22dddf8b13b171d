#include "schedule/plugins/pod_topology_spread.hpp"

#include "schedule/plugins/spread_constraint.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::node_id;

const status unspread{status_code::unschedulable,
                      {"node(s) didn't match pod topology spread constraints"}};
const status unlabelled{
    status_code::unschedulable_and_unresolvable,
    {"node(s) didn't match pod topology spread constraints (missing required label)"}};

// Zones a (2 nodes, 2 matching pods), b (1 node, 1 pod) and c (tainted, no pod); one node outside.
constexpr std::string_view nodes_and_pods = R"(
{kind: Node, apiVersion: v1, metadata: {name: a1, labels: {zone: a, kubernetes.io/hostname: a1}}}
---
{kind: Node, apiVersion: v1, metadata: {name: a2, labels: {zone: a, kubernetes.io/hostname: a2}}}
---
{kind: Node, apiVersion: v1, metadata: {name: b1, labels: {zone: b, kubernetes.io/hostname: b1, disk: ssd}}}
---
{kind: Node, apiVersion: v1, metadata: {name: c1, labels: {zone: c, kubernetes.io/hostname: c1}},
 spec: {taints: [{key: t, effect: NoSchedule}]}}
---
{kind: Node, apiVersion: v1, metadata: {name: outside, labels: {kubernetes.io/hostname: outside}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: p1, namespace: home, labels: {app: web}},
 spec: {nodeName: a1, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: p2, namespace: home, labels: {app: web, hash: h1}},
 spec: {nodeName: a2, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: p3, namespace: home, labels: {app: web}},
 spec: {nodeName: b1, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: other, namespace: away, labels: {app: web}},
 spec: {nodeName: b1, containers: [{name: c}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: leaving, namespace: home, labels: {app: web},
 deletionTimestamp: "2026-01-01T00:00:00Z"}, spec: {nodeName: b1, containers: [{name: c}]}}
---
)";

// The cluster with a pod home/new of these constraints and further spec.
struct spread_case {
  explicit spread_case(std::string_view constraints, std::string_view more = "",
                       std::string_view labels = "app: web", std::string_view objects = "")
      : cluster(std::string(nodes_and_pods) + std::string(objects) +
                "{kind: Pod, apiVersion: v1, metadata: {name: new, namespace: home, labels: {" +
                std::string(labels) + "}}, spec: {containers: [{name: c}], " + std::string(more) +
                " topologySpreadConstraints: [" + std::string(constraints) + "]}}") {
    make();
  }
  void make() { asked = make_pod_topology_spread(cluster.view(), by, cluster.pod("home/new")); }
  status filter(std::string_view node) { return asked->filter(cluster.node(node)); }
  std::vector<node_id> nodes(std::initializer_list<std::string_view> names) {
    std::vector<node_id> ids;
    for (const std::string_view each : names) ids.push_back(cluster.node(each));
    return ids;
  }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
};

constexpr std::string_view hard =
    "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: "
    "{matchLabels: "
    "{app: web}}}";

TEST(pod_topology_spread, skips_pods_without_hard_constraints) {
  spread_case none("");
  EXPECT_EQ(none.asked->pre_filter().verdict.code, status_code::skip);
}

TEST(pod_topology_spread, keeps_domains_within_the_skew) {
  spread_case spread(hard);
  ASSERT_TRUE(spread.asked->pre_filter().verdict.ok());
  EXPECT_EQ(spread.filter("a1"), unspread) << "2 + 1 - 0 > 1";
  EXPECT_EQ(spread.filter("b1"), unspread) << "pods of other namespaces and leaving ones count 0";
  EXPECT_TRUE(spread.filter("c1").ok()) << "taints are ignored unless the policy honours them";
  EXPECT_EQ(spread.filter("outside"), unlabelled);
}

TEST(pod_topology_spread, policies_choose_the_domains) {
  spread_case taints(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Honor, "
      "labelSelector: {matchLabels: {app: web}}}");
  ASSERT_TRUE(taints.asked->pre_filter().verdict.ok());
  EXPECT_EQ(taints.filter("a1"), unspread);
  EXPECT_TRUE(taints.filter("b1").ok()) << "without zone c the minimum is 1";

  spread_case affinity(hard, "nodeSelector: {disk: ssd},");
  ASSERT_TRUE(affinity.asked->pre_filter().verdict.ok());
  EXPECT_TRUE(affinity.filter("b1").ok()) << "zone b is the only domain";
  EXPECT_TRUE(affinity.filter("a1").ok()) << "a domain that is not registered counts 0";

  spread_case ignored(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, nodeAffinityPolicy: "
      "Ignore, "
      "labelSelector: {matchLabels: {app: web}}}",
      "nodeSelector: {disk: ssd},");
  ASSERT_TRUE(ignored.asked->pre_filter().verdict.ok());
  EXPECT_EQ(ignored.filter("b1"), unspread);
}

TEST(pod_topology_spread, too_few_domains_make_the_minimum_zero) {
  spread_case few(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, "
      "nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: web}}}");
  ASSERT_TRUE(few.asked->pre_filter().verdict.ok());
  EXPECT_EQ(few.filter("b1"), unspread) << "1 + 1 - 0 > 1, as there are 2 of 3 domains";
}

TEST(pod_topology_spread, match_label_keys_narrow_the_selector) {
  constexpr std::string_view by_hash =
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [hash, "
      "none], "
      "labelSelector: {matchLabels: {app: web}}}";
  spread_case narrowed(by_hash, "", "app: web, hash: h1");
  ASSERT_TRUE(narrowed.asked->pre_filter().verdict.ok());
  EXPECT_EQ(narrowed.filter("a1"), unspread);
  EXPECT_TRUE(narrowed.filter("b1").ok()) << "no pod of this hash there";
}

TEST(pod_topology_spread, an_empty_selector_counts_no_pod_but_the_incoming_one) {
  spread_case all(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}");
  ASSERT_TRUE(all.asked->pre_filter().verdict.ok());
  EXPECT_TRUE(all.filter("a1").ok()) << "0 + 1 - 0";
  all.asked->pod_added(all.cluster.pod("home/p3"), all.cluster.node("a1"));
  EXPECT_EQ(all.filter("a1"), unspread) << "a pod that is added counts: 1 + 1 - 0";
}

TEST(pod_topology_spread, no_selector_matches_nothing_at_all) {
  spread_case none("{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}");
  ASSERT_TRUE(none.asked->pre_filter().verdict.ok());
  none.asked->pod_added(none.cluster.pod("home/p3"), none.cluster.node("a1"));
  EXPECT_TRUE(none.filter("a1").ok());
}

TEST(pod_topology_spread, counts_follow_pods_that_come_and_go) {
  spread_case spread(hard);
  ASSERT_TRUE(spread.asked->pre_filter().verdict.ok());
  const node_id a1 = spread.cluster.node("a1"), a2 = spread.cluster.node("a2");
  spread.asked->pod_removed(spread.cluster.pod("home/p1"), a1);
  spread.asked->pod_removed(spread.cluster.pod("home/p2"), a2);
  EXPECT_TRUE(spread.filter("a1").ok());
  spread.asked->pod_added(spread.cluster.pod("home/p1"), a1);
  EXPECT_EQ(spread.filter("a1"), unspread);
  spread.asked->pod_removed(spread.cluster.pod("away/other"), spread.cluster.node("b1"));
  EXPECT_EQ(spread.filter("b1"), unspread) << "another namespace changes nothing";
  spread.asked->pod_removed(spread.cluster.pod("home/leaving"), spread.cluster.node("b1"));
  EXPECT_TRUE(spread.filter("b1").ok()) << "a leaving pod is taken off though it never counted";
}

TEST(pod_topology_spread, nodes_must_carry_the_keys_of_all_constraints_to_count) {
  spread_case both(std::string(hard) +
                   ", {maxSkew: 1, topologyKey: disk, whenUnsatisfiable: DoNotSchedule, "
                   "labelSelector: {matchLabels: {app: web}}}");
  ASSERT_TRUE(both.asked->pre_filter().verdict.ok());
  EXPECT_TRUE(both.filter("b1").ok()) << "b1 alone has both labels, so each minimum is its own 1";
  EXPECT_EQ(both.filter("a1"), unlabelled);
}

TEST(pod_topology_spread, fewer_matching_pods_score_higher) {
  spread_case soft(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: "
      "{matchLabels: {app: web}}}");
  const auto feasible = soft.nodes({"a1", "b1", "c1", "outside"});
  ASSERT_TRUE(soft.asked->pre_score(feasible).ok());
  std::vector<std::int64_t> scores;
  for (const node_id each : feasible) scores.push_back(soft.asked->score(each));
  // Three zones: 2 ln 5, 1 ln 5 and 0, rounded.
  EXPECT_EQ(scores, (std::vector<std::int64_t>{3, 2, 0, 0}));
  soft.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{0, 33, 100, 0})) << "a node without the key gets 0";
}

TEST(pod_topology_spread, scores_are_full_where_there_is_nothing_to_spread) {
  spread_case soft(
      "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: "
      "{matchLabels: {app: db}}}");
  const auto feasible = soft.nodes({"a1", "b1"});
  ASSERT_TRUE(soft.asked->pre_score(feasible).ok());
  std::vector<std::int64_t> scores{soft.asked->score(feasible[0]), soft.asked->score(feasible[1])};
  soft.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{100, 100}));
}

TEST(pod_topology_spread, hosts_count_their_own_pods) {
  spread_case soft(
      "{maxSkew: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, "
      "labelSelector: {matchLabels: {app: web}}}");
  const auto feasible = soft.nodes({"a1", "b1", "c1"});
  ASSERT_TRUE(soft.asked->pre_score(feasible).ok());
  // 1 ln 5 + (2 - 1) = 2.6 and 0 + 1.
  EXPECT_EQ(soft.asked->score(feasible[0]), 3);
  EXPECT_EQ(soft.asked->score(feasible[2]), 1);
}

// ---- default constraints
// -------------------------------------------------------------------------

constexpr std::string_view service =
    "{kind: Service, apiVersion: v1, metadata: {name: s, namespace: home}, spec: {selector: {app: "
    "web}}}"
    "\n---\n";

TEST(pod_topology_spread, the_systems_defaults_score_hosts_without_a_zone_too) {
  spread_case defaulted("", "", "app: web", service);
  EXPECT_EQ(defaulted.asked->pre_filter().verdict.code, status_code::skip) << "they are soft";
  const auto feasible = defaulted.nodes({"a1", "outside"});
  ASSERT_TRUE(defaulted.asked->pre_score(feasible).ok());
  std::vector<std::int64_t> scores{defaulted.asked->score(feasible[0]),
                                   defaulted.asked->score(feasible[1])};
  // 1 ln 4 + (3 - 1) = 3.4 and 0 + 2: no node has topology.kubernetes.io/zone.
  EXPECT_EQ(scores, (std::vector<std::int64_t>{3, 2}));
  defaulted.asked->normalize(scores);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{66, 100}));
}

TEST(pod_topology_spread, default_constraints_need_a_selector) {
  spread_case alone("");
  EXPECT_EQ(alone.asked->pre_score(alone.nodes({"a1", "b1"})).code, status_code::skip);
  spread_case own("{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}", "",
                  "app: web", service);
  EXPECT_EQ(own.asked->pre_score(own.nodes({"a1", "b1"})).code, status_code::skip)
      << "a pod with constraints of its own gets no default ones";
}

TEST(pod_topology_spread, the_profiles_list_may_be_hard) {
  spread_case listed("", "", "app: web", service);
  listed.by.topology_spread.list_defaulting = true;
  listed.by.topology_spread.default_constraints.push_back(
      {.max_skew = 1,
       .topology_key = *listed.cluster.objects().names().find("zone"),
       .when_unsatisfiable = cluster::unsatisfiable_action::do_not_schedule,
       .selector = {},
       .min_domains = {},
       .match_label_keys = {}});
  listed.make();
  ASSERT_TRUE(listed.asked->pre_filter().verdict.ok());
  EXPECT_EQ(listed.filter("a1"), unspread);
  EXPECT_TRUE(listed.filter("c1").ok());
}

// ---- the selector of default constraints
// ---------------------------------------------------------

std::string deduce(std::string_view owner, std::string_view objects) {
  small_cluster cluster(
      "{kind: Pod, apiVersion: v1, metadata: {name: new, namespace: home, labels: {app: web, tier: "
      "x}, "
      "ownerReferences: [" +
      std::string(owner) + "]}, spec: {containers: [{name: c}]}}\n---\n" + std::string(objects));
  const auto& store = cluster.objects();
  std::string text;
  for (const auto& each : deduce_selector(store, store[cluster.pod("home/new")]).requirements) {
    text += std::string(store.text(each.key)) + "=";
    for (const auto value : each.values) text += std::string(store.text(value)) + " ";
  }
  return text;
}

TEST(deduce_selector, merges_the_services_that_select_the_pod) {
  EXPECT_EQ(deduce("", R"(
{kind: Service, apiVersion: v1, metadata: {name: a, namespace: home}, spec: {selector: {app: web}}}
---
{kind: Service, apiVersion: v1, metadata: {name: b, namespace: home}, spec: {selector: {tier: x, app: web}}}
---
{kind: Service, apiVersion: v1, metadata: {name: c, namespace: home}, spec: {selector: {app: db}}}
---
{kind: Service, apiVersion: v1, metadata: {name: d, namespace: home}, spec: {}}
---
{kind: Service, apiVersion: v1, metadata: {name: e, namespace: away}, spec: {selector: {tier: x}}}
)"),
            "app=web tier=x ");
}

TEST(deduce_selector, adds_the_controllers_selector) {
  constexpr std::string_view sets = R"(
{kind: ReplicaSet, apiVersion: apps/v1, metadata: {name: r, namespace: home},
 spec: {selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: In, values: [x, z]}]}}}
---
{kind: ReplicationController, apiVersion: v1, metadata: {name: r, namespace: home}, spec: {selector: {app: other}}}
---
{kind: Service, apiVersion: v1, metadata: {name: a, namespace: home}, spec: {selector: {app: web}}}
)";
  EXPECT_EQ(
      deduce("{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u, controller: true}", sets),
      "app=web app=web tier=x z ");
  EXPECT_EQ(deduce("{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u}", sets), "app=web ")
      << "an owner that does not control";
  EXPECT_EQ(
      deduce("{apiVersion: v1, kind: ReplicationController, name: r, uid: u, controller: true}",
             sets),
      "app=other ")
      << "its labels replace those of the services";
  EXPECT_EQ(
      deduce("{apiVersion: apps/v1, kind: StatefulSet, name: r, uid: u, controller: true}", sets),
      "app=web ");
  EXPECT_EQ(
      deduce("{apiVersion: other/v1, kind: ReplicaSet, name: r, uid: u, controller: true}", sets),
      "app=web ");
}

}  // namespace
}  // namespace crosstie::schedule::plugins
