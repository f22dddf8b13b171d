// serialise.hpp and print.hpp: bytes and back, refusals, and what tables look like.
#include <gtest/gtest.h>
#include <crosstie/concurrent_map.hpp>
#include <crosstie/digest_map.hpp>
#include <crosstie/fmt.hpp>
#include <crosstie/lru_map.hpp>
#include <crosstie/print.hpp>
#include <crosstie/serialise.hpp>
#include <crosstie/steady_map.hpp>
#include <crosstie/uuid_assignment.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "crosstie/choices.hpp"
#include "crosstie/serialise_twins.hpp"

namespace crosstie::test {
namespace {

// Choices are drawn one by one into names: the order of arguments is the compiler's.
stored_key choose_key(random_choices& choices) {
  return {choose_text(choices, 300), static_cast<std::uint16_t>(choices.below(3))};
}
void fill(flat_set<stored_key>& set, random_choices& choices) { set.insert(choose_key(choices)); }
void fill(flat_map<stored_key, std::optional<bool>>& map, random_choices& choices) {
  const std::uint32_t drawn = choices.below(3);
  map[choose_key(choices)] = drawn == 2 ? std::nullopt : std::optional(drawn == 1);
}
void fill(relation<>& table, random_choices& choices) {
  const std::uint32_t row = choices.below(60);
  table.insert(row, choices.below(90));
}
void fill(table<std::uint32_t, std::uint32_t, std::string>& cells, random_choices& choices) {
  const std::uint32_t row = choices.below(60);
  const std::uint32_t column = choices.below(90);
  cells.insert_or_assign(row, column, choose_text(choices, 20));
}
void fill(assignment<>& table, random_choices& choices) {
  const std::uint32_t column = choices.below(600);
  table.assign(column, choices.below(90));
}
void fill(interner<std::string>& names, random_choices& choices) {
  names.intern(choose_text(choices, 300));
}
void fill(interner<stored_key>& names, random_choices& choices) {
  names.intern(choose_key(choices));
}
void fill(steady_map<stored_key, std::optional<bool>>& map, random_choices& choices) {
  const stored_key key = choose_key(choices);
  map.insert_or_assign(key, choices.below(2) == 1);
}
void fill(uuid_assignment<>& bound, random_choices& choices) {
  const std::uint64_t number = choices.below(300);
  const auto uid = format_uuid({detail::fold(number, detail::mix_a), number});
  const std::string column =
      number % 5 == 0 ? choose_text(choices, 300) : std::string(uid.begin(), uid.end());
  bound.assign(choose_text(choices, 20), column);
}
void fill(lru_map<stored_key, std::string>& recent, random_choices& choices) {
  const stored_key key = choose_key(choices);
  recent.insert_or_assign(key, choose_text(choices, 20));
  static_cast<void>(recent.find(choose_key(choices)));
}
void fill(lru_rows<std::string, std::uint16_t, std::uint8_t>& recent, random_choices& choices) {
  const std::string row = choose_text(choices, 20);
  const auto choose_column = [&] { return static_cast<std::uint16_t>(choices.below(12)); };
  const std::uint16_t column = choose_column();
  recent.insert_or_assign(row, column, static_cast<std::uint8_t>(choices.below(256)));
  static_cast<void>(recent.find(row, choose_column()));
}
void fill(trusting_map& map, random_choices& choices) {
  const std::string key = choose_text(choices, 300);
  map.try_emplace(key, static_cast<int>(choices.below(100)));
}
void fill(keeping_map& map, random_choices& choices) {
  const std::string key = choose_text(choices, 300);
  map.try_emplace(key, choose_text(choices, 20));
}
void fill(matrix<std::uint16_t>& cells, random_choices& choices) {
  if (cells.row_count() == 0) cells.resize_columns(1 + choices.below(40));
  cells.add_row(static_cast<std::uint16_t>(choices.below(1000)));
}

// Calls check(table) with tables of every kind, of several sizes.
template <class Check>
void with_filled_tables(const Check& check) {
  for (std::uint32_t kind = 0; kind < table_kinds; ++kind) {
    for (std::size_t size : {0U, 1U, 2U, 7U, 300U}) {
      with_table(kind, [&](auto table) {
        random_choices choices(kind * 100 + size, size);
        while (choices.more()) fill(table, choices);
        check(table);
      });
    }
  }
}

TEST(serialise, tables_come_back) {
  with_filled_tables([](const auto& table) {
    const std::string bytes = to_bytes(table);
    auto again = detail::table_bytes<std::remove_cvref_t<decltype(table)>>::like(table);
    ASSERT_EQ(from_bytes(bytes, again), byte_fault::none);
    EXPECT_TRUE(same_table(again, table));
    EXPECT_EQ(to_bytes(again), bytes) << "equal tables have equal bytes, whatever their seeds";
  });
}

TEST(serialise, cut_and_damaged_bytes_are_refused) {
  with_filled_tables([](const auto& table) {
    std::string bytes = to_bytes(table);
    if (bytes.size() > 1000) return;
    std::remove_cvref_t<decltype(table)> into = table;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      ASSERT_NE(from_bytes(bytes.substr(0, length), into), byte_fault::none) << length;
    }
    EXPECT_EQ(from_bytes(bytes + 'x', into), byte_fault::malformed);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int flip : {1, 0x80}) {
        bytes[at] = static_cast<char>(bytes[at] ^ flip);
        ASSERT_NE(from_bytes(bytes, into), byte_fault::none) << at;
        bytes[at] = static_cast<char>(bytes[at] ^ flip);
      }
    }
    EXPECT_TRUE(same_table(into, table)) << "a refusal leaves the table alone";
  });
}

