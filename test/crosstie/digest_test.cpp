// digest128, digester and digest_map: reference vectors, and what a collision does.
#include <gtest/gtest.h>
#include <crosstie/digest_map.hpp>
#include <crosstie/flat_set.hpp>

#include <cstring>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <tuple>

#include "crosstie/allocators.hpp"
#include "crosstie/choices.hpp"

namespace crosstie::test {
namespace {

constexpr digest128 counting_key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::string hex(digest128 digest) {
  std::string text;
  for (std::uint64_t word : {digest.low, digest.high}) {
    for (int i = 0; i < 8; ++i, word >>= 8) {
      constexpr char digits[] = "0123456789abcdef";
      text += digits[(word >> 4) & 15];
      text += digits[word & 15];
    }
  }
  return text;
}

// The first vectors of SipHash's reference code (vectors.h, vectors_sip128), whose input counts up.
TEST(digest, agrees_with_the_reference_vectors) {
  const digester digest(counting_key);
  std::string text;
  EXPECT_EQ(hex(digest(text)), "a3817f04ba25a8e66df67214c7550293");
  text += '\0';
  EXPECT_EQ(hex(digest(text)), "da87c1d86b99af44347659119b22fc45");
}

TEST(digest, every_byte_key_and_border_counts) {
  const digester digest(counting_key);
  flat_set<digest128> seen;
  std::string text(200, 'x');
  for (std::size_t length = 0; length <= text.size(); ++length) {
    EXPECT_TRUE(seen.insert(digest(std::string_view(text).substr(0, length))).second) << length;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    text[at] = 'y';
    EXPECT_TRUE(seen.insert(digest(text)).second) << at;
    text[at] = 'x';
  }
  EXPECT_NE(digest("ab", "c"), digest("a", "bc"));
  EXPECT_NE(digest("a", 1), digest("a", 2));
  EXPECT_EQ(digest("a", std::uint8_t{1}), digest(std::string("a"), 1L)) << "the width is no part";
  EXPECT_NE(digest("a"), digester(digest128{1, 2})("a"));
  EXPECT_EQ(digester()("a"), digester()("a")) << "one random key a process";
}

TEST(digest, numbers_count_by_value) {
  enum class zone : std::uint16_t { east = 7 };
  const digester digest(counting_key);
  EXPECT_EQ(digest(zone::east), digest(7));
  EXPECT_EQ(digest('\xff'), digest(255)) << "whether char is signed or not";
  EXPECT_EQ(digest(std::int8_t{-1}), digest(-1L));
}

TEST(digest_map, takes_enums_for_fields) {
  enum class zone : std::uint8_t { east, west };
  digest_map<int> trusting;
  EXPECT_TRUE(trusting.try_emplace(std::tuple("a", zone::east), 1).second);
  EXPECT_TRUE(trusting.contains("a", zone::east));
  EXPECT_FALSE(trusting.contains("a", zone::west));
  digest_map<int, digest_policy::keep_text> keeping;
  EXPECT_TRUE(keeping.try_emplace(zone::west, 1).second);
  EXPECT_TRUE(keeping.contains(zone::west));
  EXPECT_FALSE(keeping.contains(zone::east));
}

// A digester whose digests collide at will: all texts of one length are alike.
struct colliding_digester {
  template <class... Field>
  digest128 operator()(const Field&... field) const {
    return {(std::string_view(field).size() + ...), 0};
  }
};

TEST(digest_map, where_digests_are_trusted_a_collision_makes_one_key) {
  digest_map<int, digest_policy::trust, colliding_digester> map;
  EXPECT_TRUE(map.try_emplace("first", 1).second);
  EXPECT_FALSE(map.try_emplace("other", 2).second);
  EXPECT_EQ(*map.find_value("other"), 1);
  EXPECT_EQ(map.size(), 1U);
}

TEST(digest_map, where_texts_are_kept_a_collision_is_noticed) {
  digest_map<int, digest_policy::keep_text, colliding_digester> map;
  EXPECT_TRUE(map.try_emplace("first", 1).second);
  EXPECT_FALSE(map.contains("other"));
  EXPECT_TRUE(map.try_emplace("other", 2).second);
  EXPECT_TRUE(map.try_emplace("third", 3).second);
  EXPECT_EQ(map.collisions(), 2U);
  EXPECT_EQ(*map.find_value("other"), 2);
  EXPECT_FALSE(map.try_emplace("other", 4).second);
  EXPECT_EQ(map.erase("first"), 1U);
  EXPECT_FALSE(map.contains("first"));
  EXPECT_EQ(*map.find_value("other"), 2) << "outlives the key that took its digest";
  EXPECT_EQ(map.erase("other"), 1U);
  EXPECT_EQ(map.erase("other"), 0U);
  EXPECT_EQ(*map.find_value("third"), 3);
}

TEST(digest_map, its_elements_are_a_range) {
  using map_type = digest_map<int, digest_policy::keep_text, colliding_digester>;
  static_assert(std::ranges::forward_range<const map_type>);
  map_type map;
  EXPECT_EQ(map.begin(), map.end());
  for (int i = 1; i < 20; ++i) map.try_emplace(std::to_string(i), i);
  EXPECT_GT(map.collisions(), 0U);
  const auto values = [&] {
    std::multiset<int> found;
    for (const auto& [digest, value] : map) found.insert(value);
    return found;
  };
  std::multiset<int> visited;
  map.for_each([&](digest128, int value) { visited.insert(value); });
  EXPECT_EQ(values(), visited);
  EXPECT_EQ(values().size(), 19U);
  map.erase("1");  // the one that took the digest
  EXPECT_EQ(values().size(), 18U);
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::distance(map)), map.size());
  digest_map<std::string> trusting;
  trusting.try_emplace("a", "x");
  EXPECT_EQ((*trusting.begin()).second, "x");
}

