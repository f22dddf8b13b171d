// The layout to choose for somebody's own keys and mix of operations.
//
// Promise: all layouts that can hold the keys are measured with them, every second round to choose
// by and the others to judge the choice: what is printed says how far the chosen one was
// from the fastest of the second half. Type-erased keys run along and are never better.
// Of layouts whose intervals overlap, the one that takes less memory is chosen.
// Cost: about as long as the rounds times the layouts take. Thread safety: none.
#pragma once

#include <string>

#include "harness/results.hpp"

namespace crosstie::bench {

// Reads the keys of `file`; `mix` as in "hit=80,insert=20", empty: mostly hits. Prints the advice
// on standard error, as the results are what standard output is for, and records it: metric
// "mixed time" of every layout in both halves, and "beyond the fastest" of the chosen one.
// Throws CLI::ValidationError on bad input.
void recommend(const std::string& file, const std::string& mix, int rounds, results& into);

}  // namespace crosstie::bench
