// Random operations on flat_map, flat_set and interner, each checked against a naive twin.
#pragma once

#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/interner.hpp>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/choices.hpp"

namespace crosstie::test {

struct cell_key {
  std::uint32_t row;
  std::uint32_t column;
  friend auto operator<=>(const cell_key&, const cell_key&) = default;
};

struct name_key {
  std::string node;
  std::string pod;
  friend auto operator<=>(const name_key&, const name_key&) = default;
};

// All keys in few groups with few tags: probes as long as they get.
struct crowded_hash {
  using is_transparent = void;
  template <view_of<cell_key> View>
  std::uint64_t operator()(const View& view, std::uint64_t) const noexcept {
    const auto [row, column] = as_fields(view);
    return static_cast<std::uint64_t>(row % 3) << 62 | static_cast<std::uint64_t>(column % 5);
  }
};

template <class Key>
struct key_source;

template <>
struct key_source<cell_key> {
  template <class Choices>
  static cell_key choose(Choices& choices) {
    return {choices.below(12), choices.below(40)};
  }
};

template <>
struct key_source<name_key> {
  template <class Choices>
  static name_key choose(Choices& choices) {
    return {choose_text(choices, 12), choose_text(choices, 40)};
  }
};

template <class Table>
void check_stats(const Table& table) {
  const flat_stats stats = table.stats();
  std::size_t counted = 0;
  for (std::size_t count : stats.probes) counted += count;
  REQUIRE_THAT(counted == table.size());
  REQUIRE_THAT(stats.memory_bytes == table.memory_bytes());
  REQUIRE_THAT(table.size() <= table.capacity());
  // Erasing takes every mark away again, as long as none has stuck.
  if (table.empty() && detail::sticky_overflow_count == 255 && stats.capacity != 0) {
    REQUIRE_THAT(stats.overflowed_groups == 0);
  }
}

// Batches answer as single lookups do: about all elements, and as many keys that are not there.
template <class Map>
void check_batches(const Map& map) {
  using key = typename Map::key_type;
  std::vector<key> keys;
  for (const auto& [k, value] : map) {
    const auto& [row, column] = k;
    keys.push_back(k);
    keys.push_back({row, std::get<1>(as_fields(keys.front()))});
  }
  std::vector<typename Map::const_iterator> found(keys.size());
  const std::size_t count = map.find_many(std::span<const key>(keys), std::span(found));
  std::size_t expected = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    REQUIRE_THAT(found[i] == map.find(keys[i]));
    expected += found[i] != map.end();
  }
  REQUIRE_THAT(count == expected);
}

template <class Map, class Twin>
void check_equal(const Map& map, const Twin& twin) {
  REQUIRE_THAT(map.size() == twin.size());
  REQUIRE_THAT(map.empty() == twin.empty());
  std::size_t visited = 0;
  for (const auto& [key, value] : map) {
    const auto at = twin.find(key);
    REQUIRE_THAT(at != twin.end() && at->second == value);
    ++visited;
  }
  REQUIRE_THAT(visited == twin.size());
  for (const auto& [key, value] : twin) {
    const auto at = map.find(as_fields(key));
    REQUIRE_THAT(at != map.end() && at->second == value);
  }
  check_batches(map);
  check_stats(map);
}

// One random operation on the element with a random key.
template <class Map, class Twin, class Choices>
void change_element(Map& map, Twin& twin, int value, Choices& choices) {
  using key = typename Map::key_type;
  const key k = key_source<key>::choose(choices);
  const auto view = as_fields(k);
  switch (choices.below(8)) {
    case 0: {
      const auto [at, added] = map.insert({k, value});
      const auto [twin_at, twin_added] = twin.insert({k, value});
      REQUIRE_THAT(added == twin_added && at->first == k && at->second == twin_at->second);
      break;
    }
    case 1: {
      const auto [at, added] = map.try_emplace(view, value);
      REQUIRE_THAT(added == twin.try_emplace(k, value).second && at->first == k);
      break;
    }
    case 2:
      REQUIRE_THAT(map.insert_or_assign(view, value).second ==
                   twin.insert_or_assign(k, value).second);
      break;
    case 3:
      std::apply([&](const auto&... field) { map[field...] += value; }, view);
      twin[k] += value;
      break;
    case 4:
      REQUIRE_THAT(map.emplace(k, value).second == twin.emplace(k, value).second);
      break;
    case 5: {
      const auto at = map.find(k);
      REQUIRE_THAT((at != map.end()) == twin.contains(k));
      if (at == map.end()) break;
      const auto rest = std::distance(at, map.end());
      REQUIRE_THAT(std::distance(map.erase(at), map.end()) == rest - 1);
      twin.erase(k);
      break;
    }
    case 6: {
      const auto taken = map.extract(view);
      const auto node = twin.extract(k);
      REQUIRE_THAT(taken.has_value() == !node.empty());
      REQUIRE_THAT(!taken || (taken->first == k && taken->second == node.mapped()));
      break;
    }
    default:
      REQUIRE_THAT(map.erase(view) == twin.erase(k));
  }
}