TEST(serialise, maps_of_every_layout_read_the_same_bytes) {
  concurrent_map<std::string, int> shared(4);
  for (int i = 0; i < 500; ++i) shared.try_emplace(std::to_string(i), i);
  const std::string bytes = to_bytes(shared);
  flat_map<std::string, int> flat;
  ASSERT_EQ(from_bytes(bytes, flat), byte_fault::none);
  EXPECT_EQ(flat, shared.snapshot());
  steady_map<std::string, int> steady;
  ASSERT_EQ(from_bytes(to_bytes(flat), steady), byte_fault::none);

  concurrent_map<std::string, int> into;
  into.try_emplace("goes", 1);
  EXPECT_EQ(from_bytes(bytes.substr(1), into), byte_fault::not_a_table);
  EXPECT_EQ(into.find("goes"), 1) << "a refusal leaves the table alone";
  ASSERT_EQ(from_bytes(to_bytes(steady), into), byte_fault::none);
  EXPECT_EQ(into.snapshot(), flat);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(into.find(std::to_string(i)), i);
  EXPECT_FALSE(into.contains("goes"));
}

TEST(serialise, uses_keep_their_order) {
  lru_map<std::string, int> recent(3);
  for (const char* key : {"a", "b", "c"}) recent.try_emplace(key, 1);
  static_cast<void>(recent.find("a"));
  lru_map<std::string, int> again(0);
  ASSERT_EQ(from_bytes(to_bytes(recent), again), byte_fault::none);
  EXPECT_EQ(again.capacity(), 3U);
  again.try_emplace("d", 1);
  EXPECT_FALSE(again.contains("b"));
  EXPECT_EQ(again.pop_oldest()->first, "c");
  EXPECT_EQ(again.pop_oldest()->first, "a");

  lru_rows<std::string, int, int> rows(2);
  for (const int column : {1, 2}) rows.try_emplace("n", column, 7);
  static_cast<void>(rows.find("n", 1));
  lru_rows<std::string, int, int> rows_again(0);
  ASSERT_EQ(from_bytes(to_bytes(rows), rows_again), byte_fault::none);
  rows_again.try_emplace("n", 3, 7);
  EXPECT_FALSE(rows_again.contains("n", 2));
  EXPECT_TRUE(rows_again.contains("n", 1));
}

