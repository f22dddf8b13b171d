// The real scheduling algorithm on the same dump: kube-scheduler's own SchedulePod and cache, timed
// by the oracle's -bench, with no API server, queue, binding or preemption.
//
// Promise: the same objects in the same order; GOGC=400, as that is its best setting.
// Cost: a process for each setting. Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/workload_script.hpp"

namespace crosstie::bench {

struct oracle_setting {
  int parallelism = 16;
  int percentage = 0;  // of nodes to score; 0: its adaptive rule, which samples, 100: all
};
struct oracle_figure {
  oracle_setting setting;
  double rate = 0;  // pods/s
};

// The first `pods` pods that come, on the nodes and pods of the dump, by each of its settings.
// Throws where the program does not run or its output cannot be read.
std::vector<oracle_figure> ask_oracle(const std::string& program,
                                      const simulate::workload_script& script,
                                      const std::vector<std::string>& places, std::int64_t pods);

}  // namespace crosstie::bench
