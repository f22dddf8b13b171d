// Durations counted in buckets whose width grows with the value, as HdrHistogram does.
//
// Promise: a quantile is too high by at most 1/32; values up to 2^63-1 ns fit.
// Cost: record is a few instructions on a fixed array of 15 KiB, never allocating.
// Invariant: the counts of all buckets sum to count().
// Thread safety: none.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace crosstie::simulate {

class latency_histogram {
 public:
  // Below 2^5 each value has a bucket; above, each power of two is cut into 32.
  static constexpr std::uint32_t fraction_bits = 5;
  static constexpr std::uint32_t bucket_count = (63 - fraction_bits + 1) << fraction_bits;

  void record(std::int64_t value_ns) {
    const std::int64_t value = std::max<std::int64_t>(value_ns, 0);
    ++counts_[bucket_of(static_cast<std::uint64_t>(value))];
    ++count_;
    sum_ += value;
    max_ = std::max(max_, value);
  }

  std::int64_t count() const { return count_; }
  std::int64_t max() const { return max_; }
  std::int64_t sum() const { return sum_; }
  std::int64_t count(std::uint32_t bucket) const { return counts_[bucket]; }

  // The smallest and the largest value that a bucket counts.
  static constexpr std::int64_t lowest(std::uint32_t bucket) {
    const std::uint32_t power = bucket >> fraction_bits;
    const std::int64_t fraction = bucket & ((1u << fraction_bits) - 1);
    if (power == 0) return fraction;
    return ((std::int64_t{1} << fraction_bits) + fraction) << (power - 1);
  }
  static constexpr std::int64_t highest(std::uint32_t bucket) {
    if (bucket + 1 == bucket_count) return INT64_MAX;
    return lowest(bucket + 1) - 1;
  }

  // The value that the share `q` (0..1) of all values does not exceed; 0 where there are none.
  std::int64_t quantile(double q) const {
    const auto wanted = std::max<std::int64_t>(1, std::llround(q * static_cast<double>(count_)));
    std::int64_t seen = 0;
    for (std::uint32_t bucket = 0; bucket < bucket_count; ++bucket) {
      seen += counts_[bucket];
      if (seen >= wanted) return std::min(highest(bucket), max_);
    }
    return max_;
  }

  static constexpr std::uint32_t bucket_of(std::uint64_t value) {
    if (value < (1u << fraction_bits)) return static_cast<std::uint32_t>(value);
    const auto power = static_cast<std::uint32_t>(std::bit_width(value)) - fraction_bits - 1;
    const auto fraction = static_cast<std::uint32_t>(value >> power) & ((1u << fraction_bits) - 1);
    return ((power + 1) << fraction_bits) + fraction;
  }

 private:
  std::array<std::int64_t, bucket_count> counts_{};
  std::int64_t count_ = 0, sum_ = 0, max_ = 0;
};

}  // namespace crosstie::simulate
