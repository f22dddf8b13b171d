// concurrent_map: one thread against a twin, several against what must hold in any order. The
// thread sanitizer runs these tests too (./dev check --full).
#include <gtest/gtest.h>
#include <crosstie/concurrent_map.hpp>

#include <atomic>
#include <barrier>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/choices.hpp"
#include "crosstie/linearizable.hpp"

namespace crosstie::test {
namespace {

struct cell {
  std::uint32_t row, column;
  friend auto operator<=>(const cell&, const cell&) = default;
};

// Gives way between reading and writing, so that whoever is not kept out does come in between.
void slow_add(int& n) {
  const int before = n;
  std::this_thread::yield();
  n = before + 1;
}

void in_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < count; ++t) threads.emplace_back(work, t);
}

TEST(concurrent_map, agrees_with_its_twin) {
  random_choices choices(1, 6000);
  concurrent_map<cell, int> map(4);
  std::map<cell, int> twin;
  for (int next = 0; choices.more(); ++next) {
    const cell k{choices.below(20), choices.below(10)};
    const auto at = twin.find(k);
    const bool there = at != twin.end();
    switch (choices.below(8)) {
      case 0:
        REQUIRE_THAT(map.try_emplace(k, next) == twin.try_emplace(k, next).second);
        break;
      case 1:
        REQUIRE_THAT(map.insert_or_assign(k, next) == twin.insert_or_assign(k, next).second);
        break;
      case 2:
        REQUIRE_THAT(map.update(std::tie(k.row, k.column), [](int& n) { n += 3; }) != there);
        twin[k] += 3;
        break;
      case 3:
        REQUIRE_THAT(map.update_existing(k, [&](int& n) { n = next; }) == there);
        if (there) at->second = next;
        break;
      case 4:
        REQUIRE_THAT(map.find(k.row, k.column) ==
                     (there ? std::optional(at->second) : std::nullopt));
        REQUIRE_THAT(map.contains(k) == there);
        break;
      case 5: {
        const bool fits = there && at->second % 2 == 0;
        REQUIRE_THAT(map.erase_key_if(k, [](int n) { return n % 2 == 0; }) == fits);
        if (fits) twin.erase(at);
        break;
      }
      case 6:
        REQUIRE_THAT(map.extract(k) == (there ? std::optional(at->second) : std::nullopt));
        if (there) twin.erase(at);
        break;
      default:
        REQUIRE_THAT(map.erase(k.row, k.column) == there);
        if (there) twin.erase(at);
    }
    REQUIRE_THAT(map.size() == twin.size());
  }
  std::map<cell, int> seen;
  map.for_each([&](const cell& k, int value) { seen.emplace(k, value); });
  EXPECT_EQ(seen, twin);
  const auto copy = map.snapshot();
  EXPECT_EQ(copy.size(), twin.size());
  EXPECT_EQ(map.erase_if([](const auto& element) { return element.first.row < 10; }),
            std::erase_if(twin, [](const auto& element) { return element.first.row < 10; }));
  map.clear();
  EXPECT_TRUE(map.empty());
}

template <class Map>
void check_counts() {
  Map map;
  constexpr int rounds = 3000;
  in_threads(4, [&](int t) {
    std::mt19937 draw(static_cast<unsigned>(t));
    for (int i = 0; i < rounds; ++i) {
      const std::string key = "key-" + std::to_string(draw() % 3);
      map.update(std::string_view(key), slow_add);
      if (i % 8 == 0) map.update_existing(key, [](int& n) { n += 0; });
    }
  });
  int total = 0;
  map.for_each([&](const std::string&, int n) { total += n; });
  EXPECT_EQ(total, 4 * rounds);
  EXPECT_EQ(map.size(), 3U);
}

TEST(concurrent_map, counts_are_exact) { check_counts<concurrent_map<std::string, int>>(); }
TEST(concurrent_map, counts_are_exact_with_a_plain_mutex) {
  using element = std::pair<const std::string, int>;
  check_counts<concurrent_map<std::string, int, key_hash<std::string>, key_equal<std::string>,
                              std::allocator<element>, std::mutex>>();
}

// Shards grow while others read them; a value is either whole or not there.
TEST(concurrent_map, readers_see_whole_values_while_writers_grow_it) {
  concurrent_map<int, std::pair<int, std::string>> map(2);
  constexpr int keys = 2000;
  std::atomic<int> torn = 0;
  in_threads(4, [&](int t) {
    if (t < 2) {
      for (int i = t; i < keys; i += 2) {
        map.try_emplace(i, i, std::string(40, static_cast<char>('a' + i % 26)));
        if (i % 3 == 0) map.erase(i);
      }
    } else {
      for (int i = 0; i < keys; ++i) {
        const auto found = map.find(i);
        if (found && (found->first != i || found->second[39] != 'a' + i % 26)) ++torn;
        if (i % 500 == 0) static_cast<void>(map.size());
      }
    }
  });
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(map.size(), static_cast<std::size_t>(keys - (keys + 2) / 3));
}

TEST(concurrent_map, of_many_that_insert_a_key_one_wins) {
  concurrent_map<int, int> map;
  std::atomic<int> wins = 0;
  in_threads(4, [&](int t) {
    for (int i = 0; i < 500; ++i) wins += map.try_emplace(i, t);
  });
  EXPECT_EQ(wins, 500);
}

