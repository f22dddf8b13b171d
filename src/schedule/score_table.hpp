// The rows of the engine: for each shape asked lately the total of every node, kept up to date by
// replaying what changed.
//
//   totals    shape x node    int32: the total, or minus the rejection bits
//   classes   shape x node    uint16: the static class a feasible node is counted under
//   maxima    shape x block   the greatest total of the block, how many have it, the first by name
//
// Promise: after refresh, a row equals the plain evaluation of a pod that is not nominated itself:
// nodes with nominated pods refuse whom those leave no room. Normalisation is over the feasible
// nodes, whose raw scores are counted by class, so that a changed maximum is seen and every total
// of the row mended by what its class now adds.
// Cost: refresh O(nodes changed since the row was asked last), or O(nodes) vector code where more
// than a tenth of them did; pick O(blocks). 6 bytes for each (row, node). No allocation once the
// rows exist.
// Thread safety: none.
#pragma once

#include <crosstie/matrix.hpp>
#include <span>
#include <vector>

#include "schedule/evaluation.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/node_scorer.hpp"
#include "schedule/recency.hpp"
#include "schedule/shape.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

class score_table {
 public:
  struct row {
    std::uint32_t slot;      // of the row
    std::uint32_t feasible;  // nodes
    std::int32_t best;       // the greatest total; negative where no node is feasible
    std::uint32_t ties;      // nodes with it
    bool narrowed = false;   // to fewer nodes than the shape has
  };

  score_table(const cluster::usage_table& usage, const node_columns& nodes,
              const nominated_pods& nominated, bool by_name);

  // Drops everything; keeps at most `limit` rows from now on.
  void reset(std::uint32_t limit);
  row refresh(std::uint32_t shape_id, const shape& wanted, const plugin_weights& weights,
              const static_table::part& part);
  // The row where the nodes of these slots refuse as well (1: it does), normalised over the others;
  // holds until the next narrow().
  row narrow(const row& of, std::span<const std::uint8_t> refused, const plugin_weights& weights,
             const static_table::part& part);
  // The n-th of the tied nodes in slot order, n < ties.
  node_id nth_best(const row& of, std::uint32_t n) const;
  // The tied node whose name is the smallest.
  node_id first_best(const row& of) const;
  // The nodes in groups that reject the shape alike; none may be feasible. `apart` is a group of
  // its own.
  void group_rejections(const row& of, const shape& wanted, node_id apart,
                        std::vector<node_group>& groups) const;
  // The union of the rejection bits over all nodes but one.
  std::uint32_t rejections(const row& of, node_id except) const;
  // By slot: the total, or minus the rejection bits.
  std::span<const std::int32_t> totals(const row& of) const { return totals_.row(of.slot); }
  template <class Visitor>
  void for_each_best(const row& of, Visitor&& visit) const {
    const std::span<const std::int32_t> totals = of.narrowed ? narrowed_ : totals_.row(of.slot);
    for (std::uint32_t i = 0; i < totals.size(); ++i) {
      if (totals[i] == of.best) visit(node_id{i});
    }
  }

  std::uint64_t rebuilt() const { return rebuilt_; }
  std::uint64_t replayed() const { return replayed_; }
  std::uint64_t dropped() const { return dropped_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint16_t infeasible = 0xFFFF;

  struct row_state {
    bool complete = false;
    std::uint64_t seen = 0, version = 0;
    raw_maxima most;  // as the totals have them
    std::uint32_t feasible = 0;
    std::vector<std::uint32_t> counts;       // feasible nodes by class
    std::vector<std::int32_t> class_scores;  // what a class adds to the total
  };
  // One row with all that computing it takes.
  struct task {
    row_state& state;
    std::span<std::int32_t> totals;
    std::span<std::uint16_t> classes;
    std::uint32_t slot;
    const shape& wanted;
    const plugin_weights& weights;
    const static_table::part& part;
  };

  void rebuild(task& t);
  void add_classes(task& t, std::uint32_t slot, std::uint32_t count) const;
  void replay(task& t);
  raw_maxima find_maxima(const task& t) const;
  void weigh_classes(task& t) const;
  void normalise(task& t);
  void summarise(const task& t, std::uint32_t block);

  const node_columns* nodes_;
  node_scorer scorer_;
  bool by_name_;
  recency recent_{1};
  crosstie::matrix<std::int32_t> totals_;
  crosstie::matrix<std::uint16_t> classes_;
  crosstie::matrix<std::int32_t> maxima_;
  crosstie::matrix<std::uint32_t> tie_counts_, first_slots_;
  std::vector<row_state> rows_;
  std::vector<std::int32_t> former_scores_;
  std::vector<std::int32_t> narrowed_;  // totals; negative where the node refuses
  std::vector<std::int32_t> shifts_;    // of the narrowed row's totals by class
  std::vector<std::uint32_t> left_;     // feasible nodes of the narrowed row by class
  std::vector<std::uint64_t> dirty_;    // blocks, as bits
  std::uint64_t rebuilt_ = 0, replayed_ = 0, dropped_ = 0;
};

}  // namespace crosstie::schedule
