// assignment, table and matrix: guarantees and hard cases beyond the twins.
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
  EXPECT_EQ(known.begin()->column, pod_id{0});
  EXPECT_EQ(std::ranges::find_if(known, [](const auto& at) { return at.value == 9; })->column,
            pod_id{8});
  cells::const_iterator first = known.begin();
  static_assert(!std::is_convertible_v<cells::const_iterator, cells::iterator>);
  EXPECT_EQ(first++, known.begin());
  EXPECT_EQ(++known.begin(), first);
  known.erase_row(node_id{9});
  EXPECT_EQ(std::ranges::distance(known), 1);
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
