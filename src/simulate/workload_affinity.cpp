// Upstream's affinity workloads.
#include <fmt/format.h>

#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

constexpr std::string_view zone_label = "topology.kubernetes.io/zone";
constexpr std::string_view both_namespaces = R"(,"namespaces":["sched-1","sched-0"])";

node_template zone1_node() { return {.labels = R"(,"topology.kubernetes.io/zone":"zone1")"}; }

pod_template affinity_pod() {
  return {.name = "affinity-pod-",
          .metadata = labels_of(R"("color":"blue")"),
          .spec = required_pods("podAffinity", R"("color":"blue")", zone_label, both_namespaces)};
}

pod_template anti_affinity_pod() {
  return {.name = "anti-affinity-pod-",
          .metadata = labels_of(R"("color":"green")"),
          .spec = required_pods("podAntiAffinity", R"("color":"green")", hostname_label,
                                both_namespaces)};
}

pod_template preferred_affinity_pod() {
  return {
      .name = "preferred-affinity-pod-",
      .metadata = labels_of(R"("color":"red")"),
      .spec = preferred_pods("podAffinity", R"("color":"red")", hostname_label, both_namespaces)};
}

pod_template preferred_anti_affinity_pod() {
  return {.name = "preferred-anti-affinity-pod-",
          .metadata = labels_of(R"("color":"yellow")"),
          .spec = preferred_pods("podAntiAffinity", R"("color":"yellow")", hostname_label,
                                 both_namespaces)};
}

// Pods of one kind in two namespaces, the second of them measured.
void compose_pair(workload_composer& into, const workload_size& size, const node_template& node,
                  const pod_template& early, const pod_template& measured) {
  into.create_nodes(size.get("initNodes"), node);
  into.create_namespaces("sched", 2);
  into.create_pods(size.get("initPods"), early, "sched-0");
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), measured, "sched-1");
}

void compose_anti_affinity(workload_composer& into, const workload_size& size) {
  compose_pair(into, size, {}, anti_affinity_pod(), anti_affinity_pod());
}
void compose_affinity(workload_composer& into, const workload_size& size) {
  compose_pair(into, size, zone1_node(), affinity_pod(), affinity_pod());
}
void compose_preferred_affinity(workload_composer& into, const workload_size& size) {
  compose_pair(into, size, {}, preferred_affinity_pod(), preferred_affinity_pod());
}
void compose_matching_anti_affinity(workload_composer& into, const workload_size& size) {
  compose_pair(
      into, size, {}, anti_affinity_pod(),
      {.name = "anti-affinity-matching-pod-", .metadata = labels_of(R"("color":"green")")});
}
void compose_preferred_anti_affinity(workload_composer& into, const workload_size& size) {
  compose_pair(into, size, {}, preferred_anti_affinity_pod(), preferred_anti_affinity_pod());
}

void compose_node_affinity(workload_composer& into, const workload_size& size) {
  const pod_template pod{
      .name = "node-affinity-",
      .spec = R"("affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{)"
              R"("nodeSelectorTerms":[{"matchExpressions":[{"key":"topology.kubernetes.io/zone",)"
              R"("operator":"In","values":["zone1","zone2"]}]}]}}},)"};
  into.create_nodes(size.get("initNodes"), zone1_node());
  into.create_pods(size.get("initPods"), pod);
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), pod);
}

void compose_mixed_base_pods(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), zone1_node());
  into.create_namespaces("sched", 1);
  for (const pod_template& each : {default_pod(), affinity_pod(), anti_affinity_pod(),
                                   preferred_affinity_pod(), preferred_anti_affinity_pod()}) {
    into.create_pods(size.get("initPods"), each, "sched-0");
  }
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), default_pod());
}

// Pods in many namespaces that a term finds by the label of the namespace.
void compose_namespaces(workload_composer& into, const workload_size& size,
                        const node_template& node, const pod_template& pod) {
  constexpr std::string_view devops = R"(,"team":"devops")";
  into.create_nodes(size.get("initNodes"), node);
  const std::int64_t namespaces = size.get("initNamespaces");
  into.create_namespaces("init-ns", namespaces, devops);
  into.create_namespaces("measure-ns", 1, devops);
  for (std::int64_t i = 0; i < namespaces; ++i) {
    into.create_pods(size.get("initPodsPerNamespace"), pod, fmt::format("init-ns-{}", i));
  }
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), pod, "measure-ns-0");
}

constexpr std::string_view devops_namespaces =
    R"(,"namespaceSelector":{"matchLabels":{"team":"devops"}})";

