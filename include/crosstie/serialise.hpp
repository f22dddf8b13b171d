// Serialise: tables to bytes and back, for files and other machines.
//
//   std::string bytes = crosstie::to_bytes(map);
//   crosstie::flat_map<binding, int> again;
//   if (auto fault = crosstie::from_bytes(bytes, again); fault != crosstie::byte_fault::none)
//     std::cerr << crosstie::describe(fault);
//
//   0   "crosstie"           8 bytes
//   8   version              4: 1
//   12  kind                 4: which table
//   16  shape                8: of its keys and values (byte_format.hpp)
//   24  entries              8
//   32  bytes of the body    8
//   40  body                 the entries, in ascending order; of hashed keys, of their bytes
//   end checksum             8: SipHash-2-4 of all before it, under the key 0
//
// Every table is written. flat_map, steady_map and concurrent_map have the same bytes and read each
//   other's; a concurrent_map writes a snapshot, and takes what was read shard by shard. lru_map
//   and lru_rows keep capacity and order of use: their entries lie from the oldest use to the
//   newest. A digest_map is read only where digests are made under the same key; the default one is
//   another in every process.
// Promise: equal tables give equal bytes, on every machine (all words are little-endian;
//   digest_maps with collisions: if the same keys collided). Bytes that were cut, damaged or made
//   for other types are refused and leave the table as it was; a version is read as long as this
//   comment says so. Of an assignment, relation or table the order within rows is not kept.
// Trust: the checksum finds damage, not malice. Bytes from strangers cannot make reading go out of
//   bounds, nor allocate more than a few times their size (save where values are large and may be
//   written as a byte, as a std::optional is); but one large id makes relation, table and
//   assignment allocate up to it: pass byte_limits for those.
// Cost: tables that hash their keys sort their entries to write them; all else is one pass.
// Exceptions: what allocation throws; strong guarantee. Thread safety: a reader of the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <crosstie/byte_format.hpp>
#include <crosstie/detail/table_bytes.hpp>
#include <crosstie/digest.hpp>

namespace crosstie {

namespace detail {

inline constexpr std::string_view byte_mark = "crosstie";
inline constexpr std::uint32_t byte_version = 1;
inline constexpr std::size_t byte_header = 40;

[[nodiscard]] inline std::uint64_t byte_checksum(std::string_view bytes) noexcept {
  return digester(digest128{0, 0})(bytes).low;
}

}  // namespace detail

// A table as bytes.
template <detail::has_table_bytes Table>
[[nodiscard]] std::string to_bytes(const Table& table) {
  using format = detail::table_bytes<Table>;
  byte_writer body;
  format::write(body, table);
  byte_writer all;
  all.reserve(detail::byte_header + body.bytes().size() + 8);
  all.raw(detail::byte_mark);
  all.word(detail::byte_version, 4);
  all.word(format::kind, 4);
  all.word(format::shape, 8);
  all.word(format::entries(table), 8);
  all.word(body.bytes().size(), 8);
  all.raw(body.bytes());
  all.word(detail::byte_checksum(all.bytes()), 8);
  return all.take();
}

// Replaces `into` by the table that `bytes` hold; where they hold none, `into` stays as it was.
template <detail::has_table_bytes Table>
[[nodiscard]] byte_fault from_bytes(std::string_view bytes, Table& into,
                                    const byte_limits& limits = {}) {
  using format = detail::table_bytes<Table>;
  byte_reader reader(bytes);
  if (!bytes.starts_with(detail::byte_mark.substr(0, bytes.size()))) return byte_fault::not_a_table;
  static_cast<void>(reader.raw(detail::byte_mark.size()));
  if (bytes.size() < detail::byte_header + 8) return byte_fault::truncated;
  if (reader.word(4) != detail::byte_version) return byte_fault::other_version;
  const std::uint64_t kind = reader.word(4);
  const std::uint64_t shape = reader.word(8);
  const std::uint64_t entries = reader.word(8);
  const std::uint64_t body_bytes = reader.word(8);
  if (body_bytes > bytes.size() - detail::byte_header - 8) return byte_fault::truncated;
  if (body_bytes < bytes.size() - detail::byte_header - 8) return byte_fault::malformed;
  const std::string_view body_text = reader.raw(static_cast<std::size_t>(body_bytes));
  if (reader.word(8) != detail::byte_checksum(bytes.substr(0, bytes.size() - 8))) {
    return byte_fault::damaged;
  }
  if (kind != format::kind) return byte_fault::other_table;
  if (shape != format::shape) return byte_fault::other_types;

  byte_reader body(body_text);
  Table fresh = format::like(into);
  const byte_fault fault = format::read(detail::byte_body{body, entries, limits}, fresh);
  if (fault != byte_fault::none) return fault;
  if (body.failed() || !body.left().empty()) return byte_fault::malformed;
  into = std::move(fresh);
  return byte_fault::none;
}

// Tables that threads share: the bytes are those of a snapshot.
template <detail::has_snapshot Table>
[[nodiscard]] std::string to_bytes(const Table& table) {
  return crosstie::to_bytes(table.snapshot());
}
template <detail::has_snapshot Table>
[[nodiscard]] byte_fault from_bytes(std::string_view bytes, Table& into,
                                    const byte_limits& limits = {}) {
  auto fresh = decltype(into.snapshot())(into.get_allocator());
  const byte_fault fault = crosstie::from_bytes(bytes, fresh, limits);
  if (fault == byte_fault::none) into.replace(std::move(fresh));
  return fault;
}

}  // namespace crosstie
