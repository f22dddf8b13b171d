// {u32,u32}: which pods (columns) are on which node (row), thirty pods a node.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <crosstie/crosstie.hpp>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "tables/contender.hpp"

namespace crosstie::bench {
namespace {

using cell = std::pair<std::uint32_t, std::uint32_t>;  // row, column

questions<cell> make_questions(std::size_t entries) {
  questions<cell> result;
  result.keys = number_keys;
  std::mt19937_64 random(1);
  const auto rows = static_cast<std::uint32_t>(entries / 30 + 1);
  for (std::uint32_t c = 0; c < entries; ++c) {
    result.inserted.emplace_back(static_cast<std::uint32_t>(random() % rows), c);
  }
  std::ranges::shuffle(result.inserted, random);
  result.asked = result.inserted;
  std::ranges::shuffle(result.asked, random);
  for (const auto& [row, column] : result.asked) {
    // A row that holds columns, so that a miss looks at something.
    result.absent.emplace_back(rows == 1 ? 1 : (row + 1) % rows, column);
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(rows, 100'000); ++i) {
    result.scanned.push_back(static_cast<std::uint32_t>(random() % rows));
  }
  return result;
}

std::uint64_t mark(std::uint32_t row, std::uint32_t column) {
  return (std::uint64_t{row} << 20) + column;
}

template <class Set>
struct flat {
  Set set;
  bool put(const cell& key) { return set.insert(key).second; }
  bool has(const cell& key) const { return set.find(key) != set.end(); }
  bool drop(const cell& key) { return set.erase(key) != 0; }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& [row, column] : set) result += mark(row, column);
    return result;
  }
  void wipe() { set.clear(); }
};

struct our_flat : flat<flat_set<cell, key_hash<cell>, key_equal<cell>, counted<cell>>> {
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    set.for_each([&](const cell& key) { result += mark(key.first, key.second); });
    return result;
  }
  std::uint64_t has_many(const std::vector<cell>& keys, std::size_t from, std::size_t count) const {
    bool answers[1024];
    return set.contains_many(std::span(keys).subspan(from, count), answers);
  }
};

template <class Map>
struct nested {
  Map rows;
  bool put(const cell& key) { return rows[key.first].insert(key.second).second; }
  bool has(const cell& key) const {
    const auto at = rows.find(key.first);
    return at != rows.end() && at->second.find(key.second) != at->second.end();
  }
  bool drop(const cell& key) {
    const auto at = rows.find(key.first);
    return at != rows.end() && at->second.erase(key.second) != 0;
  }
  std::uint64_t scan(std::uint32_t row) const {
    std::uint64_t result = 0;
    if (const auto at = rows.find(row); at != rows.end()) {
      for (const std::uint32_t column : at->second) result += column;
    }
    return result;
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& [row, columns] : rows) {
      for (const std::uint32_t column : columns) result += mark(row, column);
    }
    return result;
  }
  void wipe() { rows.clear(); }
};

// The floor for bytes: insertion is one sort at the end, and there is no erasing.
struct sorted_vector {
  std::vector<cell, counted<cell>> cells;
  bool put(const cell& key) {
    cells.push_back(key);
    return true;
  }
  void seal() {
    std::ranges::sort(cells);
    cells.shrink_to_fit();
  }
  bool has(const cell& key) const { return std::ranges::binary_search(cells, key); }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& [row, column] : cells) result += mark(row, column);
    return result;
  }
  void wipe() { cells.clear(); }
};

struct by_relation {
  relation<std::uint32_t, std::uint32_t, relation_index::by_row, counted<std::byte>> cells;
  bool put(const cell& key) { return cells.insert(key.first, key.second); }
  bool has(const cell& key) const { return cells.contains(key.first, key.second); }
  std::uint64_t has_many(const std::vector<cell>& keys, std::size_t from, std::size_t count) const {
    bool answers[1024];
    return cells.contains_many(std::span(keys).subspan(from, count), answers);
  }
  bool drop(const cell& key) { return cells.erase(key.first, key.second); }
  std::uint64_t scan(std::uint32_t row) const {
    std::uint64_t result = 0;
    cells.for_each_in_row(row, [&](std::uint32_t column) { result += column; });
    return result;
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    cells.for_each([&](std::uint32_t row, std::uint32_t column) { result += mark(row, column); });
    return result;
  }
  void wipe() { cells.clear(); }
};

struct by_assignment {
  assignment<std::uint32_t, std::uint32_t, counted<std::byte>> cells;
  bool put(const cell& key) { return !cells.assign(key.second, key.first); }
  bool has(const cell& key) const { return cells.contains(key.first, key.second); }
  std::uint64_t has_many(const std::vector<cell>& keys, std::size_t from, std::size_t count) const {
    bool answers[1024];
    return cells.contains_many(std::span(keys).subspan(from, count), answers);
  }
  bool drop(const cell& key) { return cells.unassign(key.second).has_value(); }
  std::uint64_t scan(std::uint32_t row) const {
    std::uint64_t result = 0;
    for (const std::uint32_t column : cells.columns(row)) result += column;
    return result;
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    cells.for_each([&](std::uint32_t column, std::uint32_t row) { result += mark(row, column); });
    return result;
  }
  void wipe() { cells.clear(); }
};

using u32 = std::uint32_t;
using boost_flat =
    flat<boost::unordered_flat_set<cell, boost::hash<cell>, std::equal_to<>, counted<cell>>>;
using absl_flat = flat<absl::flat_hash_set<cell, absl::Hash<cell>, std::equal_to<>, counted<cell>>>;
using std_flat = flat<std::unordered_set<cell, boost::hash<cell>, std::equal_to<>, counted<cell>>>;
using std_tree = flat<std::set<cell, std::less<>, counted<cell>>>;
using std_inner = std::unordered_set<u32, std::hash<u32>, std::equal_to<>, counted<u32>>;
using std_nested = nested<std::unordered_map<u32, std_inner, std::hash<u32>, std::equal_to<>,
                                             counted<std::pair<const u32, std_inner>>>>;
using boost_inner = boost::unordered_flat_set<u32, boost::hash<u32>, std::equal_to<>, counted<u32>>;
using boost_nested =
    nested<boost::unordered_flat_map<u32, boost_inner, boost::hash<u32>, std::equal_to<>,
                                     counted<std::pair<const u32, boost_inner>>>>;
using absl_inner = absl::flat_hash_set<u32, absl::Hash<u32>, std::equal_to<>, counted<u32>>;
using absl_nested = nested<absl::flat_hash_map<u32, absl_inner, absl::Hash<u32>, std::equal_to<>,
                                               counted<std::pair<const u32, absl_inner>>>>;

}  // namespace

void race_numbers(std::size_t entries, int rounds, results& into) {
  const questions<cell> in = make_questions(entries);
  contest<cell> all(in, rounds);
  all.add<boost_flat>("boost flat");
  all.add<boost_nested>("boost nested");
  all.add<absl_flat>("absl flat");
  all.add<absl_nested>("absl nested");
  // Minutes a round each at tens of millions, where they are far behind anyway.
  if (entries <= 2'000'000) {
    all.add<std_flat>("std flat");
    all.add<std_nested>("std nested");
    all.add<std_tree>("std::map");
  }
  all.add<sorted_vector>("sorted vector");
  all.add<our_flat>("crosstie flat_set");
  all.add<by_relation>("crosstie relation by_row");
  all.add<by_assignment>("crosstie assignment");
  all.run(into);
}

}  // namespace crosstie::bench
