// flat_map and flat_set: what is expected of them beside lookup and insertion.
#include <gtest/gtest.h>
#include <crosstie/pmr.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/binding.hpp"

namespace crosstie::test {
namespace {

// Larger than fields are counted for, and without padding.
struct wide_key {
  std::uint32_t a, b, c, d, e, f, g, h, i, j;
  friend bool operator==(const wide_key&, const wide_key&) = default;
};

}  // namespace
}  // namespace crosstie::test

template <>
inline constexpr bool crosstie::hashed_as_bytes<crosstie::test::wide_key> = true;

namespace crosstie::test {
namespace {

TEST(manners, extract_moves_the_element_out) {
  flat_map<binding, std::unique_ptr<int>> map;
  map.try_emplace(std::tuple{"n", "p"}, std::make_unique<int>(7));
  EXPECT_EQ(map.extract("n", "q"), std::nullopt);
  auto taken = map.extract("n", "p");
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->first.pod, "p");
  EXPECT_EQ(*taken->second, 7);
  EXPECT_TRUE(map.empty());
  EXPECT_TRUE(map.insert(std::move(*taken)).second);
  EXPECT_EQ(*map.at("n", "p"), 7);
  const auto again = map.extract(map.begin());
  EXPECT_EQ(*again.second, 7);
  flat_set<std::string> set{"a"};
  EXPECT_EQ(set.extract(std::string_view("a")), "a");
  EXPECT_TRUE(set.empty());
}

TEST(manners, merge_moves_what_is_absent_and_leaves_the_rest) {
  flat_map<std::string, std::unique_ptr<int>> into;
  flat_map<std::string, std::unique_ptr<int>> from;
  for (int i = 0; i < 100; ++i) into.try_emplace(std::to_string(i), std::make_unique<int>(i));
  for (int i = 50; i < 400; ++i) from.try_emplace(std::to_string(i), std::make_unique<int>(-i));
  into.merge(from);
  EXPECT_EQ(into.size(), 400U);
  EXPECT_EQ(from.size(), 50U);
  EXPECT_EQ(*into.at("60"), 60);
  EXPECT_EQ(*into.at("399"), -399);
  EXPECT_EQ(*from.at("60"), -60);
  EXPECT_FALSE(from.contains("100"));
  into.merge(into);
  EXPECT_EQ(into.size(), 400U);
}

TEST(manners, merge_takes_from_tables_that_hash_in_another_way) {
  struct by_length {
    std::size_t operator()(const std::string& key) const { return key.size(); }
  };
  flat_map<std::string, int> into{{"a", 1}};
  flat_map<std::string, int, by_length> from{{"a", 2}, {"bb", 3}, {"cc", 4}};
  into.merge(from);
  EXPECT_EQ(into, (flat_map<std::string, int>{{"a", 1}, {"bb", 3}, {"cc", 4}}));
  EXPECT_EQ(from.size(), 1U);
  EXPECT_EQ(from.at("a"), 2);
  flat_set<std::string, by_length> few{"a"};
  few.merge(flat_set<std::string>{"a", "b"});
  EXPECT_EQ(few, (flat_set<std::string, by_length>{"a", "b"}));
}

// Whatever allocation fails during a merge, no element is lost and none is in both tables.
TEST(manners, merge_loses_nothing_where_memory_runs_out) {
  using set = flat_set<int, key_hash<int>, key_equal<int>, failing_allocator<int>>;
  for (std::size_t allowed = 0; allowed < 4; ++allowed) {
    set into;
    set from;
    for (int i = 0; i < 10; ++i) into.insert(i);
    for (int i = 5; i < 200; ++i) from.insert(i);
    ledger.until_failure = allowed;
    EXPECT_THROW(into.merge(from), std::bad_alloc);
    ledger.until_failure = static_cast<std::size_t>(-1);
    for (int i = 10; i < 200; ++i) EXPECT_NE(into.contains(i), from.contains(i)) << i;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(into.contains(i)) << i;
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(manners, a_range_of_elements_is_erased) {
  flat_map<int, int> map;
  for (int i = 0; i < 100; ++i) map[i] = i;
  auto from = std::next(map.begin(), 10);
  const auto to = std::next(from, 30);
  std::set<int> gone;
  for (auto at = from; at != to; ++at) gone.insert(at->first);
  const int next = to->first;
  EXPECT_EQ(map.erase(from, to)->first, next);
  EXPECT_EQ(map.size(), 70U);
  for (const int key : gone) EXPECT_FALSE(map.contains(key));
  EXPECT_EQ(map.erase(map.begin(), map.end()), map.end());
  EXPECT_TRUE(map.empty());
}

// Tables that have been erased from, of every size from full to none, the last element in any slot.
TEST(manners, for_each_visits_what_iterators_do) {
  flat_map<int, int> map;
  flat_set<int> set;
  for (int i = 0; i < 40; ++i) map[i] = i, set.insert(i);
  for (int gone = 0; gone <= 40; ++gone) {
    std::vector<int> visited;
    set.for_each([&](int key) { visited.push_back(key); });
    EXPECT_TRUE(std::ranges::equal(visited, set));
    map.for_each([](int, int& value) { value += 1; });
    std::vector<std::pair<int, int>> seen;
    std::as_const(map).for_each([&](int key, const int& value) { seen.emplace_back(key, value); });
    EXPECT_EQ(seen.size(), map.size());
    for (const auto& [key, value] : seen) EXPECT_EQ(value, key + gone + 1);
    map.erase(gone * 7 % 40);
    set.erase(gone * 7 % 40);
  }
  EXPECT_TRUE(map.empty());
}

TEST(manners, ranges_go_in) {
  const std::map<std::string, int> ordered{{"a", 1}, {"b", 2}};
  flat_map<std::string, int> map;
  map.insert_range(ordered);
  EXPECT_EQ(map.at("b"), 2);
  flat_set<int> set;
  set.insert_range(std::array{3, 1, 3});
  std::copy_n(std::array{7, 8}.begin(), 2, std::inserter(set, set.end()));
  EXPECT_EQ(set, (flat_set<int>{1, 3, 7, 8}));
  EXPECT_EQ(std::ranges::count_if(set, [](int key) { return key > 5; }), 2);
}

TEST(manners, two_literals_are_fields_and_no_range_of_characters) {
  flat_set<binding> set;
  EXPECT_TRUE(set.insert("node", "pod").second);
  EXPECT_TRUE(set.contains("node", "pod"));
}

TEST(manners, a_hash_taken_before_serves_every_operation) {
  flat_map<binding, int> map;
  const auto view = std::tuple{std::string_view("n"), std::string_view("p")};
  const hash_code code = map.hash(view);
  EXPECT_TRUE(map.try_emplace(code, view, 1).second);
  EXPECT_FALSE(map.try_emplace(code, view, 2).second);
  EXPECT_EQ(map.find(code, view)->second, 1);
  EXPECT_EQ(map.at("n", "p"), 1);
  EXPECT_EQ(map.count("n", "p"), 1U);
  EXPECT_EQ(map.erase(code, view), 1U);
  flat_set<binding> set;
  EXPECT_TRUE(set.insert(set.hash(view), view).second);
  EXPECT_TRUE(set.contains("n", "p"));
}

TEST(manners, the_memory_resource_is_used) {
  std::array<std::byte, 16'384> buffer;
  std::pmr::monotonic_buffer_resource arena(buffer.data(), buffer.size(),
                                            std::pmr::null_memory_resource());
  pmr::flat_map<int, int> map(&arena);
  pmr::flat_set<int> set(&arena);
  for (int i = 0; i < 100; ++i) {
    map[i] = i;
    set.insert(i);
  }
  EXPECT_EQ(map.get_allocator().resource(), &arena);
  EXPECT_THROW(set.reserve(100'000), std::bad_alloc);
  EXPECT_EQ(set.size(), 100U);
}

TEST(manners, a_large_key_is_hashed_as_bytes) {
  static_assert(composite_key<wide_key>);
  flat_set<wide_key> set;
  for (std::uint32_t i = 0; i < 1000; ++i) set.insert({i, 0, 0, 0, 0, 0, 0, 0, 0, i});
  EXPECT_EQ(set.size(), 1000U);
  EXPECT_TRUE(set.contains(wide_key{7, 0, 0, 0, 0, 0, 0, 0, 0, 7}));
  EXPECT_FALSE(set.contains(wide_key{7, 0, 0, 0, 0, 0, 0, 0, 0, 8}));
  EXPECT_LT(set.stats().mean_probe, 1.4);
}

// Keys found to collide in one table are ordinary keys in the next: each has a seed of its own, so
// nobody can prepare them without having read this very table's hashes.
TEST(manners, colliding_keys_of_one_table_spread_in_another) {
  flat_set<std::uint64_t> victim;
  flat_set<std::uint64_t> other;
  std::vector<std::uint64_t> colliding;  // alike in the 10 bits that choose the group, and the tag
  for (std::uint64_t key = 0; colliding.size() < 300; ++key) {
    const std::uint64_t code = victim.hash(key).value;
    if (code >> 57 == 0 && (code & 7) == 1) colliding.push_back(key);
  }
  for (const std::uint64_t key : colliding) {
    victim.insert(key);
    other.insert(key);
  }
  EXPECT_GT(victim.stats().longest_probe, 10U)
      << "the keys do not even hurt the table they are for";
  EXPECT_LT(other.stats().longest_probe, 6U);
  EXPECT_LT(other.stats().mean_probe, 1.4);
}

// The pattern of std and Abseil for lookup by a view: a hash and an equality that take both.
struct view_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};

TEST(manners, a_transparent_hash_of_your_own_does_not_take_iterators_for_keys) {
  using set_type = flat_set<std::string, view_hash, std::equal_to<>>;
  const std::vector<std::string> texts{"c", "d"};
  set_type set{"a", "b"};
  set.insert(texts.begin(), texts.end());
  std::ranges::copy(texts, std::inserter(set, set.end()));
  EXPECT_EQ(set.size(), 4U);
  EXPECT_TRUE(set.contains(std::string_view("c")) && set.contains("d"));
  set.erase(set.find("c"));
  EXPECT_EQ(set.erase("d"), 1U);
  EXPECT_EQ(set.size(), 2U);
  flat_map<std::string, int, view_hash, std::equal_to<>> map{{"a", 1}, {"b", 2}};
  EXPECT_EQ(map.extract(map.begin()).second + map.begin()->second, 3);
  map.erase(map.begin(), map.cend());
  EXPECT_TRUE(map.empty());
  const flat_set given(texts.begin(), texts.end(), 0, view_hash());
  static_assert(std::is_same_v<decltype(given), const set_type>);
  EXPECT_EQ(given.size(), 2U);
}

TEST(manners, elements_given_away_are_moved) {
  using moved = std::unique_ptr<int>;
  flat_map<std::pair<int, int>, moved> map;
  EXPECT_TRUE(map.insert({std::pair(1, 1), std::make_unique<int>(1)}).second);
  map.insert(map.end(), {std::pair(1, 2), std::make_unique<int>(2)});
  map.emplace_hint(map.end(), std::pair(1, 3), std::make_unique<int>(3));
  EXPECT_EQ(map.size(), 3U);
  EXPECT_EQ(*map.at({1, 2}), 2);
  EXPECT_EQ(map.find_value({2, 2}), nullptr);
  EXPECT_EQ(map.extract({1, 3}).value().first, std::pair(1, 3));
  const auto [first, last] = map.equal_range({1, 1});
  EXPECT_EQ(std::distance(first, last), 1);
  EXPECT_EQ(map.equal_range({7, 7}), std::pair(map.end(), map.end()));
  EXPECT_GT(map.max_size(), 1'000'000'000U);
  flat_set<moved> set;
  set.insert(set.end(), std::make_unique<int>(1));
  EXPECT_EQ(set.size(), 1U);
}

TEST(manners, many_keys_may_lie_in_a_vector) {
  const flat_map<std::uint32_t, int> map{{1, 10}, {2, 20}};
  const std::vector<std::uint32_t> keys{2, 3, 1};
  std::vector<flat_map<std::uint32_t, int>::const_iterator> found(keys.size());
  EXPECT_EQ(map.find_many(keys, found), 2U);
  EXPECT_EQ(found[0]->second, 20);
  EXPECT_EQ(found[1], map.end());
  std::array<bool, 3> answers{};
  EXPECT_EQ(map.contains_many(keys, answers), 2U);
  EXPECT_EQ(answers, (std::array{true, false, true}));
}

// A hash that may throw is no reason to copy what can be moved.
TEST(manners, growth_moves_elements_whatever_the_hash_promises) {
  struct text_hash {
    std::size_t operator()(const std::string& text) const { return std::hash<std::string>()(text); }
  };
  struct counted {
    explicit counted(int* into) : copies(into) {}
    counted(const counted& other) : copies(other.copies) { ++*copies; }
    counted(counted&&) noexcept = default;
    int* copies;
  };
  int copies = 0;
  flat_map<std::string, counted, text_hash, std::equal_to<>> map;
  for (int i = 0; i < 1000; ++i) map.try_emplace(std::to_string(i), &copies);
  EXPECT_EQ(copies, 0);
  EXPECT_TRUE(map.contains("999") && map.contains("0"));
}

}  // namespace
}  // namespace crosstie::test
