// A stretch of lookups under valgrind's tools, which count where a virtual machine's counters are
// not to be had: instructions, branches, cache misses, and the lines that each lookup touches.
//
// Promise: what is counted is the lookups' alone: a run with twice as many minus a run with the
// plain number, a lookup. Absent where valgrind is not installed or a run fails.
// Cost: two runs of some seconds each. Thread safety: none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace crosstie::bench {

struct probe_setting {
  std::string keys = "u32 pair", layout, library;
  std::size_t entries = 10'000, lookups = 10'000;
};

bool has_valgrind();

// Events a lookup by valgrind's names: Ir, Bi (indirect branches), Bcm and Bim (mispredicted), or
// Dr, D1mr, DLmr, ..., as `tool` ("callgrind --branch-sim=yes", say) counts them.
std::optional<std::map<std::string, double>> count_events(const std::string& tool,
                                                          const probe_setting& what);

// Distinct cache lines that a lookup touches beyond those that nearly all lookups touch.
std::optional<double> count_lines(const probe_setting& what);

}  // namespace crosstie::bench
