#include "cluster/timestamp.hpp"

#include <gtest/gtest.h>

namespace crosstie::cluster {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(timestamp, reads_rfc_3339) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_timestamp("2026-01-31T12:00:01Z"), 1769860801 * second);
  EXPECT_EQ(parse_timestamp("2024-02-29T23:59:59Z"), 1709251199 * second);
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59Z"), -second);
  EXPECT_EQ(parse_timestamp("2026-01-31T12:00:01.25Z"), 1769860801 * second + 250'000'000);
  EXPECT_EQ(parse_timestamp("2026-01-31T12:00:01.1234567899Z"), 1769860801 * second + 123'456'789);
  EXPECT_EQ(parse_timestamp("2026-01-31T14:30:01+02:30"), 1769860801 * second);
  EXPECT_EQ(parse_timestamp("2026-01-31T07:00:01-05:00"), 1769860801 * second);
}

TEST(timestamp, takes_gos_zero_time_as_not_set) {
  EXPECT_EQ(parse_timestamp("0001-01-01T00:00:00Z"), 0);
}

TEST(timestamp, refuses_what_is_no_time) {
  for (const char* text :
       {"", "yesterday", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00",
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00Z ", "2026-01-31T12:00:00+0200",
        "9999-01-01T00:00:00Z", "26-01-31T12:00:00Z", "2026-1-31T12:00:00Z"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace crosstie::cluster
