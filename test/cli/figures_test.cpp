#include "cli/figures.hpp"

#include <gtest/gtest.h>

namespace crosstie::cli {
namespace {

TEST(figures, thousands_have_commas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(-1234567), "-1,234,567");
  EXPECT_EQ(with_commas(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(figures, counts_agree_with_their_noun) {
  EXPECT_EQ(counted(0, "pod"), "0 pods");
  EXPECT_EQ(counted(1, "node"), "1 node");
  EXPECT_EQ(counted(1204, "pod"), "1,204 pods");
}

TEST(figures, durations_have_three_digits_and_the_unit_that_fits) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(999), "999 ns");
  EXPECT_EQ(duration(1'234), "1.23 us");
  EXPECT_EQ(duration(12'000), "12 us");
  EXPECT_EQ(duration(48'260'000), "48.3 ms");
  EXPECT_EQ(duration(1'000'000'000), "1 s");
  EXPECT_EQ(duration(90'000'000'000), "90 s");
}

TEST(figures, amounts_have_the_unit_of_their_resource) {
  EXPECT_EQ(amount("cpu", 1500), "1.5");
  EXPECT_EQ(amount("cpu", 2'000'000), "2,000");
  EXPECT_EQ(amount("memory", std::int64_t{3} << 29), "1.5 GiB");
  EXPECT_EQ(amount("hugepages-2Mi", 1 << 21), "2 MiB");
  EXPECT_EQ(amount("nvidia.com/gpu", 6212), "6,212");
  EXPECT_EQ(percent(0.6149), "61.5 %");
}

TEST(figures, timestamps_are_rfc_3339) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(1'767'323'045'000'000'006), "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(rfc3339(1'767'323'045'250'000'000), "2026-01-02T03:04:05.25Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
}

}  // namespace
}  // namespace crosstie::cli
