// The parts that a made-up cluster is put together from: nodes, then pods on or for them.
//
// Promise and determinism: those of generator.hpp. Each part draws from streams of its own, so that
// asking for more pods changes no node, and asking for more nodes changes no pod's template.
// Thread safety: none.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"
#include "simulate/object_parts.hpp"
#include "simulate/options.hpp"
#include "simulate/random.hpp"

namespace crosstie::simulate {

// What the streams of random.hpp are drawn for.
enum class drawn_for : std::uint64_t { node, image, deployment, pod, placement };

inline random_stream draw(const generate_spec& spec, drawn_for what, std::uint64_t number) {
  return {spec.seed, static_cast<std::uint64_t>(what), number};
}

// 2026-01-01T00:00:00Z: the nodes are older, pods that wait are younger.
inline constexpr cluster::timestamp generated_epoch = 1'767'225'600'000'000'000;

inline constexpr std::string_view pool_label = "example.com/pool";
inline constexpr std::string_view rack_label = "example.com/rack";
inline constexpr std::string_view disk_label = "example.com/disk";
inline constexpr std::string_view zone_label = "topology.kubernetes.io/zone";
inline constexpr std::string_view region_label = "topology.kubernetes.io/region";
inline constexpr std::string_view instance_label = "node.kubernetes.io/instance-type";
inline constexpr std::string_view dedicated_taint = "example.com/dedicated";
inline constexpr std::string_view spot_taint = "example.com/spot";
inline constexpr std::string_view gpu_resource = "nvidia.com/gpu";

std::string zone_name(std::int64_t zone);  // "region-a", "region-b", ..., "region-aa"

// The images that exist in the made-up world; nodes have some of them, containers run one.
inline constexpr std::uint32_t image_count = 64;
std::string image_name(std::uint32_t image);
std::int64_t image_bytes(const generate_spec& spec, std::uint32_t image);

// Parts in the order in which generate() calls them.
void generate_nodes(const generate_spec& spec, cluster::store& into);
void generate_namespaces(cluster::store& into);
void generate_priority_classes(cluster::store& into);
void generate_pods(const generate_spec& spec, cluster::store& into);

inline constexpr std::array<std::string_view, 10> team_namespaces{
    "billing", "catalog", "checkout", "data",   "identity",
    "media",   "ml",      "payments", "search", "web"};
inline constexpr std::string_view system_namespace = "kube-system";

// A pod template with the number of its copies.
struct deployment {
  cluster::name_id ns;
  std::string pod_prefix;  // "api-12-7c9bd8f6df-"
  cluster::spec_id spec;
  std::uint32_t labels, controller;
  std::int64_t replicas;
};

// The deployment of that number. `bound`: its pods are on nodes already, so they ask for nothing
// that would have to be searched.
deployment make_deployment(const generate_spec& spec, cluster::store& into, std::int64_t number,
                           bool bound);

// The letters of Kubernetes' generated names: none that could spell a word.
std::string letters_of(std::uint64_t number, int length);
std::string make_uid(random_stream& random);

struct class_choice {
  std::string_view name;
  std::int32_t value;
  std::uint32_t weight;  // how often a deployment has it
  bool preempts_lower_priority = true;
  bool global_default = false;
};
inline constexpr std::array<class_choice, 5> generated_classes{{
    {"standard", 1000, 70, true, true},
    {"batch", -100, 12, false, false},
    {"high", 10000, 12, true, false},
    {"critical", 100000, 5, true, false},
    {"system-cluster-critical", 2000000000, 1, true, false},
}};

}  // namespace crosstie::simulate
