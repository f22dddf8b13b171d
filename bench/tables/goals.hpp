// The goals of the tables: which of our types is to be how much better than its best peer.
//
// Promise: every goal names one type in one configuration, time and bytes together. Ratios are to
// the
//   best peer of the same run: machines differ. Thread safety: pure.
#pragma once

#include "harness/page.hpp"
#include "harness/results.hpp"

namespace crosstie::bench {

// Judges the results of the tables bench and adds what it finds as results of the bench "goals":
// ours, the best peer's, "better" (how many times), "wanted", and "reached" (1 or 0).
void judge_goals(results& found);

// The goals, the figures behind them and plots.
void draw_tables(const results& found, page& to);

}  // namespace crosstie::bench