void compose_required_anti_affinity_ns(workload_composer& into, const workload_size& size) {
  compose_namespaces(into, size, {},
                     {.name = "anti-affinity-pod-",
                      .metadata = labels_of(R"("color":"green")"),
                      .spec = required_pods("podAntiAffinity", R"("color":"green")", hostname_label,
                                            devops_namespaces)});
}
void compose_preferred_anti_affinity_ns(workload_composer& into, const workload_size& size) {
  compose_namespaces(into, size, {},
                     {.name = "anti-affinity-pod-",
                      .metadata = labels_of(R"("color":"green")"),
                      .spec = preferred_pods("podAntiAffinity", R"("color":"green")",
                                             hostname_label, devops_namespaces)});
}
void compose_required_affinity_ns(workload_composer& into, const workload_size& size) {
  compose_namespaces(
      into, size, zone1_node(),
      {.name = "affinity-pod-",
       .metadata = labels_of(R"("color":"blue")"),
       .spec = required_pods("podAffinity", R"("color":"blue")", zone_label, devops_namespaces)});
}
void compose_preferred_affinity_ns(workload_composer& into, const workload_size& size) {
  compose_namespaces(into, size, {},
                     {.name = "preferred-affinity-pod-",
                      .metadata = labels_of(R"("color":"red")"),
                      .spec = preferred_pods("podAffinity", R"("color":"red")", hostname_label,
                                             devops_namespaces)});
}

// Gated pods that would want to be near the measured ones.
void compose_gated_affinity(workload_composer& into, const workload_size& size) {
  into.create_nodes(1, roomy_node());
  into.create_pods(
      size.get("gatedPods"),
      {.name = "pod-",
       .metadata = labels_of(R"("app":"scheduler-perf")"),
       .spec = required_pods("podAffinity", R"("app":"scheduler-perf")", hostname_label, "") +
               R"("schedulingGates":[{"name":"scheduling-gate-1"}],)",
       .resources = only_pause,
       .port = false});
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), labelled_pod());
}

using parameters = std::vector<workload_parameter>;

parameters init_and_measured(std::int64_t init, std::int64_t measured) {
  return {{"initNodes", 5000}, {"initPods", init}, {"measurePods", measured}};
}
parameters with_namespaces(std::int64_t nodes, std::int64_t init, std::int64_t measured) {
  return {{"initNodes", nodes},
          {"initPodsPerNamespace", init},
          {"initNamespaces", 100, false},
          {"measurePods", measured}};
}

}  // namespace

void add_affinity_workloads(std::vector<workload_case>& to) {
  const auto add = [&](std::string_view name, std::vector<workload_size> sizes,
                       void (*compose)(workload_composer&, const workload_size&)) {
    to.push_back({name, std::move(sizes), compose});
  };
  add("SchedulingPodAntiAffinity", {{"5000Nodes_2000Pods", init_and_measured(1000, 2000), 60}},
      compose_anti_affinity);
  add("SchedulingPodMatchingAntiAffinity",
      {{"5000Nodes_5000Pods", init_and_measured(1000, 5000), 600}}, compose_matching_anti_affinity);
  add("SchedulingPodAffinity",
      {{"5000Nodes_5000Pods", init_and_measured(5000, 5000), 35},
       {"5000Nodes", init_and_measured(5000, 1000)}},
      compose_affinity);
  add("SchedulingPreferredPodAffinity", {{"5000Nodes_5000Pods", init_and_measured(5000, 5000), 90}},
      compose_preferred_affinity);
  add("SchedulingPreferredPodAntiAffinity",
      {{"5000Nodes_5000Pods", init_and_measured(5000, 5000), 90},
       {"5000Nodes", init_and_measured(5000, 1000)}},
      compose_preferred_anti_affinity);
  add("SchedulingNodeAffinity", {{"5000Nodes_10000Pods", init_and_measured(5000, 10000), 220}},
      compose_node_affinity);
  add("MixedSchedulingBasePod", {{"5000Nodes_5000Pods", init_and_measured(2000, 5000), 140}},
      compose_mixed_base_pods);
  // Upstream's sizes "5000Nodes_2000Pods" of the first two have 6,000 nodes.
  add("SchedulingRequiredPodAntiAffinityWithNSSelector",
      {{"5000Nodes_2000Pods", with_namespaces(6000, 40, 2000), 24},
       {"5000Nodes", with_namespaces(5000, 40, 1000)}},
      compose_required_anti_affinity_ns);
  add("SchedulingPreferredAntiAffinityWithNSSelector",
      {{"5000Nodes_2000Pods", with_namespaces(6000, 40, 2000), 55},
       {"5000Nodes", with_namespaces(5000, 40, 1000)}},
      compose_preferred_anti_affinity_ns);
  add("SchedulingRequiredPodAffinityWithNSSelector",
      {{"5000Nodes_2000Pods", with_namespaces(5000, 50, 2000), 35},
       {"5000Nodes", with_namespaces(5000, 50, 1000)}},
      compose_required_affinity_ns);
  add("SchedulingPreferredAffinityWithNSSelector",
      {{"5000Nodes_5000Pods", with_namespaces(5000, 50, 5000), 90}}, compose_preferred_affinity_ns);
  to.push_back({"SchedulingGatedPodsWithPodAffinityImpactForThroughput",
                {{"1Node_10000GatedPods", {{"gatedPods", 10000}, {"measurePods", 20000}}, 110}},
                compose_gated_affinity,
                {}});
}

}  // namespace crosstie::simulate
