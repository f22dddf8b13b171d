// How fast the scheduling cycle places the pods of a workload: in process, on one core, every node
// looked at.
//
// Promise: every decision of the workload in small, and decisions of the run sampled over its whole
// length, are those of the plain evaluation; a workload repeated takes the same decisions.
// Cost: see placement_setting. Thread safety: none.
#pragma once

#include <cstdint>
#include <string>

#include "harness/results.hpp"
#include "simulate/workload.hpp"

namespace crosstie::bench {

struct placement_setting {
  int rounds = 5;
  std::int64_t least_ns = 1'000'000'000;  // of each round; shorter workloads are repeated
  bool small_only = false;                // the workload in small, checked, one round
  std::string oracle;                     // its program; empty: not asked
  std::int64_t oracle_pods = 500;
};

// Adds to the results of case {"workload": NAME/SIZE}:
//   rate            pods/s    measured pods by the time of all steps, from event to binding
//   p50, p99        us        of a measured pod: all steps that tried to place it
//   allocations     calls     a measured pod
//   allocated       bytes     a measured pod
//   late allocations calls    a measured pod, over the second half of them: the steady state
//   plain           share     of decisions that took the plain evaluation
//   unplaced        pods      measured pods that found no node
//   state           bytes     store, tables, engine, queue; also a node, and a pod
//   rss             bytes     of this process
//   kube-scheduler  pods/s    the oracle's best setting, and its best of those that score all nodes
void measure_placement(const simulate::workload& what, const placement_setting& how, results& into);

}  // namespace crosstie::bench
