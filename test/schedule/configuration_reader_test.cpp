#include "schedule/configuration_reader.hpp"

#include <gtest/gtest.h>

namespace crosstie::schedule {
namespace {

constexpr std::string_view heading =
    "apiVersion: kubescheduler.config.k8s.io/v1\n"
    "kind: KubeSchedulerConfiguration\n";

configuration read(std::string_view body, cluster::name_table& names) {
  auto read = read_configuration(std::string(heading) + std::string(body), "test", names);
  if (read) return std::move(*read);
  for (const auto& each : read.error()) ADD_FAILURE() << cluster::to_string(each);
  return default_configuration();
}

configuration read(std::string_view body) {
  cluster::name_table names;
  return read(body, names);
}

std::vector<std::string> refuse_text(std::string_view text) {
  cluster::name_table names;
  const auto read = read_configuration(text, "", names);
  std::vector<std::string> errors;
  if (!read) {
    for (const auto& each : read.error()) errors.push_back(cluster::to_string(each));
  }
  return errors;
}

std::vector<std::string> refuse(std::string_view body) {
  return refuse_text(std::string(heading) + std::string(body));
}

using lines = std::vector<std::string>;

// The arguments of one plugin.
std::string with_arguments(std::string_view plugin, std::string_view arguments) {
  return "profiles: [{pluginConfig: [{name: " + std::string(plugin) + ", args: {" +
         std::string(arguments) + "}}]}]\n";
}
lines refuse_arguments(std::string_view plugin, std::string_view arguments) {
  lines errors = refuse(with_arguments(plugin, arguments));
  constexpr std::string_view path = "profiles[0].pluginConfig[0].args.";
  for (std::string& each : errors) {
    if (each.starts_with(path)) each.erase(0, path.size());
  }
  return errors;
}

TEST(configuration_reader, an_empty_configuration_is_the_default_one) {
  const configuration made = read("");
  const configuration usual = default_configuration();
  ASSERT_EQ(made.profiles.size(), 1u);
  EXPECT_EQ(made.profiles[0].scheduler_name, "default-scheduler");
  EXPECT_EQ(made.profiles[0].filter.size(), usual.profiles[0].filter.size());
  EXPECT_EQ(made.parallelism, 16);
  EXPECT_EQ(made.percentage_of_nodes_to_score, std::nullopt);
  EXPECT_EQ(made.pod_initial_backoff_seconds, 1);
  EXPECT_EQ(made.pod_max_backoff_seconds, 10);
}

TEST(configuration_reader, reads_json_as_well) {
  cluster::name_table names;
  const auto made = read_configuration(
      R"( {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration",
           "parallelism": 2, "percentageOfNodesToScore": 0, "profiles": null})",
      "test", names);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->parallelism, 2);
  EXPECT_EQ(made->percentage_of_nodes_to_score, 0);
}

TEST(configuration_reader, reads_profiles_and_their_arguments) {
  cluster::name_table names;
  const configuration made = read(R"(
profiles:
- schedulerName: packed
  percentageOfNodesToScore: 30
  pluginConfig:
  - name: NodeResourcesFit
    args:
      ignoredResources: [example.com/fpga]
      ignoredResourceGroups: [example.org]
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources: [{name: cpu, weight: 3}, {name: memory}]
        requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]}
  - name: NodeResourcesBalancedAllocation
    args: {resources: [{name: nvidia.com/gpu}]}
  - name: InterPodAffinity
    args: {hardPodAffinityWeight: 0, ignorePreferredTermsOfExistingPods: true}
  - name: PodTopologySpread
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: PodTopologySpreadArgs
      defaultingType: List
      defaultConstraints:
      - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 3,
         nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor, matchLabelKeys: [hash]}
  - name: NodeAffinity
    args:
      addedAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]
        preferredDuringSchedulingIgnoredDuringExecution:
        - {weight: 5, preference: {matchFields: [{key: metadata.name, operator: NotIn, values: [node-1]}]}}
  - name: DefaultPreemption
    args: {minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 1}
  - name: SomebodysOwn
    args: {anything: goes}
