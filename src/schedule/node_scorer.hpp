// What a node is worth to a shape for its resources, and why it is none: the part of a total that
// depends on the node and the shape alone.
//
// Promise: totals are those of score_kernel.hpp, with host ports and resources other than cpu and
// memory looked at where the shape asks for them, and room left for nominated pods.
// Cost: score_kernel's. Thread safety: none.
#pragma once

#include <span>
#include <vector>

#include "schedule/node_columns.hpp"
#include "schedule/nominated_pods.hpp"
#include "schedule/score_kernel.hpp"
#include "schedule/shape.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

class node_scorer {
 public:
  node_scorer(const cluster::usage_table& usage, const node_columns& nodes,
              const nominated_pods& nominated);

  void reset();
  // One whole block of nodes, into `totals` of its own.
  void score_block(const shape& wanted, const plugin_weights& weights,
                   const static_table::part& part, std::uint32_t block, std::int32_t* totals);
  std::int32_t score_node(const shape& wanted, const plugin_weights& weights,
                          const static_table::part& part, std::uint32_t slot);
  // Tells nodes apart that lack different resources.
  std::uint32_t find_lacking(const shape& wanted, std::uint32_t slot) const;

 private:
  score_input input_of(const shape& wanted, const plugin_weights& weights,
                       const static_table::part& part, const double* columns, std::size_t stride,
                       std::uint32_t slot) const;
  const std::int32_t* find_refusals(const shape& wanted, const static_table::part& part,
                                    std::uint32_t first, std::uint32_t count);

  const cluster::usage_table* usage_;
  const node_columns* nodes_;
  const nominated_pods* nominated_;
  std::vector<std::int32_t> refusals_;
};

}  // namespace crosstie::schedule
