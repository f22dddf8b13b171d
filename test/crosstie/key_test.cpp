// What may be a key, and how keys and their views hash and compare.
#include <gtest/gtest.h>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/key.hpp>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>

namespace crosstie {
namespace {

enum class color : std::uint8_t { red, green };
struct pair_of_numbers {
  std::uint32_t row, column;
};
struct names {
  std::string node, pod;
};
struct padded {
  std::uint8_t small;
  std::uint64_t large;
};
struct nested {
  names who;
  std::optional<std::uint32_t> zone;
  std::array<std::uint16_t, 2> ports;
  color shade;
};
struct eight_fields {
  int a, b, c, d, e, f, g, h;
};
struct nine_fields {
  int a, b, c, d, e, f, g, h, i;
};
struct no_fields {};
class opaque {
 public:
  explicit opaque(int value) : value_(value) {}
  [[nodiscard]] int value() const { return value_; }
  friend bool operator==(const opaque&, const opaque&) = default;

 private:
  int value_;
};
class incomparable {
 public:
  explicit incomparable(int value) : value_(value) {}
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

static_assert(field_count<pair_of_numbers> == 2);
static_assert(field_count<nested> == 4);
static_assert(field_count<eight_fields> == 8);
static_assert(field_count<no_fields> == 0);
static_assert(field_count<std::tuple<int, char, int>> == 3);
static_assert(!has_fields<nine_fields> && !has_fields<int> && !has_fields<opaque>);

static_assert(composite_key<int> && composite_key<color> && composite_key<bool>);
static_assert(composite_key<std::string> && composite_key<std::string_view>);
static_assert(composite_key<nested> && composite_key<eight_fields> && composite_key<no_fields>);
static_assert(composite_key<std::pair<int, std::string>> && composite_key<int*>);
static_assert(composite_key<exact_float<double>> && composite_key<std::filesystem::path>);
static_assert(key_fault_of<const char*> == key_fault::character_pointer);
static_assert(key_fault_of<std::pair<int, char*>> == key_fault::character_pointer);
static_assert(key_fault_of<double> == key_fault::floating_point);
static_assert(key_fault_of<std::optional<float>> == key_fault::floating_point);
static_assert(key_fault_of<incomparable> == key_fault::no_equality);
static_assert(key_fault_of<nine_fields> == key_fault::no_equality);
static_assert(key_fault_of<opaque> == key_fault::not_hashable);

static_assert(view_of<std::pair<std::string_view, const char*>, names>);
static_assert(view_of<std::tuple<int, short>, pair_of_numbers>);
static_assert(!view_of<std::tuple<int>, pair_of_numbers>);
static_assert(!view_of<std::tuple<int, int>, names>);
static_assert(!view_of<int, color>);

template <class Key, class View>
void expect_alike(const Key& key, const View& view) {
  EXPECT_EQ(key_hash<Key>{}(key, 42), key_hash<Key>{}(view, 42));
  EXPECT_TRUE(key_equal<Key>{}(key, view));
}

TEST(key, views_hash_and_compare_like_the_key) {
  const names key{"node-1", "pod-1"};
  expect_alike(key, std::tuple<std::string_view, std::string_view>("node-1", "pod-1"));
  expect_alike(key, std::pair<const char*, std::string>("node-1", "pod-1"));
  const pair_of_numbers numbers{7, 4'000'000'000U};
  expect_alike(numbers, std::tuple<std::int64_t, std::uint64_t>(7, 4'000'000'000U));
  const nested whole{key, 3, {1, 2}, color::green};
  expect_alike(whole, std::tuple(std::pair("node-1", "pod-1"), std::optional<std::uint32_t>(3),
                                 std::array<std::uint16_t, 2>{1, 2}, color::green));
}

TEST(key, a_view_of_another_value_is_not_equal) {
  EXPECT_FALSE(key_equal<std::uint32_t>{}(4'294'967'295U, -1));
  EXPECT_FALSE(key_equal<std::uint8_t>{}(std::uint8_t{1}, 257));
  EXPECT_FALSE(key_equal<bool>{}(true, 2));
  EXPECT_FALSE((key_equal<names>{}(names{"a", "bc"}, std::pair("ab", "c"))));
  EXPECT_FALSE((key_equal<std::optional<int>>{}(std::nullopt, std::optional<int>(0))));
}

TEST(key, numbers_side_by_side_compare_field_by_field) {
  using wide = std::pair<std::uint32_t, std::uint32_t>;
  const auto same = []<class Key>(const Key& a, const auto& b) { return key_equal<Key>{}(a, b); };
  EXPECT_TRUE(same(wide(7, 4'000'000'000U), wide(7, 4'000'000'000U)));
  EXPECT_FALSE(same(wide(7, 4'000'000'000U), wide(7, 4'000'000'001U)));
  EXPECT_FALSE(same(wide(7, 4'000'000'000U), wide(8, 4'000'000'000U)));
  EXPECT_FALSE(same(wide(256, 0), wide(0, 1)));
  const std::tuple<std::int16_t, std::int8_t, std::uint8_t> small(-1, 0, 0);
  EXPECT_TRUE(same(small, std::tuple<std::int16_t, std::int8_t, std::uint8_t>(-1, 0, 0)));
  EXPECT_FALSE(same(small, std::tuple<std::int16_t, std::int8_t, std::uint8_t>(-1, -1, 0)));
  EXPECT_FALSE(same(small, std::tuple<std::int16_t, std::int8_t, std::uint8_t>(0xff, 0, 0)));
}

TEST(key, every_field_counts) {
  const key_hash<nested> hash;
  const nested base{{"n", "p"}, 3, {1, 2}, color::green};
  std::unordered_set<std::uint64_t> seen{hash(base, 1)};
  for (const nested& other :
       {nested{{"m", "p"}, 3, {1, 2}, color::green}, nested{{"n", "q"}, 3, {1, 2}, color::green},
        nested{{"n", "p"}, 4, {1, 2}, color::green},
        nested{{"n", "p"}, std::nullopt, {1, 2}, color::green},
        nested{{"n", "p"}, 3, {2, 1}, color::green}, nested{{"n", "p"}, 3, {1, 2}, color::red}}) {
    EXPECT_TRUE(seen.insert(hash(other, 1)).second);
    EXPECT_FALSE(key_equal<nested>{}(base, other));
  }
}

TEST(key, texts_keep_their_borders) {
  const key_hash<names> hash;
  EXPECT_NE(hash(names{"ab", "c"}, 1), hash(names{"a", "bc"}, 1));
  EXPECT_NE(hash(names{"", "abc"}, 1), hash(names{"abc", ""}, 1));
}

TEST(key, padding_does_not_count) {
  padded a;
  padded b;
  std::memset(&a, 0x00, sizeof a);
  std::memset(&b, 0xff, sizeof b);
  a.small = b.small = 1;
  a.large = b.large = 2;
  EXPECT_EQ(key_hash<padded>{}(a, 9), key_hash<padded>{}(b, 9));
  EXPECT_TRUE(key_equal<padded>{}(a, b));
}

TEST(key, exact_float_compares_bits) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  flat_set<exact_float<double>> set;
  EXPECT_TRUE(set.insert(exact_float{nan}).second);
  EXPECT_FALSE(set.insert(exact_float{nan}).second);
  EXPECT_TRUE(set.insert(exact_float{0.0}).second);
  EXPECT_TRUE(set.insert(exact_float{-0.0}).second);
}

TEST(hash, a_grid_of_a_million_cells_has_no_collision) {
  std::unordered_set<std::uint64_t> seen;
  const key_hash<pair_of_numbers> hash;
  for (std::uint32_t r = 0; r < 1000; ++r) {
    for (std::uint32_t c = 0; c < 1000; ++c) seen.insert(hash(pair_of_numbers{r, c}, 12345));
  }
  EXPECT_EQ(seen.size(), 1'000'000U);
}

// Each input bit flips each output bit about half of the time: neither the bits that choose the
// group nor those of the tag may depend on a part of the key only.
TEST(hash, input_bits_reach_all_output_bits) {
  const key_hash<pair_of_numbers> hash;
  constexpr int trials = 400;
  for (unsigned in = 0; in < 64; ++in) {
    std::array<int, 64> flips{};
    for (std::uint32_t t = 0; t < trials; ++t) {
      const pair_of_numbers key{t * 2654435761U, t * 40503U};
      pair_of_numbers other = key;
      (in < 32 ? other.row : other.column) ^= 1U << (in % 32);
      const std::uint64_t changed = hash(key, t) ^ hash(other, t);
      for (unsigned out = 0; out < 64; ++out) flips[out] += static_cast<int>(changed >> out & 1);
    }
    for (unsigned out = 0; out < 64; ++out) {
      EXPECT_GT(flips[out], trials / 5) << "input bit " << in << ", output bit " << out;
      EXPECT_LT(flips[out], trials * 4 / 5) << "input bit " << in << ", output bit " << out;
    }
  }
}

TEST(hash, text_of_every_length_hashes_each_byte) {
  // Of one character, lengths are all that differs.
  std::unordered_set<std::uint64_t> lengths;
  for (std::size_t length = 0; length <= 70; ++length) {
    EXPECT_TRUE(lengths.insert(detail::fold_bytes(1, std::string(length, 'a'))).second) << length;
  }
  for (std::size_t length = 1; length <= 70; ++length) {
    std::string text(length, 'a');
    std::unordered_set<std::uint64_t> seen{detail::fold_bytes(1, text)};
    for (char& byte : text) {
      byte = 'b';
      EXPECT_TRUE(seen.insert(detail::fold_bytes(1, text)).second) << length;
      byte = 'a';
    }
    EXPECT_TRUE(seen.insert(detail::fold_bytes(1, text + '\0')).second) << length;
  }
}

TEST(hash, seeds_change_hashes) {
  EXPECT_NE(key_hash<int>{}(1, 1), key_hash<int>{}(1, 2));
  const flat_set<int> a;
  const flat_set<int> b;
  EXPECT_NE(a.hash(1), b.hash(1));
}

struct upper_case {
  std::string text;
  friend bool operator==(const upper_case& a, const upper_case& b) {
    return a.text.size() == b.text.size();
  }
};

}  // namespace

template <>
struct custom_hash<upper_case> {
  std::uint64_t operator()(const upper_case& value, std::uint64_t seed) const noexcept {
    return detail::fold(value.text.size() ^ seed, detail::mix_a);
  }
};

namespace {

TEST(key, custom_hash_is_used_with_the_types_own_equality) {
  flat_set<upper_case> set;
  EXPECT_TRUE(set.insert(upper_case{"abc"}).second);
  EXPECT_FALSE(set.insert(upper_case{"xyz"}).second);
  EXPECT_TRUE(set.insert(upper_case{"four"}).second);
}

struct opaque_hash {
  std::size_t operator()(const opaque& key) const noexcept {
    return static_cast<std::size_t>(key.value());
  }
};

TEST(key, a_hash_of_your_own_takes_any_type_with_equality) {
  flat_set<opaque, opaque_hash, std::equal_to<>> set;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(set.insert(opaque(i * 4096)).second);
  EXPECT_TRUE(set.contains(opaque(4096)));
  EXPECT_FALSE(set.contains(opaque(1)));
  EXPECT_LT(set.stats().mean_probe, 1.5) << "a weak hash must be mixed";
}

TEST(key, std_hash_is_used_where_nothing_else_fits) {
  flat_set<std::filesystem::path> set;
  set.insert("/a/b");
  EXPECT_TRUE(set.contains(std::filesystem::path("/a/b")));
}

}  // namespace
}  // namespace crosstie