TEST(concurrent_map, a_change_that_throws_leaves_no_key) {
  concurrent_map<int, int> map;
  const auto fail = [](int&) { throw std::runtime_error("no"); };
  EXPECT_THROW(map.update(1, fail), std::runtime_error);
  EXPECT_FALSE(map.contains(1));
  map.try_emplace(1, 7);
  EXPECT_THROW(map.update(1, fail), std::runtime_error);
  EXPECT_EQ(map.find(1), 7);
  map.insert_or_assign(1, 8);  // the lock is free again
  EXPECT_EQ(map.find(1), 8);
}

TEST(concurrent_map, insertion_has_the_strong_guarantee) {
  using map = concurrent_map<int, int, key_hash<int>, key_equal<int>,
                             failing_allocator<std::pair<const int, int>>>;
  map shared(2);
  for (int i = 0; i < 300; ++i) {
    for (std::size_t allowed = 0;; ++allowed) {
      ledger.until_failure = allowed;
      try {
        i % 2 == 0 ? shared.try_emplace(i, i) : shared.update(i, [&](int& value) { value = i; });
        ledger.until_failure = static_cast<std::size_t>(-1);
        break;
      } catch (const std::bad_alloc&) {
        ledger.until_failure = static_cast<std::size_t>(-1);
        ASSERT_EQ(shared.size(), static_cast<std::size_t>(i));
        ASSERT_FALSE(shared.contains(i));
      }
    }
  }
  for (int i = 0; i < 300; ++i) ASSERT_EQ(shared.find(i), i);
}

TEST(concurrent_map, its_shards_use_its_allocator) {
  std::pmr::monotonic_buffer_resource arena(1 << 20);
  using alloc = std::pmr::polymorphic_allocator<std::pair<const int, int>>;
  concurrent_map<int, int, key_hash<int>, key_equal<int>, alloc> map(8, &arena);
  std::pmr::set_default_resource(std::pmr::null_memory_resource());
  for (int i = 0; i < 1000; ++i) map.try_emplace(i, i);
  std::pmr::set_default_resource(nullptr);
  EXPECT_EQ(map.size(), 1000U);
}

TEST(linearizable, the_search_knows_right_from_wrong) {
  const observed put{action::put, 7, 1, 1, 2};
  EXPECT_TRUE(is_linearizable({put, {action::find, 0, 7, 3, 4}}));
  EXPECT_FALSE(is_linearizable({put, {action::find, 0, std::nullopt, 3, 4}})) << "a stale read";
  EXPECT_TRUE(is_linearizable({{action::put, 7, 1, 1, 4}, {action::find, 0, std::nullopt, 2, 3}}));
  EXPECT_FALSE(is_linearizable({{action::add_one, 0, 1, 1, 3}, {action::add_one, 0, 1, 2, 4}}))
      << "both cannot be first";
  EXPECT_FALSE(is_linearizable(
      {{action::add_one, 0, 1, 1, 3}, {action::add_one, 0, 0, 2, 4}, {action::find, 0, 1, 5, 6}}))
      << "a lost update";
  EXPECT_FALSE(is_linearizable(
      {put, {action::find, 0, 7, 3, 10}, {action::erase, 0, 1, 4, 5}, {action::find, 0, 7, 6, 7}}))
      << "a value that comes back";
}

// Three threads, four operations each, on two keys of one shard; every history must fit one order.
TEST(concurrent_map, small_histories_are_linearizable) {
  constexpr int threads = 3;
  constexpr int operations = 4;
  constexpr int histories = 400;
  std::atomic<std::uint64_t> clock = 0;
  std::unique_ptr<concurrent_map<int, int>> map;
  std::vector<observed> seen[threads][2];
  const auto run_one = [&](int t, std::mt19937& draw) {
    for (int i = 0; i < operations; ++i) {
      const int key = static_cast<int>(draw() % 2);
      observed o{static_cast<action>(draw() % 4), static_cast<int>(draw() % 100), {}, ++clock, 0};
      switch (o.what) {
        case action::find:
          o.result = map->find(key);
          break;
        case action::put:
          o.result = map->insert_or_assign(key, o.argument);
          break;
        case action::add_one:
          o.result = map->update(key, slow_add);
          break;
        case action::erase:
          o.result = map->erase(key);
      }
      o.returned = ++clock;
      seen[t][key].push_back(o);
    }
  };
  int wrong = 0;
  std::barrier together(threads);
  in_threads(threads, [&](int t) {
    std::mt19937 draw(static_cast<unsigned>(100 + t));
    for (int h = 0; h < histories; ++h) {
      if (t == 0) map = std::make_unique<concurrent_map<int, int>>(1);
      together.arrive_and_wait();
      run_one(t, draw);
      together.arrive_and_wait();
      if (t != 0) continue;
      for (int key = 0; key < 2; ++key) {
        std::vector<observed> history;
        for (auto& of_thread : seen) {
          history.insert(history.end(), of_thread[key].begin(), of_thread[key].end());
          of_thread[key].clear();
        }
        wrong += !is_linearizable(history);
      }
    }
  });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace crosstie::test
