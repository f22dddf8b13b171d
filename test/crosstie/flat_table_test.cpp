// flat_map and flat_set: manners, guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>

#include <array>
#include <memory>
#include <memory_resource>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/binding.hpp"

namespace crosstie::test {
namespace {

using failing_map =
    flat_map<std::string, std::string, key_hash<std::string>, key_equal<std::string>,
             failing_allocator<std::pair<const std::string, std::string>>>;
static_assert(std::ranges::forward_range<flat_set<int>>);
static_assert(std::ranges::forward_range<const flat_map<int, int>>);
static_assert(
    std::is_convertible_v<flat_map<int, int>::iterator, flat_map<int, int>::const_iterator>);
static_assert(std::is_nothrow_move_constructible_v<flat_map<int, std::string>>);
static_assert(std::is_nothrow_move_assignable_v<flat_map<int, std::string>>);

TEST(flat_map, looks_up_by_fields_views_and_keys) {
  flat_map<binding, int> map;
  const std::string_view node = "node-1";
  const std::string_view pod = "pod-1";
  map[node, pod] = 7;
  EXPECT_EQ(map.at(node, pod), 7);
  EXPECT_EQ(map.at(std::tie(node, pod)), 7);
  EXPECT_EQ(map.at(binding{"node-1", "pod-1"}), 7);
  EXPECT_EQ(map.find({"node-1", "pod-1"})->second, 7);
  EXPECT_EQ(map.find_value("node-1", "pod-2"), nullptr);
  EXPECT_THROW(static_cast<void>(map.at("node-2", "pod-1")), std::out_of_range);
  EXPECT_EQ(map.erase("node-1", "pod-1"), 1U);
  EXPECT_TRUE(map.empty());
}

TEST(flat_map, lookup_by_views_allocates_nothing) {
  using counted_text = std::basic_string<char, std::char_traits<char>, failing_allocator<char>>;
  struct key {
    counted_text node, pod;
  };
  const std::string node(60, 'n');
  const std::string pod(60, 'p');
  flat_map<key, int> map;
  map[std::string_view(node), std::string_view(pod)] = 1;
  ledger.until_failure = 0;
  EXPECT_TRUE(map.contains(std::string_view(node), std::string_view(pod)));
  EXPECT_FALSE(map.contains(std::string_view(pod), std::string_view(node)));
  EXPECT_FALSE(map.try_emplace(std::pair(std::string_view(node), std::string_view(pod)), 2).second);
  EXPECT_EQ(map.erase(std::string_view(node), std::string_view(pod)), 1U);
  ledger.until_failure = static_cast<std::size_t>(-1);
}

TEST(flat_map, deduces_its_types) {
  const std::vector<std::pair<std::string, int>> pairs{{"a", 1}, {"b", 2}, {"a", 3}};
  const flat_map from_range(pairs.begin(), pairs.end());
  static_assert(std::is_same_v<decltype(from_range), const flat_map<std::string, int>>);
  EXPECT_EQ(from_range.size(), 2U);
  EXPECT_EQ(from_range.at("a"), 1);
  const flat_set set{3, 1, 3};
  static_assert(std::is_same_v<decltype(set), const flat_set<int>>);
  EXPECT_EQ(set, (flat_set<int>{1, 3}));
}

TEST(flat_map, holds_values_that_only_move) {
  flat_map<std::string, std::unique_ptr<int>> map;
  for (int i = 0; i < 200; ++i) map.try_emplace(std::to_string(i), std::make_unique<int>(i));
  auto spare = std::make_unique<int>(-1);
  EXPECT_FALSE(map.try_emplace("7", std::move(spare)).second);
  ASSERT_NE(spare, nullptr) << "a failed try_emplace must leave its arguments alone";
  EXPECT_FALSE(map.insert_or_assign("7", std::move(spare)).second);
  EXPECT_EQ(*map.at("7"), -1);
  EXPECT_EQ(*map.at("199"), 199);
  flat_map<std::string, std::unique_ptr<int>> other = std::move(map);
  EXPECT_EQ(other.size(), 200U);
}

TEST(flat_map, an_element_may_be_inserted_into_its_own_map) {
  flat_map<int, std::string> map;
  map[0] = std::string(40, 'x');
  for (int i = 1; i < 1000; ++i) map.try_emplace(i, map.at(i - 1));  // may grow while it reads
  EXPECT_EQ(map.at(999), std::string(40, 'x'));
}

TEST(flat_map, erasing_while_walking_visits_every_element_once) {
  flat_map<int, int> map;
  for (int i = 0; i < 1000; ++i) map[i] = 0;
  std::size_t visited = 0;
  for (auto at = map.begin(); at != map.end();) {
    ++visited;
    at = at->first % 2 == 0 ? map.erase(at) : std::next(at);
  }
  EXPECT_EQ(visited, 1000U);
  EXPECT_EQ(map.size(), 500U);
}

// Such a table compares the element instead of hashing the key, wherever the element lies.
TEST(flat_set, of_one_element_finds_it_and_nothing_else) {
  for (const std::size_t others : {0U, 1U, 5U, 14U, 200U}) {
    flat_set<int> set;
    for (std::size_t i = 0; i < others; ++i) set.insert(-1 - static_cast<int>(i));
    set.insert(7);
    for (std::size_t i = 0; i < others; ++i) EXPECT_EQ(set.erase(-1 - static_cast<int>(i)), 1U);
    EXPECT_TRUE(set.contains(7));
    EXPECT_EQ(*set.find(7), 7);
    EXPECT_FALSE(set.contains(8));
    EXPECT_FALSE(set.contains(-1));
    EXPECT_EQ(set.erase(8), 0U);
    EXPECT_EQ(set.erase(7), 1U);
    EXPECT_FALSE(set.contains(7));
    EXPECT_EQ(set.erase(7), 0U);
    EXPECT_EQ(set.stats().overflowed_groups, 0U);
  }
}

TEST(flat_map, erase_leaves_other_references_valid) {
  flat_map<int, std::string> map;
  for (int i = 0; i < 100; ++i) map[i] = std::to_string(i);
  const std::string* kept = map.find_value(50);
  for (int i = 0; i < 100; ++i) {
    if (i != 50) map.erase(i);
  }
  EXPECT_EQ(map.find_value(50), kept);
  EXPECT_EQ(*kept, "50");
}

TEST(flat_map, reserve_prevents_growth) {
  for (std::size_t size : {1U, 14U, 15U, 25U, 26U, 101U, 102U, 5000U}) {
    flat_set<std::size_t> set;
    set.reserve(size);
    const std::size_t capacity = set.capacity();
    for (std::size_t i = 0; i < size; ++i) set.insert(i);
    EXPECT_EQ(set.capacity(), capacity) << size;
    EXPECT_LE(set.load_factor(), size <= 14 ? 1.0 : size <= 101 ? 29.0 / 32 : 7.0 / 8) << size;
  }
}

TEST(flat_map, shrink_to_fit_gives_memory_back) {
  flat_set<int> set;
  for (int i = 0; i < 10'000; ++i) set.insert(i);
  const std::size_t full = set.memory_bytes();
  for (int i = 10; i < 10'000; ++i) set.erase(i);
  set.shrink_to_fit();
  EXPECT_LT(set.memory_bytes() * 100, full);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(set.contains(i));
  set.clear();
  set.shrink_to_fit();
  EXPECT_EQ(set.memory_bytes(), 0U);
}

TEST(flat_map, impossible_sizes_throw) {
  flat_set<int> set;
  EXPECT_THROW(set.reserve(static_cast<std::size_t>(-1)), std::bad_alloc);
  EXPECT_TRUE(set.empty());
  flat_set<std::array<char, 4096>> of_pages;  // the elements fit a size_t, their bytes do not
  EXPECT_THROW(of_pages.reserve(static_cast<std::size_t>(-1) / 64), std::bad_alloc);
  EXPECT_TRUE(of_pages.empty());
}

// Churn at constant size reaches a steady state: elements that were displaced stay where they are,
// so probes get somewhat longer than in a fresh table, but no longer with further use.
TEST(flat_map, churn_does_not_lengthen_probes_without_end) {
  flat_set<std::uint32_t> set;
  constexpr std::uint32_t size = 12'000;
  set.reserve(size);
  const std::size_t capacity = set.capacity();
  std::uint32_t next = 0;
  for (; next < size; ++next) set.insert(next);
  const auto churn = [&](std::uint32_t rounds) {
    for (const std::uint32_t end = next + rounds * size; next < end; ++next) {
      set.erase(next - size);
      set.insert(next);
    }
    return set.stats();
  };
  const flat_stats early = churn(20);
  const flat_stats late = churn(80);
  EXPECT_EQ(set.capacity(), capacity);
  EXPECT_LT(late.mean_probe, early.mean_probe * 1.1);
  EXPECT_LT(late.mean_probe, 1.6);
  EXPECT_LT(late.overflowed_groups, early.overflowed_groups * 11 / 10);
}

// Keys made to collide under the usual combiner h(a) ^ (h(b) << 1), or to share their low or high
// bits, must spread like any others.
TEST(flat_map, adversarial_keys_have_bounded_probes) {
  struct key {
    std::uint64_t a, b;
  };
  flat_set<key> combiner;
  flat_set<key> low_bits;
  flat_set<key> high_bits;
  flat_set<std::uint64_t> multiples;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    combiner.insert(key{i << 1, i});
    low_bits.insert(key{i << 40, i << 44});
    high_bits.insert(key{i, 0});
    multiples.insert(i * 0x9e3779b97f4a7c15U);
  }
  for (const flat_stats& stats :
       {combiner.stats(), low_bits.stats(), high_bits.stats(), multiples.stats()}) {
    EXPECT_EQ(stats.size, 50'000U);
    EXPECT_LT(stats.mean_probe, 1.4);
    EXPECT_LT(stats.longest_probe, 24U);
  }
}

// All hashes equal: slow, but correct, and the probes end.
TEST(flat_map, survives_a_constant_hash) {
  struct constant {
    std::size_t operator()(int) const noexcept { return 0; }
  };
  flat_set<int, constant, std::equal_to<int>> set;
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(set.insert(i).second);
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(set.contains(i));
  EXPECT_FALSE(set.contains(2000));
  for (int i = 0; i < 2000; i += 2) EXPECT_EQ(set.erase(i), 1U);
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(set.contains(i), i % 2 == 1);
}

// Whatever allocation fails, an insert leaves the map as it was.
TEST(flat_map, insert_has_the_strong_guarantee) {
  {
    failing_map map;
    for (int i = 0; i < 300; ++i) {
      const failing_map before = map;
      for (std::size_t allowed = 0;; ++allowed) {
        ledger.until_failure = allowed;
        try {
          map.try_emplace(std::to_string(i), std::string(30, 'v'));
          ledger.until_failure = static_cast<std::size_t>(-1);
          break;
        } catch (const std::bad_alloc&) {
          ledger.until_failure = static_cast<std::size_t>(-1);
          ASSERT_EQ(map, before);
        }
      }
      ASSERT_EQ(map.size(), before.size() + 1);
    }
    ledger.until_failure = 0;
    EXPECT_THROW(failing_map{map}, std::bad_alloc);
    ledger.until_failure = static_cast<std::size_t>(-1);
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

// A value whose copies throw now and then, and that cannot be moved without a copy.
struct throwing_value {
  static inline int until_throw = -1;
  static inline int alive = 0;
  int value;
  explicit throwing_value(int v) : value(v) { ++alive; }
  throwing_value(const throwing_value& other) : value(other.value) {
    if (until_throw >= 0 && until_throw-- == 0) throw std::runtime_error("copy");
    ++alive;
  }
  throwing_value& operator=(const throwing_value&) = default;
  ~throwing_value() { --alive; }
};

TEST(flat_map, growth_survives_copies_that_throw) {
  {
    flat_map<int, throwing_value> map;
    for (int i = 0; i < 100; ++i) map.try_emplace(i, i);
    for (int attempt = 0; attempt < 101; ++attempt) {
      throwing_value::until_throw = attempt % 100;
      EXPECT_THROW(map.rehash(1000), std::runtime_error);
      throwing_value::until_throw = -1;
      ASSERT_EQ(map.size(), 100U);
      for (int i = 0; i < 100; ++i) ASSERT_EQ(map.at(i).value, i);
    }
    throwing_value::until_throw = 20;
    EXPECT_THROW((flat_map<int, throwing_value>(map)), std::runtime_error);
    throwing_value::until_throw = -1;
  }
  EXPECT_EQ(throwing_value::alive, 0);
}

// A value whose moves may throw, too, and leave nothing behind: growth must copy it.
struct fragile_value {
  static inline int until_throw = -1;
  std::string text;
  explicit fragile_value(std::string t) : text(std::move(t)) {}
  fragile_value(const fragile_value& other) : text(other.text) { count(); }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): that it may throw is the point
  fragile_value(fragile_value&& other) : text(std::exchange(other.text, "gone")) { count(); }
  fragile_value& operator=(const fragile_value&) = default;
  ~fragile_value() = default;

 private:
  static void count() {
    if (until_throw >= 0 && until_throw-- == 0) throw std::runtime_error("move");
  }
};

TEST(flat_map, growth_survives_moves_that_throw) {
  flat_map<int, fragile_value> map;
  for (int i = 0; i < 50; ++i) map.try_emplace(i, std::to_string(i));
  for (int attempt = 0; attempt < 50; ++attempt) {
    fragile_value::until_throw = attempt;
    EXPECT_THROW(map.rehash(1000), std::runtime_error);
    fragile_value::until_throw = -1;
    ASSERT_EQ(map.size(), 50U);
    for (int i = 0; i < 50; ++i) ASSERT_EQ(map.at(i).text, std::to_string(i));
  }
}

TEST(flat_map, a_throwing_constructor_leaves_no_trace) {
  flat_map<int, throwing_value> map;
  const throwing_value original(1);
  throwing_value::until_throw = 0;
  EXPECT_THROW(map.try_emplace(1, original), std::runtime_error);
  throwing_value::until_throw = -1;
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.contains(1));
  EXPECT_EQ(map.memory_bytes(), 0U);
  map.try_emplace(1, original);
  throwing_value::until_throw = 0;
  EXPECT_THROW(map.try_emplace(2, original), std::runtime_error);
  throwing_value::until_throw = -1;
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(std::distance(map.begin(), map.end()), 1);
}

// Even elements that can only be moved are where they were when the hash of one throws.
TEST(flat_map, a_throwing_hash_leaves_the_table_as_it_was) {
  struct throwing_hash {
    int* until_throw;
    std::size_t operator()(int key) const {
      if (*until_throw >= 0 && (*until_throw)-- == 0) throw std::runtime_error("hash");
      return static_cast<std::size_t>(key);
    }
  };
  int until_throw = -1;
  flat_map<int, std::unique_ptr<int>, throwing_hash, std::equal_to<int>> map(
      0, throwing_hash{&until_throw});
  for (int i = 0; i < 50; ++i) map.try_emplace(i, std::make_unique<int>(i));
  until_throw = 20;
  EXPECT_THROW(map.rehash(1000), std::runtime_error);
  until_throw = -1;
  EXPECT_EQ(map.size(), 50U);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(*map.at(i), i);
}

template <bool Propagates>
void check_unequal_allocators() {
  using alloc = owned_allocator<int, Propagates>;
  using set = flat_set<int, key_hash<int>, key_equal<int>, alloc>;
  memory_owner first;
  memory_owner second;
  {
    set a{alloc(first)};
    set b{alloc(second)};
    for (int i = 0; i < 100; ++i) a.insert(i);
    b.insert(-1);
    b = a;
    EXPECT_EQ(a, b);
    EXPECT_EQ(second.live_bytes == 0, Propagates);
    b.insert(100);
    a = std::move(b);
    EXPECT_EQ(a.size(), 101U);
    EXPECT_TRUE(a.contains(100));
    const set extended(std::move(a), alloc(second));
    EXPECT_EQ(extended.size(), 101U);
    EXPECT_TRUE(extended.contains(100));
    EXPECT_GT(second.live_bytes, 0U);
  }
  EXPECT_EQ(first.live_bytes, 0U);
  EXPECT_EQ(second.live_bytes, 0U);
}

TEST(flat_map, memory_goes_back_to_the_allocator_it_came_from) {
  check_unequal_allocators<true>();
  check_unequal_allocators<false>();
}

TEST(flat_map, works_with_a_memory_resource) {
  std::pmr::monotonic_buffer_resource resource;
  flat_map<int, int, key_hash<int>, key_equal<int>,
           std::pmr::polymorphic_allocator<std::pair<const int, int>>>
      map(&resource);
  for (int i = 0; i < 1000; ++i) map[i] = i;
  EXPECT_EQ(map.at(999), 999);
  EXPECT_EQ(map.get_allocator().resource(), &resource);
}

TEST(flat_map, over_aligned_elements_are_aligned) {
  struct alignas(128) wide {
    int value;
  };
  flat_map<int, wide> map;
  for (int i = 0; i < 100; ++i) map[i].value = i;
  for (const auto& [key, value] : map) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&value) % 128, 0U);
    EXPECT_EQ(value.value, key);
  }
}

TEST(flat_map, an_empty_table_has_no_memory) {
  flat_map<int, int> map;
  EXPECT_EQ(map.memory_bytes(), 0U);
  EXPECT_EQ(map.find(1), map.end());
  EXPECT_EQ(map.erase(1), 0U);
  EXPECT_EQ(map.begin(), map.end());
  map.clear();
  map.reserve(0);
  map.rehash(0);
  EXPECT_EQ(map.memory_bytes(), 0U);
  EXPECT_EQ(map.stats().size, 0U);
}

TEST(flat_map, stats_describe_the_table) {
  flat_set<int> set;
  for (int i = 0; i < 1000; ++i) set.insert(i);
  const flat_stats stats = set.stats();
  EXPECT_EQ(stats.size, 1000U);
  EXPECT_EQ(stats.capacity, set.capacity());
  EXPECT_EQ(stats.memory_bytes, set.memory_bytes());
  EXPECT_DOUBLE_EQ(stats.load_factor, 1000.0 / static_cast<double>(stats.capacity));
  EXPECT_GE(stats.mean_probe, 1.0);
  EXPECT_GE(stats.longest_probe, 1U);
  EXPECT_GT(stats.probes[0], 800U);
}

}  // namespace
}  // namespace crosstie::test
