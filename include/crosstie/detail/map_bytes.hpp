// Map bytes: how the bodies of tables that hash their keys are written and read.
//
//   flat_set                          key
//   flat_map, steady_map              key, value; so are the snapshots of a concurrent_map
//   uuid_assignment                   column, row
//   digest_map    a check, how many, [digest, text where it is kept, value], [text, value] of keys
//                 whose digest was taken
//   lru_map       capacity, [key, value] from the oldest use to the newest
//   lru_rows      capacity of a row, rows, [row, how many, [column, value] oldest use first]
//
// Promise: as byte_body.hpp. All but the uses of an lru_map are in ascending order of the bytes of
//   the keys, so that none comes twice.
// Cost: one pass and a sort to write, one pass to read.
// Thread safety: stateless.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/byte_format.hpp>
#include <crosstie/detail/byte_body.hpp>
#include <crosstie/digest_map.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/lru_map.hpp>
#include <crosstie/steady_map.hpp>
#include <crosstie/uuid_assignment.hpp>

namespace crosstie::detail {

// The first 8 bytes, as if zeros followed where there are fewer.
[[nodiscard]] inline std::uint64_t first_bytes(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return number;
}

// Entries in the order of the bytes of their keys: each_entry calls add(key, write_rest) for every
// one, and write_rest(writer) writes what follows the key.
template <class EachEntry>
void write_sorted(byte_writer& to, EachEntry&& each_entry) {
  struct span {
    std::size_t begin, key_end, end;
    std::uint64_t first;  // bytes of the key as one number that is ordered like them
  };
  byte_writer entries;
  std::vector<span> spans;
  each_entry([&](const auto& key, auto&& write_rest) {
    const std::size_t begin = entries.bytes().size();
    crosstie::write_value(entries, key);
    const std::size_t key_end = entries.bytes().size();
    const std::uint64_t first = first_bytes(std::string_view(entries.bytes()).substr(begin));
    write_rest(entries);
    spans.push_back({begin, key_end, entries.bytes().size(), first});
  });
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
    write_sorted(to, [&](auto&& add) {
      from.for_each([&](const Key& key) { add(key, [](byte_writer&) noexcept {}); });
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

// Maps are written alike, whatever their layout, and read from each other's bytes.
template <class Map>
struct map_bytes {
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;
  static constexpr std::uint32_t kind = 2;
  static constexpr std::uint64_t shape =
      join_shapes(byte_shape<key_type>(), byte_shape<mapped_type>());

  static std::uint64_t entries(const Map& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const Map& from) {
    write_sorted(to, [&](auto&& add) {
      from.for_each([&](const key_type& key, const mapped_type& value) {
        add(key, [&](byte_writer& writer) { crosstie::write_value(writer, value); });
      });
    });
  }
  static byte_fault read(const byte_body& body, Map& into) {
    if (!body.has_room_for(body.entries, min_bytes<key_type>() + min_bytes<mapped_type>())) {
      return byte_fault::malformed;
    }
    if constexpr (requires { into.reserve(1); }) {
      into.reserve(static_cast<std::size_t>(body.entries));
    }
    read_sorted<key_type>(body, [&](key_type&& key) {
      auto value = read_value<mapped_type>(body.from);
      if (!into.try_emplace(std::move(key), std::move(value)).second) body.from.fail();
    });
    return byte_fault::none;
  }
};

template <class Key, class T, class Hash, class Eq, class Alloc>
struct table_bytes<flat_map<Key, T, Hash, Eq, Alloc>>
    : map_bytes<flat_map<Key, T, Hash, Eq, Alloc>> {
  using table = flat_map<Key, T, Hash, Eq, Alloc>;
  static table like(const table& other) {
    return table(0, other.hash_function(), other.key_eq(), other.get_allocator());
  }
};

template <class Key, class T, class Alloc>
struct table_bytes<steady_map<Key, T, Alloc>> : map_bytes<steady_map<Key, T, Alloc>> {
  using table = steady_map<Key, T, Alloc>;
  static table like(const table& other) { return table(other.get_allocator()); }
};

template <class Alloc>
struct table_bytes<uuid_assignment<Alloc>> {
  using table = uuid_assignment<Alloc>;
  static constexpr std::uint32_t kind = 8;
  static constexpr std::uint64_t shape = 0;

  static table like(const table& other) { return table(other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    write_sorted(to, [&](auto&& add) {
      from.for_each([&](std::string_view row, std::string_view column) {
        add(column, [&](byte_writer& writer) { writer.text(row); });
      });
    });
  }
  static byte_fault read(const byte_body& body, table& into) {
    if (!body.has_room_for(body.entries, 2 * min_bytes<std::string>())) {
      return byte_fault::malformed;
    }
    into.reserve(static_cast<std::size_t>(body.entries));
    read_sorted<std::string>(body, [&](std::string&& column) {
      const std::string_view row = body.from.text();
      if (!body.from.failed()) into.assign(row, column);
    });
    return byte_fault::none;
  }
};

// The entries of a list of uses from its oldest; from_newest(visit) calls visit(key, value) for
// each from the newest.
template <class Key, class T, class FromNewest>
void write_from_oldest(byte_writer& to, std::size_t count, FromNewest&& from_newest) {
  std::vector<std::pair<const Key*, const T*>> uses;
  uses.reserve(count);
  from_newest([&](const Key& key, const T& value) { uses.emplace_back(&key, &value); });
  for (std::size_t i = uses.size(); i-- > 0;) {
    crosstie::write_value(to, *uses[i].first);
    crosstie::write_value(to, *uses[i].second);
  }
}

template <class Key, class T, class Alloc>
struct table_bytes<lru_map<Key, T, Alloc>> {
  using table = lru_map<Key, T, Alloc>;
  static constexpr std::uint32_t kind = 9;
  static constexpr std::uint64_t shape = join_shapes(byte_shape<Key>(), byte_shape<T>());

  static table like(const table& other) { return table(0, other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    to.word(from.capacity(), 8);
    write_from_oldest<Key, T>(to, from.size(), [&](auto&& visit) { from.for_each(visit); });
  }
  static byte_fault read(const byte_body& body, table& into) {
    const std::uint64_t capacity = body.from.word(8);
    if (body.entries > capacity || capacity > std::numeric_limits<std::size_t>::max()) {
      return byte_fault::malformed;
    }
    into.set_capacity(static_cast<std::size_t>(capacity));
    for (std::uint64_t i = 0; i < body.entries && !body.from.failed(); ++i) {
      const Key key = read_value<Key>(body.from);
      T value = read_value<T>(body.from);
      if (body.from.failed()) break;
      if (!into.try_emplace(key, std::move(value)).second) body.from.fail();
    }
    return byte_fault::none;
  }
};

template <class Row, class Column, class T, class Alloc>
struct table_bytes<lru_rows<Row, Column, T, Alloc>> {
  using table = lru_rows<Row, Column, T, Alloc>;
  static constexpr std::uint32_t kind = 10;
  static constexpr std::uint64_t shape =
      join_shapes(byte_shape<Row>(), join_shapes(byte_shape<Column>(), byte_shape<T>()));

  static table like(const table& other) { return table(0, other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    to.word(from.row_capacity(), 8);
    to.word(from.row_count(), 8);
    write_sorted(to, [&](auto&& add) {
      from.for_each_row([&](const Row& row) {
        add(row, [&](byte_writer& writer) { write_row(writer, from, row); });
      });
    });
  }
  static byte_fault read(const byte_body& body, table& into) {
    const std::uint64_t capacity = body.from.word(8);
    const std::uint64_t rows = body.from.word(8);
    if (capacity > std::numeric_limits<std::size_t>::max()) return byte_fault::malformed;
    into = table(static_cast<std::size_t>(capacity), into.get_allocator());
    std::uint64_t left = body.entries;
    read_sorted<Row>(byte_body{body.from, rows, body.limits}, [&](Row&& row) {
      const std::uint64_t count = body.from.word(8);
      if (count == 0 || count > left || count > capacity) body.from.fail();
      left -= count;
      for (std::uint64_t i = 0; i < count && !body.from.failed(); ++i) {
        const Column column = read_value<Column>(body.from);
        T value = read_value<T>(body.from);
        if (body.from.failed()) return;
        if (!into.try_emplace(row, column, std::move(value)).second) body.from.fail();
      }
    });
    return left == 0 ? byte_fault::none : byte_fault::malformed;
  }

 private:
  static void write_row(byte_writer& to, const table& from, const Row& row) {
    to.word(from.row_size(row), 8);
    write_from_oldest<Column, T>(to, from.row_size(row),
                                 [&](auto&& visit) { from.for_each_in(row, visit); });
  }
};

// Digests are worth as much as the key they were made under: bytes carry the digest of an empty
// text, and where it differs here, they are refused.
template <class T, digest_policy Policy, class Digester, class Alloc>
struct table_bytes<digest_map<T, Policy, Digester, Alloc>> {
  using table = digest_map<T, Policy, Digester, Alloc>;
  static constexpr bool keeps_text = Policy == digest_policy::keep_text;
  static constexpr std::uint32_t kind = 11;
  static constexpr std::uint64_t shape = join_shapes(shape_of('d', keeps_text), byte_shape<T>());

  static table like(const table& other) { return table(other.digester_, other.get_allocator()); }
  static std::uint64_t entries(const table& from) noexcept { return from.size(); }
  static void write(byte_writer& to, const table& from) {
    crosstie::write_value(to, from.digester_(std::string_view()));
    to.word(from.entries_.size(), 8);
    write_sorted(to, [&](auto&& add) {
      for (const auto& [code, held] : from.entries_) {
        add(code, [&](byte_writer& writer) {
          if constexpr (keeps_text) {
            writer.text(from.texts_.at(held.position));
            crosstie::write_value(writer, held.value);
          } else {
            crosstie::write_value(writer, held);
          }
        });
      }
    });
    write_sorted(to, [&](auto&& add) {
      for (const auto& [text, value] : from.collided_) {
        add(text, [&](byte_writer& writer) { crosstie::write_value(writer, value); });
      }
    });
  }
  static byte_fault read(const byte_body& body, table& into) {
    if (read_value<digest128>(body.from) != into.digester_(std::string_view())) {
      return body.from.failed() ? byte_fault::malformed : byte_fault::other_digests;
    }
    const std::uint64_t digests = body.from.word(8);
    constexpr std::size_t each = min_bytes<digest128>() + (keeps_text ? 8 : 0) + min_bytes<T>();
    if (digests > body.entries || (!keeps_text && digests != body.entries) ||
        !body.has_room_for(digests, each)) {
      return byte_fault::malformed;
    }
    into.reserve(static_cast<std::size_t>(digests));
    read_sorted<digest128>(byte_body{body.from, digests, body.limits}, [&](digest128&& code) {
      std::string_view text;
      if constexpr (keeps_text) text = body.from.text();
      T value = read_value<T>(body.from);
      if (body.from.failed()) return;
      if constexpr (keeps_text) {
        into.entries_.try_emplace(code, kept_entry<T>{into.texts_.add(text), std::move(value)});
      } else {
        into.entries_.try_emplace(code, std::move(value));
      }
    });
    read_sorted<std::string>(byte_body{body.from, body.entries - digests, body.limits},
                             [&](std::string&& text) {
                               T value = read_value<T>(body.from);
                               into.collided_.try_emplace(std::move(text), std::move(value));
                             });
    return byte_fault::none;
  }
};

}  // namespace crosstie::detail
