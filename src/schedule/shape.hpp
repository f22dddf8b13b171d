// Shapes: pods that ask the same of nodes, and whether the fast path may answer for them.
//
// Promise: two specs have the same shape only if NodeUnschedulable, NodeName, TaintToleration,
// NodeAffinity, NodePorts, NodeResourcesFit, BalancedAllocation and ImageLocality say the same of
// both, everywhere and always, and both have the same priority; specs about which other plugins
// than these, PodTopologySpread, InterPodAffinity and, for claims, the volume plugins have
// something to say, or profiles other than the default with whatever weights, have none. Cost: a
// vector load for a spec seen before, else the interning of its bytes. Thread safety: none.
#pragma once

#include <crosstie/interner.hpp>
#include <string>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule {

// How the default plugins weigh in one profile.
struct plugin_weights {
  bool usual = false;  // the default plugins in the default order, nothing special asked of them
  std::int32_t taints = 0, affinity = 0, fit = 0, balance = 0, images = 0, spread = 0, pods = 0;
  double fit_cpu = 0, fit_memory = 0;  // of the resources inside the fit score
};
plugin_weights weigh(const profile& p);

// The profile with no plugins but the filters that may reject a pod that has a shape, and those of
// PostFilter; with rules, also PodTopologySpread and InterPodAffinity.
profile keep_shape_filters(const profile& p, bool with_rules);

struct shape {
  cluster::spec_id spec{};        // of the first pod that had it
  std::uint32_t static_part = 0;  // dense; shapes that differ only in amounts share one
  std::uint32_t profile = 0;
  std::int32_t priority = 0;                      // which nominated pods it may not pass
  double cpu_needed = 0, memory_needed = 0;       // by the filter and by BalancedAllocation
  double cpu_scored = 0, memory_scored = 0;       // by the fit score
  std::vector<cluster::resource_request> others;  // resources but cpu and memory
  bool has_ports = false;
  bool best_effort = false;  // BalancedAllocation skips
};

class shape_table {
 public:
  static constexpr std::uint32_t none = 0xFFFFFFFFu;

  shape_table(const cluster::store& objects, const cluster::usage_table& usage,
              const configuration& settings);

  // The shape of the spec under this profile (its number in the configuration); none: plain.
  std::uint32_t shape_of(cluster::spec_id spec, std::uint32_t profile);
  const shape& operator[](std::uint32_t id) const { return shapes_[id]; }
  const plugin_weights& weights(std::uint32_t profile) const { return weights_[profile]; }
  std::size_t memory_bytes() const;

 private:
  std::uint32_t classify(cluster::spec_id spec, std::uint32_t profile);

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  std::vector<plugin_weights> weights_;
  std::vector<std::uint32_t> shape_of_spec_;  // none, unseen, or an id
  std::vector<shape> shapes_;
  crosstie::interner<std::string_view> shape_bytes_, static_bytes_;
};

}  // namespace crosstie::schedule
