// How fast a dump is read, and how much memory the cluster's objects take.
#pragma once

#include <cstddef>

namespace crosstie::bench {

// Writes a dump of that many pods as kubectl does (indented, with status and managed fields) to a
// temporary file, and prints the median time of reading it and the memory it needs at most.
// Checked: as many pods are read as were written.
void measure_reading(std::size_t pods, int rounds);

}  // namespace crosstie::bench
