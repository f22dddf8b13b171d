// How keys are given to every map: moved in, in braces, or as what converts to one.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "crosstie/binding.hpp"

namespace crosstie::test {
namespace {

// A key that counts its copies.
struct counted_key {
  int number = 0;
  int* copies = nullptr;
  counted_key(int n, int& c) : number(n), copies(&c) {}
  counted_key(const counted_key& other) : number(other.number), copies(other.copies) { ++*copies; }
  counted_key(counted_key&&) noexcept = default;
  counted_key& operator=(const counted_key&) = default;
  counted_key& operator=(counted_key&&) noexcept = default;
  friend bool operator==(const counted_key& a, const counted_key& b) {
    return a.number == b.number;
  }
};

}  // namespace
}  // namespace crosstie::test

template <>
struct crosstie::custom_hash<crosstie::test::counted_key> {
  std::uint64_t operator()(const crosstie::test::counted_key& key,
                           std::uint64_t seed) const noexcept {
    return crosstie::key_hash<int>{}(key.number, seed);
  }
};

namespace crosstie::test {
namespace {

TEST(given_keys, a_key_that_may_be_moved_in_is_not_copied) {
  int copies = 0;
  const auto key = [&](int number) { return counted_key(number, copies); };
  steady_map<counted_key, int> steady;
  lru_map<counted_key, int> recent(3);
  lru_rows<int, counted_key, int> rows(3);
  concurrent_map<counted_key, int> shared(1);
  interner<counted_key> values;
  for (int i = 0; i < 3000; ++i) {
    steady.try_emplace(key(3 * i), 1);
    steady.insert_or_assign(key(3 * i + 1), 1);
    steady[key(3 * i + 2)] = 1;
    recent.try_emplace(key(3 * i), 1);
    recent.insert_or_assign(key(3 * i + 1), 1);
    recent.emplace(key(3 * i + 2), [](const auto&) noexcept {}, 1);
    rows.try_emplace(1, key(i), 1);
    rows.insert_or_assign(2, key(i), 1);
    shared.try_emplace(key(3 * i), 1);
    shared.insert_or_assign(key(3 * i + 1), 1);
    shared.update(key(3 * i + 2), [](int& n) { ++n; });
    values.intern(key(i));
  }
  EXPECT_EQ(recent.pop_oldest()->first.number, 8997);
  EXPECT_EQ(copies, 0);
  const counted_key kept = key(-1);
  steady.try_emplace(kept, 1);
  recent.try_emplace(kept, 1);
  shared.try_emplace(kept, 1);
  values.intern(kept);
  EXPECT_EQ(copies, 4);
  EXPECT_EQ(steady.size(), 9001U);
  EXPECT_EQ(shared.size(), 9001U);
  EXPECT_EQ(values.size(), 3001U);
}

TEST(given_keys, a_key_that_is_there_already_is_not_taken) {
  const auto expect_kept = [](auto&& try_again) {
    std::string key(60, 'k');
    try_again(std::string(key));
    try_again(std::move(key));
    EXPECT_EQ(key.size(), 60U);  // NOLINT(bugprone-use-after-move)
  };
  steady_map<std::string, int> steady;
  lru_map<std::string, int> recent(3);
  concurrent_map<std::string, int> shared(1);
  interner<std::pair<std::string, int>> values;
  expect_kept([&](std::string&& key) { steady.insert_or_assign(std::move(key), 1); });
  expect_kept([&](std::string&& key) { recent.insert_or_assign(std::move(key), 1); });
  expect_kept([&](std::string&& key) { shared.insert_or_assign(std::move(key), 1); });
  std::pair<std::string, int> value(std::string(60, 'v'), 1);
  values.intern(value);
  values.intern(std::move(value));
  EXPECT_EQ(value.first.size(), 60U);  // NOLINT(bugprone-use-after-move)
}

TEST(given_keys, keys_may_only_move) {
  steady_map<std::unique_ptr<int>, int> steady;
  lru_map<std::unique_ptr<int>, int> recent(1);
  concurrent_map<std::unique_ptr<int>, int> shared(1);
  for (int i = 0; i < 1000; ++i) {
    steady.try_emplace(std::make_unique<int>(i), i);
    recent.try_emplace(std::make_unique<int>(i), i);
    shared.try_emplace(std::make_unique<int>(i), i);
  }
  EXPECT_EQ(steady.size(), 1000U);
  EXPECT_EQ(*recent.pop_oldest()->first, 999);
  EXPECT_EQ(shared.size(), 1000U);
  EXPECT_EQ(shared.erase_if([](const auto& element) { return *element.first < 10; }), 10U);
}

// Where a key is what something converts to, every map takes it, as a flat_map and those of std do.
TEST(given_keys, what_converts_to_a_key_is_taken_for_it) {
  using key = std::variant<int, std::string>;
  flat_map<key, int> flat;
  EXPECT_TRUE(flat.try_emplace(3, 1).second);
  steady_map<key, int> steady;
  EXPECT_TRUE(steady.try_emplace(3, 1).second);
  EXPECT_FALSE(steady.insert_or_assign(3, 2).second);
  steady[3] += 1;
  EXPECT_EQ(steady.at(3), 3);
  lru_map<key, int> recent(2);
  EXPECT_TRUE(recent.try_emplace(3, 1).second);
  EXPECT_FALSE(recent.insert_or_assign(3, 2).second);
  EXPECT_FALSE(recent.emplace(3, [](const auto&) noexcept {}, 1).second);
  EXPECT_EQ(*recent.find(3), 2);
  EXPECT_TRUE(recent.contains(3));
  EXPECT_EQ(recent.erase(3), 1U);
  interner<key> values;
  EXPECT_EQ(values.intern(3), values.intern(key(3)));
  // A hash of one's own knows the key alone.
  struct by_length {
    std::size_t operator()(const std::string& text) const noexcept { return text.size(); }
  };
  concurrent_map<std::string, int, by_length, std::equal_to<std::string>> shared(1);
  EXPECT_TRUE(shared.try_emplace("x", 1));
  EXPECT_TRUE(shared.try_emplace("y", 1));
  EXPECT_FALSE(shared.insert_or_assign("x", 2));
  EXPECT_FALSE(shared.update("x", [](int& n) { ++n; }));
  EXPECT_TRUE(shared.update_existing("x", [](int& n) { ++n; }));
  EXPECT_TRUE(shared.visit("x", [](int n) { EXPECT_EQ(n, 4); }));
  EXPECT_EQ(shared.find("x"), 4);
  EXPECT_TRUE(shared.contains("x"));
  EXPECT_FALSE(shared.erase_key_if("x", [](int n) { return n == 5; }));
  EXPECT_EQ(shared.extract("x"), 4);
  EXPECT_TRUE(shared.erase("y"));
}

TEST(given_keys, keys_are_given_in_braces) {
  steady_map<binding, int> steady;
  EXPECT_TRUE(steady.try_emplace({"n", "p"}, 1).second);
  EXPECT_FALSE(steady.insert_or_assign({"n", "p"}, 2).second);
  steady[{"n", "q"}] = 3;
  EXPECT_EQ(steady.size(), 2U);
  lru_map<binding, int> recent(2);
  EXPECT_TRUE(recent.try_emplace({"n", "p"}, 1).second);
  EXPECT_FALSE(recent.insert_or_assign({"n", "p"}, 2).second);
  EXPECT_TRUE(recent.emplace({"n", "q"}, [](const auto&) noexcept {}, 3).second);
  concurrent_map<binding, int> shared(1);
  const auto add_one = [](int& n) { ++n; };
  EXPECT_TRUE(shared.try_emplace({"n", "p"}, 1));
  EXPECT_FALSE(shared.insert_or_assign({"n", "p"}, 2));
  EXPECT_FALSE(shared.update({"n", "p"}, add_one));
  EXPECT_TRUE(shared.update_existing({"n", "p"}, add_one));
  EXPECT_TRUE(shared.visit({"n", "p"}, [](int n) { EXPECT_EQ(n, 4); }));
  EXPECT_EQ(shared.find({"n", "p"}), 4);
  EXPECT_TRUE(shared.contains({"n", "p"}));
  EXPECT_TRUE(shared.erase_key_if({"n", "p"}, [](int n) { return n == 4; }));
  EXPECT_FALSE(shared.erase({"n", "p"}));
  EXPECT_EQ(shared.extract({"n", "p"}), std::nullopt);
  lru_rows<binding, binding, int> rows(1);
  EXPECT_TRUE(rows.try_emplace({"n", "p"}, {"q", "r"}, 1).second);
  interner<binding> values;
  EXPECT_EQ(values.intern({"n", "p"}), values.intern(std::tuple{"n", "p"}));
}

}  // namespace
}  // namespace crosstie::test
