// Bytes made of tables, read back; and bytes of any content, which must be refused or be exactly
// what the table read from them is written as.
#pragma once

#include <crosstie/serialise.hpp>
#include <string>
#include <string_view>

#include "crosstie/choices.hpp"

namespace crosstie::test {

struct stored_key {
  std::string name;
  std::uint16_t number;
  friend auto operator<=>(const stored_key&, const stored_key&) = default;
};

// Digests of 5 bits, so that keys collide, under a key that all processes share.
struct poor_digester {
  std::uint64_t key = 1;
  template <class... Field>
  digest128 operator()(const Field&... field) const noexcept {
    return {digester(digest128{key, 2})(field...).low % 32, 0};
  }
};
using trusting_map = digest_map<int, digest_policy::trust, poor_digester>;
using keeping_map = digest_map<std::string, digest_policy::keep_text, poor_digester>;

// Tables of every kind; `call` gets an empty one. A concurrent_map has the bytes of a flat_map.
inline constexpr std::uint32_t table_kinds = 14;
template <class Call>
void with_table(std::uint32_t kind, Call&& call) {
  switch (kind % table_kinds) {
    case 0:
      return call(flat_set<stored_key>());
    case 1:
      return call(flat_map<stored_key, std::optional<bool>>());
    case 2:
      return call(relation<>());
    case 3:
      return call(assignment<>());
    case 4:
      return call(interner<std::string>());
    case 5:
      return call(interner<stored_key>());
    case 6:
      return call(matrix<std::uint16_t>());
    case 7:
      return call(steady_map<stored_key, std::optional<bool>>());
    case 8:
      return call(uuid_assignment<>());
    case 9:
      return call(lru_map<stored_key, std::string>(90));
    case 10:
      return call(lru_rows<std::string, std::uint16_t, std::uint8_t>(7));
    case 11:
      return call(trusting_map());
    case 12:
      return call(keeping_map());
    default:
      return call(table<std::uint32_t, std::uint32_t, std::string>());
  }
}

template <class Table>
bool same_table(const Table& a, const Table& b) {
  if constexpr (requires { a == b; }) {
    return a == b;
  } else {
    return to_bytes(a) == to_bytes(b);
  }
}

// Any bytes: refused, and the table left alone, or written again to the same bytes.
template <class Table>
void check_any_bytes(std::string_view bytes, const Table& empty) {
  Table table = empty;
  const byte_fault fault = from_bytes(bytes, table, byte_limits{.largest_id = 5000});
  REQUIRE_THAT(!describe(fault).empty());
  if (fault == byte_fault::none) {
    REQUIRE_THAT(to_bytes(table) == bytes);
  } else {
    REQUIRE_THAT(same_table(table, empty));
  }
}

// The bytes of a table whose body is any text, so that a fuzzer gets past mark and checksum.
template <class Table>
std::string sealed(const Table&, std::uint64_t entries, std::string_view body) {
  using format = detail::table_bytes<Table>;
  byte_writer all;
  all.raw(detail::byte_mark);
  all.word(detail::byte_version, 4);
  all.word(format::kind, 4);
  all.word(format::shape, 8);
  all.word(entries, 8);
  all.word(body.size(), 8);
  all.raw(body);
  all.word(detail::byte_checksum(all.bytes()), 8);
  return all.take();
}

inline void run_bytes(std::string_view bytes) {
  if (bytes.size() < 2) return;
  const auto kind = static_cast<unsigned char>(bytes[0]);
  with_table(kind, [&](auto empty) {
    if (kind < 128) {
      check_any_bytes(bytes.substr(1), empty);
    } else {
      const auto entries = static_cast<unsigned char>(bytes[1]);
      check_any_bytes(sealed(empty, entries, bytes.substr(2)), empty);
    }
  });
}

}  // namespace crosstie::test
