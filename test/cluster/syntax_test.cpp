#include "cluster/syntax.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace crosstie::cluster {
namespace {

TEST(syntax, qualified_name_takes_what_a_label_key_may_be) {
  for (const char* good :
       {"app", "a", "A.b_c-9", "example.com/foo", "a-b.c/D", "topology.kubernetes.io/zone"}) {
    EXPECT_TRUE(is_qualified_name(good)) << good;
  }
  EXPECT_TRUE(is_qualified_name(std::string(63, 'x')));
  EXPECT_TRUE(is_qualified_name("p/" + std::string(63, 'x')));
}

TEST(syntax, qualified_name_refuses_the_rest) {
  for (const char* bad : {"", "/", "a/", "/a", "a/b/c", "-a", "a-", "a b", "Upper.com/x", "a..b/x",
                          ".a/x", "a_b/x", "caf\xc3\xa9"}) {
    EXPECT_FALSE(is_qualified_name(bad)) << bad;
  }
  EXPECT_FALSE(is_qualified_name(std::string(64, 'x')));
  EXPECT_FALSE(is_qualified_name(std::string(254, 'x') + "/a"));
}

TEST(syntax, label_value_may_be_empty_but_not_long) {
  EXPECT_TRUE(is_label_value(""));
  EXPECT_TRUE(is_label_value("us-east-1a"));
  EXPECT_TRUE(is_label_value(std::string(63, '1')));
  EXPECT_FALSE(is_label_value(std::string(64, '1')));
  EXPECT_FALSE(is_label_value("a/b"));
  EXPECT_FALSE(is_label_value("_a"));
}

TEST(syntax, integers_are_go_s) {
  EXPECT_EQ(parse_int64("0"), 0);
  EXPECT_EQ(parse_int64("+7"), 7);
  EXPECT_EQ(parse_int64("-007"), -7);
  EXPECT_EQ(parse_int64("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* bad :
       {"", "+", "-", "+-1", "1 ", " 1", "1.0", "0x1", "1_0", "abc", "9223372036854775808"}) {
    EXPECT_FALSE(parse_int64(bad)) << bad;
  }
}

}  // namespace
}  // namespace crosstie::cluster
