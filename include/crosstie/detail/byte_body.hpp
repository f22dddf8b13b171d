// Byte body: what the bytes of every table are read from, and where each table says how.
//
// Promise: reading takes bytes of any content; what is no table ends with a fault, or with a reader
//   that failed, in a table that the caller throws away.
// Thread safety: stateless.
#pragma once

#include <cstddef>
#include <cstdint>

#include <crosstie/byte_format.hpp>
#include <crosstie/dense_id.hpp>

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

}  // namespace crosstie::detail
