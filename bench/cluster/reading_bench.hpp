// How fast a dump is read, and how much memory the cluster's objects take.
#pragma once

#include <cstddef>

#include "harness/results.hpp"

namespace crosstie::bench {

// Writes a dump of that many pods as kubectl does (indented, with status and managed fields) to a
// temporary file, and records how fast it is read and the memory that reading needs at most.
// Checked: as many pods are read as were written.
void measure_reading(std::size_t pods, int rounds, results& into);

}  // namespace crosstie::bench