// What the map knows about a random key, with the hash computed before.
template <class Map, class Twin, class Choices>
void look_up(const Map& map, const Twin& twin, Choices& choices) {
  using key = typename Map::key_type;
  const key k = key_source<key>::choose(choices);
  const auto view = as_fields(k);
  const hash_code code = map.hash(view);
  map.prefetch(code);
  REQUIRE_THAT(code == map.hash(k));
  REQUIRE_THAT(map.contains(code, view) == twin.contains(k));
  const int* found = map.find_value(view);
  REQUIRE_THAT((found != nullptr) == twin.contains(k));
  REQUIRE_THAT(found == nullptr || *found == twin.at(k));
}

// One random operation on the map as a whole.
template <class Map, class Twin, class Choices>
void change_map(Map& map, Twin& twin, Choices& choices) {
  using key = typename Map::key_type;
  const key k = key_source<key>::choose(choices);
  switch (choices.below(8)) {
    case 7: {  // what is in both stays in `other`
      Map other;
      for (std::uint32_t left = choices.below(40); left != 0; --left) {
        other.try_emplace(key_source<key>::choose(choices), 1);
      }
      const std::size_t given = other.size();
      const std::size_t before = map.size();
      for (const auto& element : other) twin.insert(element);
      map.merge(other);
      REQUIRE_THAT(map.size() + other.size() == before + given && map.size() == twin.size());
      break;
    }
    case 0:
      map.reserve(choices.below(300));
      break;
    case 1:
      map.rehash(choices.below(100));
      break;
    case 2:
      if (choices.below(8) != 0) break;
      map.clear();
      twin.clear();
      break;
    case 3: {
      const Map copy = map;
      REQUIRE_THAT(copy == map);
      map.shrink_to_fit();
      REQUIRE_THAT(copy == map);
      map = copy;
      break;
    }
    case 4: {
      Map moved = std::move(map);
      REQUIRE_THAT(map.empty() && map.begin() == map.end());  // NOLINT(bugprone-use-after-move)
      map.try_emplace(k, 1);
      map = std::move(moved);
      break;
    }
    case 5: {
      Map other;
      other.try_emplace(k, 1);
      swap(map, other);
      REQUIRE_THAT(map.size() == 1 && map.contains(k));
      swap(map, other);
      break;
    }
    default: {
      const int divisor = 2 + static_cast<int>(choices.below(5));
      const auto fits = [&](const auto& element) { return element.second % divisor == 0; };
      REQUIRE_THAT(erase_if(map, fits) == std::erase_if(twin, fits));
    }
  }
}

template <class Map, class Choices>
void run_flat_map(Choices& choices) {
  Map map;
  std::map<typename Map::key_type, int> twin;
  int next_value = 1;
  while (choices.more()) {
    const std::uint32_t drawn = choices.below(24);
    if (drawn < 14) {
      change_element(map, twin, next_value++, choices);
    } else if (drawn < 16) {
      look_up(map, twin, choices);
    } else if (drawn < 23) {
      change_map(map, twin, choices);
    } else {
      check_equal(map, twin);
    }
  }
  check_equal(map, twin);
  while (!map.empty()) map.erase(map.begin());
  check_stats(map);
}