TEST(serialise, digests_under_another_key_are_refused) {
  keeping_map names;
  for (int i = 0; i < 100; ++i) names.try_emplace(std::to_string(i), "x");
  ASSERT_GT(names.collisions(), 0U);
  keeping_map again;
  ASSERT_EQ(from_bytes(to_bytes(names), again), byte_fault::none);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(again.contains(std::to_string(i)));
  EXPECT_FALSE(again.contains("100"));
  keeping_map other(poor_digester{.key = 9});
  EXPECT_EQ(from_bytes(to_bytes(names), other), byte_fault::other_digests);
  EXPECT_TRUE(other.empty());
}

TEST(serialise, says_what_is_wrong) {
  const std::string bytes = to_bytes(flat_map<stored_key, int>{{{"a", 1}, 2}});
  flat_map<stored_key, int> map;
  flat_map<stored_key, unsigned> unsigned_map;
  flat_map<std::pair<std::string, std::int16_t>, int> signed_key;
  flat_set<stored_key> set;
  EXPECT_EQ(from_bytes(bytes, map), byte_fault::none);
  EXPECT_EQ(from_bytes(bytes, unsigned_map), byte_fault::other_types);
  EXPECT_EQ(from_bytes(bytes, signed_key), byte_fault::other_types);
  EXPECT_EQ(from_bytes(bytes, set), byte_fault::other_table);
  EXPECT_EQ(from_bytes("PK", map), byte_fault::not_a_table);
  EXPECT_EQ(from_bytes("cross", map), byte_fault::truncated);
  EXPECT_EQ(from_bytes(bytes.substr(0, bytes.size() - 1), map), byte_fault::truncated);
  std::string newer = bytes;
  newer[8] = 2;
  EXPECT_EQ(from_bytes(newer, map), byte_fault::other_version);
  assignment<> bound;
  bound.assign(7000, 1);
  assignment<> into;
  EXPECT_EQ(from_bytes(to_bytes(bound), into, byte_limits{.largest_id = 6999}),
            byte_fault::id_too_large);
  EXPECT_EQ(describe(byte_fault::damaged), "the checksum does not fit the bytes");
}

using lists_by_name = flat_map<std::string, std::vector<std::optional<std::string>>>;

TEST(serialise, vectors_come_back_and_cut_ones_are_refused) {
  const lists_by_name lists{{"a", {}}, {"b", {"x", std::nullopt, ""}}, {"c", {std::nullopt}}};
  const std::string bytes = to_bytes(lists);
  lists_by_name again;
  ASSERT_EQ(from_bytes(bytes, again), byte_fault::none);
  EXPECT_EQ(again, lists);
  // Every body that ends early, with the right checksum.
  const std::string body = bytes.substr(detail::byte_header, bytes.size() - 8 - 40);
  ASSERT_EQ(from_bytes(sealed(lists, 3, body), again), byte_fault::none);
  for (std::size_t length = 0; length < body.size(); ++length) {
    ASSERT_EQ(from_bytes(sealed(lists, 3, body.substr(0, length)), again), byte_fault::malformed);
  }
  EXPECT_EQ(again, lists) << "a refusal leaves the table alone";

  const flat_map<int, std::vector<bool>> bits{{1, {true, false, true}}};
  flat_map<int, std::vector<bool>> bits_again;
  ASSERT_EQ(from_bytes(to_bytes(bits), bits_again), byte_fault::none);
  EXPECT_EQ(bits_again, bits);
  flat_map<int, std::vector<std::uint8_t>> bytes_instead;
  EXPECT_EQ(from_bytes(to_bytes(bits), bytes_instead), byte_fault::other_types);
}

// A length beyond the bytes that are left must not be allocated.
TEST(serialise, lengths_of_strangers_allocate_nothing) {
  flat_map<std::uint64_t, std::vector<std::uint64_t>> lists;
  for (const std::uint64_t length : {3ULL, 1ULL << 40, ~0ULL}) {
    byte_writer body;
    for (const std::uint64_t word :
         {std::uint64_t{1}, length, std::uint64_t{7}, std::uint64_t{8}}) {
      body.word(word, 8);
    }
    EXPECT_EQ(from_bytes(sealed(lists, 1, body.bytes()), lists), byte_fault::malformed);
  }
  EXPECT_TRUE(lists.empty());
}

