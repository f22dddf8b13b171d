// Table bytes: how the bodies of tables of dense ids are written and read; map_bytes.hpp has the
// others, serialise.hpp what all have in common.
//
// Promise: as byte_body.hpp. Cost: one pass. Thread safety: stateless.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <crosstie/assignment.hpp>
#include <crosstie/byte_format.hpp>
#include <crosstie/detail/byte_body.hpp>
#include <crosstie/detail/map_bytes.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/table.hpp>

namespace crosstie::detail {

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
      for (const Column column : columns) to.word(crosstie::to_index(column), 4);
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
        to.word(crosstie::to_index(column), 4);
        crosstie::write_value(to, *from.find(row, column));
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
      to.word(crosstie::to_index(column), 4);
      to.word(crosstie::to_index(row), 4);
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
template <class T, class Id, class Alloc, text_layout Layout>
struct table_bytes<interner<T, Id, Alloc, Layout>> {
  using table = interner<T, Id, Alloc, Layout>;
  static constexpr bool holds_text = text_like<T>;
  static constexpr std::uint32_t kind = 5;
  static constexpr std::uint64_t shape = byte_shape<T>();

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    for (std::uint32_t id = 0; id < from.size(); ++id)
      crosstie::write_value(to, from[from_index<Id>(id)]);
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
      if (!body.from.failed() && crosstie::to_index(id) != i) body.from.fail();
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
      for (const T& cell : from.row(r)) crosstie::write_value(to, cell);
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

template <class Table>
concept has_snapshot = requires(const Table& table) { table.snapshot(); };

}  // namespace crosstie::detail
