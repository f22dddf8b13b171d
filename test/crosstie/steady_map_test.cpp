// steady_map: guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/steady_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"

namespace crosstie::test {

// The combiner that everybody writes, which leaves some thousand hashes to a million points.
struct point {
  int x, y;
  bool operator==(const point&) const = default;
};

}  // namespace crosstie::test

template <>
struct std::hash<crosstie::test::point> {
  std::size_t operator()(const crosstie::test::point& p) const noexcept {
    return std::hash<int>()(p.x) ^ (std::hash<int>()(p.y) << 1);
  }
};

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

// No split sets equal hashes apart: the directory must not double until memory ends.
TEST(steady_map, takes_more_equal_hashes_than_a_segment_holds) {
  for (const auto& [width, height] :
       {std::pair(600, 450), std::pair(1, 3000), std::pair(3000, 1)}) {
    steady_map<point, int> map;
    for (int x = 0; x < width; ++x) {
      for (int y = 0; y < height; ++y) map.try_emplace(point{x, y & 3}, y);
    }
    for (int x = 0; x < width; ++x) {
      for (int y = 0; y < height; ++y) {
        ASSERT_EQ(map.try_emplace(point{x, y}, y).second, y > 3);
        ASSERT_TRUE(map.contains(point{x, y}));
      }
    }
    EXPECT_EQ(map.size(), static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    EXPECT_LT(map.memory_bytes(), 100 * map.size());
    EXPECT_EQ(erase_if(map, [](const point& at, int) { return at.y % 2 == 0; }),
              static_cast<std::size_t>(width) * static_cast<std::size_t>((height + 1) / 2));
    ASSERT_FALSE(map.contains(point{0, 0}));
  }
}

// Of what is reserved nothing splits later, whether the map was empty or not.
TEST(steady_map, reserve_splits_beforehand) {
  for (const std::size_t before : {std::size_t{0}, std::size_t{10}, std::size_t{3000}}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{300}, std::size_t{100'000}}) {
      steady_map<std::uint64_t, int> map;
      for (std::size_t i = 0; i < before; ++i) map.try_emplace(i, static_cast<int>(i));
      map.reserve(size);
      ASSERT_EQ(map.size(), before);
      const std::size_t reserved = map.memory_bytes();
      for (std::size_t i = 0; i < std::max(size, before); ++i) map.try_emplace(i, 7);
      EXPECT_EQ(map.memory_bytes(), reserved) << before << " " << size;
      EXPECT_EQ(map.size(), std::max(size, before));
      for (std::size_t i = 0; i < before; ++i) ASSERT_EQ(map.at(i), static_cast<int>(i));
    }
  }
}

TEST(steady_map, reserve_has_the_strong_guarantee) {
  using failing =
      steady_map<std::uint32_t, int, failing_allocator<std::pair<const std::uint32_t, int>>>;
  {
    failing map;
    for (std::uint32_t i = 0; i < 500; ++i) map.try_emplace(i, 1);
    const failing before = map;
    expect_strong_guarantee([&] { map.reserve(5000); }, [&] { ASSERT_EQ(map, before); });
    EXPECT_EQ(map, before);
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(steady_map, refuses_to_reserve_more_than_there_is) {
  steady_map<int, int> map;
  map.try_emplace(1, 2);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : {most, most / 2, most / 64}) {
    EXPECT_THROW(map.reserve(size), std::length_error);
  }
  EXPECT_EQ(map.at(1), 2);
}

// map.contains({"node", "pod"}) names no type: the key's is meant.
TEST(steady_map, keys_may_be_given_in_braces) {
  steady_map<std::pair<std::string, std::string>, int> map;
  map.try_emplace({"n", "p"}, 1);
  EXPECT_TRUE(map.contains({"n", "p"}));
  EXPECT_EQ(*map.find_value({"n", "p"}), 1);
  EXPECT_EQ(map.at({"n", "p"}), 1);
  EXPECT_EQ(*std::as_const(map).find_value({"n", "p"}), 1);
  EXPECT_EQ(std::as_const(map).at({"n", "p"}), 1);
  EXPECT_EQ(map.extract({"n", "p"})->second, 1);
  EXPECT_EQ(map.erase({"n", "p"}), 0U);
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

TEST(steady_map, its_elements_are_a_range) {
  using map = steady_map<int, int>;
  static_assert(std::ranges::forward_range<map>);
  map numbers;
  EXPECT_EQ(numbers.begin(), numbers.end());
  for (int i = 0; i < 3000; ++i) numbers[i] = 2 * i;
  std::map<int, int> seen(numbers.begin(), numbers.end());
  EXPECT_EQ(seen.size(), 3000U);
  EXPECT_TRUE(std::ranges::all_of(numbers, [](const auto& e) { return e.second == 2 * e.first; }));
  EXPECT_EQ(std::ranges::distance(numbers), 3000);
  // Segments without elements stay until clear().
  EXPECT_EQ(erase_if(numbers, [](int key, int) { return key != 1234; }), 2999U);
  EXPECT_EQ(std::ranges::distance(numbers), 1);
  EXPECT_EQ(numbers.begin()->first, 1234);
  numbers.erase(1234);
  EXPECT_EQ(numbers.begin(), numbers.end());
}

TEST(steady_map, extract_moves_the_element_out) {
  steady_map<std::pair<std::string, int>, std::unique_ptr<int>> map;
  EXPECT_EQ(map.extract("n", 1), std::nullopt);
  map.try_emplace({"n", 1}, std::make_unique<int>(7));
  EXPECT_EQ(*map.at("n", 1), 7);
  EXPECT_THROW(static_cast<void>(std::as_const(map).at("n", 2)), std::out_of_range);
  const auto taken = map.extract("n", 1);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->first.first, "n");
  EXPECT_EQ(*taken->second, 7);
  EXPECT_TRUE(map.empty() && !map.contains("n", 1));
}

TEST(steady_map, merge_moves_what_is_absent_and_leaves_the_rest) {
  steady_map<std::string, std::unique_ptr<int>> into;
  steady_map<std::string, std::unique_ptr<int>> from;
  for (int i = 0; i < 2000; ++i) into.try_emplace(std::to_string(i), std::make_unique<int>(i));
  for (int i = 1000; i < 5000; ++i) from.try_emplace(std::to_string(i), std::make_unique<int>(-i));
  into.merge(from);
  EXPECT_EQ(into.size(), 5000U);
  EXPECT_EQ(from.size(), 1000U);
  EXPECT_EQ(*into.at("1500"), 1500);
  EXPECT_EQ(*into.at("4999"), -4999);
  EXPECT_EQ(*from.at("1500"), -1500);
  into.merge(into);
  EXPECT_EQ(into.size(), 5000U);
}

// Whatever allocation fails during a merge, no element is lost and none is in both maps.
TEST(steady_map, merge_loses_nothing_where_memory_runs_out) {
  using map = steady_map<int, int, failing_allocator<std::pair<const int, int>>>;
  for (std::size_t allowed = 0; allowed < 12; ++allowed) {
    map into;
    map from;
    for (int i = 0; i < 10; ++i) into[i] = i;
    for (int i = 5; i < 2000; ++i) from[i] = i;
    ledger.until_failure = allowed;
    EXPECT_THROW(into.merge(from), std::bad_alloc);
    ledger.until_failure = static_cast<std::size_t>(-1);
    EXPECT_EQ(into.size() + from.size(), 2005U);
    for (int i = 10; i < 2000; ++i) EXPECT_NE(into.contains(i), from.contains(i)) << i;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(into.contains(i)) << i;
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
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

// As with iterators: erasing invalidates only what is erased.
TEST(steady_map, a_visitor_may_erase_what_comes_next) {
  steady_map<int, std::string> map;
  for (int key = 0; key < 2'000; ++key) map.try_emplace(key, 40, 'x');
  std::set<int> visited;
  map.for_each([&](int key, const std::string& value) {
    ASSERT_EQ(value.size(), 40U) << key;
    ASSERT_TRUE(visited.insert(key).second);
    map.erase(key / 2 * 2 + 1 - key % 2);  // the other of two
  });
  EXPECT_EQ(visited.size(), 1'000U);
  EXPECT_EQ(map.size(), 1'000U);
  for (const int key : visited) EXPECT_TRUE(map.contains(key));
}

}  // namespace
}  // namespace crosstie::test
