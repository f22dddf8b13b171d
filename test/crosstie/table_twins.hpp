// Random operations on table, uuid_assignment and the batches of all tables, each checked against a
// naive twin.
#pragma once

#include <algorithm>
#include <crosstie/steady_map.hpp>
#include <crosstie/table.hpp>
#include <crosstie/uuid_assignment.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/choices.hpp"

namespace crosstie::test {

// answers[i] must be what contains(questions[i]) says.
template <class Table, class Question>
void check_batch(const Table& table, const std::vector<Question>& questions) {
  const auto answers = std::make_unique<bool[]>(questions.size());
  std::size_t expected = 0;
  const std::size_t found = table.contains_many(std::span<const Question>(questions),
                                                std::span<bool>(answers.get(), questions.size()));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const bool there = table.contains(questions[i].first, questions[i].second);
    REQUIRE_THAT(answers[i] == there);
    expected += there;
  }
  REQUIRE_THAT(found == expected);
}

template <relation_index Index>
using known_table = table<std::uint32_t, std::uint32_t, std::string, Index>;
using cell_twin = std::map<std::pair<std::uint32_t, std::uint32_t>, std::string>;

template <relation_index Index>
void check_equal(const known_table<Index>& known, const cell_twin& twin) {
  REQUIRE_THAT(known.size() == twin.size());
  cell_twin seen;
  known.for_each([&](std::uint32_t row, std::uint32_t column, const std::string& value) {
    REQUIRE_THAT(seen.try_emplace({row, column}, value).second);
  });
  REQUIRE_THAT(seen == twin);
  if constexpr (Index == relation_index::both_ways) {
    seen.clear();
    for (std::uint32_t c = 0; c < known.column_limit(); ++c) {
      known.for_each_in_column(c, [&](std::uint32_t row, const std::string& value) {
        seen.try_emplace({row, c}, value);
      });
      REQUIRE_THAT(std::ranges::is_sorted(known.column(c).sorted()));
    }
    REQUIRE_THAT(seen == twin);
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> questions;
  for (std::uint32_t i = 0; i < 70; ++i) questions.emplace_back(i % 6, i * 3);
  check_batch(known, questions);
  std::vector<const std::string*> found(questions.size());
  const std::size_t count = known.find_many(questions, std::span<const std::string*>(found));
  REQUIRE_THAT(count ==
               questions.size() - static_cast<std::size_t>(std::ranges::count(found, nullptr)));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    REQUIRE_THAT(found[i] == known.find(questions[i].first, questions[i].second));
  }
}

// One random operation on the cell of a row and a column.
template <relation_index Index, class Choices>
void change_cell(known_table<Index>& known, cell_twin& twin, std::uint32_t row,
                 std::uint32_t column, Choices& choices) {
  const std::pair<std::uint32_t, std::uint32_t> cell{row, column};
  // Some longer than a string holds in place, so that a value lost or destroyed twice shows.
  const std::string value(1 + choices.below(30), static_cast<char>('a' + column % 26));
  switch (choices.below(10)) {
    case 0:
    case 1:
    case 2: {
      const auto [at, added] = known.try_emplace(row, column, value);
      const auto [twin_at, twin_added] = twin.try_emplace(cell, value);
      REQUIRE_THAT(added == twin_added && *at == twin_at->second);
      break;
    }
    case 3:
      REQUIRE_THAT(known.insert_or_assign(row, column, value).second ==
                   twin.insert_or_assign(cell, value).second);
      break;
    case 4:
      known[row, column] += 'x';
      twin[cell] += 'x';
      break;
    case 5: {
      // The value of another cell of the same row, which may move meanwhile.
      const auto other = twin.lower_bound({row, 0});
      if (other == twin.end() || other->first.first != row) break;
      const std::string copy = other->second;
      const bool added = known.try_emplace(row, column, known.at(row, other->first.second)).second;
      REQUIRE_THAT(added == twin.try_emplace(cell, copy).second);
      break;
    }
    case 6: {
      const std::string* found = known.find(row, column);
      REQUIRE_THAT((found != nullptr) == twin.contains(cell));
      REQUIRE_THAT(found == nullptr || *found == twin.at(cell));
      break;
    }
    default:
      REQUIRE_THAT(known.erase(row, column) == (twin.erase(cell) == 1));
  }
}

