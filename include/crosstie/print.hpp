// Print: tables to std::ostream, for logs and failing tests.
//
//   std::cout << map;         {("node-1", "pod-1"): 7, ("node-2", "pod-1"): 8}
//   std::cout << relation;    {3: [1, 2], 5: [1]}                 row: columns
//   std::cout << table;       {3: {1: "x"}, 5: {1: "y"}}          row: column: value
//   std::cout << assignment;  {1 -> 3, 2 -> 3}                    column -> row
//   std::cout << interner;    ["node-1", "node-2"]                by id
//   std::cout << matrix;      [[1, 2], [3, 4]]
//   std::cout << steady_map;  as a map; so do a concurrent_map, and an lru_map, from the newest use
//   std::cout << lru_rows;    {"node-1": {"pod-1": 7}}            row: column: value, newest first
//   std::cout << digest_map;  {a3817f04ba25a8e66df67214c7550293: 7}   the keys are not kept
//   std::cout << uuid_assignment;   {"2b5c..." -> "node-1"}       column -> row
//   std::cout << uuid;         2b5c...           and a digest128, its 32 digits; so do keys
//   std::cout << crosstie::shown(map, 10);                        the first ten entries, then "..."
//
// Promise: texts are quoted, and control characters, quotes and backslashes in them escaped; enums
//   print their number; keys print their fields, containers their elements, [1, 2]; other types
//   print by their own operator<<, or as "?" where they have none. Flat tables print in their own
//   order, which differs from run to run.
// With fmt: crosstie/fmt.hpp. Cost: as the stream. Thread safety: a reader of the table.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <crosstie/assignment.hpp>
#include <crosstie/digest.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/table.hpp>
#include <crosstie/uuid.hpp>

namespace crosstie {

// Printed where they are included as well.
template <class Key, class T, class Alloc>
class steady_map;
template <class Key, class T, class Alloc>
class lru_map;
template <class Row, class Column, class T, class Alloc>
class lru_rows;
template <class Key, class T, class Hash, class Eq, class Alloc, class Mutex>
class concurrent_map;
enum class digest_policy;
template <class T, digest_policy Policy, class Digester, class Alloc>
class digest_map;
template <class Alloc>
class uuid_assignment;

// The 16 bytes of a digest, as its reference vectors are written.
inline std::ostream& operator<<(std::ostream& to, const digest128& digest) {
  constexpr char digits[] = "0123456789abcdef";
  std::array<char, 32> text;
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint64_t byte = (i < 8 ? digest.low : digest.high) >> (8 * (i % 8));
    text[2 * i] = digits[byte >> 4 & 15];
    text[2 * i + 1] = digits[byte & 15];
  }
  return to << std::string_view(text.data(), text.size());
}

inline std::ostream& operator<<(std::ostream& to, uuid value) {
  const auto text = format_uuid(value);
  return to << std::string_view(text.data(), text.size());
}

namespace detail {

inline void print_text(std::ostream& to, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  to << '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to << '\\' << c;
    } else if (byte < 0x20 || byte == 0x7f) {
      to << "\\x" << digits[byte >> 4] << digits[byte & 15];
    } else {
      to << c;
    }
  }
  to << '"';
}

template <class T>
concept streamed = requires(std::ostream& to, const T& value) { to << value; };

template <class T>
concept listed = requires(const T& value) { value.begin() != value.end(); };

template <class T>
void print_value(std::ostream& to, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    to << (value ? "true" : "false");
  } else if constexpr (std::integral<T>) {
    to << +value;  // the plus prints small integers as numbers
  } else if constexpr (std::is_enum_v<T>) {
    to << +static_cast<std::underlying_type_t<T>>(value);
  } else if constexpr (is_exact_float<T>) {
    to << value.value;
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    detail::print_text(to, value);
  } else if constexpr (streamed<T>) {
    to << value;
  } else if constexpr (is_optional<T>) {
    if (value.has_value()) {
      detail::print_value(to, *value);
    } else {
      to << "none";
    }
  } else if constexpr (has_fields<T>) {
    const char* separator = "";
    to << '(';
    std::apply(
        [&](const auto&... field) {
          ((to << separator, detail::print_value(to, field), separator = ", "), ...);
        },
        crosstie::as_fields(value));
    to << ')';
  } else if constexpr (listed<T>) {
    const char* separator = "";
    to << '[';
    for (const std::iter_value_t<decltype(value.begin())>& element : value) {
      to << separator;
      detail::print_value(to, element);
      separator = ", ";
    }
    to << ']';
  } else {
    to << '?';
  }
}

// What stands before, between and after the entries of a table; gives up after `limit` of them.
class entry_printer {
 public:
  entry_printer(std::ostream& to, std::size_t limit) : to_(to), limit_(limit) {}
  // True where the entry is to be printed.
  bool next() {
    if (printed_ > limit_) return false;
    if (printed_ != 0) to_ << ", ";
    if (++printed_ <= limit_) return true;
    to_ << "...";
    return false;
  }
  [[nodiscard]] bool full() const noexcept { return printed_ > limit_; }

 private:
  std::ostream& to_;
  std::size_t limit_;
  std::size_t printed_ = 0;
};

template <class Range>
void print_list(std::ostream& to, const Range& range, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '[';
  for (const auto& element : range) {
    if (!entries.next()) break;
    detail::print_value(to, element);
  }
  to << ']';
}

template <class Key, class Hash, class Eq, class Alloc>
void print_table(std::ostream& to, const flat_set<Key, Hash, Eq, Alloc>& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  for (const Key& key : table) {
    if (!entries.next()) break;
    detail::print_value(to, key);
  }
  to << '}';
}

