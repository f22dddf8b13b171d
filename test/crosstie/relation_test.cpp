// relation: guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <set>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/strong_ids.hpp"
#include "crosstie/table_twins.hpp"

namespace crosstie::test {
namespace {

TEST(relation, answers_from_both_sides) {
  relation<node_id, pod_id> present;
  EXPECT_TRUE(present.insert(node_id{1}, pod_id{5}));
  EXPECT_FALSE(present.insert(node_id{1}, pod_id{5}));
  present.insert(node_id{2}, pod_id{5});
  EXPECT_EQ(present.column_count(pod_id{5}), 2U);
  EXPECT_EQ(present.row_count(node_id{1}), 1U);
  EXPECT_EQ(present.erase_column(pod_id{5}), 2U);
  EXPECT_TRUE(present.empty());
  EXPECT_TRUE(present.row(node_id{1}).empty());
}

TEST(relation, answers_about_ids_it_has_never_seen) {
  relation<> present;
  EXPECT_FALSE(present.contains(4'000'000'000U, 1));
  EXPECT_FALSE(present.erase(4'000'000'000U, 1));
  EXPECT_EQ(present.erase_row(9), 0U);
  EXPECT_EQ(present.erase_column(9), 0U);
  EXPECT_TRUE(present.column(9).empty());
  present.insert(0, 1);
  EXPECT_FALSE(present.contains(0, no_index)) << "an empty slot is no member";
}

// Empty places hold it. Rows of every kind: none, one id, one line, several, displaced ids, long.
TEST(relation, no_index_is_never_there) {
  relation<> present;
  table<std::uint32_t, std::uint32_t, int> known;
  std::vector<relation<>::pair_type> asked;
  for (std::uint32_t row = 0; row < 400; ++row) {
    for (std::uint32_t i = 0; i < row; ++i) {
      present.insert(row, i * i);
      known.try_emplace(row, i * i, 1);
    }
  }
  for (std::uint32_t row = 0; row < 450; ++row) {
    asked.emplace_back(row, no_index);
    ASSERT_FALSE(present.contains(row, no_index)) << row;
    ASSERT_FALSE(present.erase(row, no_index)) << row;
    ASSERT_EQ(known.find(row, no_index), nullptr) << row;
  }
  check_batch(present, asked);
  check_batch(known, asked);
}

TEST(relation, what_is_found_in_a_row_outlives_the_view_of_it) {
  relation<> present;
  for (std::uint32_t column = 0; column < 40; ++column) present.insert(1, column);
  const auto found = std::ranges::find(present.row(1), 7U);
  EXPECT_EQ(*found, 7U);
  std::vector<std::uint32_t> even;
  for (const std::uint32_t column :
       present.row(1) | std::views::filter([](std::uint32_t c) { return c % 2 == 0; })) {
    even.push_back(column);
  }
  EXPECT_EQ(even.size(), 20U);
}

TEST(relation, its_pairs_are_a_range_in_order_of_rows) {
  using pairs = relation<node_id, pod_id>;
  static_assert(std::ranges::forward_range<pairs>);
  pairs present;
  EXPECT_EQ(present.begin(), present.end());
  for (const std::uint32_t row : {2U, 3U, 9U}) {
    for (std::uint32_t c = 0; c < 20 * row; ++c) present.insert(node_id{row}, pod_id{c});
  }
  present.insert(node_id{11}, pod_id{5});
  present.erase_row(node_id{3});
  std::set<std::pair<node_id, pod_id>> seen(present.begin(), present.end());
  EXPECT_EQ(seen.size(), present.size());
  EXPECT_TRUE(seen.contains({node_id{9}, pod_id{179}}));
  EXPECT_TRUE(std::ranges::is_sorted(present, {}, [](const auto& pair) { return pair.first; }));
  present.erase_row(node_id{11});
  EXPECT_EQ(std::ranges::distance(present), 220);
}

// Ids that no hash spreads evenly, each number another one: even ones fill lines so evenly that no
// id ever lies outside its own.
std::uint32_t scattered(std::uint32_t number) {
  number = (number ^ (number >> 16)) * 0x85ebca6b;
  number = (number ^ (number >> 13)) * 0xc2b2ae35;
  return number ^ (number >> 16);
}

TEST(relation, long_rows_stay_compact_and_complete) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  constexpr std::uint32_t count = 100'000;
  for (std::uint32_t i = 0; i < count; ++i) EXPECT_TRUE(present.insert(0, scattered(i)));
  EXPECT_LT(present.memory_bytes(), count * 6);
  for (std::uint32_t i = 0; i < 2 * count; ++i) {
    EXPECT_EQ(present.contains(0, scattered(i)), i < count);
  }
  for (std::uint32_t i = 0; i < count; i += 2) EXPECT_TRUE(present.erase(0, scattered(i)));
  for (std::uint32_t i = 0; i < count; ++i) {
    EXPECT_EQ(present.contains(0, scattered(i)), i % 2 == 1);
  }
  EXPECT_EQ(present.row(0).size(), count / 2);
}

TEST(relation, rows_of_thirty_cost_at_most_six_bytes_a_pair) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) present.insert(i % 33'333, i);
  EXPECT_LT(static_cast<double>(present.memory_bytes()) / 1e6, 6.0);
}

TEST(relation, rows_of_every_length_are_erased_id_by_id) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  for (std::uint32_t row = 0; row < 64; ++row) {
    for (std::uint32_t i = 0; i < row; ++i) present.insert(row, scattered(i));
    for (std::uint32_t i = 0; i < row; ++i) {
      ASSERT_TRUE(present.erase(row, scattered(i)));
      std::uint32_t visited = 0;
      present.for_each([&](std::uint32_t, std::uint32_t) { ++visited; });
      ASSERT_EQ(visited, row - i - 1) << row;
      for (std::uint32_t left = i + 1; left < row; ++left) {
        ASSERT_TRUE(present.contains(row, scattered(left))) << row;
      }
    }
  }
}

// Rows of every length up to three runs of lines, so that each has had one run and two.
TEST(relation, rows_of_every_length_are_complete_and_can_be_emptied) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  constexpr std::uint32_t longest = 400;
  for (std::uint32_t row = 0; row < longest; ++row) {
    for (std::uint32_t i = 0; i < row; ++i) EXPECT_TRUE(present.insert(row, i * 7));
  }
  for (std::uint32_t row = 0; row < longest; ++row) {
    ASSERT_EQ(present.row(row).size(), row);
    ASSERT_EQ(std::ranges::distance(present.row(row)), row);
    std::vector<std::uint32_t> visited;
    present.for_each_in_row(row, [&](std::uint32_t column) { visited.push_back(column); });
    ASSERT_EQ(visited.size(), row);
    std::ranges::sort(visited);
    for (std::uint32_t i = 0; i < row; ++i) ASSERT_EQ(visited[i], i * 7);
    for (std::uint32_t i = 0; i < row; ++i) ASSERT_TRUE(present.contains(row, i * 7));
    ASSERT_FALSE(present.contains(row, row * 7));
    EXPECT_EQ(present.erase_row(row), row);
    ASSERT_EQ(std::ranges::distance(present.row(row)), 0);
    for (std::uint32_t i = 0; i < row; ++i) ASSERT_FALSE(present.contains(row, i * 7));
  }
  EXPECT_TRUE(present.empty());
}

void check_row_of(const std::vector<std::uint32_t>& ids) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  for (const std::uint32_t id : ids) ASSERT_TRUE(present.insert(7, id));
  std::vector<relation<>::pair_type> asked;
  for (const std::uint32_t id : ids) asked.emplace_back(7, id);
  const auto answers = std::make_unique<bool[]>(asked.size());
  for (std::size_t erased = 0; erased < ids.size(); ++erased) {
    const std::size_t there = present.contains_many(asked, {answers.get(), asked.size()});
    ASSERT_EQ(there, ids.size() - erased);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ASSERT_EQ(answers[i], i >= erased) << i << " of " << erased;
      ASSERT_EQ(present.contains(7, ids[i]), i >= erased);
    }
    ASSERT_TRUE(present.erase(7, ids[erased]));
    ASSERT_FALSE(present.erase(7, ids[erased]));
  }
  EXPECT_TRUE(present.row(7).empty());
}

