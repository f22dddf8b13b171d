// Table bytes: how the body of each table is written and read; the rest is in serialise.hpp.
//
// Promise: reading takes bytes of any content; what is no table ends with a fault, or with a reader
//   that failed, in a table that the caller throws away.
// Cost: flat tables sort their entries to write them; everything else is one pass.
// Thread safety: stateless.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <crosstie/assignment.hpp>
#include <crosstie/byte_format.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/table.hpp>

namespace crosstie::detail {

struct byte_body {
  byte_reader& from;
  std::uint64_t entries;
  const byte_limits& limits;

  // An id in ascending order; `after` is the one before, or no_index at first.
  [[nodiscard]] std::uint32_t next_id(std::uint32_t after, byte_fault& fault) const noexcept {
    const std::uint32_t id = this->id(fault);
    if (after != no_index && id <= after) from.fail();
    return id;
  }
  [[nodiscard]] std::uint32_t id(byte_fault& fault) const noexcept {
    const auto id = static_cast<std::uint32_t>(from.word(4));
    if (id == no_index) {
      from.fail();
    } else if (id > limits.largest_id) {
      fault = byte_fault::id_too_large;
    }
    return id;
  }
  [[nodiscard]] bool going(byte_fault fault) const noexcept {
    return fault == byte_fault::none && !from.failed();
  }
  // False where so many entries of so many bytes cannot be there.
  [[nodiscard]] bool has_room_for(std::uint64_t count, std::size_t bytes_each) const noexcept {
    return bytes_each == 0 ? count <= 1 : count <= from.left().size() / bytes_each;
  }
};

// One specialisation a table: kind, shape, entries, write, and read into an empty table.
template <class Table>
struct table_bytes;

// The first 8 bytes, as if zeros followed where there are fewer.
[[nodiscard]] inline std::uint64_t first_bytes(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return number;
}

// Flat tables: the entries in the order of the bytes of their keys.
template <class Table, class WriteEntry>
void write_sorted(byte_writer& to, const Table& table, WriteEntry&& write_entry) {
  struct span {
    std::size_t begin, key_end, end;
    std::uint64_t first;  // bytes of the key as one number that is ordered like them
  };
  byte_writer entries;
  std::vector<span> spans;
  spans.reserve(table.size());
  for (const auto& element : table) {
    const std::size_t begin = entries.bytes().size();
    const std::size_t key_end = write_entry(entries, element);
    const std::string_view key = std::string_view(entries.bytes()).substr(begin, key_end - begin);
    spans.push_back({begin, key_end, entries.bytes().size(), first_bytes(key)});
  }
  const std::string_view all = entries.bytes();
  const auto key = [all](const span& s) { return all.substr(s.begin, s.key_end - s.begin); };
  std::sort(spans.begin(), spans.end(), [&](const span& a, const span& b) {
    if (a.first != b.first) return a.first < b.first;
    return key(a) < key(b);
  });
  to.reserve(to.bytes().size() + all.size() + 8);
  for (const span& s : spans) to.raw(all.substr(s.begin, s.end - s.begin));
}

// Reads entries of ascending keys, so that none comes twice; add(key, reader) takes each in.
template <class Key, class Add>
void read_sorted(const byte_body& body, Add&& add) {
  std::string_view before;
  for (std::uint64_t i = 0; i < body.entries && !body.from.failed(); ++i) {
    const std::string_view start = body.from.left();
    Key key = read_value<Key>(body.from);
    const std::string_view bytes = start.substr(0, start.size() - body.from.left().size());
    if (i != 0 && bytes <= before) body.from.fail();
    before = bytes;
    if (!body.from.failed()) add(std::move(key));
  }
}

template <class Key, class Hash, class Eq, class Alloc>
struct table_bytes<flat_set<Key, Hash, Eq, Alloc>> {
  using table = flat_set<Key, Hash, Eq, Alloc>;
  static constexpr std::uint32_t kind = 1;
  static constexpr std::uint64_t shape = byte_shape<Key>();

