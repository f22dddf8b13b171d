// The objects of upstream's workloads, as parts of a script.
//
// Promise: what is asked of the scheduler is that of the templates in upstream's
// test/integration/scheduler_perf at v1.36.2; names, uids and the API server's defaults are ours.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulate/workload_script.hpp"

namespace crosstie::simulate {

// What a pod's template says beside its name.
struct pod_template {
  std::string_view name;   // prefix of the pods' names
  std::string metadata{};  // further members, each with a comma before it
  std::string spec{};      // further members, each with a comma after it
  std::string resources = R"("requests":{"cpu":"100m","memory":"500Mi"})";
  bool port = true;         // container port 80
  std::string container{};  // further members of the container, each with a comma before it
  std::vector<std::string> values{};  // for $value
};

workload_part pod_part(const pod_template& from, std::string ns);

struct node_template {
  std::string_view name = "scheduler-perf-";
  std::string labels{};  // further members of metadata.labels, each with a comma before it
  std::string spec{};    // members of spec
  std::string capacity = R"("cpu":"4","memory":"32Gi","pods":"110")";
  std::string status{};               // further members of status, each with a comma before it
  std::vector<std::string> values{};  // for $value
  bool numbered = true;
};

workload_part node_part(const node_template& from);
workload_part namespace_part(std::string name, std::string_view labels, bool numbered);
// `spec` as JSON.
workload_part service_part(std::string name, std::string ns, std::string_view spec);

// Of the node with the same name: so many volumes of the driver ebs.csi.aws.com; `migrated`: those
// of the in-tree plugin count as its own.
workload_part csi_node_part(std::string_view node, int volumes, bool migrated);

// ---- parts of pods ----
std::string labels_of(std::string_view members);  // `,"labels":{...}`
std::string required_pods(std::string_view which, std::string_view labels, std::string_view key,
                          std::string_view where);
std::string preferred_pods(std::string_view which, std::string_view labels, std::string_view key,
                           std::string_view where);
std::string spread_over(std::string_view key, int max_skew, std::string_view otherwise,
                        std::string_view labels, std::string_view further = "");

inline constexpr std::string_view hostname_label = "kubernetes.io/hostname";
inline constexpr const char* only_pause = "";  // no requests

}  // namespace crosstie::simulate
