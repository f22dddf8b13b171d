#include "schedule/duration.hpp"

#include <gtest/gtest.h>

namespace crosstie::schedule {
namespace {

TEST(duration, reads_what_go_reads) {
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("15s"), 15'000'000'000);
  EXPECT_EQ(parse_duration("1h15m30.5s"), 4'530'500'000'000);
  EXPECT_EQ(parse_duration("-1.5ms"), -1'500'000);
  EXPECT_EQ(parse_duration("+2us"), 2'000);
  EXPECT_EQ(parse_duration("3\u00b5s"), 3'000);
  EXPECT_EQ(parse_duration(".5s"), 500'000'000);
  EXPECT_EQ(parse_duration("9223372036854775807ns"), 9223372036854775807);
}

TEST(duration, refuses_what_go_refuses) {
  for (const char* text : {"", "-", "5", "s", ".s", "1d", "1s ", "1 s", "3h4",
                           "9223372036854775808ns", "99999999999999999999h", "1e3s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(duration, writes_what_go_writes) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(1), "1ns");
  EXPECT_EQ(format_duration(1'100), "1.1\u00b5s");
  EXPECT_EQ(format_duration(2'200'000), "2.2ms");
  EXPECT_EQ(format_duration(-1'500'000'000), "-1.5s");
  EXPECT_EQ(format_duration(600'000'000'000), "10m0s");
  EXPECT_EQ(format_duration(4'530'500'000'000), "1h15m30.5s");
  EXPECT_EQ(format_duration(7'200'000'000'000), "2h0m0s");
}

}  // namespace
}  // namespace crosstie::schedule