// So many ids that belong in this one of 17 lines: in the first line or the last of however few.
std::vector<std::uint32_t> ids_of_line(std::uint32_t line, std::size_t count) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; ids.size() < count; ++id) {
    if (detail::lined_ids::home_of(id, 17) == line) ids.push_back(id);
  }
  return ids;
}

// Most of them are displaced.
TEST(relation, ids_of_one_line_are_found_and_erased) {
  for (const std::uint32_t line : {0U, 16U}) {
    for (const std::size_t count : {20U, 40U, 230U}) check_row_of(ids_of_line(line, count));
  }
}

// The last id is at home when the row grows, of two lines to three, then to four; one is not.
TEST(relation, ids_displaced_by_growth_are_found_and_erased) {
  std::vector<std::uint32_t> ids = ids_of_line(0, 17);
  std::ranges::copy(ids_of_line(16, 16), std::back_inserter(ids));
  check_row_of(ids);
  std::ranges::copy(ids_of_line(8, 16), std::back_inserter(ids));
  check_row_of(ids);
}

TEST(relation, a_row_may_be_visited_while_others_grow) {
  relation<> present;
  for (std::uint32_t column = 0; column < 40; ++column) present.insert(1, column);
  std::set<std::uint32_t> visited;
  for (const std::uint32_t column : present.row(1)) {
    visited.insert(column);
    for (std::uint32_t row = 100; row < 140; ++row) present.insert(row, 1'000 * column + row);
  }
  EXPECT_EQ(visited.size(), 40U);
  EXPECT_EQ(present.size(), 40U + 40U * 40U);
}

// What rows give back when they grow serves other rows.
TEST(relation, lines_are_used_again) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  for (std::uint32_t row = 0; row < 10'000; ++row) {
    for (std::uint32_t i = 0; i < 100; ++i) present.insert(row, i);
  }
  EXPECT_LT(static_cast<double>(present.memory_bytes()) / 1e6, 5.0);
}