- schedulerName: spread
)",
                                  names);
  ASSERT_EQ(made.profiles.size(), 2u);
  const profile& packed = made.profiles[0];
  EXPECT_EQ(packed.percentage_of_nodes_to_score, 30);
  EXPECT_EQ(packed.fit.strategy, scoring_strategy::requested_to_capacity_ratio);
  EXPECT_EQ(packed.fit.ignored_resources, lines{"example.com/fpga"});
  EXPECT_EQ(packed.fit.ignored_resource_groups, lines{"example.org"});
  ASSERT_EQ(packed.fit.resources.size(), 2u);
  EXPECT_EQ(packed.fit.resources[0].weight, 3);
  EXPECT_EQ(packed.fit.resources[1].weight, 1);
  ASSERT_EQ(packed.fit.shape.size(), 2u);
  EXPECT_EQ(packed.fit.shape[1].score, 10);
  ASSERT_EQ(packed.balanced_allocation.resources.size(), 1u);
  EXPECT_EQ(packed.balanced_allocation.resources[0].name, "nvidia.com/gpu");
  EXPECT_EQ(packed.inter_pod_affinity.hard_pod_affinity_weight, 0);
  EXPECT_TRUE(packed.inter_pod_affinity.ignore_preferred_terms_of_existing_pods);
  ASSERT_TRUE(packed.topology_spread.list_defaulting);
  ASSERT_EQ(packed.topology_spread.default_constraints.size(), 1u);
  const auto& rule = packed.topology_spread.default_constraints[0];
  EXPECT_EQ(names.text(rule.topology_key), "zone");
  EXPECT_EQ(rule.when_unsatisfiable, cluster::unsatisfiable_action::schedule_anyway);
  EXPECT_EQ(rule.min_domains, 3);
  EXPECT_EQ(rule.node_affinity_policy, cluster::inclusion_policy::ignore);
  EXPECT_EQ(rule.node_taints_policy, cluster::inclusion_policy::honor);
  EXPECT_EQ(rule.match_label_keys.size(), 1u);
  const auto& added = packed.node_affinity.added_affinity;
  ASSERT_TRUE(added && added->required);
  EXPECT_EQ(added->required->terms.at(0).match_expressions.at(0).values.size(), 2u);
  EXPECT_EQ(added->preferred.at(0).weight, 5);
  EXPECT_EQ(packed.default_preemption.min_candidate_nodes_percentage, 0);
  EXPECT_EQ(packed.default_preemption.min_candidate_nodes_absolute, 1);
  EXPECT_EQ(made.profiles[1].inter_pod_affinity.hard_pod_affinity_weight, 1);
}

TEST(configuration_reader, is_strict_about_fields_and_types) {
  EXPECT_EQ(refuse("Parallelism: 3\n"), lines{"unknown field \"Parallelism\""});
  EXPECT_EQ(refuse("parallelism: many\n"),
            lines{"parallelism: expected a 32-bit integer, found a string"});
  EXPECT_EQ(refuse("parallelism: 2147483648\n"),
            lines{"parallelism: expected a 32-bit integer, found 2147483648"});
  EXPECT_EQ(refuse("profiles: {}\n"), lines{"profiles: expected a list, found an object"});
  EXPECT_EQ(refuse("profiles: [5]\n"), lines{"profiles[0]: expected an object, found a number"});
  EXPECT_EQ(
      refuse("leaderElection: {leaseDuration: soon}\n"),
      lines{"leaderElection.leaseDuration: expected a duration such as 1m30s, found \"soon\""});
  EXPECT_EQ(refuse(with_arguments("InterPodAffinity", "weight: 1")),
            lines{"profiles[0].pluginConfig[0].args: unknown field \"weight\""});
  EXPECT_EQ(refuse_text(R"({"apiVersion": "kubescheduler.config.k8s.io/v1",
                            "kind": "KubeSchedulerConfiguration",
                            "parallelism": 1, "parallelism": 2})"),
            lines{"duplicate field \"parallelism\""});
}

TEST(configuration_reader, shows_every_problem_at_once) {
  EXPECT_EQ(refuse("parallelism: 0\npodInitialBackoffSeconds: 20\npercentageOfNodesToScore: 101\n"
                   "clientConnection: {burst: -1}\n"),
            (lines{"clientConnection.burst: Invalid value: -1: must be non-negative",
                   "parallelism: Invalid value: 0: should be an integer value greater than zero",
                   "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
                   "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to "
                   "PodInitialBackoffSeconds"}));
}

