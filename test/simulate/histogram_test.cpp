#include "simulate/histogram.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace crosstie::simulate {
namespace {

TEST(latency_histogram, buckets_join_without_gap_or_overlap) {
  std::int64_t next = 0;
  for (std::uint32_t bucket = 0; bucket < latency_histogram::bucket_count; ++bucket) {
    ASSERT_EQ(latency_histogram::lowest(bucket), next);
    const std::int64_t highest = latency_histogram::highest(bucket);
    ASSERT_EQ(latency_histogram::bucket_of(static_cast<std::uint64_t>(next)), bucket);
    ASSERT_EQ(latency_histogram::bucket_of(static_cast<std::uint64_t>(highest)), bucket);
    next = highest == INT64_MAX ? 0 : highest + 1;
  }
  EXPECT_EQ(latency_histogram::highest(latency_histogram::bucket_count - 1), INT64_MAX);
}

TEST(latency_histogram, small_values_are_exact) {
  latency_histogram histogram;
  for (std::int64_t value = 1; value <= 10; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 10);
  EXPECT_EQ(histogram.sum(), 55);
  EXPECT_EQ(histogram.max(), 10);
  EXPECT_EQ(histogram.quantile(0.5), 5);
  EXPECT_EQ(histogram.quantile(1.0), 10);
  EXPECT_EQ(histogram.quantile(0.0), 1);
}

TEST(latency_histogram, quantiles_are_at_most_a_thirty_second_too_high) {
  latency_histogram histogram;
  for (std::int64_t i = 1; i <= 100'000; ++i) histogram.record(i * 37);
  for (const double q : {0.1, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = q * 100'000 * 37;
    const auto found = static_cast<double>(histogram.quantile(q));
    EXPECT_GE(found, exact);
    EXPECT_LE(found, exact * (1 + 1.0 / 32) + 1);
  }
}

TEST(latency_histogram, nothing_recorded_reads_as_zero) {
  EXPECT_EQ(latency_histogram().quantile(0.99), 0);
  EXPECT_EQ(latency_histogram().max(), 0);
}

TEST(latency_histogram, a_clock_that_went_back_counts_as_zero) {
  latency_histogram histogram;
  histogram.record(-5);
  EXPECT_EQ(histogram.count(0u), 1);
  EXPECT_EQ(histogram.sum(), 0);
}

}  // namespace
}  // namespace crosstie::simulate
