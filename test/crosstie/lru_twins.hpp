// Random operations on lru_map and lru_rows, each checked against a naive twin: a list in order of
// use, searched from the front.
#pragma once

#include <algorithm>
#include <crosstie/lru_map.hpp>
#include <list>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "crosstie/choices.hpp"

namespace crosstie::test {

// The newest use first; at most `capacity` entries.
struct recency_twin {
  using key = std::pair<std::string, std::uint32_t>;
  std::size_t capacity;
  std::list<std::pair<key, int>> entries;

  auto find(const key& k) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const auto& e) { return e.first == k; });
  }
  void use(std::list<std::pair<key, int>>::iterator at) {
    entries.splice(entries.begin(), entries, at);
  }
  bool add(const key& k, int value) {
    if (capacity == 0) return false;
    if (const auto at = find(k); at != entries.end()) {
      use(at);
      return false;
    }
    entries.emplace_front(k, value);
    if (entries.size() > capacity) entries.pop_back();
    return true;
  }
};

template <class Choices>
recency_twin::key choose_recency_key(Choices& choices) {
  return {choose_text(choices, 6), choices.below(12)};
}

// One random operation on the map as a whole.
template <class Map, class Choices>
void change_lru_map(Map& map, recency_twin& twin, Choices& choices) {
  const std::uint32_t action = choices.below(12);
  if (action == 0) {
    map.clear();
    twin.entries.clear();
  } else if (action == 1) {
    twin.capacity = choices.below(20);
    map.set_capacity(twin.capacity);
    while (twin.entries.size() > twin.capacity) twin.entries.pop_back();
  } else if (action == 2) {
    Map copy = map;
    swap(copy, map);
  } else if (action == 3) {
    Map moved = std::move(map);
    REQUIRE_THAT(map.empty());  // NOLINT(bugprone-use-after-move)
    map = std::move(moved);
  }
}

template <class Choices>
void run_lru_map(Choices& choices) {
  using key = recency_twin::key;
  recency_twin twin{1 + choices.below(20), {}};
  lru_map<key, int> map(twin.capacity);
  int next = 0;
  while (choices.more()) {
    const key k = choose_recency_key(choices);
    const std::tuple view{std::string_view(k.first), k.second};
    const auto at = twin.find(k);
    const bool there = at != twin.entries.end();
    switch (choices.below(10)) {
      case 0:
      case 1:
      case 2:
        REQUIRE_THAT(map.try_emplace(view, next).second == twin.add(k, next));
        break;
      case 3: {
        const key* gone = nullptr;
        key evicted;
        const bool added = map.emplace(
                                  view,
                                  [&](const auto& element) {
                                    evicted = element.first;
                                    gone = &evicted;
                                  },
                                  next)
                               .second;
        const bool evicts = !there && twin.capacity != 0 && twin.entries.size() == twin.capacity;
        REQUIRE_THAT((gone != nullptr) == evicts);
        REQUIRE_THAT(!evicts || evicted == twin.entries.back().first);
        REQUIRE_THAT(added == twin.add(k, next));
        break;
      }
      case 4:
        REQUIRE_THAT(map.insert_or_assign(k, next).second == twin.add(k, next));
        if (twin.capacity != 0) twin.entries.front().second = next;
        break;
      case 5: {
        const int* found = map.find(k.first, k.second);
        REQUIRE_THAT((found != nullptr) == there && (!there || *found == at->second));
        if (there) twin.use(at);
        break;
      }
      case 6:
        REQUIRE_THAT(map.contains(view) == there);
        REQUIRE_THAT(!there || *map.peek(view) == at->second);
        break;
      case 7:
        REQUIRE_THAT(map.erase(view) == (there ? 1U : 0U));
        if (there) twin.entries.erase(at);
        break;
      case 8: {
        const auto oldest = map.pop_oldest();
        REQUIRE_THAT(oldest.has_value() == !twin.entries.empty());
        if (!oldest) break;
        REQUIRE_THAT(*oldest == twin.entries.back());
        twin.entries.pop_back();
        break;
      }
      default:
        change_lru_map(map, twin, choices);
    }
    ++next;
    REQUIRE_THAT(map.size() == twin.entries.size() && map.size() <= map.capacity());
    auto expected = twin.entries.begin();
    map.for_each([&](const key& seen, int value) {
      REQUIRE_THAT(seen == expected->first && value == expected->second);
      ++expected;
    });
  }
}

template <class Choices>
void run_lru_rows(Choices& choices) {
  const std::size_t capacity = 1 + choices.below(5);
  std::map<std::string, recency_twin> twins;
  lru_rows<std::string, std::uint32_t, int> rows(capacity);
  int next = 0;
  while (choices.more()) {
    const recency_twin::key k = choose_recency_key(choices);
    const std::string_view row = k.first;
    recency_twin& twin = twins.try_emplace(k.first, recency_twin{capacity, {}}).first->second;
    const auto at = twin.find(k);
    const bool there = at != twin.entries.end();
    switch (choices.below(8)) {
      case 0:
      case 1:
      case 2:
        REQUIRE_THAT(rows.try_emplace(row, k.second, next).second == twin.add(k, next));
        break;
      case 3:
        REQUIRE_THAT(rows.insert_or_assign(row, k.second, next).second != there);
        twin.add(k, next);
        twin.entries.front().second = next;
        break;
      case 4: {
        const int* found = rows.find(row, k.second);
        REQUIRE_THAT((found != nullptr) == there && (!there || *found == at->second));
        if (there) twin.use(at);
        break;
      }
      case 5:
        REQUIRE_THAT(rows.contains(row, k.second) == there);
        REQUIRE_THAT(rows.erase(row, k.second) == (there ? 1U : 0U));
        if (there) twin.entries.erase(at);
        break;
      case 6:
        if (choices.below(4) != 0) break;
        REQUIRE_THAT(rows.erase_row(row) == twin.entries.size());
        twin.entries.clear();
        break;
      default: {
        const lru_rows<std::string, std::uint32_t, int> copy = rows;
        lru_rows<std::string, std::uint32_t, int> moved = std::move(rows);
        rows = copy;
        REQUIRE_THAT(moved.size() == rows.size());
      }
    }
    ++next;
    REQUIRE_THAT(rows.row_size(row) == twin.entries.size());
    auto expected = twin.entries.begin();
    rows.for_each_in(row, [&](std::uint32_t column, int value) {
      REQUIRE_THAT(column == expected->first.second && value == expected->second);
      ++expected;
    });
    std::size_t total = 0;
    std::size_t used_rows = 0;
    for (const auto& [name, entries] : twins) {
      total += entries.entries.size();
      used_rows += !entries.entries.empty();
    }
    REQUIRE_THAT(rows.size() == total && rows.row_count() == used_rows);
  }
}

}  // namespace crosstie::test
