// KubeSchedulerConfiguration v1, as far as decisions depend on it.
// Value types; default_configuration() is upstream's default profile of 1.36 with feature gates at
// their defaults. Reading one from YAML or JSON is configuration_reader.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cluster/objects.hpp"

namespace crosstie::schedule {

struct scored_resource {
  std::string name;
  std::int64_t weight = 1;
};

enum class scoring_strategy : std::uint8_t {
  least_allocated,
  most_allocated,
  requested_to_capacity_ratio
};

struct utilization_shape_point {
  std::int32_t utilization;  // 0..100
  std::int32_t score;        // 0..10
};

struct fit_args {
  std::vector<std::string> ignored_resources, ignored_resource_groups;
  scoring_strategy strategy = scoring_strategy::least_allocated;
  std::vector<scored_resource> resources{{"cpu", 1}, {"memory", 1}};
  std::vector<utilization_shape_point> shape;
};

struct balanced_allocation_args {
  std::vector<scored_resource> resources{{"cpu", 1}, {"memory", 1}};
};

struct node_affinity_args {
  std::optional<cluster::node_affinity> added_affinity;
};

struct inter_pod_affinity_args {
  std::int32_t hard_pod_affinity_weight = 1;
  bool ignore_preferred_terms_of_existing_pods = false;
};

struct topology_spread_args {
  bool list_defaulting = false;  // defaultingType List; else System
  std::vector<cluster::topology_spread_constraint> default_constraints;
};

struct default_preemption_args {
  std::int32_t min_candidate_nodes_percentage = 10;
  std::int32_t min_candidate_nodes_absolute = 100;
};

struct enabled_plugin {
  std::string name;
  std::int32_t weight = 0;  // of scores; 0 elsewhere
};

struct profile {
  std::string scheduler_name = "default-scheduler";
  std::optional<std::int32_t> percentage_of_nodes_to_score;  // overrides the configuration's
  std::vector<enabled_plugin> pre_enqueue, pre_filter, filter, post_filter, pre_score, score,
      reserve;
  fit_args fit;
  balanced_allocation_args balanced_allocation;
  node_affinity_args node_affinity;
  inter_pod_affinity_args inter_pod_affinity;
  topology_spread_args topology_spread;
  default_preemption_args default_preemption;
};

struct configuration {
  std::vector<profile> profiles;
  std::int32_t parallelism = 16;  // accepted for compatibility: one thread places pods
  // As written, 0 being upstream's adaptive rule. Ours looks at all nodes and heeds this only where
  // sampling is asked for.
  std::optional<std::int32_t> percentage_of_nodes_to_score;
  std::int64_t pod_initial_backoff_seconds = 1;
  std::int64_t pod_max_backoff_seconds = 10;
};

configuration default_configuration();

}  // namespace crosstie::schedule
