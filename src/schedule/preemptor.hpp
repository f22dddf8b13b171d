// Which nodes can be cleared best for a pod that has a shape: find_preemption() from rows.
//
// Promise: the best nodes, their victims and the message are find_preemption()'s (preemption.hpp),
// or the preemptor says that it cannot tell.
// Cost: find O(nodes changed since a pod of the shape asked last + nodes / block), one trial for
// each changed node; O(nodes) for a pod that is nominated already. Where rules refuse, O(nodes +
// pods that the rules count), and a trial for each node that has such a pod of lower priority.
// Thread safety: none.
#pragma once

#include <string>
#include <vector>

#include "schedule/evaluation.hpp"
#include "schedule/victim_table.hpp"
#include "schedule/victim_trial.hpp"

namespace crosstie::schedule {

// Where a pod may go once others have left.
struct room {
  node_id node = cluster::no_node;  // one of the best; no_node: no node can be cleared
  std::vector<node_id> best;        // by slot
  std::vector<pod_id> victims;      // of `node`, in the order of their eviction
  std::string ineligible;           // why the pod may not preempt at all; empty where it may
  std::string error;                // the cycle's internal error
  bool plain = false;               // found by find_preemption() itself
};

class preemptor {
 public:
  // A pod that no node takes, with the up-to-date row of its shape.
  struct question {
    pod_id pod;
    std::uint32_t shape_id;
    const shape& wanted;
    std::span<const std::int32_t> totals;
    node_id own = cluster::no_node;  // its nominated node
    std::uint32_t own_bits = 0;      // why that one rejects it, its own nomination apart
    bool finds_lower = true;         // is a pod of lower priority on any node?
    rule_trial* rules = nullptr;     // asked for the pod, where its rules refuse
  };

  preemptor(const cluster::view& view, const nominated_pods& nominated, const node_columns& nodes)
      : view_(view),
        trial_(view.objects, view.usage, view.pods, nominated),
        table_(nodes, trial_) {}

  void reset(std::size_t bytes) { table_.reset(bytes); }
  void objects_changed() {
    if (trial_.forget_budgets()) table_.forget();
  }

  // Fills in `best` or `ineligible`; false where only find_preemption() can tell.
  bool find(const question& asked, room& found);
  // Fills in the victims on one of the best nodes.
  void choose(const question& asked, node_id node, room& found);
  // What the message tells where find() left `best` empty; the groups are kept here.
  no_room describe(const question& asked);
  std::size_t memory_bytes() const {
    return table_.memory_bytes() + tailored_.capacity() * sizeof(clearing);
  }

 private:
  std::uint32_t bits_of(const question& asked, node_id node) const;
  static void collect_best(const victim_table::row& row, room& found);
  std::span<const clearing> tailor(const question& asked, std::span<const clearing> cells);
  clearing judge_rules(const question& asked, node_id node, clearing cell);

  cluster::view view_;
  victim_trial trial_;
  victim_table table_;
  std::vector<node_group> groups_;
  std::vector<clearing> tailored_;  // by slot, for the pod asked about
};

}  // namespace crosstie::schedule