template <class Set, class Choices>
void run_flat_set(Choices& choices) {
  using key = typename Set::key_type;
  Set set;
  std::set<key> twin;
  while (choices.more()) {
    const key k = key_source<key>::choose(choices);
    const auto view = as_fields(k);
    switch (choices.below(10)) {
      case 0:
        REQUIRE_THAT(set.insert(k).second == twin.insert(k).second);
        break;
      case 1:
        REQUIRE_THAT(*set.emplace(k).first == k && twin.insert(k).first != twin.end());
        break;
      case 2:
      case 3: {
        const bool added =
            std::apply([&](const auto&... field) { return set.insert(field...).second; }, view);
        REQUIRE_THAT(added == twin.insert(k).second);
        break;
      }
      case 4:
      case 5:
        REQUIRE_THAT(set.erase(view) == twin.erase(k));
        break;
      case 6: {
        const bool there =
            std::apply([&](const auto&... field) { return set.contains(field...); }, view);
        REQUIRE_THAT(there == twin.contains(k) && set.count(k) == twin.count(k));
        break;
      }
      case 7: {
        const Set copy = set;
        set.shrink_to_fit();
        REQUIRE_THAT(copy == set);
        break;
      }
      case 8: {
        const std::uint32_t keep = choices.below(4);
        const auto fits = [&](const key& e) { return set.hash(e).value % 4 == keep; };
        std::set<key> before = twin;
        std::size_t expected = 0;
        for (const key& e : before) expected += fits(e) && twin.erase(e) == 1;
        REQUIRE_THAT(erase_if(set, fits) == expected);
        break;
      }
      default: {
        REQUIRE_THAT(std::set<key>(set.begin(), set.end()) == twin && set.size() == twin.size());
        check_stats(set);
      }
    }
  }
  REQUIRE_THAT(std::set<key>(set.begin(), set.end()) == twin && set.size() == twin.size());
}

template <class Run>
bool refuses_length(Run&& run) {
  try {
    run();
    return false;
  } catch (const std::length_error&) {
    return true;
  }
}

template <class Choices>
void run_interner(Choices& choices) {
  interner<std::string> names;
  std::map<std::string, std::uint32_t, std::less<>> twin;
  std::vector<std::string_view> views;
  while (choices.more()) {
    const std::string text = choose_text(choices, 400);
    switch (choices.below(8)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        if (twin.size() == detail::most_interned_ids && !twin.contains(text)) {
          REQUIRE_THAT(refuses_length([&] { names.intern(text); }));
          break;
        }
        const std::uint32_t id = names.intern(text);
        const auto [at, added] = twin.try_emplace(text, static_cast<std::uint32_t>(twin.size()));
        REQUIRE_THAT(id == at->second);
        if (added) views.push_back(names[id]);
        break;
      }
      case 4:
      case 5: {
        const auto id = names.find(text);
        const auto at = twin.find(text);
        REQUIRE_THAT(id.has_value() == (at != twin.end()));
        REQUIRE_THAT(!id || *id == at->second);
        break;
      }
      case 6: {
        const std::uint32_t action = choices.below(40);
        if (action == 0) {
          names.clear();
          twin.clear();
          views.clear();
        } else if (action == 1) {
          // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the copy is the test
          const interner<std::string> copy = names;
          REQUIRE_THAT(copy == names);
        } else if (action == 2) {
          interner<std::string> moved = std::move(names);
          REQUIRE_THAT(names.empty() && !names.find(text));  // NOLINT(bugprone-use-after-move)
          names = std::move(moved);
        } else if (action == 3) {
          names.reserve(twin.size() + 100);
        } else if (action < 6) {
          names.shrink_to_fit();
          REQUIRE_THAT(names.stats().size == twin.size());
        }
        break;
      }
      default: {
        if (views.empty()) break;
        const std::uint32_t id = choices.below(static_cast<std::uint32_t>(views.size()));
        REQUIRE_THAT(names[id] == views[id] && names[id].data() == views[id].data());
        REQUIRE_THAT(twin.find(names[id])->second == id);
      }
    }
  }
  std::size_t text_bytes = 0;
  for (const auto& [text, id] : twin) {
    REQUIRE_THAT(names[id] == text && names.find(text) == id);
    text_bytes += text.size();
  }
  REQUIRE_THAT(names.size() == twin.size() && names.text_bytes() == text_bytes);
}

}  // namespace crosstie::test
