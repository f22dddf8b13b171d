// interner, UUIDs and uuid_assignment: guarantees and hard cases beyond the twins.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/strong_ids.hpp"

namespace crosstie::test {
namespace {

TEST(interner, gives_dense_ids_and_stable_views) {
  interner<std::string, node_id> names;
  EXPECT_EQ(names.intern("a"), node_id{0});
  const std::string_view a = names[node_id{0}];
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(names.intern(std::to_string(i)), node_id{static_cast<std::uint32_t>(i + 1)});
  }
  EXPECT_EQ(names.intern("a"), node_id{0});
  EXPECT_EQ(names[node_id{0}].data(), a.data());
  EXPECT_EQ(names[node_id{100'000}], "99999");
  EXPECT_EQ(names.find("12345"), node_id{12346});
  EXPECT_FALSE(names.find("b").has_value());
}

TEST(interner, keeps_texts_of_every_length) {
  interner<> names;
  std::vector<std::string> texts;
  for (std::size_t length : {0, 1, 126, 127, 128, 129, 1023, 16'383, 16'384, 70'000, 3'000'000}) {
    texts.emplace_back(length, static_cast<char>('a' + texts.size()));
    EXPECT_EQ(names.intern(texts.back()), texts.size() - 1);
  }
  texts.emplace_back("with\0zero", 9);
  EXPECT_EQ(names.intern(texts.back()), texts.size() - 1);
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(names[i], texts[i]);
    EXPECT_EQ(names.find(texts[i]), i);
  }
  EXPECT_FALSE(names.find(std::string_view("with\0zerO", 9)));
}

TEST(interner, lays_texts_in_lines_where_they_fit) {
  interner<std::string, std::uint32_t, std::allocator<std::byte>, text_layout::in_lines> names;
  const auto line_of = [](const char* at) { return reinterpret_cast<std::uintptr_t>(at) / 64; };
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    // The allocator aligns blocks by 16, so that 63 characters and their length fit into a line.
    const std::string text = std::to_string(i) + std::string(i % 59, '.');
    ASSERT_EQ(names.intern(text), i);
    ASSERT_EQ(names[i], text);
    EXPECT_EQ(names.text_at(names.place_of(i)), text);
    EXPECT_LT(names.place_of(i), 1U << names.place_bits);
    if (text.size() > 63) continue;
    EXPECT_EQ(line_of(names[i].data() - 1), line_of(names[i].data() + text.size() - 1)) << text;
  }
}

TEST(interner, costs_about_a_dozen_bytes_over_the_text) {
  interner<> names;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) names.intern("pod-" + std::to_string(i * 7919));
  const auto over = static_cast<double>(names.memory_bytes() - names.text_bytes());
  EXPECT_LT(over / 1e6, 14.0);
}

TEST(interner, interns_values_and_looks_them_up_by_views) {
  struct port {
    std::uint16_t number;
    std::string protocol;
  };
  interner<port, strong_id> ports;
  const strong_id first = ports.intern(port{80, "TCP"});
  EXPECT_EQ(ports.intern(std::pair(80, "TCP")), first);
  EXPECT_EQ(ports.intern(std::pair(80, "UDP")).value, 1U);
  const port* stable = &ports[first];
  for (std::uint32_t i = 0; i < 5000; ++i)
    ports.intern(port{static_cast<std::uint16_t>(i), "SCTP"});
  EXPECT_EQ(&ports[first], stable);
  EXPECT_EQ(ports.find(std::pair(80, "TCP")), first);
  EXPECT_EQ(ports.find(std::pair(80, "ICMP")), std::nullopt);
  EXPECT_EQ(ports.size(), 5002U);
}

TEST(interner, has_the_strong_guarantee) {
  {
    interner<std::string, std::uint32_t, failing_bytes> names;
    for (std::uint32_t i = 0; i < 5000; ++i) {
      const std::string text = std::to_string(i) + std::string(i % 97, '.');
      expect_strong_guarantee([&] { EXPECT_EQ(names.intern(text), i); },
                              [&] {
                                ASSERT_EQ(names.size(), i);
                                ASSERT_FALSE(names.find(text));
                              });
    }
    for (std::uint32_t i = 0; i < 5000; ++i) {
      ASSERT_EQ(names[i], std::to_string(i) + std::string(i % 97, '.'));
    }
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

TEST(uuid_assignment, costs_at_most_thirty_bytes_a_column) {
  uuid_assignment<> bound;
  std::string row = "ip-10-000-000.worker-pool-0000000.eu-west-1.internal";
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    std::snprintf(row.data() + 6, 4, "%03u", static_cast<unsigned>(i / 30 % 1000));
    row[9] = static_cast<char>('a' + i / 30'000);
    const auto uid =
        format_uuid({detail::fold(i + 1, detail::mix_a), detail::fold(i, detail::mix_b)});
    bound.assign(row, std::string_view(uid.data(), uid.size()));
  }
  ASSERT_EQ(bound.size(), 50'000U);
  EXPECT_LT(static_cast<double>(bound.memory_bytes()) / 50'000, 30.0);
}

// Names that differ in any one character, those too that the mark of a name is not made of.
TEST(uuid_assignment, tells_rows_apart_whatever_their_marks) {
  uuid_assignment<> bound;
  const std::string column = "123e4567-e89b-42d3-a456-426614174000";
  for (const std::size_t length : {1, 15, 16, 17, 47, 48, 52, 63, 64, 200}) {
    const std::string row(length, 'r');
    bound.assign(row, column);
    for (std::size_t at = 0; at < length; ++at) {
      std::string other = row;
      other[at] = 's';
      const std::pair<std::string_view, std::string_view> asked[] = {{other, column},
                                                                     {row, column}};
      bool answers[2];
      EXPECT_FALSE(bound.contains(other, column));
      EXPECT_FALSE(bound.erase(other, column));
      EXPECT_EQ(bound.contains_many(asked, answers), 1U);
      EXPECT_FALSE(answers[0]);
      EXPECT_TRUE(bound.contains(row, column));
    }
  }
}

TEST(uuid_assignment, its_pairs_are_a_range) {
  using table = uuid_assignment<>;
  static_assert(std::ranges::forward_range<const table>);
  table bound;
  EXPECT_EQ(bound.begin(), bound.end());
  std::map<std::string, std::string> twin;
  for (int i = 0; i < 200; ++i) {
    const auto text = format_uuid({static_cast<std::uint64_t>(i) * 77, 5});
    std::string column(text.data(), text.size());
    if (i % 3 == 0) column = i % 2 == 0 ? std::to_string(i) : column + " is no UUID";
    twin[column] = "node-" + std::to_string(i % 7);
    bound.assign(twin[column], column);
  }
  for (int i = 0; i < 200; i += 6) {
    bound.unassign(std::to_string(i));
    twin.erase(std::to_string(i));
  }
  // Copies of what was seen outlast the iterators.
  const std::vector<std::pair<std::string_view, table::column_text>> seen(bound.begin(),
                                                                          bound.end());
  std::map<std::string, std::string> found;
  for (const auto& [row, column] : seen) {
    EXPECT_TRUE(found.emplace(std::string_view(column), row).second) << std::string_view(column);
  }
  EXPECT_EQ(found, twin);
}

TEST(uuid_assignment, has_the_strong_guarantee) {
  using failing = uuid_assignment<failing_bytes>;
  {
    failing bound;
    for (std::uint32_t i = 0; i < 300; ++i) {
      const auto uid = format_uuid({detail::fold(i + 1, detail::mix_a), i});
      const std::string column =
          i % 5 == 0 ? "no uuid " + std::to_string(i) : std::string(uid.data(), uid.size());
      const std::string row = "row " + std::to_string(i % 90);
      const failing before = bound;
      expect_strong_guarantee([&] { bound.assign(row, column); },
                              [&] {
                                ASSERT_EQ(bound, before);
                                ASSERT_FALSE(bound.contains(column));
                              });
      ASSERT_TRUE(bound.contains(row, column));
    }
  }
  EXPECT_EQ(ledger.live_blocks, 0U);
}

// UUIDs of one half that would make a factor 0, if the other half alone met the seed.
TEST(uuid_assignment, columns_cannot_be_made_to_collide_without_the_seed) {
  for (const std::uint64_t known : {std::uint64_t{0}, detail::mix_a, detail::mix_b}) {
    uuid_assignment<> bound;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const auto low = format_uuid({detail::fold(i, detail::mix_a), known});
      const auto high = format_uuid({known, detail::fold(i, detail::mix_a)});
      bound.assign("n", {low.data(), low.size()});
      bound.assign("n", {high.data(), high.size()});
    }
    EXPECT_LT(bound.stats().longest_probe, 100U) << known;
  }
}

// In the order of the old table the first half of them would pile up in its first buckets.
TEST(uuid_assignment, takes_back_what_was_moved_out_of_it) {
  uuid_assignment<> bound;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const auto column = format_uuid({detail::fold(i + 1, detail::mix_a), i});
    bound.assign("n", {column.data(), column.size()});
  }
  const uuid_assignment<> before = std::move(bound);
  uuid_assignment<>& again = bound;  // NOLINT(bugprone-use-after-move)
  before.for_each([&](std::string_view row, std::string_view column) {
    if (again.size() < 10'000) again.assign(row, column);
  });
  EXPECT_EQ(again.size(), 10'000U);
  EXPECT_LT(again.stats().longest_probe, 100U);
}

TEST(uuid_assignment, refuses_to_reserve_more_than_there_is) {
  uuid_assignment<> bound;
  bound.assign("n", "p");
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t columns : {most, most / 2, most / 64}) {
    EXPECT_THROW(bound.reserve(columns), std::length_error);
  }
  EXPECT_TRUE(bound.contains("n", "p"));
}

TEST(uuid_assignment, of_a_few_columns_is_small) {
  uuid_assignment<failing_bytes> bound;
  bound.assign("node-1", "123e4567-e89b-42d3-a456-426614174000");
  EXPECT_LE(ledger.live_bytes, 1000U);
  EXPECT_GE(bound.memory_bytes() + 100, ledger.live_bytes);
}

// Hashes of their own, so that the rare cases are certain: the low byte is the tag, the high bits
// are the bucket.
using few_slots = detail::uuid_slots<std::allocator<std::byte>>;

TEST(uuid_slots, a_slot_without_an_element_never_matches) {
  few_slots slots{std::allocator<std::byte>()};
  slots.reserve(3, 0);
  const uuid first{1, 1};
  const uuid second{2, 2};
  slots.add(1, first, 10);
  slots.add(1, second, 20);
  slots.erase(slots.find(1, second), 1);
  // The tag 0 of the empty slot is next to the tag that is looked for, and its key still there.
  EXPECT_EQ(slots.find(1, second), nullptr);
  EXPECT_EQ(few_slots::number(slots.find(1, first)), 10U);
}

TEST(uuid_slots, elements_outside_their_bucket_survive_each_other) {
  few_slots slots{std::allocator<std::byte>()};
  slots.reserve(60, 0);
  const auto key = [](std::uint64_t i) { return uuid{i, i}; };
  constexpr std::uint64_t all = 15;  // in three buckets, all belonging to the first
  for (std::uint32_t i = 0; i < all; ++i) slots.add(7, key(i), i);
  for (std::uint32_t i = all; i-- > 0;) {
    slots.erase(slots.find(7, key(i)), 7);
    for (std::uint32_t left = 0; left < i; ++left) {
      ASSERT_NE(slots.find(7, key(left)), nullptr) << left << " of " << i;
    }
  }
  for (std::uint32_t i = 0; i < all; ++i) EXPECT_EQ(slots.find(7, key(i)), nullptr);
}

TEST(uuid, is_a_key_of_std_too) {
  std::unordered_set<uuid> seen;
  for (std::uint64_t i = 0; i < 1000; ++i) seen.insert({i % 2, i});
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_TRUE(seen.contains(uuid{1, 999}));
  EXPECT_EQ((std::unordered_set<digest128>{{1, 2}, {1, 3}, {1, 2}}.size()), 2U);
}

TEST(uuid, keeps_canonical_texts_and_refuses_others) {
  const std::string text = "123e4567-e89b-42d3-a456-426614174000";
  const auto parsed = parse_uuid(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->high, 0x123e4567e89b42d3U);
  EXPECT_EQ(parsed->low, 0xa456426614174000U);
  const auto again = format_uuid(*parsed);
  EXPECT_EQ(std::string(again.begin(), again.end()), text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char wrong : {'g', 'A', '/', ':', '`', '-', '\xff'}) {
      std::string other = text;
      if (other[at] == wrong) continue;
      other[at] = wrong;
      EXPECT_FALSE(parse_uuid(other).has_value()) << other;
    }
  }
  EXPECT_FALSE(parse_uuid(text.substr(1)).has_value());
}

}  // namespace
}  // namespace crosstie::test