template <class Map>
void check_against_twin(Map map, std::uint64_t seed) {
  random_choices choices(seed, 4000);
  std::map<std::pair<std::string, std::string>, int> twin;
  for (int next = 0; choices.more(); ++next) {
    const std::string row = choose_text(choices, 30);
    const std::string column = choose_text(choices, 10);
    const std::pair key(row, column);
    switch (choices.below(5)) {
      case 0:
      case 1:
        REQUIRE_THAT(map.try_emplace(std::tie(row, column), next).second ==
                     twin.try_emplace(key, next).second);
        break;
      case 2:
        REQUIRE_THAT(map.erase(row, column) == twin.erase(key));
        break;
      case 3: {
        const Map copy = map;
        map = copy;
        break;
      }
      default: {
        const int* found = map.find_value(row, column);
        const auto at = twin.find(key);
        REQUIRE_THAT((found != nullptr) == (at != twin.end()));
        REQUIRE_THAT(found == nullptr || *found == at->second);
      }
    }
    REQUIRE_THAT(map.size() == twin.size());
  }
}

TEST(digest_map, agrees_with_its_twin) {
  check_against_twin(digest_map<int>(), 1);
  check_against_twin(digest_map<int, digest_policy::keep_text>(), 2);
  check_against_twin(digest_map<int, digest_policy::keep_text, colliding_digester>(), 3);
}

template <class Map>
void check_values_and_equality() {
  Map map;
  EXPECT_TRUE(map.insert_or_assign("first", 1).second);
  EXPECT_FALSE(map.insert_or_assign("first", 2).second);
  map["first"] += 5;
  map["row", "column"] = 3;
  EXPECT_EQ(*map.find_value("first"), 7);
  EXPECT_EQ(*map.find_value(std::tuple{"row", "column"}), 3);
  Map other;
  other["row", "column"] = 3;
  EXPECT_FALSE(other == map);
  other["first"] = 7;
  EXPECT_EQ(other, map);
  other["first"] = 8;
  EXPECT_FALSE(other == map);
  other.erase("first");
  other["third"] = 7;
  EXPECT_FALSE(other == map);
}

TEST(digest_map, has_values_by_assignment_and_equality) {
  check_values_and_equality<digest_map<int>>();
  check_values_and_equality<digest_map<int, digest_policy::keep_text>>();
}

// Which of two keys has the digest and which is in the side table depends on who came first.
TEST(digest_map, equal_texts_are_equal_whichever_came_first) {
  using map = digest_map<int, digest_policy::keep_text, colliding_digester>;
  map a;
  map b;
  for (const std::string key : {"first", "other", "third"}) a[key] = key == "other" ? 1 : 2;
  for (const std::string key : {"third", "other", "first"}) b[key] = key == "other" ? 1 : 2;
  EXPECT_EQ(a, b);
  b["other"] = 0;
  EXPECT_FALSE(a == b);
  EXPECT_EQ(erase_if(a, [](digest128, int value) { return value != 1; }), 2U);
  EXPECT_EQ(a.size(), 1U);
  EXPECT_TRUE(a.contains("other"));
}

// Whatever allocation fails, an insertion leaves the map as it was, also one whose digest is taken.
template <digest_policy Policy, class Digester>
void check_strong_guarantee() {
  using map = digest_map<int, Policy, Digester, failing_allocator<std::byte>>;
  {
    map events;
    for (int i = 0; i < 100; ++i) {
      const std::string key = "a key of some length " + std::to_string(i);
      const std::size_t before = events.size();
      for (std::size_t allowed = 0;; ++allowed) {
        ledger.until_failure = allowed;
        try {
          events.try_emplace(key, i);
          ledger.until_failure = static_cast<std::size_t>(-1);
          break;
        } catch (const std::bad_alloc&) {
          ledger.until_failure = static_cast<std::size_t>(-1);
          ASSERT_EQ(events.size(), before);
          ASSERT_FALSE(events.contains(key));
        }
      }
      ASSERT_EQ(*events.find_value(key), i);
    }
    const map copy = events;
    map assigned;
    assigned = copy;
    ASSERT_EQ(*assigned.find_value("a key of some length 7"), 7);
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(digest_map, insertion_has_the_strong_guarantee) {
  check_strong_guarantee<digest_policy::trust, digester>();
  check_strong_guarantee<digest_policy::keep_text, digester>();
  check_strong_guarantee<digest_policy::keep_text, colliding_digester>();
}

TEST(digest_map, memory_goes_back_to_the_allocator_it_came_from) {
  using alloc = owned_allocator<std::byte, false>;
  memory_owner first;
  memory_owner second;
  {
    digest_map<int, digest_policy::keep_text, digester, alloc> map(digester{}, alloc(first));
    map.try_emplace("a key", 1);
    digest_map<int, digest_policy::keep_text, digester, alloc> there(digester{}, alloc(second));
    there = std::move(map);
    EXPECT_GT(second.live_bytes, 0U);
    EXPECT_EQ(*there.find_value("a key"), 1);
  }
  EXPECT_EQ(first.live_bytes, 0U);
  EXPECT_EQ(second.live_bytes, 0U);
}

}  // namespace
}  // namespace crosstie::test
