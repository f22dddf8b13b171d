// For each shape that preempted lately, what it takes to clear every node, kept up to date by
// replaying what changed.
//
//   cells    shape x node     a clearing, 40 bytes
//   bests    shape x block    the least rank of the block
//
// Promise: after refresh, a row's cells equal victim_trial's answers for a pod of the shape that is
// not nominated itself.
// Cost: refresh O(nodes changed since the row was asked last), one trial each; the best O(blocks).
// Thread safety: none.
#pragma once

#include <span>
#include <vector>

#include "schedule/node_columns.hpp"
#include "schedule/recency.hpp"
#include "schedule/victim_trial.hpp"

namespace crosstie::schedule {

class victim_table {
 public:
  struct row {
    std::span<const clearing> cells;  // by node slot
    std::span<const clearing> bests;  // by block
    bool odd;                         // has some node that the trial cannot tell about
  };

  victim_table(const node_columns& nodes, victim_trial& trial) : nodes_(&nodes), trial_(&trial) {}

  void reset(std::size_t bytes);  // drops everything; keeps rows of so many bytes at most, or one
  void forget() { ++epoch_; }     // budgets have changed: no cell holds any more
  // `totals` are the shape's, up to date (score_table.hpp).
  row refresh(std::uint32_t shape_id, const shape& wanted, std::span<const std::int32_t> totals);
  std::size_t memory_bytes() const;

 private:
  struct row_state {
    std::vector<clearing> cells, bests;
    std::uint64_t seen = 0, epoch = 0;
    std::uint32_t odd = 0;
    bool complete = false;
  };

  void judge(row_state& state, const shape& wanted, std::span<const std::int32_t> totals,
             std::uint32_t slot);
  void summarise(row_state& state, std::uint32_t block) const;

  const node_columns* nodes_;
  victim_trial* trial_;
  recency recent_{1};
  std::vector<row_state> rows_;
  std::vector<std::uint32_t> dirty_;
  std::uint64_t epoch_ = 1;
};

}  // namespace crosstie::schedule
