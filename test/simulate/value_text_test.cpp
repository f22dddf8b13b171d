#include "simulate/value_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "cluster/timestamp.hpp"
#include "simulate/object_parts.hpp"
#include "simulate/random.hpp"

namespace crosstie::simulate {
namespace {

TEST(quantity_text, is_the_shortest_exact_one) {
  const std::array<std::pair<cluster::quantity, const char*>, 10> cases{{
      {units(0), "0"},
      {units(3), "3"},
      {milli(250), "250m"},
      {milli(2000), "2"},
      {units(16 * mebibyte * 1024), "16Gi"},
      {units(1536), "1536"},
      {units(2048), "2Ki"},
      {cluster::quantity{1}, "1n"},
      {cluster::quantity{2'500}, "2500n"},
      {cluster::quantity{7'000}, "7u"},
  }};
  for (const auto& [amount, text] : cases) EXPECT_EQ(to_text(amount), text);
}

TEST(quantity_text, reads_back_to_the_same_value) {
  random_stream random(3, 0, 0);
  for (int i = 0; i < 10'000; ++i) {
    const int shift = static_cast<int>(random.below(63));
    const cluster::quantity amount =
        random.chance(500)
            ? units(static_cast<std::int64_t>(random.next() >> 1) >> shift)
            : cluster::quantity{static_cast<std::int64_t>(random.next() >> 1) >> shift};
    const auto back = cluster::parse_quantity(to_text(amount));
    ASSERT_TRUE(back) << to_text(amount);
    EXPECT_EQ(*back, amount) << to_text(amount);
  }
}

TEST(quantity_text, goes_without_a_binary_suffix_beyond_int64) {
  cluster::quantity amount = units(std::int64_t{1} << 62);
  for (int i = 0; i < 3; ++i) amount += units(std::int64_t{1} << 62);
  EXPECT_EQ(to_text(amount), "18446744073709551616");
  EXPECT_EQ(*cluster::parse_quantity(to_text(amount)), amount);
}

TEST(time_text, is_rfc_3339_with_a_fraction_where_there_is_one) {
  EXPECT_EQ(to_text(cluster::timestamp{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(cluster::timestamp{1'767'225'600'000'000'000}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(to_text(cluster::timestamp{951'782'400'000'000'001}), "2000-02-29T00:00:00.000000001Z");
}

TEST(time_text, reads_back_to_the_same_moment) {
  random_stream random(4, 0, 0);
  for (int i = 0; i < 10'000; ++i) {
    const cluster::timestamp at = random.between(0, 4'000'000'000) * one_second +
                                  (random.chance(500) ? random.between(0, 999'999'999) : 0);
    EXPECT_EQ(cluster::parse_timestamp(to_text(at)), at) << to_text(at);
  }
}

}  // namespace
}  // namespace crosstie::simulate