enum class lamp : bool { off, on };

TEST(serialise, an_enum_of_two_values_has_no_third) {
  flat_map<int, lamp> lamps{{1, lamp::on}};
  const std::string bytes = to_bytes(lamps);
  std::string body = bytes.substr(detail::byte_header, bytes.size() - 8 - 40);
  ASSERT_EQ(from_bytes(sealed(lamps, 1, body), lamps), byte_fault::none);
  EXPECT_EQ(lamps.at(1), lamp::on);
  ASSERT_EQ(body.back(), 1);
  body.back() = 2;
  EXPECT_EQ(from_bytes(sealed(lamps, 1, body), lamps), byte_fault::malformed);
}

// A compiler may be told that it is signed, or that it is not.
TEST(serialise, plain_char_is_neither_signed_nor_unsigned) {
  const std::string bytes = to_bytes(flat_map<char, int>{{'a', 1}, {'\xff', 2}});
  flat_map<char, int> plain;
  flat_map<signed char, int> with_sign;
  flat_map<unsigned char, int> without;
  ASSERT_EQ(from_bytes(bytes, plain), byte_fault::none);
  EXPECT_EQ(plain.find_value('\xff') != nullptr, true);
  EXPECT_EQ(from_bytes(bytes, with_sign), byte_fault::other_types);
  EXPECT_EQ(from_bytes(bytes, without), byte_fault::other_types);
}

// Files outlive programs: these bytes must be readable, and written, for as long as version 1 is.
TEST(serialise, the_format_does_not_change) {
  const flat_map<stored_key, int> map{{{"pod", 7}, -2}, {{"pod", 6}, 258}};
  std::string hex;
  for (const char c : to_bytes(map)) {
    fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
  }
  EXPECT_EQ(hex,
            "63726f7373746965"
            "01000000"
            "02000000"
            "3c9842c8595f6687"  // mark to shape
            "0200000000000000"
            "2200000000000000"  // entries, bytes
            "0300000000000000"
            "706f64"
            "0600"
            "02010000"  // ("pod", 6): 258
            "0300000000000000"
            "706f64"
            "0700"
            "feffffff"  // ("pod", 7): -2
            "69353abc122962ed");
}

// The same of every kind of table, by the checksums of their bytes.
TEST(serialise, no_format_changes) {
  std::vector<std::uint64_t> checksums;
  for (std::uint32_t kind = 0; kind < table_kinds; ++kind) {
    with_table(kind, [&](auto table) {
      random_choices choices(kind, 20);
      while (choices.more()) fill(table, choices);
      checksums.push_back(detail::byte_checksum(to_bytes(table)));
    });
  }
  EXPECT_EQ(checksums,
            (std::vector<std::uint64_t>{0xad34c93905f4218b, 0x751cfa71efaa471a, 0x41cbaa35a693186d,
                                        0xa6ee22302de1345e, 0xae968ef7eb39fc30, 0x20dd3bccdb11391b,
                                        0xd8f00733900cc50f, 0xe1dcaab06d3cb9ec, 0x21c27e439e46e04d,
                                        0xd030ea019e948b3b, 0xcf42d31029a0bff3, 0xfaf05f43fa1576d9,
                                        0xb0a36029fa79fe32, 0x99850cc541dec386}));
}