TEST(relation, clearing_keeps_memory_and_forgets_all_pairs) {
  relation<> present;
  const auto fill = [&](std::uint32_t from) {
    for (std::uint32_t i = from; i < from + 20'000; ++i) EXPECT_TRUE(present.insert(i % 300, i));
    present.insert(300, 7);
  };
  fill(0);
  const std::size_t bytes = present.memory_bytes();
  present.clear();
  EXPECT_TRUE(present.empty());
  EXPECT_EQ(present.row_limit(), 0U);
  EXPECT_TRUE(present.row(5).empty());
  EXPECT_FALSE(present.contains(5, 5));
  fill(1'000);
  EXPECT_EQ(present.size(), 20'001U);
  EXPECT_FALSE(present.contains(5, 5)) << "from before";
  EXPECT_EQ(std::ranges::distance(present.row(5)),
            static_cast<std::ptrdiff_t>(present.row_count(5)));
  EXPECT_LT(present.memory_bytes(), bytes + bytes / 4);
  present.clear();
  present.shrink_to_fit();
  EXPECT_EQ(present.memory_bytes(), 0U);
}

TEST(relation, tells_what_its_rows_are_like) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  EXPECT_EQ(present.stats().rows, 0U);
  present.insert(5, 1);
  EXPECT_EQ(present.stats().load_factor, 1.0);
  for (std::uint32_t c = 0; c < 29; ++c) present.insert(7, c);
  const cell_stats stats = present.stats();
  EXPECT_EQ(stats.size, 30U);
  EXPECT_EQ(stats.rows, 2U);
  EXPECT_EQ(stats.longest_row, 29U);
  EXPECT_EQ(stats.mean_row, 15.0);
  EXPECT_EQ(stats.load_factor, 30.0 / 33.0);
  EXPECT_EQ(stats.memory_bytes, present.memory_bytes());
}

TEST(relation, long_rows_that_come_and_go_use_nothing_up) {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row> present;
  std::size_t bytes = 0;
  for (int round = 0; round < 50; ++round) {
    for (std::uint32_t c = 0; c < 40'000; ++c) present.insert(c % 2, c);
    for (std::uint32_t r = 2; r < 200; ++r) present.insert(r, r), present.insert(r, r + 1);
    if (round == 1) bytes = present.memory_bytes();
    if (round > 1) {
      ASSERT_EQ(present.memory_bytes(), bytes) << round;
    }
    ASSERT_EQ(present.row_count(1), 20'000U);
    present.clear();
    ASSERT_TRUE(present.empty());
  }
}

TEST(relation, has_the_strong_guarantee) {
  {
    relation<std::uint32_t, std::uint32_t, relation_index::both_ways, failing_bytes> present;
    for (std::uint32_t i = 0; i < 600; ++i) {
      const auto before = present;
      expect_strong_guarantee([&] { present.insert(i % 5, i); },
                              [&] {
                                ASSERT_EQ(present, before);
                                ASSERT_EQ(present.column_count(i), 0U);
                              });
    }
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

}  // namespace
}  // namespace crosstie::test
