// How a node's resources would be used with the pod on it: what the resource scorers start from.
//
// Promise: upstream's resourceAllocationScorer: a scalar resource that the pod does not request,
// and one the node does not have, takes no part (allocatable 0); sums wrap as Go's int64 does.
// Cost: O(configured resources) per node. Thread safety: none.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule::plugins {

struct resource_use {
  std::int64_t requested = 0;    // with the pod
  std::int64_t allocated = 0;    // without it
  std::int64_t allocatable = 0;  // 0: takes no part
};

class resource_uses {
 public:
  // `asked` is what the pod requests. `filled_in` asks for the node's cpu and memory with missing
  // requests filled in.
  resource_uses(const cluster::view& view, std::span<const scored_resource> resources,
                std::span<const cluster::resource_request> asked, bool filled_in);

  // One for each configured resource; valid until the next call.
  std::span<const resource_use> of(cluster::node_id node);
  // Does the pod request none of the configured resources?
  bool asks_nothing() const;

 private:
  struct tracked {
    std::optional<cluster::resource_id> id;  // absent: a resource that nodes do not have
    std::int64_t asked = 0;
  };

  const cluster::usage_table& usage_;
  bool filled_in_;
  std::vector<tracked> tracked_;
  std::vector<resource_use> uses_;
};

// Scores of 0..100 for the strategies of NodeResourcesFit.
std::int64_t score_least_allocated(std::span<const resource_use> uses,
                                   std::span<const scored_resource> resources);
std::int64_t score_most_allocated(std::span<const resource_use> uses,
                                  std::span<const scored_resource> resources);
std::int64_t score_by_shape(std::span<const resource_use> uses,
                            std::span<const scored_resource> resources,
                            std::span<const utilization_shape_point> shape);
// And of NodeResourcesBalancedAllocation: 50..100.
std::int64_t score_balance(std::span<const resource_use> uses);

}  // namespace crosstie::schedule::plugins
