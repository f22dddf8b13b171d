// steady_map: guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/steady_map.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"

namespace crosstie::test {
namespace {

TEST(steady_map, has_the_strong_guarantee) {
  using failing =
      steady_map<std::uint32_t, int, failing_allocator<std::pair<const std::uint32_t, int>>>;
  {
    failing map;
    for (std::uint32_t i = 0; i < 2000; ++i) {
      if (i % 40 != 0 && i % 392 > 2) {
        map.try_emplace(i, 1);
        continue;
      }
      const failing before = map;
      expect_strong_guarantee([&] { map.try_emplace(i, 1); }, [&] { ASSERT_EQ(map, before); });
      ASSERT_EQ(map.size(), i + 1);
    }
    // Splits come when they come: every insertion of these may fail at each of its allocations.
    for (std::uint32_t i = 2000; i < 9000; ++i) {
      expect_strong_guarantee([&] { map.try_emplace(i, 1); },
                              [&] {
                                ASSERT_EQ(map.size(), i);
                                ASSERT_FALSE(map.contains(i));
                                ASSERT_TRUE(map.contains(i - 1));
                              });
    }
    for (std::uint32_t i = 0; i < 9000; ++i) ASSERT_TRUE(map.contains(i));
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

// Keys are chosen by their hashes, so that one corner of the directory gets deep while a segment of
// all the rest stays whole: when that is split, many entries of the directory change at once.
TEST(steady_map, a_split_far_from_the_deepest_segment_moves_many_entries) {
  steady_map<std::uint64_t, int> map;
  const std::uint64_t seed = table_seed(&map);
  std::uint64_t next = 0;
  std::vector<std::uint64_t> inserted;
  const auto insert = [&](std::size_t count, auto&& fits) {
    for (; count != 0; ++next) {
      if (!fits(key_hash<std::uint64_t>{}(next, seed))) continue;
      ASSERT_TRUE(map.try_emplace(next, static_cast<int>(next)).second);
      inserted.push_back(next);
      --count;
    }
  };
  insert(2 * map.most_in_segment, [](std::uint64_t hash) { return hash >> 58 == 0; });
  insert(2 * map.most_in_segment, [](std::uint64_t hash) { return hash >> 63 == 1; });
  ASSERT_EQ(map.size(), inserted.size());
  for (const std::uint64_t key : inserted) ASSERT_TRUE(map.contains(key));
}

TEST(steady_map, a_key_may_be_made_from_an_element_that_moves) {
  steady_map<std::string, std::string> map;
  map.try_emplace("first", "0");
  for (int i = 1; i < 3000; ++i) {
    const std::string_view source = *map.find_value("first");
    ASSERT_TRUE(map.try_emplace(std::string(source) + std::to_string(i), "v").second);
  }
  // A view of a text within the table, which a split moves.
  for (int i = 0; i < 3000; ++i) {
    std::string& held = *map.find_value("first");
    held = "k" + std::to_string(i);
    ASSERT_TRUE(map.try_emplace(std::string_view(held), "w").second);
    ASSERT_TRUE(map.contains("k" + std::to_string(i)));
  }
}

}  // namespace
}  // namespace crosstie::test
