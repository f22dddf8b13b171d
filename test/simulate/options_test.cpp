#include "simulate/options.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace crosstie::simulate {
namespace {

TEST(parse_generate_spec, reads_keys_in_any_order_and_keeps_defaults) {
  const auto spec = parse_generate_spec("seed=18446744073709551615,nodes=12,racks=2,zones=5");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->nodes, 12);
  EXPECT_EQ(spec->racks, 2);
  EXPECT_EQ(spec->zones, 5);
  EXPECT_EQ(spec->seed, 18446744073709551615u);
  EXPECT_EQ(spec->pods, 30000);
  EXPECT_EQ(spec->bound, 0);
  EXPECT_TRUE(parse_generate_spec(""));
}

struct bad_spec {
  const char* text;
  const char* field;
  const char* expected;
};
std::ostream& operator<<(std::ostream& out, const bad_spec& spec) { return out << spec.text; }

class refused_spec : public testing::TestWithParam<bad_spec> {};

TEST_P(refused_spec, names_the_key_and_what_would_do) {
  const auto spec = parse_generate_spec(GetParam().text);
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().field, GetParam().field);
  EXPECT_EQ(spec.error().expected, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    options, refused_spec,
    testing::Values(
        bad_spec{"node=5", "node", "expected one of nodes, pods, bound, zones, racks, seed"},
        bad_spec{"nodes=5,nodes=6", "nodes", "expected each key once"},
        bad_spec{"nodes", "nodes", "expected key=value, such as nodes=5000"},
        bad_spec{"nodes=5,,pods=1", "", "expected key=value, such as nodes=5000"},
        bad_spec{"nodes=-1", "nodes", "expected a whole number from 0 to 1000000, found \"-1\""},
        bad_spec{"nodes=1e3", "nodes", "expected a whole number from 0 to 1000000, found \"1e3\""},
        bad_spec{"zones=0", "zones", "expected a whole number from 1 to 1000, found \"0\""},
        bad_spec{"nodes=5000001", "nodes",
                 "expected a whole number from 0 to 1000000, found \"5000001\""},
        bad_spec{"seed=-1", "seed", "expected a whole number from 0 to 2^64-1, found \"-1\""}));

TEST(parse_rate, reads_units) {
  EXPECT_DOUBLE_EQ(parse_rate("1200/s").value(), 1200);
  EXPECT_DOUBLE_EQ(parse_rate("1200").value(), 1200);
  EXPECT_DOUBLE_EQ(parse_rate("2.5/s").value(), 2.5);
  EXPECT_DOUBLE_EQ(parse_rate("90/m").value(), 1.5);
  EXPECT_DOUBLE_EQ(parse_rate("36/h").value(), 0.01);
}

TEST(parse_rate, refuses_what_is_no_rate) {
  for (const char* text : {"", "/s", "0/s", "-1/s", "5/d", "5/", "x", "1e400", "nan", "inf",
                           "1e10/s", "1e-10", "5/s/s"}) {
    const auto rate = parse_rate(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_EQ(rate.error().field, "rate") << text;
    EXPECT_NE(rate.error().expected.find("found \"" + std::string(text) + "\""), std::string::npos)
        << rate.error().expected;
  }
  EXPECT_EQ(parse_rate("5/d").error().expected,
            "expected a number above 0, such as 1200/s (or 1200), 90/m or 10/h, found \"5/d\"");
}

TEST(parse_tie_break, reads_both_ways) {
  EXPECT_TRUE(parse_tie_break("name").value().by_name);
  EXPECT_FALSE(parse_tie_break("seed=7").value().by_name);
  EXPECT_EQ(parse_tie_break("seed=7").value().seed, 7u);
  for (const char* text : {"", "names", "seed", "seed=", "seed=-1", "seed=1x", "7"}) {
    EXPECT_FALSE(parse_tie_break(text)) << text;
  }
}

}  // namespace
}  // namespace crosstie::simulate
