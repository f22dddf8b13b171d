#include "harness/summary.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace crosstie::bench {
namespace {

// The greatest k whose pair of order statistics still covers the median in 95 % of the cases.
std::size_t find_rank(std::size_t n) {
  double below = 0, chance = std::pow(0.5, static_cast<double>(n));  // P(B(n, 1/2) = k - 1)
  std::size_t k = 0;
  while (k < n / 2 && 2 * (below + chance) <= 0.05) {
    below += chance;
    chance *= static_cast<double>(n - k) / static_cast<double>(k + 1);
    ++k;
  }
  return k;
}

}  // namespace

summary summarize(std::vector<double> samples) {
  assert(!samples.empty());
  std::ranges::sort(samples);
  const std::size_t n = samples.size();
  const double median = n % 2 == 1 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
  const std::size_t k = std::max<std::size_t>(find_rank(n), 1);
  return {median, samples[k - 1], samples[n - k], static_cast<std::int64_t>(n)};
}

}  // namespace crosstie::bench
