// {u32,u32}: which pods (columns) are on which node (row), thirty pods a node.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <crosstie/crosstie.hpp>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include "tables/race.hpp"

namespace crosstie::bench {
namespace {

struct cell {
  std::uint32_t row;
  std::uint32_t column;
  friend bool operator==(const cell&, const cell&) = default;
  friend std::size_t hash_value(const cell& key) noexcept {
    std::size_t seed = 0;
    boost::hash_combine(seed, key.row);
    boost::hash_combine(seed, key.column);
    return seed;
  }
};
struct absl_cell {
  std::uint32_t row;
  std::uint32_t column;
  friend bool operator==(const absl_cell&, const absl_cell&) = default;
  template <class State>
  friend State AbslHashValue(State state, const absl_cell& key) {
    return State::combine(std::move(state), key.row, key.column);
  }
};

struct input {
  std::vector<cell> inserted;  // each column once
  std::vector<cell> asked;     // the same in another order
  std::vector<cell> absent;    // each column with a row that it is not in
};

input make_input(std::size_t entries) {
  input result;
  std::mt19937_64 random(1);
  const auto rows = static_cast<std::uint32_t>(entries / 30 + 1);
  for (std::uint32_t c = 0; c < entries; ++c) {
    result.inserted.push_back({static_cast<std::uint32_t>(random() % rows), c});
  }
  std::ranges::shuffle(result.inserted, random);
  result.asked = result.inserted;
  std::ranges::shuffle(result.asked, random);
  for (const cell& key : result.asked) result.absent.push_back({key.row + 1, key.column});
  return result;
}

std::uint64_t mark(std::uint32_t row, std::uint32_t column) {
  return (std::uint64_t{row} << 20) + column;
}

// Cells of any layout that offers put(row, column), has(row, column), drop(row, column), each(f).
template <class Layout>
contender make_contender(std::string name, const input& in) {
  auto table = std::make_shared<Layout>();
  return {std::move(name),
          [=] { *table = Layout(); },
          [=, &in] {
            std::uint64_t added = 0;
            for (const cell& key : in.inserted) added += table->put(key.row, key.column);
            return added;
          },
          [=, &in] {
            std::uint64_t found = 0;
            for (const cell& key : in.asked) found += table->has(key.row, key.column);
            return found;
          },
          [=, &in] {
            std::uint64_t found = 0;
            for (const cell& key : in.absent) found += table->has(key.row, key.column);
            return found;
          },
          [=] {
            std::uint64_t sum = 0;
            table->each([&](std::uint32_t row, std::uint32_t column) { sum += mark(row, column); });
            return sum;
          },
          [=, &in] {
            std::uint64_t erased = 0;
            for (const cell& key : in.asked) erased += table->drop(key.row, key.column);
            return erased;
          }};
}

template <class Set, class Key>
struct flat {
  Set set;
  bool put(std::uint32_t row, std::uint32_t column) { return set.insert(Key{row, column}).second; }
  bool has(std::uint32_t row, std::uint32_t column) const {
    return set.find(Key{row, column}) != set.end();
  }
  bool drop(std::uint32_t row, std::uint32_t column) { return set.erase(Key{row, column}) != 0; }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& key : set) visit(key.row, key.column);
  }
};

template <class Map>
struct nested {
  Map rows;
  bool put(std::uint32_t row, std::uint32_t column) { return rows[row].insert(column).second; }
  bool has(std::uint32_t row, std::uint32_t column) const {
    const auto at = rows.find(row);
    return at != rows.end() && at->second.find(column) != at->second.end();
  }
  bool drop(std::uint32_t row, std::uint32_t column) {
    const auto at = rows.find(row);
    return at != rows.end() && at->second.erase(column) != 0;
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [row, columns] : rows) {
      for (std::uint32_t column : columns) visit(row, column);
    }
  }
};

struct by_relation {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row, counting_allocator<std::byte>>
      cells;
  bool put(std::uint32_t row, std::uint32_t column) { return cells.insert(row, column); }
  bool has(std::uint32_t row, std::uint32_t column) const { return cells.contains(row, column); }
  bool drop(std::uint32_t row, std::uint32_t column) { return cells.erase(row, column); }
  template <class Visit>
  void each(Visit visit) const {
    cells.for_each(visit);
  }
};

struct by_assignment {
  assignment<std::uint32_t, std::uint32_t, counting_allocator<std::byte>> cells;
  bool put(std::uint32_t row, std::uint32_t column) { return !cells.assign(column, row); }
  bool has(std::uint32_t row, std::uint32_t column) const { return cells.contains(row, column); }
  bool drop(std::uint32_t, std::uint32_t column) { return cells.unassign(column).has_value(); }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto [column, row] : cells) visit(row, column);
  }
};

template <class T>
using counted = counting_allocator<T>;
template <class T>
using u32_hash = boost::hash<T>;
using boost_flat =
    boost::unordered_flat_set<cell, boost::hash<cell>, std::equal_to<>, counted<cell>>;
using absl_flat =
    absl::flat_hash_set<absl_cell, absl::Hash<absl_cell>, std::equal_to<>, counted<absl_cell>>;
using std_flat = std::unordered_set<cell, boost::hash<cell>, std::equal_to<>, counted<cell>>;
using std_inner = std::unordered_set<std::uint32_t, std::hash<std::uint32_t>, std::equal_to<>,
                                     counted<std::uint32_t>>;
using std_nested =
    std::unordered_map<std::uint32_t, std_inner, std::hash<std::uint32_t>, std::equal_to<>,
                       counted<std::pair<const std::uint32_t, std_inner>>>;
using boost_inner = boost::unordered_flat_set<std::uint32_t, u32_hash<std::uint32_t>,
                                              std::equal_to<>, counted<std::uint32_t>>;
using boost_nested =
    boost::unordered_flat_map<std::uint32_t, boost_inner, u32_hash<std::uint32_t>, std::equal_to<>,
                              counted<std::pair<const std::uint32_t, boost_inner>>>;
using absl_inner = absl::flat_hash_set<std::uint32_t, absl::Hash<std::uint32_t>, std::equal_to<>,
                                       counted<std::uint32_t>>;
using absl_nested =
    absl::flat_hash_map<std::uint32_t, absl_inner, absl::Hash<std::uint32_t>, std::equal_to<>,
                        counted<std::pair<const std::uint32_t, absl_inner>>>;
using our_flat = flat_set<cell, key_hash<cell>, key_equal<cell>, counted<cell>>;

}  // namespace

void race_numbers(std::size_t entries, int rounds) {
  const input in = make_input(entries);
  race numbers("{u32,u32}, each column in one row", entries, rounds);
  numbers.add(make_contender<flat<boost_flat, cell>>("boost flat", in));
  numbers.add(make_contender<nested<boost_nested>>("boost nested", in));
  numbers.add(make_contender<flat<absl_flat, absl_cell>>("absl flat", in));
  numbers.add(make_contender<nested<absl_nested>>("absl nested", in));
  numbers.add(make_contender<flat<std_flat, cell>>("std flat", in));
  numbers.add(make_contender<nested<std_nested>>("std nested", in));
  numbers.add(make_contender<flat<our_flat, cell>>("crosstie flat_set", in));
  numbers.add(make_contender<by_relation>("crosstie relation by_row", in));
  numbers.add(make_contender<by_assignment>("crosstie assignment", in));
  numbers.run(6);
}

}  // namespace crosstie::bench
