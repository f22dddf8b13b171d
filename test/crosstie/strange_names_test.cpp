// Types from a namespace whose functions are called as the library's are: none of them may be
// taken. Each is deleted, so that a call that finds one does not compile, save to_index and equals,
// which a program may well have, and which would answer wrongly.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>
#include <crosstie/print.hpp>
#include <crosstie/serialise.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

namespace app {

enum class node_id : std::uint32_t {};
enum class pod_id : std::uint32_t {};
struct name {
  std::string text;
};
struct key {
  name who;
  std::optional<node_id> zone;
};

// Its namespace is one of those in which functions about a table that has it are looked up.
template <class T>
struct allocator {
  using value_type = T;
  allocator() = default;
  template <class U>
  allocator(const allocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);  // NOLINT(bugprone-sizeof-expression): T may be T*
    return static_cast<T*>(::operator new(bytes, std::align_val_t(alignof(T))));
  }
  void deallocate(T* at, std::size_t) noexcept {
    ::operator delete(static_cast<void*>(at), std::align_val_t(alignof(T)));
  }
  friend bool operator==(const allocator&, const allocator&) noexcept { return true; }
};

constexpr std::uint32_t to_index(node_id) { return 1'000'000; }
constexpr std::uint32_t to_index(pod_id) { return 1'000'000; }
inline bool equals(const name& a, const name& b) { return a.text.size() == b.text.size(); }
template <class A, class B>
bool equals(const A&, const B&) {
  return true;
}

// What fits arguments exactly that the library's function converts, or binds to a const reference.
#define DELETED(function)                      \
  template <class... T, class... Args>         \
  void function(Args&&... arguments) = delete; \
  template <class... T, class A>               \
  void function(const A& a) = delete;          \
  template <class... T, class A, class B>      \
  void function(const A& a, const B& b) = delete
DELETED(add_key);
DELETED(as_fields);
DELETED(as_lookup);
DELETED(digest);
DELETED(digest_word);
DELETED(for_each_element);
DELETED(from_bytes);
DELETED(from_index);
DELETED(hash);
DELETED(make_key);
DELETED(prefetch_element);
DELETED(print_list);
DELETED(print_table);
DELETED(print_text);
DELETED(print_value);
DELETED(print_visited);
DELETED(read_value);
DELETED(reserve_slim);
DELETED(table_seed);
DELETED(to_bytes);
DELETED(write_value);
#undef DELETED
// And what fits as well as the library's own.
template <class T>
void print_list(std::ostream&, const T&, std::size_t) = delete;
template <class T>
void print_value(std::ostream&, const T&) = delete;
template <class T>
void print_visited(std::ostream&, const T&, std::size_t) = delete;
template <class T>
void reserve_slim(T&, std::size_t) = delete;
template <class T>
void write_value(crosstie::byte_writer&, const T&) = delete;

}  // namespace app

namespace crosstie::test {
namespace {

template <class Table>
std::string printed(const Table& table) {
  std::ostringstream text;
  text << table;
  return text.str();
}
template <class Table>
bool comes_back(const Table& table, Table into = Table()) {
  return crosstie::from_bytes(crosstie::to_bytes(table), into) == byte_fault::none &&
         printed(into) == printed(table);
}

using bytes_of_app = app::allocator<std::byte>;
constexpr app::node_id node{1};
constexpr app::pod_id pod{2};

TEST(strange_names, are_not_taken_by_tables_of_dense_ids) {
  relation<app::node_id, app::pod_id, relation_index::both_ways, bytes_of_app> pairs;
  for (std::uint32_t p = 2; p < 100; ++p) pairs.insert(node, app::pod_id{p});
  EXPECT_TRUE(pairs.contains(node, pod));
  EXPECT_EQ(pairs.row_limit(), 2U);
  EXPECT_TRUE(comes_back(pairs));
  table<app::node_id, app::pod_id, app::name, relation_index::both_ways, bytes_of_app> cells;
  cells.try_emplace(node, pod, app::name{"x"});
  EXPECT_EQ(printed(cells), R"({1: {2: ("x")}})");
  EXPECT_TRUE(comes_back(cells));
  assignment<app::pod_id, app::node_id, bytes_of_app> bound;
  bound.assign(pod, node);
  EXPECT_EQ(printed(bound), "{2 -> 1}");
  EXPECT_EQ(bound.row_limit(), 2U);
  EXPECT_TRUE(comes_back(bound));
  matrix<app::node_id, app::allocator<app::node_id>> cell(1, 2, node);
  EXPECT_EQ(printed(cell), "[[1, 1]]");
  EXPECT_TRUE(comes_back(cell));
}

TEST(strange_names, are_not_taken_by_tables_that_hash) {
  const app::key first{{"aa"}, node};
  const app::key other{{"bb"}, node};
  flat_set<app::key> set{first};
  EXPECT_TRUE(set.contains(first));
  EXPECT_FALSE(set.contains(other));
  EXPECT_EQ(printed(set), R"({(("aa"), 1)})");
  EXPECT_TRUE(comes_back(set));
  flat_map<app::key, app::node_id> map;
  map.try_emplace(std::pair(std::tuple("aa"), std::optional(node)), node);
  EXPECT_TRUE(map.contains(first));
  EXPECT_FALSE(map.contains(other));
  EXPECT_TRUE(comes_back(map));
  interner<app::key, app::node_id, bytes_of_app> values;
  values.intern(first);
  EXPECT_TRUE(values.intern(other) == node);
  EXPECT_EQ(printed(values), R"([(("aa"), 1), (("bb"), 1)])");
  EXPECT_TRUE(comes_back(values));
  interner<std::string, app::node_id, bytes_of_app> names;
  EXPECT_EQ(names[names.intern("x")], "x");
  uuid_assignment<bytes_of_app> bound;
  bound.assign("n", "p");
  EXPECT_TRUE(comes_back(bound));
}

TEST(strange_names, are_not_taken_by_tables_that_are_visited) {
  const app::key first{{"aa"}, node};
  steady_map<app::key, app::name> slow;
  slow.try_emplace(first, app::name{"x"});
  EXPECT_TRUE(comes_back(slow));
  lru_map<app::key, app::name> recent(2);
  recent.try_emplace(first, app::name{"x"});
  EXPECT_TRUE(comes_back(recent, lru_map<app::key, app::name>(0)));
  lru_rows<app::name, app::node_id, app::name> rows(2);
  rows.try_emplace(first.who, node, app::name{"x"});
  EXPECT_TRUE(comes_back(rows, lru_rows<app::name, app::node_id, app::name>(0)));
  concurrent_map<app::key, app::name> shared(1);
  shared.try_emplace(first, app::name{"x"});
  EXPECT_EQ(printed(shared), R"({(("aa"), 1): ("x")})");
  concurrent_map<app::key, app::name> again(1);
  EXPECT_EQ(crosstie::from_bytes(crosstie::to_bytes(shared), again), byte_fault::none);
  digest_map<app::name, digest_policy::keep_text> digests(digester(digest128{1, 2}));
  digests.try_emplace(app::name{"aa"}, app::name{"x"});
  EXPECT_TRUE(digests.contains("aa"));
  EXPECT_TRUE(comes_back(digests, digests));
  digest_map<int, digest_policy::keep_text> numbers;
  numbers.try_emplace(node, 1);
  EXPECT_TRUE(numbers.contains(node));
}

}  // namespace
}  // namespace crosstie::test
