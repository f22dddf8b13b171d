// Random operations on assignment, relation and matrix, each checked against a naive twin.
#pragma once

#include <algorithm>
#include <crosstie/assignment.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "crosstie/strong_ids.hpp"
#include "crosstie/table_twins.hpp"

namespace crosstie::test {

inline void check_equal(const assignment<pod_id, node_id>& bound,
                        const std::map<pod_id, node_id>& twin) {
  REQUIRE_THAT(bound.size() == twin.size() && bound.empty() == twin.empty());
  auto at = twin.begin();
  for (const auto& [pod, node] : bound) {
    REQUIRE_THAT(at != twin.end() && at->first == pod && at->second == node);
    ++at;
  }
  REQUIRE_THAT(at == twin.end());
  auto next = bound.begin();
  bound.for_each([&](pod_id pod, node_id node) {
    REQUIRE_THAT(next != bound.end() && *next == std::pair(pod, node));
    ++next;
  });
  REQUIRE_THAT(next == bound.end());
  std::size_t listed = 0;
  for (std::uint32_t r = 0; r < bound.row_limit(); ++r) {
    const node_id node{r};
    const auto pods = bound.columns(node);
    REQUIRE_THAT(bound.count(node) == pods.size());
    for (pod_id pod : pods) REQUIRE_THAT(twin.at(pod) == node);
    REQUIRE_THAT(std::set<pod_id>(pods.begin(), pods.end()).size() == pods.size());
    listed += pods.size();
  }
  REQUIRE_THAT(listed == twin.size());
  std::vector<std::pair<node_id, pod_id>> questions;
  for (std::uint32_t i = 0; i < 100; ++i) questions.emplace_back(node_id{i % 7}, pod_id{i * 16});
  check_batch(bound, questions);
}

template <class Choices>
void run_assignment(Choices& choices) {
  assignment<pod_id, node_id> bound;
  std::map<pod_id, node_id> twin;
  const auto row_in_twin = [&](pod_id pod) -> std::optional<node_id> {
    const auto at = twin.find(pod);
    return at == twin.end() ? std::nullopt : std::optional(at->second);
  };
  while (choices.more()) {
    const pod_id pod{choices.below(1500)};
    const node_id node{choices.below(5)};
    switch (choices.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6: {
        REQUIRE_THAT(bound.assign(pod, node) == row_in_twin(pod));
        twin[pod] = node;
        break;
      }
      case 7:
      case 8:
      case 9: {
        REQUIRE_THAT(bound.unassign(pod) == row_in_twin(pod));
        twin.erase(pod);
        break;
      }
      case 10:
      case 11:
      case 12: {
        REQUIRE_THAT(bound.row_of(pod) == row_in_twin(pod));
        REQUIRE_THAT(bound.contains(node, pod) == (row_in_twin(pod) == node));
        REQUIRE_THAT(bound.contains(pod) == twin.contains(pod));
        break;
      }
      case 13: {
        if (choices.below(20) != 0) break;
        const std::size_t erased = bound.erase_row(node);
        REQUIRE_THAT(erased ==
                     std::erase_if(twin, [&](const auto& pair) { return pair.second == node; }));
        break;
      }
      case 14: {
        if (choices.below(20) != 0) break;
        const assignment<pod_id, node_id> copy = bound;
        REQUIRE_THAT(copy == bound);
        if (choices.below(4) == 0) {
          bound.clear();
          twin.clear();
          break;
        }
        bound.shrink_to_fit();
        REQUIRE_THAT(copy == bound);
        assignment<pod_id, node_id> moved = std::move(bound);
        REQUIRE_THAT(bound.empty() && !bound.row_of(pod));  // NOLINT(bugprone-use-after-move)
        bound = std::move(moved);
        REQUIRE_THAT(copy == bound);
        break;
      }
      default:
        if (choices.below(20) == 0) check_equal(bound, twin);
    }
  }
  check_equal(bound, twin);
  bound.clear();
  check_equal(bound, {});
}

template <relation_index Index>
using presence = relation<node_id, pod_id, Index>;

template <relation_index Index>
void check_equal(const presence<Index>& present, const std::set<std::pair<node_id, pod_id>>& twin) {
  REQUIRE_THAT(present.size() == twin.size());
  std::set<std::pair<node_id, pod_id>> by_row;
  for (std::uint32_t r = 0; r < present.row_limit(); ++r) {
    const auto row = present.row(node_id{r});
    REQUIRE_THAT(row.size() == present.row_count(node_id{r}));
    std::size_t visited = 0;
    std::set<pod_id> one_by_one;
    present.for_each_in_row(node_id{r}, [&](pod_id column) { one_by_one.insert(column); });
    REQUIRE_THAT(one_by_one == std::set<pod_id>(row.begin(), row.end()));
    for (pod_id column : row) {
      by_row.insert({node_id{r}, column});
      ++visited;
    }
    REQUIRE_THAT(visited == row.size());
  }
  REQUIRE_THAT(by_row == twin);
  std::set<std::pair<node_id, pod_id>> all;
  present.for_each(
      [&](node_id row, pod_id column) { REQUIRE_THAT(all.emplace(row, column).second); });
  REQUIRE_THAT(all == twin);
  std::vector<std::pair<node_id, pod_id>> questions(twin.begin(), twin.end());
  for (std::uint32_t i = 0; i < 50; ++i) questions.emplace_back(node_id{i % 6}, pod_id{i * 5});
  check_batch(present, questions);
  if constexpr (Index == relation_index::both_ways) {
    std::set<std::pair<node_id, pod_id>> by_column;
    for (std::uint32_t c = 0; c < present.column_limit(); ++c) {
      const auto column = present.column(pod_id{c});
      REQUIRE_THAT(column.size() == present.column_count(pod_id{c}));
      for (node_id row : column) by_column.insert({row, pod_id{c}});
    }
    REQUIRE_THAT(by_column == twin);
  }
}

template <relation_index Index, class Choices>
void run_relation(Choices& choices) {
  presence<Index> present;
  std::set<std::pair<node_id, pod_id>> twin;
  // Few rows and many columns: rows outgrow the packed form and shrink again.
  while (choices.more()) {
    const node_id row{choices.below(4)};
    const pod_id column{choices.below(260)};
    switch (choices.below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        REQUIRE_THAT(present.insert(row, column) == twin.insert({row, column}).second);
        break;
      case 8:
      case 9:
      case 10:
      case 11:
      case 12:
        REQUIRE_THAT(present.erase(row, column) == (twin.erase({row, column}) == 1));
        break;
      case 13:
      case 14:
      case 15:
        REQUIRE_THAT(present.contains(row, column) == twin.contains({row, column}));
        break;
      case 16: {
        if (choices.below(30) != 0) break;
        REQUIRE_THAT(present.erase_row(row) ==
                     std::erase_if(twin, [&](const auto& pair) { return pair.first == row; }));
        break;
      }
      case 17: {
        if constexpr (Index == relation_index::both_ways) {
          const auto erased =
              std::erase_if(twin, [&](const auto& pair) { return pair.second == column; });
          REQUIRE_THAT(present.erase_column(column) == erased);
        }
        break;
      }
      case 18: {
        if (choices.below(20) != 0) break;
        const presence<Index> copy = present;
        REQUIRE_THAT(copy == present);
        if (choices.below(4) == 0) {
          present.clear();
          twin.clear();
          break;
        }
        present.shrink_to_fit();
        REQUIRE_THAT(copy == present);
        presence<Index> moved = std::move(present);
        REQUIRE_THAT(present.empty());  // NOLINT(bugprone-use-after-move)
        REQUIRE_THAT(!present.contains(row, column));
        present = std::move(moved);
        REQUIRE_THAT(copy == present);
        break;
      }
      default:
        if (choices.below(20) == 0) check_equal<Index>(present, twin);
    }
  }
  check_equal<Index>(present, twin);
}

inline void check_equal(const matrix<std::uint32_t>& cells,
                        const std::vector<std::vector<std::uint32_t>>& twin, std::size_t columns) {
  REQUIRE_THAT(cells.row_count() == twin.size() && cells.column_count() == columns);
  REQUIRE_THAT(cells.memory_bytes() >= twin.size() * columns * sizeof(std::uint32_t));
  for (std::size_t r = 0; r < twin.size(); ++r) {
    const auto row = cells.row(r);
    REQUIRE_THAT(std::ranges::equal(row, twin[r]));
    REQUIRE_THAT(row.empty() || reinterpret_cast<std::uintptr_t>(row.data()) % 64 == 0);
  }
}

template <class Choices>
void run_matrix(Choices& choices) {
  std::size_t columns = choices.below(40);
  matrix<std::uint32_t> cells(2, columns, 7);
  std::vector<std::vector<std::uint32_t>> twin(2, std::vector<std::uint32_t>(columns, 7));
  while (choices.more()) {
    const std::uint32_t value = choices.below(1000);
    const std::size_t row =
        twin.empty() ? 0 : choices.below(static_cast<std::uint32_t>(twin.size()));
    switch (choices.below(12)) {
      case 0: {
        const std::size_t rows = choices.below(20);
        cells.resize_rows(rows, value);
        twin.resize(rows, std::vector<std::uint32_t>(columns, value));
        break;
      }
      case 1: {
        columns = choices.below(70);
        cells.resize_columns(columns, value);
        for (auto& r : twin) r.resize(columns, value);
        break;
      }
      case 2:
      case 3: {
        REQUIRE_THAT(cells.add_row(value) == twin.size());
        twin.emplace_back(columns, value);
        break;
      }
      case 4: {
        if (twin.empty()) break;
        cells.swap_remove_row(row);
        std::swap(twin[row], twin.back());
        twin.pop_back();
        break;
      }
      case 5: {
        if (twin.empty()) break;
        cells.remove_row(row);
        twin.erase(twin.begin() + static_cast<std::ptrdiff_t>(row));
        break;
      }
      case 6: {
        const matrix<std::uint32_t> copy = cells;
        REQUIRE_THAT(copy == cells);
        matrix<std::uint32_t> moved = std::move(cells);
        REQUIRE_THAT(cells.row_count() == 0);  // NOLINT(bugprone-use-after-move)
        cells = std::move(moved);
        REQUIRE_THAT(copy == cells);
        break;
      }
      case 7: {
        if (choices.below(10) != 0) break;
        cells.fill(value);
        for (auto& r : twin) std::ranges::fill(r, value);
        break;
      }
      case 8:
      case 9: {
        if (twin.empty() || columns == 0) break;
        const std::size_t column = choices.below(static_cast<std::uint32_t>(columns));
        cells(row, column) = value;
        twin[row][column] = value;
        break;
      }
      case 10:
        cells.reserve_rows(choices.below(30));
        break;
      default:
        check_equal(cells, twin, columns);
    }
  }
  check_equal(cells, twin, columns);
}

}  // namespace crosstie::test
