// assignment, relation, table and matrix: guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/strong_ids.hpp"
#include "crosstie/table_twins.hpp"

namespace crosstie::test {
namespace {

static_assert(dense_id<std::uint32_t> && dense_id<node_id> && dense_id<strong_id>);
static_assert(!dense_id<int> && !dense_id<std::uint64_t> && !dense_id<std::byte>);
static_assert(std::ranges::forward_range<id_range<node_id>>);
static_assert(std::ranges::view<id_range<node_id>>);
static_assert(std::ranges::borrowed_range<id_range<node_id>>);
static_assert(std::ranges::forward_range<assignment<pod_id, node_id>>);

TEST(assignment, moves_a_column_from_row_to_row) {
  assignment<pod_id, node_id> bound;
  EXPECT_EQ(bound.assign(pod_id{7}, node_id{1}), std::nullopt);
  EXPECT_EQ(bound.assign(pod_id{7}, node_id{1}), node_id{1});
  EXPECT_EQ(bound.size(), 1U);
  EXPECT_EQ(bound.assign(pod_id{7}, node_id{2}), node_id{1});
  EXPECT_TRUE(bound.columns(node_id{1}).empty());
  EXPECT_TRUE(std::ranges::equal(bound.columns(node_id{2}), std::vector{pod_id{7}}));
  EXPECT_EQ(bound.unassign(pod_id{7}), node_id{2});
  EXPECT_EQ(bound.unassign(pod_id{7}), std::nullopt);
  EXPECT_TRUE(bound.empty());
}

TEST(assignment, answers_about_ids_it_has_never_seen) {
  assignment<pod_id, node_id> bound;
  const pod_id pod{4'000'000'000U};
  const node_id none{no_index};
  EXPECT_FALSE(bound.row_of(pod));
  EXPECT_FALSE(bound.contains(node_id{4'000'000'000U}, pod));
  EXPECT_TRUE(bound.columns(node_id{4'000'000'000U}).empty());
  EXPECT_EQ(bound.erase_row(node_id{4'000'000'000U}), 0U);
  bound.assign(pod_id{3}, node_id{0});
  EXPECT_FALSE(bound.contains(none, pod_id{2})) << "an unassigned column is in no row";
}

// More columns in one row than a place can tell apart.
TEST(assignment, a_row_may_hold_more_columns_than_a_place_counts) {
  assignment<> bound;
  constexpr std::uint32_t count = 200'000;
  for (std::uint32_t c = 0; c < count; ++c) bound.assign(c, 0);
  for (std::uint32_t c = 0; c < count; c += 3) EXPECT_EQ(bound.unassign(c), 0U);
  std::vector<std::uint32_t> left(bound.columns(0).begin(), bound.columns(0).end());
  std::ranges::sort(left);
  std::vector<std::uint32_t> expected;
  for (std::uint32_t c = 0; c < count; ++c) {
    if (c % 3 != 0) expected.push_back(c);
  }
  EXPECT_EQ(left, expected);
}

TEST(assignment, rows_beyond_two_bytes_are_told_apart) {
  assignment<std::uint32_t, std::uint32_t> bound;
  bound.assign(9, 0);
  EXPECT_FALSE(bound.contains(65'535, 3));
  for (const std::uint32_t row : {65'534U, 65'535U, 65'536U, 3U}) {
    bound.assign(row, row);
    EXPECT_TRUE(bound.contains(row, row));
    EXPECT_EQ(bound.row_of(row), row);
    EXPECT_FALSE(bound.contains(row, row + 1));
  }
  EXPECT_TRUE(bound.contains(65'534, 65'534));
  EXPECT_FALSE(bound.contains(no_index, 7));
}

TEST(assignment, costs_at_most_ten_bytes_a_column) {
  assignment<> bound;
  for (std::uint32_t c = 0; c < 1'000'000; ++c) bound.assign(c, c % 33'333);
  EXPECT_LT(static_cast<double>(bound.memory_bytes()) / 1e6, 10.0);
}

TEST(assignment, has_the_strong_guarantee) {
  {
    assignment<std::uint32_t, std::uint32_t, failing_bytes> bound;
    for (std::uint32_t i = 0; i < 500; ++i) {
      const assignment<std::uint32_t, std::uint32_t, failing_bytes> before = bound;
      expect_strong_guarantee([&] { bound.assign(i * 7 % 400, i % 30); },
                              [&] {
                                ASSERT_EQ(bound, before);
                                for (std::uint32_t r = 0; r < 30; ++r) {
                                  ASSERT_EQ(bound.count(r), before.count(r));
                                }
                              });
    }
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

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

TEST(table, has_the_strong_guarantee) {
  table<std::uint32_t, std::uint32_t, int, relation_index::both_ways, failing_bytes> known;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const auto before = known;
    expect_strong_guarantee([&] { known.try_emplace(i % 5, i, 1); },
                            [&] {
                              ASSERT_EQ(known, before);
                              ASSERT_EQ(known.column_count(i), 0U);
                            });
  }
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

TEST(table, its_cells_are_a_range_in_order_of_rows) {
  using cells = table<node_id, pod_id, int>;
  static_assert(std::ranges::forward_range<cells>);
  static_assert(std::ranges::forward_range<const cells>);
  cells known;
  EXPECT_EQ(known.begin(), known.end());
  for (const std::uint32_t row : {0U, 2U, 9U}) {
    for (std::uint32_t c = 0; c < 1 + 20 * row; ++c) known[node_id{row}, pod_id{c}] = 1;
  }
  known.erase_row(node_id{2});
  for (auto [row, column, value] : known) value += static_cast<int>(column);
  std::uint32_t next = 0;
  std::set<std::pair<node_id, pod_id>> seen;
  for (const auto& [row, column, value] : std::as_const(known)) {
    static_assert(std::is_const_v<std::remove_reference_t<decltype(value)>>);
    EXPECT_EQ(value, 1 + static_cast<int>(column));
    EXPECT_GE(static_cast<std::uint32_t>(row), next);
    next = static_cast<std::uint32_t>(row);
    EXPECT_TRUE(seen.emplace(row, column).second);
  }
  EXPECT_EQ(seen.size(), known.size());
  EXPECT_EQ(known.size(), 182U);
  known.erase_row(node_id{9});
  EXPECT_EQ(std::ranges::distance(known), 1);
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
    for (std::uint32_t i = 0; i < row; ++i) ASSERT_TRUE(present.contains(row, i * 7));
    ASSERT_FALSE(present.contains(row, row * 7));
    EXPECT_EQ(present.erase_row(row), row);
    ASSERT_EQ(std::ranges::distance(present.row(row)), 0);
    for (std::uint32_t i = 0; i < row; ++i) ASSERT_FALSE(present.contains(row, i * 7));
  }
  EXPECT_TRUE(present.empty());
}

// Ids that belong in the first line, however many lines there are, so that most are displaced.
TEST(relation, ids_of_one_line_are_found_and_erased) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; ids.size() < 230; ++id) {
    if (detail::lined_ids::home_of(id, detail::lines_a_pooled_run + 2) == 0) ids.push_back(id);
  }
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

TEST(table, values_of_a_column_may_be_changed) {
  table<std::uint32_t, std::uint32_t, std::string> known;
  for (std::uint32_t row = 0; row < 50; ++row) known.try_emplace(row, row % 2, "a");
  known.for_each_in_column(1, [](std::uint32_t, std::string& value) { value += 'b'; });
  known.for_each([](std::uint32_t row, std::uint32_t, const std::string& value) {
    EXPECT_EQ(value, row % 2 == 1 ? "ab" : "a");
  });
}

TEST(table, its_values_use_its_memory_resource) {
  std::pmr::monotonic_buffer_resource arena;
  using alloc = std::pmr::polymorphic_allocator<std::byte>;
  table<std::uint32_t, std::uint32_t, std::pmr::string, relation_index::both_ways, alloc> known(
      &arena);
  known[1, 1] = "first";
  known.try_emplace(1, 2, 60, 'x');
  for (std::uint32_t column = 3; column < 40; ++column) known.insert_or_assign(1, column, "y");
  known.for_each([&](std::uint32_t, std::uint32_t, const std::pmr::string& value) {
    EXPECT_EQ(value.get_allocator().resource(), &arena);
  });
  const auto elsewhere = known;
  EXPECT_EQ(elsewhere.at(1, 2), std::pmr::string(60, 'x'));
  EXPECT_NE(elsewhere.at(1, 2).get_allocator().resource(), &arena);
}

TEST(table, clearing_keeps_memory_and_forgets_all_cells) {
  table<std::uint32_t, std::uint32_t, int, relation_index::by_row> known;
  for (std::uint32_t i = 0; i < 1'000; ++i) known.try_emplace(i % 30, i, 1);
  const std::size_t bytes = known.memory_bytes();
  known.clear();
  EXPECT_TRUE(known.empty());
  EXPECT_EQ(known.find(7, 7), nullptr);
  EXPECT_EQ(known.memory_bytes(), bytes);
  known.try_emplace(29, 1, 5);
  EXPECT_EQ(known.stats().rows, 1U);
  EXPECT_EQ(known.find(7, 7), nullptr) << "from before";
  known.shrink_to_fit();
  EXPECT_LT(known.memory_bytes(), 1'000U);
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

TEST(matrix, rows_start_on_cache_lines) {
  matrix<std::uint16_t> cells(5, 33, 9);
  for (std::size_t r = 0; r < 5; ++r) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(cells.row(r).data()) % cache_line_bytes, 0U);
    EXPECT_EQ(cells.row(r).size(), 33U);
    EXPECT_EQ(std::ranges::count(cells.row(r), 9), 33);
  }
  EXPECT_EQ(cells.row_stride(), 64U);
}

TEST(matrix, views_show_the_cells_and_the_lines_under_them) {
  matrix<std::uint16_t> cells(3, 40, 1);
  cells.view()[2, 39] = 7;
  const auto view = std::as_const(cells).view();
  EXPECT_EQ(cells(2, 39), 7);
  EXPECT_EQ((view[2, 39]), 7);
  EXPECT_EQ(view.extent(0), 3U);
  EXPECT_EQ(view.extent(1), 40U);
  EXPECT_EQ(view.stride(0), 64U);
  EXPECT_EQ(view.size(), 120U);
  EXPECT_EQ(view.row(2)[39], 7);
  EXPECT_EQ(cells.lines().size(), 3U * 64U);
  alignas(64) std::uint16_t own[64] = {};
  EXPECT_DEATH(matrix_view<std::uint16_t>(own + 1, 1, 8, 32), "");
}

TEST(matrix, a_view_becomes_one_that_only_reads) {
  matrix<double> cells(2, 3, 1.5);
  const matrix_view<const double> view = cells.view();
  cells(1, 2) = 7;
  EXPECT_EQ(view.row(1)[2], 7);
  EXPECT_EQ(view.extent(1), 3U);
  static_assert(!std::is_convertible_v<matrix_view<const double>, matrix_view<double>>);
}

#if defined(__cpp_multidimensional_subscript)
TEST(matrix, cells_are_found_by_subscripts) {
  matrix<int> cells(2, 3, 1);
  cells[1, 2] = 7;
  EXPECT_EQ(cells(1, 2), 7);
  EXPECT_EQ((std::as_const(cells)[1, 2]), 7);
}
#endif

TEST(matrix, more_columns_than_can_be_are_refused) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_THROW(matrix<double>(1, most), std::length_error);
  EXPECT_THROW(matrix<double>(0, most / 4), std::length_error);
  matrix<double> cells(1, 1, 7);
  EXPECT_THROW(cells.resize_columns(most - 3), std::length_error);
  EXPECT_EQ(cells, matrix<double>(1, 1, 7));
}

TEST(matrix, a_new_cell_may_copy_one_of_its_own) {
  matrix<int> cells(1, 100, 3);
  for (int i = 0; i < 100; ++i) cells.add_row(cells(0, 99));
  EXPECT_EQ(cells(100, 0), 3);
}

TEST(matrix, has_the_strong_guarantee) {
  {
    matrix<int, failing_allocator<int>> cells(3, 20, 1);
    const auto before = cells;
    ledger.until_failure = 0;
    EXPECT_THROW(cells.resize_columns(1000), std::bad_alloc);
    EXPECT_THROW(cells.resize_rows(1000), std::bad_alloc);
    ledger.until_failure = static_cast<std::size_t>(-1);
    EXPECT_EQ(cells, before);
    EXPECT_THROW(cells.resize_rows(static_cast<std::size_t>(-1)), std::bad_alloc);
    EXPECT_EQ(cells, before);
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(tables, hand_their_contents_over_when_moved_between_allocators) {
  using alloc = owned_allocator<std::byte, false>;
  memory_owner first;
  memory_owner second;
  {
    assignment<std::uint32_t, std::uint32_t, alloc> bound{alloc(first)};
    assignment<std::uint32_t, std::uint32_t, alloc> bound_there{alloc(second)};
    bound.assign(3, 4);
    bound_there = std::move(bound);
    EXPECT_TRUE(bound_there.contains(4, 3));
    relation<std::uint32_t, std::uint32_t, relation_index::both_ways, alloc> present{alloc(first)};
    relation<std::uint32_t, std::uint32_t, relation_index::both_ways, alloc> there{alloc(second)};
    for (std::uint32_t c = 0; c < 100; ++c) present.insert(1, c);
    there = std::move(present);
    EXPECT_EQ(there.row_count(1), 100U);
    interner<std::string, std::uint32_t, alloc> names{alloc(first)};
    interner<std::string, std::uint32_t, alloc> names_there{alloc(second)};
    names.intern("n");
    names_there = std::move(names);
    EXPECT_EQ(names_there.find("n"), 0U);
    matrix<int, owned_allocator<int, false>> cells(2, 2, 5, owned_allocator<int, false>(first));
    matrix<int, owned_allocator<int, false>> cells_there(0, 0, 0,
                                                         owned_allocator<int, false>(second));
    cells_there = std::move(cells);
    EXPECT_EQ(cells_there(1, 1), 5);
  }
  EXPECT_EQ(first.live_bytes, 0U);
  EXPECT_EQ(second.live_bytes, 0U);
}

}  // namespace
}  // namespace crosstie::test
