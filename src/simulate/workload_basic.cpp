// Upstream's misc workloads: plain pods, daemon sets, preemption, churn, gates, deletions.
#include <fmt/format.h>

#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

void compose_basic(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), default_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), default_pod());
}

void compose_preemption(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), low_priority_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), high_priority_pod());
}

// One pod of 9 cores, which no node has, for every 34 others: five a second beside the 170 that
// upstream demands.
void compose_unschedulable(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), default_pod());
  into.begin_measuring();
  into.churn({pod_part(too_large_pod(), into.fresh_namespace())}, 0.2, false);
  into.create_pods(size.get("measurePods"), default_pod(), "", {.pace = 170});
  into.end_churn();
}

// Preemptors come beside pods that fit.
void compose_preemption_async(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.create_pods(size.get("initPods"), low_priority_pod());
  into.begin_measuring();
  into.churn({pod_part(high_priority_pod(), into.fresh_namespace())}, 0.2, false);
  into.create_pods(size.get("measurePods"), default_pod(), "", {.pace = size.floor});
  into.end_churn();
}

// A node, a pod that fits nowhere and a service come and go by turns.
void compose_churn(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), {});
  into.begin_measuring();
  const std::string ns = into.fresh_namespace();
  into.churn({node_part({.name = "node-churn-", .capacity = R"("pods":"0")"}),
              pod_part(too_large_pod(), ns),
              service_part("service-churn-", ns,
                           R"("selector":{"app":"foo"},)"
                           R"("ports":[{"protocol":"TCP","port":8080,"targetPort":8080}])")},
             1, true);
  into.create_pods(size.get("measurePods"), default_pod(), "", {.pace = size.floor});
  into.end_churn();
}

// Every pod is for the one node that its affinity names.
void compose_daemon_set(workload_composer& into, const workload_size& size) {
  into.create_nodes(1, roomy_node());
  into.create_nodes(size.get("initNodes"), {});
  into.begin_measuring();
  into.create_pods(
      size.get("measurePods"),
      {.name = "daemonset-",
       .spec = R"("affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{)"
               R"("nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In",)"
               R"("values":["scheduler-perf-node"]}]}]}}},)",
       .resources = only_pause,
       .port = false});
}

pod_template light_pod() {
  return {.name = "light-pod-",
          .spec = R"("terminationGracePeriodSeconds":0,)",
          .resources = only_pause,
          .port = false};
}

// Pods leave while others come and many wait behind a gate.
void compose_gated(workload_composer& into, const workload_size& size) {
  into.create_nodes(1, roomy_node());
  into.create_pods(size.get("gatedPods"),
                   {.name = "gated-pod-",
                    .spec = R"("schedulingGates":[{"name":"test.k8s.io/hold"}],)",
                    .resources = only_pause,
                    .port = false});
  const object_group leaving = into.create_pods(size.get("deletingPods"), light_pod());
  into.begin_measuring();
  into.delete_pods(leaving, 50);
  into.create_pods(size.get("measurePods"), light_pod(), "", {.pace = size.floor});
}

// A pod with a finalizer stays, marked as being deleted, until somebody takes the finalizer away.
void compose_finalizers(workload_composer& into, const workload_size& size) {
  constexpr std::string_view held = R"(,"finalizers":["test.k8s.io/finalizer"])";
  pod_template pod{
      .name = "pod-", .metadata = std::string(held), .resources = only_pause, .port = false};
  into.create_nodes(size.get("initNodes"), {});
  const std::string ns = into.fresh_namespace();
  const object_group leaving = into.create_pods(size.get("deletingPods"), pod, ns);
  into.begin_measuring();
  pod.metadata += R"(,"deletionTimestamp":"2026-01-01T00:00:01Z","deletionGracePeriodSeconds":0)";
  into.update_beside(leaving, pod_part(pod, ns), 100);
  into.create_pods(size.get("measurePods"), light_pod(), "", {.pace = 270});
}

