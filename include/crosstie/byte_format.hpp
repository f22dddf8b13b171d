// Byte format of values: how keys and cells are written by serialise.hpp, the same on every
// machine.
//
//   integers, enums   sizeof bytes, little-endian        text      8-byte length, then its bytes
//   float, double     their bits, as an integer           optional  1 byte, then the value if 1
//   arrays            their elements                      pairs, tuples, aggregates  their fields
//   vectors           8-byte length, then their elements
//
// Promise: `byte_shape<T>` tells types apart that are written in different ways (signed from
//   unsigned, 8 bytes from 4, one field from two), so that bytes are never read as something else.
//   Plain char, which is signed on some machines only, is a type of its own; so is wchar_t.
// A type of your own: specialise `byte_format`.
// Cost: one pass; reading never allocates more than it has bytes for. Thread safety: stateless.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/fields.hpp>
#include <crosstie/key.hpp>

namespace crosstie {

// Appends to a string of bytes.
class byte_writer {
 public:
  void word(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void text(std::string_view value) {
    word(value.size(), 8);
    bytes_.append(value);
  }
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string take() noexcept { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads from the front of a string of bytes. Once something does not fit it has failed for good,
// and gives zeros and empty texts.
class byte_reader {
 public:
  explicit byte_reader(std::string_view bytes) noexcept : left_(bytes) {}

  [[nodiscard]] std::uint64_t word(std::size_t bytes) noexcept {
    const std::string_view from = raw(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    }
    return value;
  }
  [[nodiscard]] std::string_view text() noexcept {
    const std::uint64_t size = word(8);
    if (size > left_.size()) fail();
    return raw(failed_ ? 0 : static_cast<std::size_t>(size));
  }
  [[nodiscard]] std::string_view raw(std::size_t bytes) noexcept {
    if (bytes > left_.size()) fail();
    if (failed_) return {};
    const std::string_view taken = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return taken;
  }
  void fail() noexcept { failed_ = true; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::string_view left() const noexcept { return left_; }

 private:
  std::string_view left_;
  bool failed_ = false;
};

// Specialise for a type of your own with
//   static constexpr std::uint64_t shape;      a number that no other format of yours has
//   static constexpr std::size_t min_bytes;    what it takes at least
//   static void write(byte_writer&, const T&);
//   static T read(byte_reader&);               fail() where the bytes are no T
template <class T>
struct byte_format {};

namespace detail {

template <class T>
inline constexpr bool is_std_vector = false;
template <class T, class Alloc>
inline constexpr bool is_std_vector<std::vector<T, Alloc>> = true;

template <class T>
concept own_format = requires { byte_format<T>::shape; };

[[nodiscard]] constexpr std::uint64_t shape_of(char kind, std::uint64_t size) noexcept {
  return fold(static_cast<std::uint64_t>(kind) << 56 ^ size ^ mix_b, mix_a);
}

// The order of the parts counts.
[[nodiscard]] constexpr std::uint64_t join_shapes(std::uint64_t a, std::uint64_t b) noexcept {
  return fold(std::rotl(a, 29) ^ mix_a, b ^ mix_b);
}

}  // namespace detail

template <class T>
constexpr std::uint64_t byte_shape() {
  using namespace detail;
  if constexpr (own_format<T>) {
    return byte_format<T>::shape;
  } else if constexpr (std::is_enum_v<T>) {
    return byte_shape<std::underlying_type_t<T>>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return shape_of('b', 1);
  } else if constexpr (std::is_same_v<T, char> || std::is_same_v<T, wchar_t>) {
    return shape_of('c', sizeof(T));  // signed or not, which compilers choose
  } else if constexpr (std::is_integral_v<T>) {
    return shape_of(std::is_signed_v<T> ? 'i' : 'u', sizeof(T));
  } else if constexpr (std::is_floating_point_v<T>) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "crosstie: long double has no byte format");
    return shape_of('f', sizeof(T));
  } else if constexpr (is_exact_float<T>) {
    return byte_shape<decltype(T::value)>();
  } else if constexpr (is_optional<T>) {
    return join_shapes(shape_of('o', 0), byte_shape<typename T::value_type>());
  } else if constexpr (is_std_array<T>) {
    return join_shapes(shape_of('a', std::tuple_size_v<T>), byte_shape<typename T::value_type>());
  } else if constexpr (is_std_vector<T>) {
    return join_shapes(shape_of('v', 0), byte_shape<typename T::value_type>());
  } else if constexpr (text_like<T>) {
    return shape_of('t', 0);
  } else {
    static_assert(
        has_fields<T>,
        "crosstie: a type without a byte format; make it an aggregate of fields that have "
        "one or specialise crosstie::byte_format for it");
    return []<class... F>(std::type_identity<std::tuple<F...>>) {
      std::uint64_t joined = shape_of('(', sizeof...(F));
      ((joined = join_shapes(joined, byte_shape<F>())), ...);
      return joined;
    }(std::type_identity<field_types_of<T>>{});
  }
}

// What a value takes at least.
template <class T>
constexpr std::size_t min_bytes() {
  using namespace detail;
  if constexpr (own_format<T>) {
    return byte_format<T>::min_bytes;
  } else if constexpr (is_optional<T>) {
    return 1;
  } else if constexpr (is_std_array<T>) {
    return std::tuple_size_v<T> * min_bytes<typename T::value_type>();
  } else if constexpr (text_like<T> || is_std_vector<T>) {
    return 8;
  } else if constexpr (has_fields<T> && !is_exact_float<T>) {
    return []<class... F>(std::type_identity<std::tuple<F...>>) {
      return (std::size_t{0} + ... + min_bytes<F>());
    }(std::type_identity<field_types_of<T>>{});
  } else {
    return sizeof(T);
  }
}

template <class T>
void write_value(byte_writer& to, const T& value) {
  using namespace detail;
  if constexpr (own_format<T>) {
    byte_format<T>::write(to, value);
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    to.word(static_cast<std::uint64_t>(value), sizeof(T));
  } else if constexpr (std::is_floating_point_v<T>) {
    to.word(exact_float<T>{value}.bits(), sizeof(T));
  } else if constexpr (is_exact_float<T>) {
    to.word(value.bits(), sizeof(T));
  } else if constexpr (is_optional<T>) {
    to.word(value.has_value(), 1);
    if (value) crosstie::write_value(to, *value);
  } else if constexpr (is_std_array<T>) {
    for (const auto& element : value) crosstie::write_value(to, element);
  } else if constexpr (is_std_vector<T>) {
    to.word(value.size(), 8);
    for (const typename T::value_type& element : value) crosstie::write_value(to, element);
  } else if constexpr (text_like<T>) {
    to.text(value);
  } else {
    std::apply([&](const auto&... field) { (crosstie::write_value(to, field), ...); },
               crosstie::as_fields(value));
  }
}

template <class T>
T read_value(byte_reader& from) {
  using namespace detail;
  if constexpr (own_format<T>) {
    return byte_format<T>::read(from);
  } else if constexpr (std::is_same_v<T, bool>) {
    const std::uint64_t bit = from.word(1);
    if (bit > 1) from.fail();
    return bit == 1;
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(read_value<std::underlying_type_t<T>>(from));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(from.word(sizeof(T)));
  } else if constexpr (std::is_floating_point_v<T>) {
    using word = typename exact_float<T>::word;
    return std::bit_cast<T>(static_cast<word>(from.word(sizeof(T))));
  } else if constexpr (is_exact_float<T>) {
    return {read_value<decltype(T::value)>(from)};
  } else if constexpr (is_optional<T>) {
    if (!read_value<bool>(from)) return std::nullopt;
    return read_value<typename T::value_type>(from);
  } else if constexpr (is_std_array<T>) {
    T values{};
    for (auto& element : values) element = read_value<typename T::value_type>(from);
    return values;
  } else if constexpr (is_std_vector<T>) {
    using element = typename T::value_type;
    static_assert(min_bytes<element>() != 0, "crosstie: elements without bytes");
    const std::uint64_t size = from.word(8);
    if (size > from.left().size() / min_bytes<element>()) from.fail();
    T values;
    if (from.failed()) return values;
    values.reserve(static_cast<std::size_t>(size));
    while (values.size() < size && !from.failed()) values.push_back(read_value<element>(from));
    return values;
  } else if constexpr (text_like<T>) {
    static_assert(!std::is_trivially_copyable_v<T>,
                  "crosstie: a view would outlive the bytes it was read from; use std::string");
    return T(from.text());
  } else {
    return [&]<class... F>(std::type_identity<std::tuple<F...>>) {
      return T{read_value<F>(from)...};  // braces: in the order of the fields
    }(std::type_identity<field_types_of<T>>{});
  }
}

// Why bytes were refused.
enum class byte_fault {
  none,
  truncated,
  not_a_table,
  other_version,
  other_table,
  other_types,
  other_digests,
  damaged,
  malformed,
  id_too_large,
};

[[nodiscard]] constexpr std::string_view describe(byte_fault fault) noexcept {
  switch (fault) {
    case byte_fault::none:
      return "no fault";
    case byte_fault::truncated:
      return "the bytes end before the table does";
    case byte_fault::not_a_table:
      return "the bytes do not start as a table does";
    case byte_fault::other_version:
      return "the bytes are of a version that is not known here";
    case byte_fault::other_table:
      return "the bytes hold another kind of table";
    case byte_fault::other_types:
      return "the keys or values of the bytes are of other types";
    case byte_fault::other_digests:
      return "the digests of the bytes were made under another key";
    case byte_fault::damaged:
      return "the checksum does not fit the bytes";
    case byte_fault::malformed:
      return "the bytes are no table: an entry is out of order, repeated, missing or too much";
    case byte_fault::id_too_large:
      return "an id is larger than the limit given";
  }
  return "unknown fault";
}

// What reading accepts.
struct byte_limits {
  std::uint32_t largest_id = no_index - 1;  // of rows and columns
};

}  // namespace crosstie
