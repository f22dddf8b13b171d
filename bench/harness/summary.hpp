// Samples of one figure put into one: the median and how sure it is.
//
// Promise: low and high enclose the true median with at least 95 % confidence whatever the
// distribution (order statistics: the k-th smallest and k-th largest of n samples miss it with
// probability 2 P(B(n, 1/2) < k)); with fewer than six samples they are the smallest and greatest.
// Cost: a sort. Thread safety: pure.
#pragma once

#include <cstdint>
#include <vector>

namespace crosstie::bench {

struct summary {
  double value = 0, low = 0, high = 0;
  std::int64_t samples = 1;
};

summary summarize(std::vector<double> samples);  // of at least one sample
inline summary exactly(double value) { return {value, value, value, 1}; }

}  // namespace crosstie::bench
