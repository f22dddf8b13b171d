#include "simulate/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace crosstie::simulate {
namespace {

// Written down once: a change of these changes every generated cluster.
TEST(random_stream, draws_the_same_on_every_machine) {
  random_stream stream(1, 2, 3);
  const std::array<std::uint64_t, 3> drawn{stream.next(), stream.next(), stream.next()};
  EXPECT_EQ(drawn, (std::array<std::uint64_t, 3>{8067101194408944102u, 17615266516125549910u,
                                                 5087375082353778736u}));
}

TEST(random_stream, streams_differ_by_each_of_their_numbers) {
  const std::uint64_t base = random_stream(1, 2, 3).next();
  EXPECT_NE(base, random_stream(2, 2, 3).next());
  EXPECT_NE(base, random_stream(1, 3, 3).next());
  EXPECT_NE(base, random_stream(1, 2, 4).next());
  EXPECT_NE(random_stream(1, 2, 3).next(), random_stream(1, 3, 2).next());
}

TEST(random_stream, below_and_between_reach_all_and_only_their_range) {
  random_stream stream(7, 0, 0);
  std::map<std::int64_t, int> seen;
  for (int i = 0; i < 10'000; ++i) ++seen[stream.between(-2, 2)];
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_EQ(seen.begin()->first, -2);
  EXPECT_EQ(seen.rbegin()->first, 2);
  for (const auto& [value, count] : seen) EXPECT_NEAR(count, 2000, 250) << value;
}

struct weighted {
  int value;
  std::uint32_t weight;
};

TEST(random_stream, weights_are_shares) {
  constexpr std::array<weighted, 3> choices{{{0, 1}, {1, 0}, {2, 3}}};
  random_stream stream(9, 0, 0);
  std::array<int, 3> seen{};
  for (int i = 0; i < 10'000; ++i) {
    ++seen[static_cast<std::size_t>(
        stream.pick_weighted(std::span<const weighted>(choices)).value)];
  }
  EXPECT_NEAR(seen[0], 2500, 250);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 7500, 250);
}

}  // namespace
}  // namespace crosstie::simulate