// Each node has a resource of its own, which one pod asks for.
void compose_extended_resource(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("nodesWithExtendedResource"),
                    {.name = "scheduler-perf-extended-resource-",
                     .labels = R"(,"node-with-extended-resource":"true")",
                     .capacity = R"("cpu":"4","memory":"32Gi","pods":"110","foo.com/bar-$i":"1")"});
  into.create_namespace("test");
  into.begin_measuring();
  into.create_pods(
      size.get("measurePods"),
      {.name = "test-extended-resource-",
       .resources = R"("requests":{"foo.com/bar-$i":"1"},"limits":{"foo.com/bar-$i":"1"})",
       .port = false},
      "test");
}

// Nodes that declare features, pods with resources of their own rather than of their containers.
void compose_declared_features(workload_composer& into, const workload_size& size) {
  std::string features;
  for (std::int64_t i = 0; i < size.get("numNodeDeclaredFeatures"); ++i) {
    features += fmt::format(R"({}"Feature{:03}")", i == 0 ? "" : ",", i);
  }
  const pod_template pod{.name = "pod-",
                         .spec = R"("resources":{"requests":{"cpu":"100m","memory":"200Mi"}},)",
                         .resources = only_pause,
                         .port = false};
  into.create_nodes(size.get("nodes"),
                    {.name = "node-",
                     .capacity = R"("cpu":"128","memory":"16Gi","pods":"110")",
                     .status = fmt::format(R"(,"declaredFeatures":[{}])", features)});
  into.create_namespace("init");
  into.create_namespace("test");
  into.create_pods(size.get("initPods"), pod, "init");
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), pod, "test");
}

}  // namespace

void add_basic_workloads(std::vector<workload_case>& to) {
  to.push_back(
      {"SchedulingBasic",
       {{"5000Nodes_10000Pods",
         {{"initNodes", 5000}, {"initPods", 1000}, {"measurePods", 10000}},
         270},
        {"5000Nodes_50000Pods", {{"initNodes", 5000}, {"initPods", 5000}, {"measurePods", 50000}}}},
       compose_basic});
  to.push_back(make_preemption_case("PreemptionBasic", 1000, compose_preemption));
  to.push_back({"Unschedulable",
                {{"5kNodes/100Init/10kPods",
                  {{"initNodes", 5000}, {"initPods", 100}, {"measurePods", 10000}},
                  170},
                 {"5kNodes/20kInit/10kPods",
                  {{"initNodes", 5000}, {"initPods", 20000}, {"measurePods", 10000}}}},
                compose_unschedulable});
  to.push_back(
      {"PreemptionAsync",
       {{"5000Nodes", {{"initNodes", 5000}, {"initPods", 20000}, {"measurePods", 5000}}, 160}},
       compose_preemption_async});
  to.push_back({"SchedulingWithMixedChurn",
                {{"5000Nodes_10000Pods", {{"initNodes", 5000}, {"measurePods", 10000}}, 265}},
                compose_churn});
  to.push_back({"SchedulingDaemonset",
                {{"15000Nodes", {{"initNodes", 15000}, {"measurePods", 30000}}, 390}},
                compose_daemon_set});
  to.push_back({"SchedulingWhileGated",
                {{"1Node_10000GatedPods",
                  {{"gatedPods", 10000}, {"deletingPods", 20000}, {"measurePods", 20000}},
                  130}},
                compose_gated,
                {}});
  to.push_back({"SchedulingDeletedPodsWithFinalizers",
                {{"5000Node_5000DeletingPods",
                  {{"initNodes", 5000}, {"deletingPods", 5000}, {"measurePods", 5000}}}},
                compose_finalizers});
  to.push_back(
      {"SchedulingWithExtendedResource",
       {{"5000pods_5000nodes", {{"nodesWithExtendedResource", 5000}, {"measurePods", 5000}}}},
       compose_extended_resource,
       {"nodesWithExtendedResource"}});
  std::vector<workload_size> declaring;
  for (const std::int64_t features : {20, 40, 100}) {
    declaring.push_back({fmt::format("5000Nodes{}DeclaredFeatures", features),
                         {{"nodes", 5000},
                          {"initPods", 5000},
                          {"measurePods", 5000},
                          {"numNodeDeclaredFeatures", features, false}}});
  }
  to.push_back(
      {"NodeDeclaredFeaturesEnabled", std::move(declaring), compose_declared_features, {"nodes"}});
}

}  // namespace crosstie::simulate