template <relation_index Index, class Choices>
void run_table(Choices& choices) {
  known_table<Index> known;
  cell_twin twin;
  while (choices.more()) {
    const std::uint32_t row = choices.below(4);
    const std::uint32_t column = choices.below(120);
    switch (choices.below(24)) {
      case 0: {
        if (choices.below(20) != 0) break;
        REQUIRE_THAT(known.erase_row(row) == std::erase_if(twin, [&](const auto& cell) {
                       return cell.first.first == row;
                     }));
        break;
      }
      case 1: {
        if constexpr (Index == relation_index::both_ways) {
          const auto erased =
              std::erase_if(twin, [&](const auto& cell) { return cell.first.second == column; });
          REQUIRE_THAT(known.erase_column(column) == erased);
        }
        break;
      }
      case 2: {
        if (choices.below(20) != 0) break;
        known_table<Index> copy = known;
        copy.shrink_to_fit();
        REQUIRE_THAT(copy == known);
        known_table<Index> moved = std::move(known);
        REQUIRE_THAT(known.empty());  // NOLINT(bugprone-use-after-move)
        known = std::move(moved);
        REQUIRE_THAT(copy == known);
        if (choices.below(4) == 0) {
          known.clear();
          twin.clear();
        }
        break;
      }
      case 3:
        if (choices.below(20) == 0) check_equal<Index>(known, twin);
        break;
      default:
        change_cell<Index>(known, twin, row, column, choices);
    }
  }
  check_equal<Index>(known, twin);
}

// Enough elements that segments split many times, few hashes of a kind.
template <class Choices>
void run_steady_map(Choices& choices) {
  using key = std::pair<std::uint32_t, std::string>;
  steady_map<key, std::string> map;
  std::map<key, std::string> twin;
  const auto check = [&] {
    REQUIRE_THAT(map.size() == twin.size() && map.empty() == twin.empty());
    std::map<key, std::string> seen;
    map.for_each([&](const key& k, const std::string& value) {
      REQUIRE_THAT(seen.try_emplace(k, value).second);
      REQUIRE_THAT(*map.find_value(k) == value);
    });
    REQUIRE_THAT(seen == twin);
  };
  while (choices.more()) {
    const key k{choices.below(30), choose_text(choices, 100)};
    const std::string value(1 + choices.below(30), 'v');
    switch (choices.below(16)) {
      case 0:
        REQUIRE_THAT(map.insert_or_assign(k, value).second ==
                     twin.insert_or_assign(k, value).second);
        break;
      case 1:
      case 2:
      case 3:
        REQUIRE_THAT(map.erase(std::tie(k.first, k.second)) == twin.erase(k));
        break;
      case 4: {
        const std::string* found = map.find_value(k);
        REQUIRE_THAT((found != nullptr) == twin.contains(k) && map.contains(k) == twin.contains(k));
        REQUIRE_THAT(found == map.find_value(k.first, std::string_view(k.second)));
        REQUIRE_THAT(found == nullptr || *found == twin.at(k));
        break;
      }
      case 5:
        if (choices.below(200) == 0) {
          map.clear();
          twin.clear();
        } else if (choices.below(20) == 0) {
          const auto fits = [&](const key& at) { return at.first == k.first; };
          REQUIRE_THAT(erase_if(map, [&](const key& at, std::string&) { return fits(at); }) ==
                       std::erase_if(twin, [&](const auto& e) { return fits(e.first); }));
          check();
        }
        break;
      case 6: {
        if (choices.below(30) != 0) break;
        const steady_map<key, std::string> copy = map;
        REQUIRE_THAT(copy == map);
        steady_map<key, std::string> moved = std::move(map);
        REQUIRE_THAT(map.empty() && !map.contains(k));  // NOLINT(bugprone-use-after-move)
        map[k.first, k.second] = "other";
        swap(map, moved);
        REQUIRE_THAT(moved.size() == 1 && moved.contains(k));
        moved = copy;
        map = std::move(moved);
        check();
        break;
      }
      default: {
        // Often the value of another element, which a split may move.
        const std::string* other = map.find_value(twin.empty() ? k : twin.begin()->first);
        const std::string& given = other == nullptr ? value : *other;
        REQUIRE_THAT(map.try_emplace(k, given).second ==
                     twin.try_emplace(k, other == nullptr ? value : twin.begin()->second).second);
      }
    }
  }
  check();
}