  static table like(const table& other) {
    return table(0, other.hash_function(), other.key_eq(), other.get_allocator());
  }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    write_sorted(to, from, [](byte_writer& writer, const Key& key) {
      write_value(writer, key);
      return writer.bytes().size();
    });
  }
  static byte_fault read(const byte_body& body, table& into) {
    if (!body.has_room_for(body.entries, min_bytes<Key>())) return byte_fault::malformed;
    into.reserve(static_cast<std::size_t>(body.entries));
    read_sorted<Key>(body, [&](Key&& key) {
      if (!into.insert(std::move(key)).second) body.from.fail();
    });
    return byte_fault::none;
  }
};

template <class Key, class T, class Hash, class Eq, class Alloc>
struct table_bytes<flat_map<Key, T, Hash, Eq, Alloc>> {
  using table = flat_map<Key, T, Hash, Eq, Alloc>;
  static constexpr std::uint32_t kind = 2;
  static constexpr std::uint64_t shape = join_shapes(byte_shape<Key>(), byte_shape<T>());

  static table like(const table& other) {
    return table(0, other.hash_function(), other.key_eq(), other.get_allocator());
  }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    write_sorted(to, from, [](byte_writer& writer, const auto& element) {
      write_value(writer, element.first);
      const std::size_t key_end = writer.bytes().size();
      write_value(writer, element.second);
      return key_end;
    });
  }
  static byte_fault read(const byte_body& body, table& into) {
    if (!body.has_room_for(body.entries, min_bytes<Key>() + min_bytes<T>())) {
      return byte_fault::malformed;
    }
    into.reserve(static_cast<std::size_t>(body.entries));
    read_sorted<Key>(body, [&](Key&& key) {
      T value = read_value<T>(body.from);
      if (!into.try_emplace(std::move(key), std::move(value)).second) body.from.fail();
    });
    return byte_fault::none;
  }
};

// Rows that have columns: the id of each, the number of its columns, and their ids in ascending
// order; add(row, column) takes each in.
template <class Add>
byte_fault read_rows(const byte_body& body, Add&& add) {
  byte_fault fault = byte_fault::none;
  std::uint64_t left = body.entries;
  for (std::uint32_t row = no_index; left != 0;) {
    row = body.next_id(row, fault);
    const std::uint64_t count = body.from.word(4);
    if (count == 0 || count > left) body.from.fail();
    if (!body.going(fault)) return fault;
    left -= count;
    std::uint32_t column = no_index;
    for (std::uint64_t i = 0; i < count; ++i) {
      column = body.next_id(column, fault);
      if (!body.going(fault)) return fault;
      add(row, column);
    }
  }
  return fault;
}

template <class Row, class Column, relation_index Index, class Alloc>
struct table_bytes<relation<Row, Column, Index, Alloc>> {
  using table = relation<Row, Column, Index, Alloc>;
  static constexpr std::uint32_t kind = 3;
  static constexpr std::uint64_t shape = 0;

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    for (std::uint32_t r = 0; r < from.row_limit(); ++r) {
      const auto columns = from.row(from_index<Row>(r)).sorted();
      if (columns.empty()) continue;
      to.word(r, 4);
      to.word(columns.size(), 4);
      for (const Column column : columns) to.word(to_index(column), 4);
    }
  }
  static byte_fault read(const byte_body& body, table& into) {
    return read_rows(body, [&](std::uint32_t row, std::uint32_t column) {
      into.insert(from_index<Row>(row), from_index<Column>(column));
    });
  }
};

// As a relation, each column id followed by its value.
template <class Row, class Column, class T, relation_index Index, class Alloc>
struct table_bytes<table<Row, Column, T, Index, Alloc>> {
  using cells = table<Row, Column, T, Index, Alloc>;
  static constexpr std::uint32_t kind = 7;
  static constexpr std::uint64_t shape = byte_shape<T>();

  static cells like(const cells& other) { return cells(other.get_allocator()); }
  static std::uint64_t entries(const cells& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const cells& from) {
    for (std::uint32_t r = 0; r < from.row_limit(); ++r) {
      const Row row = from_index<Row>(r);
      if (from.row_count(row) == 0) continue;
      to.word(r, 4);
      to.word(from.row_count(row), 4);
      for (const Column column : from.row(row).sorted()) {
        to.word(to_index(column), 4);
        write_value(to, *from.find(row, column));
      }
    }
  }
  static byte_fault read(const byte_body& body, cells& into) {
    return read_rows(body, [&](std::uint32_t row, std::uint32_t column) {
      T value = read_value<T>(body.from);
      if (body.from.failed()) return;
      into.try_emplace(from_index<Row>(row), from_index<Column>(column), std::move(value));
    });
  }
};