// A pair inserted twice, rows out of order, ids that stand for none: what only a writer other than
// ours can make, with the right checksum.
TEST(serialise, bodies_of_strangers_are_checked) {
  const auto read = [](std::uint64_t entries, std::initializer_list<std::uint32_t> words) {
    byte_writer body;
    for (const std::uint32_t word : words) body.word(word, 4);
    relation<> table;
    return from_bytes(sealed(table, entries, body.bytes()), table);
  };
  EXPECT_EQ(read(3, {1, 2, 5, 6, 3, 1, 4}), byte_fault::none);
  EXPECT_EQ(read(2, {1, 2, 5, 5}), byte_fault::malformed);
  EXPECT_EQ(read(2, {1, 2, 6, 5}), byte_fault::malformed);
  EXPECT_EQ(read(2, {3, 1, 5, 1, 1, 5}), byte_fault::malformed);
  EXPECT_EQ(read(1, {no_index, 1, 5}), byte_fault::malformed);
  EXPECT_EQ(read(1, {1, 0, 1, 1, 5}), byte_fault::malformed);
  EXPECT_EQ(read(1, {1, 4'000'000'000, 5}), byte_fault::malformed);
  EXPECT_EQ(read(1, {1, 1, 5, 9}), byte_fault::malformed);

  interner<std::string> names;
  byte_writer twice;
  twice.text("a");
  twice.text("a");
  EXPECT_EQ(from_bytes(sealed(names, 2, twice.bytes()), names), byte_fault::malformed);
  EXPECT_EQ(from_bytes(sealed(names, ~0ULL, twice.bytes()), names), byte_fault::malformed);
}

// Uses that come twice or are more than the capacity, rows without columns.
TEST(serialise, uses_of_strangers_are_checked) {
  const auto read = [](auto table, std::uint64_t entries,
                       std::initializer_list<std::uint64_t> words) {
    byte_writer body;
    for (const std::uint64_t word : words) body.word(word, 8);
    return from_bytes(sealed(table, entries, body.bytes()), table);
  };
  const lru_map<std::uint64_t, std::uint64_t> recent(9);
  EXPECT_EQ(read(recent, 2, {2, 5, 1, 4, 1}), byte_fault::none);
  EXPECT_EQ(read(recent, 2, {2, 5, 1, 5, 1}), byte_fault::malformed);
  EXPECT_EQ(read(recent, 2, {1, 5, 1, 4, 1}), byte_fault::malformed);
  const lru_rows<std::uint64_t, std::uint64_t, std::uint64_t> rows(9);
  EXPECT_EQ(read(rows, 2, {2, 1, 8, 2, 5, 1, 4, 1}), byte_fault::none);
  EXPECT_EQ(read(rows, 2, {2, 1, 8, 2, 5, 1, 5, 1}), byte_fault::malformed);
  EXPECT_EQ(read(rows, 2, {1, 1, 8, 2, 5, 1, 4, 1}), byte_fault::malformed);
  EXPECT_EQ(read(rows, 0, {1, 1, 8, 0}), byte_fault::malformed);
  EXPECT_EQ(read(rows, 1, {2, 1, 8, 2, 5, 1, 4, 1}), byte_fault::malformed);
  EXPECT_EQ(read(rows, 3, {2, 1, 8, 2, 5, 1, 4, 1}), byte_fault::malformed);
}

TEST(serialise, any_bytes_are_survived) {
  random_choices choices(5, 3000);
  while (choices.more()) {
    std::string bytes;
    for (std::uint32_t left = choices.below(80); left != 0; --left) {
      bytes += static_cast<char>(choices.below(3) == 0 ? choices.below(256) : choices.below(3));
    }
    run_bytes(bytes);
  }
}

TEST(print, tables_show_their_entries) {
  std::ostringstream text;
  flat_map<stored_key, exact_float<double>> map;
  map.try_emplace(std::tuple{"a\"\n", std::uint16_t{7}}, exact_float<double>{1.5});
  flat_set<std::optional<char>> set{std::nullopt};
  relation<> pairs;
  pairs.insert(3, 1);
  pairs.insert(1, 9);
  assignment<> bound;
  bound.assign(4, 2);
  interner<std::string> names;
  names.intern("x");
  names.intern("y");
  table<std::uint32_t, std::uint32_t, std::string> cells;
  cells.try_emplace(3, 1, "x");
  text << cells << ' ' << map << ' ' << set << ' ' << pairs << ' ' << bound << ' ' << names << ' '
       << matrix<std::uint8_t>(2, 2, 7);
  EXPECT_EQ(
      text.str(),
      R"({3: {1: "x"}} {("a\"\x0a", 7): 1.5} {none} {1: [9], 3: [1]} {4 -> 2} ["x", "y"] [[7, 7], [7, 7]])");
  EXPECT_EQ(fmt::format("{} {} {}", names, shown(names, 1), shown(pairs, 1)),
            R"(["x", "y"] ["x", ...] {1: [9], ...})");
}

TEST(print, shows_uuids_and_digests_by_their_texts) {
  const uuid id = *parse_uuid("123e4567-e89b-42d3-a456-426614174000");
  const digest128 digest{0xe6a825ba047f81a3, 0x930255c71472f66d};
  std::ostringstream text;
  text << id << ' ' << digest << ' ' << flat_map<uuid, digest128>{{id, digest}};
  EXPECT_EQ(text.str(),
            "123e4567-e89b-42d3-a456-426614174000 a3817f04ba25a8e66df67214c7550293 "
            "{123e4567-e89b-42d3-a456-426614174000: a3817f04ba25a8e66df67214c7550293}");
  EXPECT_EQ(fmt::format("{} {:>34}", id, digest),
            "123e4567-e89b-42d3-a456-426614174000   a3817f04ba25a8e66df67214c7550293");
}

TEST(print, shows_containers_by_their_elements) {
  struct unprintable {
    virtual ~unprintable() = default;
  };
  std::ostringstream text;
  text << flat_map<int, std::vector<std::string>>{{1, {"x", "y"}}} << ' '
       << flat_map<int, std::vector<bool>>{{1, {true, false}}} << ' '
       << flat_map<int, std::map<int, std::array<char, 1>>>{{1, {{2, {3}}}}} << ' '
       << flat_map<int, std::vector<unprintable>>{{1, std::vector<unprintable>(2)}} << ' '
       << flat_map<int, flat_set<int>>{{1, {2}}};
  EXPECT_EQ(text.str(),
            R"({1: ["x", "y"]} {1: [true, false]} {1: [(2, [3])]} {1: [?, ?]} {1: {2}})");
}

TEST(print, shows_interners_of_every_layout) {
  interner<std::string, std::uint32_t, std::allocator<std::byte>, text_layout::in_lines> names;
  names.intern("x");
  EXPECT_EQ(fmt::format("{}", names), R"(["x"])");
}

TEST(print, shows_tables_that_are_visited) {
  std::ostringstream text;
  steady_map<std::uint32_t, std::string> slow;
  slow.try_emplace(1U, "x");
  lru_map<std::uint32_t, int> recent(3);
  for (const std::uint32_t key : {1U, 2U, 3U}) recent.try_emplace(key, 7);
  uuid_assignment<> bound;
  bound.assign("n", "123e4567-e89b-42d3-a456-426614174000");
  text << slow << ' ' << recent << ' ' << shown(recent, 1) << ' ' << bound;
  EXPECT_EQ(text.str(), R"({1: "x"} {3: 7, 2: 7, 1: 7} {3: 7, ...} )"
                        R"({"123e4567-e89b-42d3-a456-426614174000" -> "n"})");
}

TEST(print, shows_shared_bounded_and_digested_tables) {
  std::ostringstream text;
  concurrent_map<std::string, int> shared(1);
  shared.try_emplace("x", 1);
  lru_rows<std::string, std::uint32_t, int> rows(2);
  for (const std::uint32_t column : {1U, 2U, 3U}) rows.try_emplace("n", column, 7);
  const digester counting(digest128{0x0706050403020100, 0x0f0e0d0c0b0a0908});
  digest_map<int> trusted(counting);
  trusted.try_emplace("", 5);
  digest_map<int, digest_policy::keep_text> kept(counting);
  kept.try_emplace("", 6);
  text << shared << ' ' << rows << ' ' << shown(rows, 1) << ' ' << trusted << ' ' << kept;
  EXPECT_EQ(text.str(), R"({"x": 1} {"n": {3: 7, 2: 7}} {"n": {3: 7, ...}} )"
                        R"({a3817f04ba25a8e66df67214c7550293: 5} )"
                        R"({a3817f04ba25a8e66df67214c7550293: 6})");
}

}  // namespace
}  // namespace crosstie::test
