// What may be a key, and how keys and their views hash and compare.
#include <gtest/gtest.h>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/key.hpp>
#include <crosstie/lru_map.hpp>
#include <crosstie/steady_map.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
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
  const std::pair<std::optional<std::string>, std::array<std::string, 2>> texts{"a", {"b", "c"}};
  using views = std::pair<std::optional<std::string_view>, std::array<std::string_view, 2>>;
  expect_alike(texts, views{"a", {"b", "c"}});
  flat_set<std::pair<std::optional<std::string>, std::array<std::string, 2>>> set;
  EXPECT_TRUE(set.insert(views{"a", {"b", "c"}}).second);
  EXPECT_TRUE(set.insert(views{std::nullopt, {"b", "c"}}).second);
  EXPECT_TRUE(set.contains(texts));
}

// std compares these with the operator== of their parts, which plain aggregates have not.
TEST(key, parts_without_equality_are_compared_field_by_field) {
  const names a{"n", "p"};
  const names b{"n", "q"};
  const auto tells_apart = []<class Key>(const Key& x, const Key& y) {
    flat_set<Key> set;
    return set.insert(x).second && !set.insert(x).second && set.insert(y).second;
  };
  EXPECT_TRUE(tells_apart(std::pair(a, 1), std::pair(b, 1)));
  EXPECT_TRUE(tells_apart(std::tuple(1, a), std::tuple(1, b)));
  EXPECT_TRUE(tells_apart(std::array{a, a}, std::array{a, b}));
  EXPECT_TRUE(tells_apart(std::optional(a), std::optional(b)));
}

