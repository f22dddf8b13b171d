// How fast the scheduling cycle places pods: in process, on one core, all nodes looked at.
#pragma once

#include <cstdint>
#include <string>

namespace crosstie::bench {

struct placement_setting {
  std::uint32_t nodes = 5000;
  std::uint32_t pods = 0;      // 0: as many as suit the workload
  std::uint32_t shapes = 500;  // of workloads whose pods differ
};

// Prints pods a second (from a pod's arrival event to its applied binding), decision times,
// allocations and the engine's figures. Checked: every pod is bound, no node is asked for more than
// it has, and in workload "twin" every answer is that of the plain evaluation.
void measure_placement(const std::string& workload, const placement_setting& wanted);

}  // namespace crosstie::bench