// Column and row of each assigned column, in ascending order of columns.
template <class Column, class Row, class Alloc>
struct table_bytes<assignment<Column, Row, Alloc>> {
  using table = assignment<Column, Row, Alloc>;
  static constexpr std::uint32_t kind = 4;
  static constexpr std::uint64_t shape = 0;

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    for (const auto [column, row] : from) {
      to.word(to_index(column), 4);
      to.word(to_index(row), 4);
    }
  }
  static byte_fault read(const byte_body& body, table& into) {
    byte_fault fault = byte_fault::none;
    std::uint32_t column = no_index;
    for (std::uint64_t i = 0; i < body.entries; ++i) {
      column = body.next_id(column, fault);
      const std::uint32_t row = body.id(fault);
      if (!body.going(fault)) return fault;
      into.assign(from_index<Column>(column), from_index<Row>(row));
    }
    return fault;
  }
};

// The names in the order of their ids.
template <class T, class Id, class Alloc>
struct table_bytes<interner<T, Id, Alloc>> {
  using table = interner<T, Id, Alloc>;
  static constexpr bool holds_text = text_like<T>;
  static constexpr std::uint32_t kind = 5;
  static constexpr std::uint64_t shape = byte_shape<T>();

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    for (std::uint32_t id = 0; id < from.size(); ++id) write_value(to, from[from_index<Id>(id)]);
  }
  static byte_fault read(const byte_body& body, table& into) {
    if (!body.has_room_for(body.entries, min_bytes<T>())) return byte_fault::malformed;
    into.reserve(static_cast<std::size_t>(body.entries));
    for (std::uint64_t i = 0; i < body.entries && !body.from.failed(); ++i) {
      Id id{};
      if constexpr (holds_text) {
        const std::string_view text = body.from.text();
        if (!body.from.failed()) id = into.intern(text);
      } else {
        const T value = read_value<T>(body.from);
        if (!body.from.failed()) id = into.intern(value);
      }
      if (!body.from.failed() && to_index(id) != i) body.from.fail();
    }
    return byte_fault::none;
  }
};

// The number of columns, then the cells, row by row; the entries are the rows.
template <class T, class Alloc>
struct table_bytes<matrix<T, Alloc>> {
  using table = matrix<T, Alloc>;
  static constexpr std::uint32_t kind = 6;
  static constexpr std::uint64_t shape = byte_shape<T>();

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.row_count(); }
  static void write(byte_writer& to, const table& from) {
    to.word(from.column_count(), 8);
    for (std::size_t r = 0; r < from.row_count(); ++r) {
      for (const T& cell : from.row(r)) write_value(to, cell);
    }
  }
  static byte_fault read(const byte_body& body, table& into) {
    static_assert(min_bytes<T>() != 0, "crosstie: cells without bytes");
    const std::uint64_t columns = body.from.word(8);
    const std::uint64_t rows = body.entries;
    if (rows > body.limits.largest_id || columns > body.limits.largest_id) {
      return byte_fault::id_too_large;
    }
    // Both are below 2^32, so the product does not wrap.
    if (!body.has_room_for(rows * columns, min_bytes<T>())) return byte_fault::malformed;
    // A matrix of few columns pads its rows: made row by row it takes no more than 64 times its
    // bytes.
    into = table(0, static_cast<std::size_t>(columns), T(), into.get_allocator());
    if (columns != 0) into.reserve_rows(static_cast<std::size_t>(rows));
    into.resize_rows(static_cast<std::size_t>(rows));
    for (std::size_t r = 0; r < into.row_count() && !body.from.failed(); ++r) {
      for (T& cell : into.row(r)) cell = read_value<T>(body.from);
    }
    return byte_fault::none;
  }
};

template <class Table>
concept has_table_bytes = requires { table_bytes<Table>::kind; };

}  // namespace crosstie::detail
