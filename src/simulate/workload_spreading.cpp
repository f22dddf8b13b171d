// Upstream's topology spreading workloads, and one of our own with preemption.
#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

node_template moon_node() {
  return {.labels = R"(,"topology.kubernetes.io/zone":"$value")",
          .values = {"moon-1", "moon-2", "moon-3"}};
}

pod_template spreading_pod(std::string_view otherwise) {
  return {.name = "spreading-pod-",
          .metadata = labels_of(R"("color":"blue")"),
          .spec = spread_over("topology.kubernetes.io/zone", 5, otherwise, R"("color":"blue")")};
}

void compose_spreading(workload_composer& into, const workload_size& size,
                       std::string_view otherwise) {
  into.create_nodes(size.get("initNodes"), moon_node());
  into.create_pods(size.get("initPods"), default_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), spreading_pod(otherwise));
}

void compose_hard(workload_composer& into, const workload_size& size) {
  compose_spreading(into, size, "DoNotSchedule");
}
void compose_preferred(workload_composer& into, const workload_size& size) {
  compose_spreading(into, size, "ScheduleAnyway");
}

// No constraint of the pods' own: the service selects them, so that the default constraints count.
void compose_default(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("initNodes"), moon_node());
  into.create_namespace("service-ns");
  into.create(service_part("service-", "service-ns",
                           R"("selector":{"app":"scheduler-perf"},)"
                           R"("ports":[{"protocol":"TCP","port":80,"targetPort":8000}])"),
              1);
  into.create_pods(size.get("initPods"), default_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), labelled_pod(), "service-ns");
}

void compose_inclusion_policy(workload_composer& into, const workload_size& size) {
  into.create_nodes(size.get("normalNodes"), {});
  into.create_nodes(
      size.get("taintNodes"),
      {.name = "taint-node-", .spec = R"("taints":[{"effect":"NoSchedule","key":"foo"}])"});
  into.begin_measuring();
  into.create_pods(
      size.get("measurePods"),
      {.name = "spreading-pod-with-node-inclusion-policy-",
       .metadata = labels_of(R"("foo":"bar")"),
       .spec = spread_over(hostname_label, 1, "DoNotSchedule", R"("foo":"bar")",
                           R"(,"nodeAffinityPolicy":"Honor","nodeTaintsPolicy":"Honor")")});
}

// Pods that spread over zones and keep off each other's hosts have to make room for themselves.
void compose_preemption_spreading(workload_composer& into, const workload_size& size) {
  pod_template pod = high_priority_pod();
  pod.metadata = labels_of(R"("color":"blue")");
  pod.spec += spread_over("topology.kubernetes.io/zone", 1, "DoNotSchedule", R"("color":"blue")");
  pod.spec += required_pods("podAntiAffinity", R"("color":"blue")", hostname_label, "");
  into.create_nodes(size.get("initNodes"), moon_node());
  into.create_pods(size.get("initPods"), low_priority_pod());
  into.begin_measuring();
  into.create_pods(size.get("measurePods"), pod);
}

}  // namespace

void add_spreading_workloads(std::vector<workload_case>& to) {
  const auto sizes = [](double floor) {
    return std::vector<workload_size>{
        {"5000Nodes_5000Pods",
         {{"initNodes", 5000}, {"initPods", 5000}, {"measurePods", 5000}},
         floor},
        {"5000Nodes", {{"initNodes", 5000}, {"initPods", 5000}, {"measurePods", 2000}}}};
  };
  to.push_back({"TopologySpreading", sizes(85), compose_hard});
  to.push_back({"PreferredTopologySpreading", sizes(125), compose_preferred});
  to.push_back(
      {"DefaultTopologySpreading",
       {{"5000Nodes_10000Pods", {{"initNodes", 5000}, {"initPods", 5000}, {"measurePods", 10000}}},
        {"5000Nodes_50000Pods", {{"initNodes", 5000}, {"initPods", 5000}, {"measurePods", 50000}}}},
       compose_default});
  to.push_back(
      {"SchedulingWithNodeInclusionPolicy",
       {{"5000Nodes", {{"taintNodes", 1000}, {"normalNodes", 4000}, {"measurePods", 4000}}, 68}},
       compose_inclusion_policy,
       {"taintNodes", "normalNodes"}});
  to.push_back(make_preemption_case("PreemptionSpreading", 5000, compose_preemption_spreading));
}

}  // namespace crosstie::simulate