// Mostly UUIDs, some texts that nearly are.
template <class Choices>
std::string choose_uuid_text(Choices& choices) {
  const std::uint32_t number = choices.below(200);
  const std::uint64_t mixed = detail::fold(number + 1, detail::mix_b);
  const auto canonical = format_uuid({mixed, mixed * detail::mix_a});
  std::string text(canonical.begin(), canonical.end());
  if (number % 10 == 0) text[number % 36] = 'A';
  if (number % 10 == 1) text.replace(0, 18, "ffffffff-ffff-ffff");
  if (number % 10 == 2) text.resize(number % 36);
  return text;
}

inline void check_equal(const uuid_assignment<>& bound,
                        const std::map<std::string, std::string>& twin) {
  REQUIRE_THAT(bound.size() == twin.size() && bound.empty() == twin.empty());
  std::map<std::string, std::string> seen;
  bound.for_each([&](std::string_view row, std::string_view column) {
    REQUIRE_THAT(seen.try_emplace(std::string(column), row).second);
  });
  REQUIRE_THAT(seen == twin);
  std::vector<std::pair<std::string_view, std::string_view>> questions;
  for (const auto& [column, row] : twin) {
    questions.emplace_back(row, column);
    questions.emplace_back("nobody", column);
    if (!column.empty()) questions.emplace_back(row, std::string_view(column).substr(1));
  }
  check_batch(bound, questions);
}

template <class Choices>
void run_uuid_assignment(Choices& choices) {
  uuid_assignment<> bound;
  std::map<std::string, std::string> twin;
  const auto in_twin = [&](const std::string& column) -> std::optional<std::string_view> {
    const auto at = twin.find(column);
    return at == twin.end() ? std::nullopt : std::optional<std::string_view>(at->second);
  };
  while (choices.more()) {
    const std::string row = choose_text(choices, 12);
    const std::string column = choose_uuid_text(choices);
    switch (choices.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        REQUIRE_THAT(bound.assign(row, column) == in_twin(column));
        twin[column] = row;
        break;
      case 5:
      case 6:
        REQUIRE_THAT(bound.unassign(column) == in_twin(column));
        twin.erase(column);
        break;
      case 7:
      case 8: {
        const bool there = in_twin(column) == row;
        REQUIRE_THAT(bound.contains(row, column) == there);
        REQUIRE_THAT(bound.erase(row, column) == there);
        if (there) twin.erase(column);
        break;
      }
      case 9:
      case 10:
      case 11:
        REQUIRE_THAT(bound.row_of(column) == in_twin(column));
        REQUIRE_THAT(bound.contains(column) == twin.contains(column));
        break;
      case 12: {
        if (choices.below(20) != 0) break;
        const uuid_assignment<> copy = bound;
        REQUIRE_THAT(copy == bound);
        bound.shrink_to_fit();
        REQUIRE_THAT(copy == bound);
        uuid_assignment<> moved = std::move(bound);
        REQUIRE_THAT(bound.empty() && !bound.contains(row, column));  // NOLINT: use after move
        bound = std::move(moved);
        break;
      }
      case 13: {
        const std::uint32_t action = choices.below(60);
        if (action == 0) {
          bound.clear();
          twin.clear();
        } else if (action == 1) {
          bound.reserve(twin.size() + choices.below(100));
        }
        break;
      }
      default:
        if (choices.below(20) == 0) check_equal(bound, twin);
    }
  }
  check_equal(bound, twin);
}

}  // namespace crosstie::test
