// lru_map and lru_rows: against their twins, and where memory runs out.
#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/lru_twins.hpp"

namespace crosstie::test {
namespace {

TEST(lru_map, agrees_with_its_twin) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    random_choices choices(seed, 1500);
    run_lru_map(choices);
  }
}

TEST(lru_rows, agrees_with_its_twin) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    random_choices choices(seed, 1500);
    run_lru_rows(choices);
  }
}

TEST(lru_map, keys_may_be_given_in_braces) {
  lru_map<std::pair<std::string, std::string>, int> map(2);
  map.try_emplace({"n", "p"}, 1);
  map.try_emplace({"n", "q"}, 2);
  EXPECT_EQ(*map.find({"n", "p"}), 1);
  EXPECT_EQ(map.begin()->first.second, "p") << "a use";
  EXPECT_EQ(*map.peek({"n", "q"}), 2);
  EXPECT_TRUE(map.contains({"n", "q"}));
  EXPECT_EQ(map.begin()->first.second, "p") << "no use";
  EXPECT_EQ(map.erase({"n", "p"}), 1U);
}

TEST(lru_map, pointers_stay_valid_until_eviction) {
  lru_map<int, std::string> map(1000);
  std::string* const first = map.try_emplace(0, "zero").first;
  for (int i = 1; i < 1000; ++i) map.try_emplace(i, "other");
  const lru_map<int, std::string> moved = std::move(map);
  EXPECT_EQ(moved.peek(0), first);
  EXPECT_EQ(*first, "zero");
}

TEST(lru_map, an_element_may_be_inserted_while_it_is_evicted) {
  lru_map<std::string, std::string> map(1);
  const std::string long_text(60, 'x');
  const auto [value, added] = map.try_emplace(long_text, long_text);
  const auto [second, second_added] = map.try_emplace(*value + "y", *value);  // evicts its source
  EXPECT_TRUE(added && second_added);
  EXPECT_EQ(*second, long_text);
}

TEST(lru_map, capacity_zero_keeps_nothing) {
  lru_map<int, int> map(0);
  EXPECT_EQ(map.try_emplace(1, 1).first, nullptr);
  EXPECT_EQ(map.insert_or_assign(1, 1).first, nullptr);
  EXPECT_TRUE(map.empty());
}

TEST(lru_map, holds_values_that_only_move) {
  lru_map<std::string, std::unique_ptr<int>> map(2);
  for (int i = 0; i < 5; ++i) map.insert_or_assign(std::to_string(i), std::make_unique<int>(i));
  EXPECT_FALSE(map.contains("2"));
  EXPECT_EQ(**map.find("3"), 3);
  EXPECT_EQ(*map.pop_oldest()->second, 4);
}

TEST(lru_map, is_iterated_in_order_of_use) {
  using map = lru_map<int, int>;
  static_assert(std::ranges::forward_range<map>);
  map recent(3);
  for (int i = 0; i < 5; ++i) recent.try_emplace(i, 10 * i);
  static_cast<void>(recent.find(2));
  const std::vector<std::pair<int, int>> seen(recent.begin(), recent.end());
  EXPECT_EQ(seen, (std::vector<std::pair<int, int>>{{2, 20}, {4, 40}, {3, 30}}));
  EXPECT_EQ(recent.begin()->first, 2);
}

TEST(lru_map, equal_maps_hold_equal_elements_in_one_order) {
  struct key {
    std::string row, column;
  };
  const auto filled = [](std::size_t capacity) {
    lru_map<key, int> map(capacity);
    for (int i = 0; i < 3; ++i) map.try_emplace(key{"r", std::to_string(i)}, i);
    return map;
  };
  lru_map<key, int> map = filled(3);
  EXPECT_EQ(map, filled(9));
  EXPECT_EQ(*map.find("r", "0"), 0);
  EXPECT_FALSE(map == filled(9)) << "another was used last";
  EXPECT_TRUE(map.find("r", "1") != nullptr && map.find("r", "2") != nullptr);
  EXPECT_EQ(map, filled(9));
  *map.find("r", "2") = 7;
  EXPECT_FALSE(map == filled(9));
  map.pop_oldest();
  EXPECT_FALSE(map == filled(9));
}

// Whatever allocation fails, an insertion leaves the map as it was, order of use included.
template <class Map, class Add, class Order>
void check_strong_guarantee(Add add, Order order) {
  {
    Map map(8);
    for (int i = 0; i < 60; ++i) {
      const auto before = order(map);
      for (std::size_t allowed = 0;; ++allowed) {
        ledger.until_failure = allowed;
        try {
          add(map, i);
          ledger.until_failure = static_cast<std::size_t>(-1);
          break;
        } catch (const std::bad_alloc&) {
          ledger.until_failure = static_cast<std::size_t>(-1);
          ASSERT_EQ(order(map), before);
        }
      }
    }
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(lru_map, insertion_has_the_strong_guarantee) {
  using key = std::string;
  using map = lru_map<key, int, failing_allocator<std::pair<const key, int>>>;
  check_strong_guarantee<map>([](map& m, int i) { m.try_emplace(std::to_string(i), i); },
                              [](const map& m) {
                                std::vector<int> order;
                                m.for_each([&](const key&, int value) { order.push_back(value); });
                                return order;
                              });
}

// Else a move that is noexcept would end the program where memory has run out.
TEST(lru_map, moving_takes_no_memory) {
  using map = lru_map<int, int, failing_allocator<std::pair<const int, int>>>;
  static_assert(std::is_nothrow_move_constructible_v<map>);
  map from(1000);
  for (int i = 0; i < 1000; ++i) from.try_emplace(i, i);
  ledger.until_failure = 0;
  map moved = std::move(from);
  map assigned(3);
  assigned = std::move(moved);
  const map empty(5);
  ledger.until_failure = static_cast<std::size_t>(-1);
  EXPECT_EQ(assigned.size(), 1000U);
  EXPECT_EQ(*assigned.find(7), 7);
  EXPECT_EQ(from.size(), 0U);  // NOLINT(bugprone-use-after-move)
  EXPECT_GE(assigned.memory_bytes(), ledger.live_bytes);
  from.try_emplace(1, 1);
  EXPECT_EQ(from.size(), 1U);
}

TEST(lru_rows, insertion_has_the_strong_guarantee) {
  using alloc = failing_allocator<std::pair<const std::pair<int, int>, int>>;
  using rows = lru_rows<int, int, int, alloc>;
  check_strong_guarantee<rows>([](rows& r, int i) { r.try_emplace(i % 20, i, i); },
                               [](const rows& r) {
                                 std::vector<int> order;
                                 for (int row = 0; row < 20; ++row) {
                                   order.push_back(-static_cast<int>(r.row_size(row)));
                                   r.for_each_in(row, [&](int, int v) { order.push_back(v); });
                                 }
                                 order.push_back(static_cast<int>(r.row_count()));
                                 return order;
                               });
}

}  // namespace
}  // namespace crosstie::test
