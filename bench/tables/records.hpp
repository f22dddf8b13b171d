// Records: all that was measured of one (keys, entries, layout, operation), in one place.
//
// Promise: a record has the time in ns and the allocations an operation, where they were measured,
//   the bytes an entry of its layout at that size, and whether every answer behind it was checked.
// Thread safety: pure.
#pragma once

#include <vector>

#include "harness/results.hpp"

namespace crosstie::bench {

std::vector<cli::measured_case> make_records(const results& found);

}  // namespace crosstie::bench