TEST(configuration_reader, takes_only_its_own_kind) {
  EXPECT_EQ(refuse_text("kind: KubeSchedulerConfiguration\n"),
            lines{"apiVersion: missing, expected kubescheduler.config.k8s.io/v1"});
  EXPECT_EQ(refuse_text("apiVersion: v1\n"),
            lines{"kind: missing, expected KubeSchedulerConfiguration"});
  EXPECT_EQ(refuse_text("apiVersion: kubescheduler.config.k8s.io/v1beta3\n"
                        "kind: KubeSchedulerConfiguration\n"),
            lines{"no kind \"KubeSchedulerConfiguration\" is registered for version "
                  "\"kubescheduler.config.k8s.io/v1beta3\": expected KubeSchedulerConfiguration of "
                  "kubescheduler.config.k8s.io/v1"});
  EXPECT_EQ(refuse_text("{]").size(), 1u);
  EXPECT_EQ(refuse_text("a: [").size(), 1u);
  EXPECT_EQ(refuse_text("").size(), 1u);
}

TEST(configuration_reader, checks_profiles_as_upstream_does) {
  EXPECT_EQ(refuse("profiles: [{schedulerName: a}, {schedulerName: a}]\n"),
            lines{"profiles[1].schedulerName: Duplicate value: {}"});
  EXPECT_EQ(refuse("profiles: [{schedulerName: a}, {}]\n"),
            lines{"profiles[1].schedulerName: Required value"});
  EXPECT_EQ(refuse("profiles: [{schedulerName: \"\"}]\n"),
            lines{"profiles[0].schedulerName: Required value"});
  EXPECT_EQ(
      refuse("profiles: [{plugins: {filter: {enabled: [{name: EBSLimits}]}}}]\n"),
      lines{"profiles[0].plugins.filter.enabled[0]: Invalid value: \"EBSLimits\": was invalid in "
            "version \"v1\" (KubeSchedulerConfiguration is version "
            "\"kubescheduler.config.k8s.io/v1\")"});
  EXPECT_EQ(refuse("profiles: [{pluginConfig: [{name: NodeAffinity}, {name: NodeAffinity}]}]\n"),
            lines{"profiles[0].pluginConfig[1]: Duplicate value: \"NodeAffinity\""});
  EXPECT_EQ(
      refuse("profiles: [{schedulerName: a}, {schedulerName: b, plugins: {queueSort: "
             "{enabled: [{name: X}]}}}]\n"),
      lines{"profiles[1].plugins.queueSort: Invalid value: "
            "{\"Enabled\":[{\"Name\":\"X\",\"Weight\":0}],\"Disabled\":null}: must be the same "
            "for all profiles"});
  const std::string sorted = "plugins: {queueSort: {enabled: [{name: PrioritySort}]}}, ";
  EXPECT_EQ(
      refuse("profiles: [{schedulerName: a, " + sorted +
             "pluginConfig: [{name: PrioritySort, args: {a: 1, b: 2}}]}, {schedulerName: b, " +
             sorted +
             "pluginConfig: [{name: PrioritySort, args: {b: 2, a: [x, {d: 1, c: null}]}}]}]\n"),
      lines{"profiles[1].pluginConfig.args: Invalid value: "
            "{\"a\":[\"x\",{\"c\":null,\"d\":1}],\"b\":2}: queueSort must be the same for "
            "all profiles"});
  EXPECT_EQ(refuse("profiles: [{plugins: {multiPoint: {enabled: [{name: Foo}]}}}]\n"),
            lines{"profiles[0].plugins: PreFilterPlugin \"Foo\" does not exist"});
}

