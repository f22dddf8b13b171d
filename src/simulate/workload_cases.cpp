#include "simulate/workload_cases.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crosstie::simulate {

std::int64_t workload_size::get(std::string_view parameter) const {
  const auto found = std::ranges::find(parameters, parameter, &workload_parameter::name);
  return found == parameters.end() ? 0 : found->value;
}

std::span<const workload_case> workload_cases() {
  static const std::vector<workload_case> cases = [] {
    std::vector<workload_case> all;
    add_basic_workloads(all);
    add_affinity_workloads(all);
    add_spreading_workloads(all);
    add_volume_workloads(all);
    add_event_workloads(all);
    add_mixed_workloads(all);
    std::ranges::sort(all, {}, &workload_case::name);
    return all;
  }();
  return cases;
}

workload_case make_preemption_case(std::string_view name, std::int64_t nodes,
                                   void (*compose)(workload_composer&, const workload_size&)) {
  return {.name = name,
          .sizes = {{fmt::format("{}Nodes", nodes),
                     {{"initNodes", nodes}, {"initPods", 4 * nodes}, {"measurePods", nodes}}}},
          .compose = compose,
          .algorithm_alone = false};
}

std::span<const missing_workload> missing_workloads() {
  static constexpr std::string_view claims = "device claims (DRA) are not supported yet";
  static constexpr missing_workload missing[] = {
      {"ConsumableCapacity", claims},
      {"DeviceTaintToleration", claims},
      {"ExtendedResource", claims},
      {"ExtendedResourceScoring", claims},
      {"ExtendedResource_25Classes", claims},
      {"ExtendedResource_50Classes", claims},
      {"FirstAvailable", claims},
      {"ImplicitExtendedResource_25Classes", claims},
      {"Partitionable", claims},
      {"PartitionableBacktracking", claims},
      {"PublishResourceSlices", claims},
      {"SchedulingWithExtendedResource/5000pods_5000nodes_DRAExtendedResourceEnabled", claims},
      {"SchedulingWithResourceClaim", claims},
      {"SchedulingWithResourceClaimTemplate", claims},
      {"SteadyStateClusterResourceClaimTemplate", claims},
  };
  return missing;
}

pod_template default_pod() { return {.name = "pod-"}; }

pod_template high_priority_pod() {
  return {.name = "pod-high-priority-",
          .spec = R"("priority":10,)",
          .resources = R"("requests":{"cpu":"3","memory":"500Mi"})"};
}

pod_template low_priority_pod() {
  return {.name = "pod-",
          .spec = R"("terminationGracePeriodSeconds":0,)",
          .resources = R"("requests":{"cpu":"900m","memory":"500Mi"})"};
}

pod_template too_large_pod() {
  return {.name = "pod-h-",
          .spec = R"("priority":10,)",
          .resources = R"("requests":{"cpu":"9","memory":"500Mi"})"};
}

pod_template labelled_pod() {
  return {.name = "pod-",
          .metadata = labels_of(R"("app":"scheduler-perf")"),
          .resources = only_pause,
          .port = false};
}

node_template roomy_node() {
  return {.name = "scheduler-perf-node",
          .capacity = R"("cpu":"4","memory":"32Gi","pods":"90000")",
          .numbered = false};
}

}  // namespace crosstie::simulate
