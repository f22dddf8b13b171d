// The workloads by name: upstream's and our own, with the sizes that are listed.
//
// Promise: upstream's cases have upstream's parameters, and floor where upstream demands one.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/workload_composer.hpp"

namespace crosstie::simulate {

struct workload_parameter {
  std::string_view name;
  std::int64_t value = 0;
  bool scales = true;  // with the size, where a size is asked for that is not listed
};

struct workload_size {
  std::string name;
  std::vector<workload_parameter> parameters;
  double floor = 0;  // pods/s that upstream's tests demand of kube-scheduler; 0: none

  std::int64_t get(std::string_view parameter) const;  // 0 where there is none
};

struct workload_case {
  std::string_view name;
  std::vector<workload_size> sizes;
  void (*compose)(workload_composer& into, const workload_size& size);
  // What "7Nodes_9Pods" sets; other parameters follow in proportion. No nodes: a fixed number.
  std::vector<std::string_view> nodes{"initNodes"};
  std::string_view pods = "measurePods", bound{};
  bool steady = false;          // arrivals and departures that could go on for ever
  bool algorithm_alone = true;  // SchedulePod alone, without preemption, can place its pods
};

// A pod for each node, where four others are in its way.
workload_case make_preemption_case(std::string_view name, std::int64_t nodes,
                                   void (*compose)(workload_composer&, const workload_size&));

// A case of upstream's that is left out.
struct missing_workload {
  std::string_view name, why;
};

std::span<const workload_case> workload_cases();  // by name
std::span<const missing_workload> missing_workloads();

// ---- the parts of the list, a file each ----
void add_basic_workloads(std::vector<workload_case>& to);
void add_affinity_workloads(std::vector<workload_case>& to);
void add_spreading_workloads(std::vector<workload_case>& to);
void add_volume_workloads(std::vector<workload_case>& to);
void add_event_workloads(std::vector<workload_case>& to);
void add_mixed_workloads(std::vector<workload_case>& to);

// Upstream's pods that several cases use.
pod_template default_pod();
pod_template high_priority_pod();
pod_template low_priority_pod();
pod_template too_large_pod();
pod_template labelled_pod();
node_template roomy_node();  // one node for 90,000 pods

}  // namespace crosstie::simulate