// As where std::set takes an integer of another type: what is put in by a number is found by it.
TEST(key, an_integer_counts_as_what_it_is_converted_to) {
  expect_alike(std::uint32_t{4'294'967'295}, -1);
  expect_alike(std::uint8_t{44}, 300);
  expect_alike(true, 2);
  EXPECT_FALSE(key_equal<std::uint8_t>{}(std::uint8_t{1}, 256));
  flat_map<unsigned, int> map{{7, 1}};  // of two: one alone is found without its hash
  map[-1] = 1;
  map[-1] = 2;
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.at(4'294'967'295U), 2);
  flat_set<std::pair<std::uint16_t, std::uint16_t>> ports;
  const int port = 70'000;
  EXPECT_TRUE(ports.insert(1, 1).second);
  EXPECT_TRUE(ports.insert(port, 1).second);
  EXPECT_FALSE(ports.insert(port, 1).second);
  EXPECT_TRUE(ports.contains(port, 1));
}

TEST(key, a_view_of_another_value_is_not_equal) {
  EXPECT_FALSE(key_equal<std::uint32_t>{}(4'294'967'295U, -2));
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
  EXPECT_TRUE(set.insert(exact_float{0.0}).second);
  EXPECT_TRUE(set.insert(exact_float{-0.0}).second);
  EXPECT_FALSE(set.insert(exact_float{nan}).second);
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

// A table must not get the seed of one whose elements it may be given in the order of their hashes,
// where they would pile up: not if that one lay here and was moved, swapped or copied away.
TEST(hash, a_seed_that_went_with_its_elements_is_not_given_again) {
  flat_set<int> kept;
  std::unordered_set<std::uint64_t> hashes{kept.hash(1).value};
  for (int i = 0; i < 30; ++i) {
    flat_set<int> same_place;
    same_place.insert(1);
    EXPECT_TRUE(hashes.insert(same_place.hash(1).value).second) << i;
    if (i % 3 == 0) {
      kept = std::move(same_place);
    } else if (i % 3 == 1) {
      kept = same_place;
    } else {
      kept.swap(same_place);
    }
  }
}

// "Keep only some of them": what is put back comes in the order of the hashes that it once had.
TEST(hash, a_table_that_was_moved_from_gets_another_seed) {
  flat_set<int> set{1, 2};
  const hash_code before = set.hash(1);
  flat_set<int> moved = std::move(set);
  EXPECT_EQ(moved.hash(1), before);
  EXPECT_NE(set.hash(1), before);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(moved.count(1), 1U);
  set = std::move(moved);
  EXPECT_EQ(set.hash(1), before);
  EXPECT_NE(moved.hash(1), before);  // NOLINT(bugprone-use-after-move)
  flat_set<int> again(std::move(set), std::allocator<int>());
  EXPECT_NE(set.hash(1), again.hash(1));  // NOLINT(bugprone-use-after-move)
}

TEST(key, times_are_keys) {
  using std::chrono::seconds;
  const std::chrono::sys_time<seconds> noon{seconds{12 * 3600}};
  flat_set<std::pair<seconds, std::chrono::sys_time<seconds>>> set;
  EXPECT_TRUE(set.insert(std::pair(seconds{1}, noon)).second);
  EXPECT_TRUE(set.insert(std::pair(seconds{2}, noon)).second);
  EXPECT_TRUE(set.insert(std::pair(seconds{1}, noon + seconds{1})).second);
  EXPECT_FALSE(set.insert(std::pair(seconds{1}, noon)).second);
  static_assert(!composite_key<std::chrono::duration<double>>);
}

// Texts whose first or last 8 bytes make a factor 0, or whose factors change places, if a factor
// were known to whoever chooses texts.
TEST(hash, texts_cannot_be_made_to_collide_without_the_seed) {
  const auto bytes = [](std::uint64_t word) {
    std::string text(sizeof word, ' ');
    std::memcpy(text.data(), &word, sizeof word);
    return text;
  };
  constexpr std::uint64_t secret = 0x243f6a8885a308d3;
  for (const std::uint64_t known :
       {std::uint64_t{0}, detail::mix_a, detail::mix_b, -detail::mix_a, -detail::mix_b}) {
    for (const std::size_t before : {0U, 16U, 40U}) {
      std::unordered_set<std::uint64_t> hashes;
      for (std::uint64_t i = 1; i <= 500; ++i) {
        const std::string start(before, 'x');
        hashes.insert(detail::fold_bytes(secret, start + bytes(known) + bytes(i)));
        hashes.insert(detail::fold_bytes(secret, start + bytes(i) + bytes(known)));
        hashes.insert(detail::fold_bytes(secret, start + bytes(known ^ i) + bytes(i << 32)));
        hashes.insert(detail::fold_bytes(secret, start + bytes(i << 32 ^ known) + bytes(i)));
      }
      EXPECT_EQ(hashes.size(), 2'000U) << known << ' ' << before;
    }
  }
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
    seeds.insert(seed);
    return detail::fold(value.text.size() ^ seed, detail::mix_a);
  }
  static inline std::unordered_set<std::uint64_t> seeds;
};

namespace {

TEST(key, custom_hash_is_used_with_the_types_own_equality) {
  flat_set<upper_case> set;
  EXPECT_TRUE(set.insert(upper_case{"abc"}).second);
  EXPECT_TRUE(set.insert(upper_case{"four"}).second);
  EXPECT_FALSE(set.insert(upper_case{"xyz"}).second);
}

TEST(key, custom_hash_gets_the_seed_of_the_table) {
  custom_hash<upper_case>::seeds.clear();
  std::array<flat_set<upper_case>, 5> sets;
  for (flat_set<upper_case>& set : sets) set.insert(upper_case{"abc"});
  EXPECT_EQ(custom_hash<upper_case>::seeds.size(), 5U);
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

// Equal where the ids are; what is remembered does not count.
struct cached {
  int id, remembered;
  friend bool operator==(const cached& a, const cached& b) { return a.id == b.id; }
};
// The same, with a hash of crosstie's own that promises nothing and returns another type.
struct cached_too {
  int id, remembered;
  friend bool operator==(const cached_too& a, const cached_too& b) { return a.id == b.id; }
};
// Text, but equal whatever its case.
class caseless {
 public:
  explicit caseless(std::string_view text) : text_(text) {}
  operator std::string_view() const noexcept { return text_; }  // NOLINT
  [[nodiscard]] std::string lower() const {
    std::string result(text_);
    for (char& c : result) c = static_cast<char>(c | 0x20);
    return result;
  }
  friend bool operator==(const caseless& a, const caseless& b) { return a.lower() == b.lower(); }

 private:
  std::string text_;
};
// Cannot be hashed where it is negative.
struct fragile {
  int value;
  friend bool operator==(const fragile&, const fragile&) = default;
};

}  // namespace

template <>
struct custom_hash<cached_too> {
  unsigned long long operator()(const cached_too& of, std::uint64_t seed) const {
    return detail::fold(static_cast<std::uint64_t>(of.id) ^ seed, detail::mix_a);
  }
};

}  // namespace crosstie

template <>
struct std::hash<crosstie::cached> {
  std::size_t operator()(const crosstie::cached& of) const noexcept {
    return static_cast<std::size_t>(of.id);
  }
};
template <>
struct std::hash<crosstie::caseless> {
  std::size_t operator()(const crosstie::caseless& of) const {
    return std::hash<std::string>()(of.lower());
  }
};
template <>
struct std::hash<crosstie::fragile> {
  std::size_t operator()(const crosstie::fragile& of) const {
    if (of.value < 0) throw std::runtime_error("negative");
    return static_cast<std::size_t>(of.value);
  }
};

namespace crosstie {
namespace {

TEST(key, a_hash_of_the_types_own_is_taken_with_its_own_equality) {
  flat_set<cached> ids;
  flat_set<cached_too> more;
  for (int i = 0; i < 100; ++i) {
    ids.insert(cached{i % 10, i});
    more.insert(cached_too{i % 10, i});
  }
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(more.size(), 10U);
  flat_set<std::pair<caseless, int>> texts;  // of two: one alone is found without its hash
  EXPECT_TRUE(texts.insert(std::pair(caseless("foo"), 1)).second);
  EXPECT_TRUE(texts.insert(std::pair(caseless("bar"), 1)).second);
  EXPECT_FALSE(texts.insert(std::pair(caseless("FOO"), 1)).second);
}

TEST(key, a_hash_that_throws_leaves_the_table_as_it_was) {
  flat_set<fragile> set;
  for (int i = 0; i < 10; ++i) set.insert(fragile{i});
  EXPECT_THROW(set.insert(fragile{-1}), std::runtime_error);
  EXPECT_THROW(static_cast<void>(set.contains(fragile{-1})), std::runtime_error);
  EXPECT_EQ(set.size(), 10U);
  steady_map<fragile, int> steady;
  interner<fragile> values;
  lru_map<fragile, int> recent(5);
  for (int i = 0; i < 10; ++i) {
    steady.try_emplace(fragile{i}, i);
    values.intern(fragile{i});
    recent.try_emplace(fragile{i}, i);
  }
  EXPECT_THROW(steady.try_emplace(fragile{-1}, 1), std::runtime_error);
  EXPECT_THROW(static_cast<void>(steady.contains(fragile{-1})), std::runtime_error);
  EXPECT_THROW(values.intern(fragile{-1}), std::runtime_error);
  EXPECT_THROW(static_cast<void>(values.find(fragile{-1})), std::runtime_error);
  EXPECT_THROW(recent.try_emplace(fragile{-1}, 1), std::runtime_error);
  EXPECT_EQ(steady.size() + values.size() + recent.size(), 25U);
  static_assert(noexcept(key_hash<std::string>{}(std::string(), 0)));
  static_assert(!noexcept(key_hash<fragile>{}(fragile{0}, 0)));
}

}  // namespace
}  // namespace crosstie