template <class Key, class T, class Hash, class Eq, class Alloc>
void print_table(std::ostream& to, const flat_map<Key, T, Hash, Eq, Alloc>& table,
                 std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  for (const auto& [key, value] : table) {
    if (!entries.next()) break;
    detail::print_value(to, key);
    to << ": ";
    detail::print_value(to, value);
  }
  to << '}';
}

// Tables that are visited: entries past the limit are visited, not printed.
template <class Table>
void print_visited(std::ostream& to, const Table& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  table.for_each([&](const auto& key, const auto& value) {
    if (!entries.next()) return;
    detail::print_value(to, key);
    to << ": ";
    detail::print_value(to, value);
  });
  to << '}';
}
template <class Key, class T, class Alloc>
void print_table(std::ostream& to, const steady_map<Key, T, Alloc>& table, std::size_t limit) {
  detail::print_visited(to, table, limit);
}
template <class Key, class T, class Alloc>
void print_table(std::ostream& to, const lru_map<Key, T, Alloc>& table, std::size_t limit) {
  detail::print_visited(to, table, limit);
}
template <class Key, class T, class Hash, class Eq, class Alloc, class Mutex>
void print_table(std::ostream& to, const concurrent_map<Key, T, Hash, Eq, Alloc, Mutex>& table,
                 std::size_t limit) {
  detail::print_visited(to, table, limit);
}
template <class T, digest_policy Policy, class Digester, class Alloc>
void print_table(std::ostream& to, const digest_map<T, Policy, Digester, Alloc>& table,
                 std::size_t limit) {
  detail::print_visited(to, table, limit);
}
template <class Row, class Column, class T, class Alloc>
void print_table(std::ostream& to, const lru_rows<Row, Column, T, Alloc>& table,
                 std::size_t limit) {
  entry_printer rows(to, limit);
  to << '{';
  table.for_each_row([&](const Row& row) {
    if (!rows.next()) return;
    entry_printer entries(to, limit);
    detail::print_value(to, row);
    to << ": {";
    table.for_each_in(row, [&](const Column& column, const T& value) {
      if (!entries.next()) return;
      detail::print_value(to, column);
      to << ": ";
      detail::print_value(to, value);
    });
    to << '}';
  });
  to << '}';
}
template <class Alloc>
void print_table(std::ostream& to, const uuid_assignment<Alloc>& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  table.for_each([&](std::string_view row, std::string_view column) {
    if (!entries.next()) return;
    detail::print_text(to, column);
    to << " -> ";
    detail::print_text(to, row);
  });
  to << '}';
}

template <class Row, class Column, relation_index Index, class Alloc>
void print_table(std::ostream& to, const relation<Row, Column, Index, Alloc>& table,
                 std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  for (std::uint32_t r = 0; r < table.row_limit() && !entries.full(); ++r) {
    const auto row = table.row(from_index<Row>(r));
    if (row.empty() || !entries.next()) continue;
    to << r << ": ";
    detail::print_list(to, row, limit);
  }
  to << '}';
}

template <class Row, class Column, class T, relation_index Index, class Alloc>
void print_table(std::ostream& to, const table<Row, Column, T, Index, Alloc>& cells,
                 std::size_t limit) {
  entry_printer rows(to, limit);
  to << '{';
  for (std::uint32_t r = 0; r < cells.row_limit() && !rows.full(); ++r) {
    const Row row = from_index<Row>(r);
    if (cells.row_count(row) == 0 || !rows.next()) continue;
    entry_printer entries(to, limit);
    to << r << ": {";
    for (const Column column : cells.row(row)) {
      if (!entries.next()) break;
      to << crosstie::to_index(column) << ": ";
      detail::print_value(to, *cells.find(row, column));
    }
    to << '}';
  }
  to << '}';
}

template <class Column, class Row, class Alloc>
void print_table(std::ostream& to, const assignment<Column, Row, Alloc>& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '{';
  for (const auto [column, row] : table) {
    if (!entries.next()) break;
    to << crosstie::to_index(column) << " -> " << crosstie::to_index(row);
  }
  to << '}';
}

template <class T, class Id, class Alloc, text_layout Layout>
void print_table(std::ostream& to, const interner<T, Id, Alloc, Layout>& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '[';
  for (std::uint32_t id = 0; id < table.size() && entries.next(); ++id) {
    detail::print_value(to, table[from_index<Id>(id)]);
  }
  to << ']';
}

template <class T, class Alloc>
void print_table(std::ostream& to, const matrix<T, Alloc>& table, std::size_t limit) {
  entry_printer entries(to, limit);
  to << '[';
  for (std::size_t r = 0; r < table.row_count() && entries.next(); ++r) {
    detail::print_list(to, table.row(r), limit);
  }
  to << ']';
}

}  // namespace detail

template <class Table>
concept printable_table = requires(std::ostream& to, const Table& table) {
  detail::print_table(to, table, std::size_t{1});
};

// A table of which only the first `limit` entries are printed.
template <printable_table Table>
struct shown {
  const Table& table;
  std::size_t limit;

  shown(const Table& t, std::size_t most) : table(t), limit(most) {}
  friend std::ostream& operator<<(std::ostream& to, const shown& part) {
    detail::print_table(to, part.table, part.limit);
    return to;
  }
};

template <printable_table Table>
std::ostream& operator<<(std::ostream& to, const Table& table) {
  detail::print_table(to, table, static_cast<std::size_t>(-1) - 1);
  return to;
}

}  // namespace crosstie