TEST(configuration_reader, checks_arguments_as_upstream_does) {
  EXPECT_EQ(refuse_arguments("InterPodAffinity", "hardPodAffinityWeight: 101"),
            lines{"hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]"});
  EXPECT_EQ(
      refuse_arguments("DefaultPreemption",
                       "minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0"),
      (lines{"minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as "
             "minCandidateNodesAbsolute",
             "minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as "
             "minCandidateNodesPercentage"}));
  EXPECT_EQ(refuse_arguments("NodeResourcesBalancedAllocation",
                             "resources: [{name: cpu}, {name: cpu, weight: 2}]"),
            (lines{"resources[1].name: Duplicate value: \"cpu\"",
                   "resources[1].weight: Invalid value: 2: must be 1"}));
  EXPECT_EQ(refuse_arguments("NodeResourcesFit", "scoringStrategy: {type: Random}"),
            lines{"scoringStrategy.type: Unsupported value: \"Random\": supported values: "
                  "\"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\""});
  EXPECT_EQ(
      refuse_arguments("NodeResourcesFit",
                       "scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: "
                       "101}], requestedToCapacityRatio: {}}"),
      (lines{"scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu "
             "not in valid range (0, 100]",
             "scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not "
             "RequestedToCapacityRatio"}));
  EXPECT_EQ(
      refuse_arguments("NodeResourcesFit",
                       "scoringStrategy: {type: RequestedToCapacityRatio, "
                       "requestedToCapacityRatio: {shape: [{utilization: 50, score: 11}, "
                       "{utilization: 50, score: 0}]}}"),
      (lines{"scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 50: "
             "values must be sorted in increasing order",
             "scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not "
             "in valid range [0, 10]"}));
  EXPECT_EQ(
      refuse_arguments("NodeResourcesFit", "ignoredResourceGroups: [a/b]"),
      lines{"ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain "
            "'/'"});
  EXPECT_EQ(
      refuse_arguments("PodTopologySpread",
                       "defaultConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: "
                       "DoNotSchedule, labelSelector: {}}]"),
      (lines{"defaultingType: Invalid value: \"System\": when .defaultConstraints are not empty",
             "defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)",
             "defaultConstraints[0].labelSelector: Forbidden: constraint must not define a "
             "selector, as they deduced for each pod"}));
  EXPECT_EQ(
      refuse_arguments("PodTopologySpread",
                       "defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: a, "
                       "whenUnsatisfiable: Never}, {maxSkew: 2, topologyKey: a, "
                       "whenUnsatisfiable: Never}]")
          .back(),
      "defaultConstraints[1]: Duplicate value: \"{a, Never}\"");
  EXPECT_EQ(
      refuse_arguments("VolumeBinding", "bindTimeoutSeconds: -1"),
      lines{"bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a "
            "negative value"});
  EXPECT_EQ(refuse_arguments("DynamicResources", "filterTimeout: -1500ms, bindingTimeout: 500ms"),
            (lines{"filterTimeout: Invalid value: \"-1.5s\": must be zero or positive",
                   "bindingTimeout: Invalid value: \"500ms\": must be at least 1 second"}));
  EXPECT_EQ(
      refuse_arguments("NodeAffinity",
                       "addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
                       "{nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: "
                       "[x]}]}]}}"),
      lines{"addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]."
            "matchExpressions[0].values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the "
            "value must be an integer"});
}

TEST(configuration_reader, does_not_check_what_upstream_never_reads) {
  // The plugin is off, so its arguments are never looked at; a term of weight 0 neither.
  EXPECT_TRUE(
      refuse("profiles: [{plugins: {multiPoint: {disabled: [{name: NodeResourcesFit}]}}, "
             "pluginConfig: [{name: NodeResourcesFit, args: {ignoredResources: [a b]}}]}]\n")
          .empty());
  EXPECT_TRUE(
      refuse(with_arguments("NodeAffinity",
                            "addedAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
                            "[{weight: 0, preference: {matchExpressions: [{key: a, operator: "
                            "What}]}}]}"))
          .empty());
}

TEST(configuration_reader, refuses_extenders_after_checking_them) {
  EXPECT_EQ(refuse("extenders: [{urlPrefix: \"http://x\", filterVerb: f, httpTimeout: 5s, "
                   "managedResources: [{name: example.com/x, ignoredByScheduler: true}]}]\n"),
            lines{"extenders: scheduler extenders are not supported yet"});
  EXPECT_EQ(
      refuse("extenders: [{prioritizeVerb: p, bindVerb: b}, {bindVerb: b, managedResources: "
             "[{name: cpu}]}]\n"),
      (lines{"extenders[0].weight: Invalid value: 0: must have a positive weight applied to it",
             "extenders[1].managedResources[0].name: Invalid value: \"cpu\": is an invalid "
             "extended resource name",
             "extenders: Invalid value: \"found 2 extenders implementing bind\": only one "
             "extender can implement bind"}));
}

}  // namespace
}  // namespace crosstie::schedule
