// What every table does as the containers of std do: how it is constructed, what it does with keys
// and values that only move, and how it moves between allocators.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "crosstie/allocators.hpp"
#include "crosstie/binding.hpp"

namespace crosstie::test {
namespace {

using only_moves = std::unique_ptr<int>;

// A table as a member of an aggregate, and from empty braces.
template <class Table>
struct owner {
  Table table;
  int other;
};
template <class Table>
consteval bool starts_empty_from_braces() {
  return requires { owner<Table>{}; } && std::is_convertible_v<void (*)(Table), void (*)(Table)> &&
         requires(void (*take)(Table)) { take({}); };
}
static_assert(starts_empty_from_braces<relation<>>());
static_assert(starts_empty_from_braces<table<std::uint32_t, std::uint32_t, int>>());
static_assert(starts_empty_from_braces<assignment<>>());
static_assert(starts_empty_from_braces<interner<>>());
static_assert(starts_empty_from_braces<matrix<int>>());
static_assert(starts_empty_from_braces<steady_map<int, int>>());
static_assert(starts_empty_from_braces<uuid_assignment<>>());
static_assert(starts_empty_from_braces<uuid_keys<>>());
static_assert(starts_empty_from_braces<digest_map<int>>());
static_assert(starts_empty_from_braces<lru_map<int, int>>());
static_assert(starts_empty_from_braces<lru_rows<int, int, int>>());
static_assert(!std::is_convertible_v<std::allocator<std::byte>, relation<>>);

TEST(conventions, a_shared_map_is_a_member_without_a_word) {
  owner<concurrent_map<int, int>> of{};
  EXPECT_EQ(of.table.shard_count(), (concurrent_map<int, int>::default_shards));
}

TEST(conventions, an_lru_map_without_a_capacity_keeps_nothing_until_it_has_one) {
  lru_map<int, int> map;
  EXPECT_EQ(map.try_emplace(1, 1).first, nullptr);
  map.set_capacity(1);
  EXPECT_TRUE(map.try_emplace(1, 1).second);
  lru_rows<int, int, int> rows;
  EXPECT_EQ(rows.try_emplace(1, 1, 1).first, nullptr);
  rows = lru_rows<int, int, int>(1);
  EXPECT_TRUE(rows.try_emplace(1, 1, 1).second);
}

// Fills a table, assigns it by a move, and asks the other side.
template <class Table, class Fill, class Ask>
void expect_moved(Table from, Table to, Fill fill, Ask ask) {
  fill(from);
  to = std::move(from);
  EXPECT_TRUE(ask(to));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  fill(from);
  EXPECT_TRUE(ask(from)) << "what was moved from can be filled again";
  Table& same = to;
  to = std::move(same);
  EXPECT_TRUE(ask(to)) << "a move to itself";
}

TEST(conventions, values_that_only_move_are_move_assigned) {
  const auto is_seven = [](const only_moves* value) { return value != nullptr && **value == 7; };
  const auto fill = [](auto& map) { map.try_emplace(1, std::make_unique<int>(7)); };
  const auto fill_cell = [](auto& map) { map.try_emplace(1, 2, std::make_unique<int>(7)); };
  expect_moved(table<std::uint32_t, std::uint32_t, only_moves>(), {}, fill_cell,
               [&](const auto& t) { return is_seven(t.find(1, 2)); });
  expect_moved(lru_map<int, only_moves>(2), lru_map<int, only_moves>(1), fill,
               [&](const auto& map) { return is_seven(map.peek(1)); });
  expect_moved(lru_rows<int, int, only_moves>(2), lru_rows<int, int, only_moves>(1), fill_cell,
               [&](const auto& rows) { return is_seven(rows.peek(1, 2)); });
  expect_moved(steady_map<int, only_moves>(), {}, fill,
               [&](const auto& map) { return is_seven(map.find_value(1)); });
  expect_moved(digest_map<only_moves>(), {}, fill,
               [&](const auto& map) { return is_seven(map.find_value(1)); });
  expect_moved(digest_map<only_moves, digest_policy::keep_text>(), {}, fill,
               [&](const auto& map) { return is_seven(map.find_value(1)); });
  expect_moved(
      interner<only_moves>(), {}, [](auto& values) { values.intern(only_moves()); },
      [](const auto& values) { return values.find(only_moves()) == 0U; });
}

TEST(conventions, a_shared_map_holds_values_that_only_move) {
  concurrent_map<std::string, only_moves> map(4);
  for (int i = 0; i < 100; ++i) map.try_emplace(std::to_string(i), std::make_unique<int>(i));
  EXPECT_EQ(map.size(), 100U);
  EXPECT_TRUE(map.visit("7", [](const only_moves& value) { EXPECT_EQ(*value, 7); }));
  EXPECT_EQ(**map.extract("8"), 8);
}

// Moves between unequal allocators leave no memory with the wrong one, also of what only moves.
template <class Table, class Fill, class Ask>
void expect_moved_between_owners(auto make, Fill fill, Ask ask) {
  memory_owner first;
  memory_owner second;
  {
    Table from = make(first);
    Table to = make(second);
    fill(from);
    to = std::move(from);
    EXPECT_TRUE(ask(to));
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
    fill(from);
    const std::size_t before = second.live_bytes;
    Table there(std::move(from), to.get_allocator());
    EXPECT_TRUE(ask(there));
    EXPECT_GT(second.live_bytes, before);
    const std::size_t after = second.live_bytes;
    const Table taken(std::move(there), to.get_allocator());
    EXPECT_TRUE(ask(taken));
    EXPECT_LE(second.live_bytes, after + 600) << "between equal allocators nothing is made anew";
  }
  EXPECT_EQ(first.live_bytes, 0U);
  EXPECT_EQ(second.live_bytes, 0U);
}

template <class T>
using owned = owned_allocator<T, false>;
constexpr int count = 500;

TEST(conventions, tables_move_their_values_between_allocators) {
  const auto fill = [](auto& map) {
    for (int i = 0; i < count; ++i) map.try_emplace(std::to_string(i), std::make_unique<int>(i));
  };
  const auto fill_cells = [](auto& map) {
    for (int i = 0; i < count; ++i) {
      const auto id = static_cast<std::uint32_t>(i);
      map.try_emplace(id % 20, id, std::make_unique<int>(i));
    }
  };
  const auto has_all = [](auto&& find) {
    for (int i = 0; i < count; ++i) {
      const only_moves* value = find(i);
      if (value == nullptr || **value != i) return false;
    }
    return true;
  };
  using cells =
      table<std::uint32_t, std::uint32_t, only_moves, relation_index::both_ways, owned<std::byte>>;
  expect_moved_between_owners<cells>([](memory_owner& of) { return cells(owned<std::byte>(of)); },
                                     fill_cells,
                                     [&](const cells& t) {
                                       return t.column_count(7) == 1 && has_all([&](int i) {
                                                const auto id = static_cast<std::uint32_t>(i);
                                                return t.find(id % 20, id);
                                              });
                                     });
  using element = std::pair<const std::string, only_moves>;
  using recent = lru_map<std::string, only_moves, owned<element>>;
  expect_moved_between_owners<recent>(
      [](memory_owner& of) { return recent(count, owned<element>(of)); }, fill,
      [&](const recent& map) {
        int newest = -1;
        map.for_each([&](const auto&, const only_moves& v) { newest = newest < 0 ? *v : newest; });
        return newest == count - 1 && has_all([&](int i) { return map.peek(std::to_string(i)); });
      });
  using cell = std::pair<const std::pair<std::uint32_t, std::uint32_t>, only_moves>;
  using rows = lru_rows<std::uint32_t, std::uint32_t, only_moves, owned<cell>>;
  expect_moved_between_owners<rows>([](memory_owner& of) { return rows(count, owned<cell>(of)); },
                                    fill_cells,
                                    [&](const rows& r) {
                                      return r.row_count() == 20 && has_all([&](int i) {
                                               const auto id = static_cast<std::uint32_t>(i);
                                               return r.peek(id % 20, id);
                                             });
                                    });
  using steady = steady_map<std::string, only_moves, owned<element>>;
  expect_moved_between_owners<steady>(
      [](memory_owner& of) { return steady(owned<element>(of)); }, fill,
      [&](const steady& map) {
        return has_all([&](int i) { return map.find_value(std::to_string(i)); });
      });
  using digests = digest_map<only_moves, digest_policy::keep_text, digester, owned<std::byte>>;
  expect_moved_between_owners<digests>(
      [](memory_owner& of) { return digests(owned<std::byte>(of)); }, fill,
      [&](const digests& map) {
        return has_all([&](int i) { return map.find_value(std::to_string(i)); });
      });
}

TEST(conventions, tables_of_ids_and_names_move_between_allocators) {
  using bytes = owned<std::byte>;
  using pairs = relation<std::uint32_t, std::uint32_t, relation_index::both_ways, bytes>;
  expect_moved_between_owners<pairs>(
      [](memory_owner& of) { return pairs(bytes(of)); },
      [](pairs& p) {
        for (std::uint32_t i = 0; i < count; ++i) p.insert(i % 20, i);
      },
      [](const pairs& p) { return p.size() == count && p.contains(7, 27); });
  using bound = assignment<std::uint32_t, std::uint32_t, bytes>;
  expect_moved_between_owners<bound>(
      [](memory_owner& of) { return bound(bytes(of)); },
      [](bound& b) {
        for (std::uint32_t i = 0; i < count; ++i) b.assign(i, i % 20);
      },
      [](const bound& b) { return b.size() == count && b.contains(7, 27); });
  using names = interner<std::string, std::uint32_t, bytes>;
  expect_moved_between_owners<names>(
      [](memory_owner& of) { return names(bytes(of)); },
      [](names& n) {
        for (int i = 0; i < count; ++i) n.intern(std::to_string(i));
      },
      [](const names& n) { return n.size() == count && n[7] == "7"; });
  using numbers = interner<only_moves, std::uint32_t, bytes>;
  expect_moved_between_owners<numbers>(
      [](memory_owner& of) { return numbers(bytes(of)); },
      [](numbers& n) { n.intern(only_moves()); },
      [](const numbers& n) { return n.size() == 1 && n.contains(only_moves()); });
  using by_name = uuid_assignment<bytes>;
  expect_moved_between_owners<by_name>(
      [](memory_owner& of) { return by_name(bytes(of)); },
      [](by_name& b) { b.assign("node", "no uuid"), b.assign("node", "another"); },
      [](const by_name& b) { return b.size() == 2 && b.contains("node", "another"); });
  using numbers_of = matrix<int, owned<int>>;
  expect_moved_between_owners<numbers_of>(
      [](memory_owner& of) { return numbers_of(owned<int>(of)); },
      [](numbers_of& m) { m = numbers_of(3, 40, 7, m.get_allocator()); },
      [](const numbers_of& m) { return m.row_count() == 3 && m(2, 39) == 7; });
}

// A vector of tables hands its memory resource on to them.
template <class Table>
void expect_resource_of_its_vector(const Table& filled) {
  std::pmr::monotonic_buffer_resource arena;
  std::pmr::vector<Table> tables(&arena);
  tables.push_back(filled);
  tables.push_back(Table(filled));
  tables.emplace_back();
  for (const Table& one : tables) EXPECT_EQ(one.get_allocator().resource(), &arena);
  if constexpr (requires { filled == filled; }) {
    EXPECT_EQ(tables[0], filled);
    EXPECT_EQ(tables[1], filled);
  }
}

TEST(conventions, a_vector_of_tables_hands_on_its_memory_resource) {
  using bytes = std::pmr::polymorphic_allocator<std::byte>;
  using element = std::pmr::polymorphic_allocator<std::pair<const int, int>>;
  relation<std::uint32_t, std::uint32_t, relation_index::both_ways, bytes> pairs;
  pairs.insert(1, 2);
  expect_resource_of_its_vector(pairs);
  table<std::uint32_t, std::uint32_t, int, relation_index::both_ways, bytes> cells;
  cells.try_emplace(1, 2, 3);
  expect_resource_of_its_vector(cells);
  assignment<std::uint32_t, std::uint32_t, bytes> bound;
  bound.assign(1, 2);
  expect_resource_of_its_vector(bound);
  expect_resource_of_its_vector(matrix<int, std::pmr::polymorphic_allocator<int>>(2, 3, 4));
  interner<std::string, std::uint32_t, bytes> names;
  names.intern("a");
  expect_resource_of_its_vector(names);
  steady_map<int, int, element> steady;
  steady.try_emplace(1, 2);
  expect_resource_of_its_vector(steady);
  uuid_assignment<bytes> by_name;
  by_name.assign("node", "pod");
  expect_resource_of_its_vector(by_name);
  digest_map<int, digest_policy::keep_text, digester, bytes> digests;
  digests.try_emplace("a", 1);
  expect_resource_of_its_vector(digests);
  lru_map<int, int, element> recent(3);
  recent.try_emplace(1, 2);
  expect_resource_of_its_vector(recent);
  using cell = std::pair<const std::pair<int, int>, int>;
  lru_rows<int, int, int, std::pmr::polymorphic_allocator<cell>> rows(3);
  rows.try_emplace(1, 2, 3);
  expect_resource_of_its_vector(rows);
}

// What every third of `count` elements, erased by number, leaves.
template <class Table, class Fits, class Has>
void expect_erased(Table& filled, Fits fits, Has has) {
  EXPECT_EQ(erase_if(filled, fits), (count + 2) / 3);
  EXPECT_EQ(filled.size(), static_cast<std::size_t>(count - (count + 2) / 3));
  for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(has(i), i % 3 != 0) << i;
  EXPECT_EQ(erase_if(filled, fits), 0U);
}

TEST(conventions, what_fits_is_erased_from_every_table) {
  const auto third = [](std::uint32_t i) { return i % 3 == 0; };
  relation<> pairs;
  table<std::uint32_t, std::uint32_t, std::string> cells;
  assignment<> bound;
  lru_map<std::uint32_t, std::uint32_t> recent(count);
  lru_rows<std::uint32_t, std::uint32_t, std::string> rows(count);
  digest_map<std::uint32_t> digests;
  digest_map<std::uint32_t, digest_policy::keep_text> texts;
  uuid_assignment<> by_name;
  concurrent_map<std::uint32_t, int> shared(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    pairs.insert(i % 7, i);
    cells.try_emplace(i % 7, i, "value");
    bound.assign(i, i % 7);
    recent.try_emplace(i, i);
    rows.try_emplace(i % 9, i, "value");
    digests[i] = i;
    texts[i] = i;
    by_name.assign("node", std::to_string(i));
    shared.try_emplace(i, 1);
  }
  expect_erased(
      pairs, [&](std::uint32_t r, std::uint32_t c) { return c % 7 == r && third(c); },
      [&](std::uint32_t i) { return pairs.contains(i % 7, i) && pairs.column_count(i) == 1; });
  expect_erased(
      cells,
      [&](std::uint32_t, std::uint32_t c, std::string& v) { return v == "value" && third(c); },
      [&](std::uint32_t i) { return cells.contains(i % 7, i); });
  expect_erased(
      bound, [&](std::uint32_t c, std::uint32_t r) { return c % 7 == r && third(c); },
      [&](std::uint32_t i) { return bound.contains(i % 7, i); });
  expect_erased(
      recent, [&](std::uint32_t key, std::uint32_t& value) { return key == value && third(key); },
      [&](std::uint32_t i) { return recent.contains(i); });
  expect_erased(
      rows, [&](std::uint32_t, std::uint32_t c, const std::string&) { return third(c); },
      [&](std::uint32_t i) { return rows.contains(i % 9, i); });
  EXPECT_EQ(rows.row_count(), 6U) << "of the rows 0, 3 and 6 nothing is left";
  expect_erased(
      digests, [&](digest128, std::uint32_t value) { return third(value); },
      [&](std::uint32_t i) { return digests.contains(i); });
  expect_erased(
      texts, [&](digest128, std::uint32_t& value) { return third(value); },
      [&](std::uint32_t i) { return texts.contains(i); });
  expect_erased(
      by_name,
      [&](std::string_view row, std::string_view column) {
        return row == "node" && third(static_cast<std::uint32_t>(std::stoul(std::string(column))));
      },
      [&](std::uint32_t i) { return by_name.contains(std::to_string(i)); });
  expect_erased(
      shared, [&](const auto& element) { return third(element.first); },
      [&](std::uint32_t i) { return shared.contains(i); });
}

}  // namespace
}  // namespace crosstie::test
