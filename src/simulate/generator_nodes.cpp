#include <fmt/format.h>

#include <algorithm>

#include "simulate/generator_parts.hpp"

namespace crosstie::simulate {
namespace {

using cluster::store;

struct instance_type {
  std::string_view name, pool;
  std::uint32_t weight;
  std::int64_t cores, memory_gib, gpus;
  std::string_view taint_key, taint_value;  // empty: the pool is open to all
  cluster::taint_effect effect;
};

constexpr auto open_pool = cluster::taint_effect::any;
constexpr std::array<instance_type, 11> instance_types{{
    {"general-8", "general", 22, 8, 32, 0, "", "", open_pool},
    {"general-16", "general", 28, 16, 64, 0, "", "", open_pool},
    {"general-32", "general", 14, 32, 128, 0, "", "", open_pool},
    {"compute-16", "compute", 8, 16, 32, 0, "", "", open_pool},
    {"compute-36", "compute", 6, 36, 72, 0, "", "", open_pool},
    {"memory-16", "memory", 7, 16, 128, 0, "", "", open_pool},
    {"general-16", "spot", 6, 16, 64, 0, spot_taint, "true",
     cluster::taint_effect::prefer_no_schedule},
    {"general-8", "ingress", 2, 8, 32, 0, dedicated_taint, "ingress",
     cluster::taint_effect::no_schedule},
    {"compute-36", "batch", 3, 36, 72, 0, dedicated_taint, "batch",
     cluster::taint_effect::no_schedule},
    {"gpu-4", "gpu", 2, 48, 192, 4, gpu_resource, "present", cluster::taint_effect::no_schedule},
    {"gpu-8", "gpu", 2, 96, 768, 8, gpu_resource, "present", cluster::taint_effect::no_schedule},
}};

// What the kubelet and the system keep for themselves, roughly as managed clusters do it.
cluster::resource_list allocatable_of(store& into, const instance_type& type) {
  const std::int64_t memory_mib = type.memory_gib * 1024;
  std::vector<text_amount> amounts{
      {"cpu", milli(type.cores * 1000 - 60 - type.cores * 5)},
      {"memory", units((memory_mib - 500 - memory_mib / 40) * mebibyte)},
      {"ephemeral-storage", units((90 + type.cores * 5) * 1024 * mebibyte)},
      {"pods", units(type.cores <= 32 ? 110 : 250)}};
  if (type.gpus > 0) amounts.push_back({gpu_resource, units(type.gpus)});
  return make_resources(into, amounts);
}

std::vector<cluster::node_image> images_of(const generate_spec& spec, store& into,
                                           random_stream& random) {
  std::vector<std::uint32_t> present;
  const std::int64_t wanted = random.between(6, 20);
  for (std::int64_t i = 0; i < wanted; ++i) {
    // The smaller of two draws: low numbers are the popular images.
    present.push_back(
        static_cast<std::uint32_t>(std::min(random.below(image_count), random.below(image_count))));
  }
  std::ranges::sort(present);
  present.erase(std::ranges::unique(present).begin(), present.end());
  std::vector<cluster::node_image> images;
  images.reserve(present.size() + 1);
  for (std::uint32_t image : present) {
    images.push_back({{into.names().intern(image_name(image))}, image_bytes(spec, image)});
  }
  images.push_back({{into.names().intern("registry.k8s.io/pause:3.10")}, 320'000});
  return images;
}

cluster::node make_node(const generate_spec& spec, store& into, std::int64_t number) {
  random_stream random = draw(spec, drawn_for::node, static_cast<std::uint64_t>(number));
  const auto& type = random.pick_weighted(std::span<const instance_type>(instance_types));
  const std::string name = fmt::format("node-{:05}", number);
  const std::string zone = zone_name(number % spec.zones);
  const std::string rack = fmt::format("{}-r{:02}", zone, (number / spec.zones) % spec.racks);

  cluster::node node{};
  node.name = into.names().intern(name);
  node.labels = make_labels(into, {{"kubernetes.io/arch", "amd64"},
                                   {"kubernetes.io/os", "linux"},
                                   {"kubernetes.io/hostname", name},
                                   {region_label, "region"},
                                   {zone_label, zone},
                                   {instance_label, type.name},
                                   {rack_label, rack},
                                   {pool_label, type.pool},
                                   {disk_label, random.chance(600) ? "ssd" : "hdd"}});
  const auto taint = [&](std::string_view key, std::string_view value,
                         cluster::taint_effect effect) {
    node.taints.push_back({into.names().intern(key), into.names().intern(value), effect});
  };
  if (!type.taint_key.empty()) taint(type.taint_key, type.taint_value, type.effect);
  if (random.chance(5)) {
    node.unschedulable = true;
    taint("node.kubernetes.io/unschedulable", "", cluster::taint_effect::no_schedule);
  } else if (random.chance(10)) {
    taint("example.com/maintenance", "planned", cluster::taint_effect::prefer_no_schedule);
  }
  node.allocatable = allocatable_of(into, type);
  node.images = images_of(spec, into, random);
  return node;
}

}  // namespace

std::string image_name(std::uint32_t image) {
  constexpr std::array<std::string_view, 8> programs{"api",    "worker", "frontend", "gateway",
                                                     "ingest", "report", "cache",    "model"};
  return fmt::format("registry.example.com/{}/{}:v1.{}",
                     team_namespaces[(image / programs.size()) % team_namespaces.size()],
                     programs[image % programs.size()], image % 5);
}

std::int64_t image_bytes(const generate_spec& spec, std::uint32_t image) {
  return draw(spec, drawn_for::image, image).between(20, 1500) * 1'000'000;
}

void generate_nodes(const generate_spec& spec, store& into) {
  for (std::int64_t number = 0; number < spec.nodes; ++number) {
    into.put(make_node(spec, into, number));
  }
}

}  // namespace crosstie::simulate
