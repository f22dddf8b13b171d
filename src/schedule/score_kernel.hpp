// The arithmetic of one pod on consecutive nodes: which do not fit and why, and what the others
// score for their resources.
//
// Promise: the integers of NodeResourcesFit (LeastAllocated over cpu and memory) and
// NodeResourcesBalancedAllocation of kube-scheduler 1.36, bit for bit. Every intermediate integer
// is below 2^53, where doubles are exact. A quotient p / q of integers is cut to an integer as
// (p + 1/2) * (1 / q): p / q is a multiple of 1 / q, so that (p + 1/2) / q keeps at least 1 / 2q
// from every integer, which is more than the two roundings can move it while p / q <= 100 and
// q < 2^44. Amounts from there up to 2^46 are divided instead: p / q < k means p / q <= k - 1 / q,
// and doubles are closer to each other than that.
// Cost: about 2 ns a node with AVX2, which is used where the machine has it; no allocation.
// Thread safety: pure functions.
#pragma once

#include <cstdint>

namespace crosstie::schedule {

// One pod against the columns of node_columns; all arrays start at the first node's slot.
struct score_input {
  const double *cpu_allocatable, *memory_allocatable, *cpu_free, *memory_free, *cpu_requested,
      *memory_requested, *cpu_nonzero, *memory_nonzero, *pods_free, *cpu_inverse, *memory_inverse;
  const std::int32_t* balance;   // of the node without the pod
  const std::uint16_t* cells;    // static_table's
  const std::int32_t* refusals;  // more rejection bits, ports and other resources; may be null

  double cpu_needed, memory_needed, cpu_scored, memory_scored;
  double cpu_weight, memory_weight;         // inside the fit score
  std::int32_t fit_weight, balance_weight;  // 0: not scored
  bool large;                               // some amount is 2^44 or more
};

// totals[i]: the weighted sum of both scores, or minus the rejection bits.
void score_nodes(const score_input& in, std::uint32_t count, std::int32_t* totals);
// The same without vector instructions beyond the compiler's baseline: for a single node, and the
// twin of the other in tests.
void score_nodes_plainly(const score_input& in, std::uint32_t count, std::int32_t* totals);

}  // namespace crosstie::schedule
