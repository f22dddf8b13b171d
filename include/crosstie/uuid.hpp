// uuid: canonical UUID texts as 16 bytes, and keys that are mostly UUIDs.
//
//   crosstie::parse_uuid("123e4567-e89b-42d3-a456-426614174000")   -> uuid
//   crosstie::format_uuid(id)                                      -> its text; print.hpp streams
//   it
//
// Promise: parse_uuid takes the canonical text alone (36 characters, lower case, dashes in place),
//   so that text -> uuid -> text gives the same text. `uuid_keys` packs any text: a canonical UUID
//   as itself, any other as a number of its own; equal texts have equal keys, other texts other
//   keys.
// Cost: parsing is about 50 instructions without branches on the digits (SSE2), or a loop over
//   them.
// Thread safety: parse_uuid and format_uuid are stateless; uuid_keys: any number of readers, or one
//   writer.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <crosstie/detail/group.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/interner.hpp>

namespace crosstie {

// Ordered like its text.
struct uuid {
  std::uint64_t high;
  std::uint64_t low;
  friend constexpr bool operator==(uuid, uuid) noexcept = default;
  friend constexpr auto operator<=>(uuid, uuid) noexcept = default;
};

template <>
struct custom_hash<uuid> {
  constexpr std::uint64_t operator()(uuid value, std::uint64_t seed) const noexcept {
    return detail::fold(value.high ^ seed, value.low + detail::second_secret(seed));
  }
};

inline constexpr std::size_t uuid_text_bytes = 36;

namespace detail {

#if !CROSSTIE_SSE2
// The two digits of every byte.
inline constexpr auto hex_pairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (unsigned i = 0; i < 256; ++i) {
    pairs[i] = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]};
  }
  return pairs;
}();
#endif

[[nodiscard]] constexpr std::uint64_t from_big_endian(std::uint64_t word) noexcept {
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

#if CROSSTIE_SSE2
// The values of 16 lower-case hexadecimal digits, more than 15 for any other character.
[[nodiscard]] inline __m128i hex_values(__m128i digits) noexcept {
  // The digits 0 to 9 are moved to 246 to 255, what is above them wraps around, and taking 6 off
  // with saturation keeps what is below 240 there.
  const __m128i moved = _mm_add_epi8(digits, _mm_set1_epi8(static_cast<char>(255 - '9')));
  const __m128i number =
      _mm_sub_epi8(_mm_subs_epu8(moved, _mm_set1_epi8(6)), _mm_set1_epi8(static_cast<char>(240)));
  const __m128i letter = _mm_adds_epu8(_mm_sub_epi8(digits, _mm_set1_epi8('a')), _mm_set1_epi8(10));
  return _mm_min_epu8(number, letter);
}

// The UUID of 36 characters; false where some are no digits or dashes. From registers to registers:
// a load of what narrower stores just wrote would wait for them.
[[nodiscard]] inline bool parse_characters(const char* text, uuid& into) noexcept {
  const auto four = [&](std::size_t at) {
    return _mm_cvtsi32_si128(static_cast<int>(load<std::uint32_t>(text + at)));
  };
  const auto eight = [&](std::size_t at) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text + at));
  };
  const __m128i first =
      hex_values(_mm_unpacklo_epi64(eight(0), _mm_unpacklo_epi32(four(9), four(14))));
  const __m128i second =
      hex_values(_mm_unpacklo_epi64(_mm_unpacklo_epi32(four(19), four(24)), eight(28)));
  // Each pair of digits is a 16-bit lane, its high digit in the low byte.
  const auto joined = [](__m128i values) {
    return _mm_srli_epi16(_mm_mullo_epi16(values, _mm_set1_epi16(0x1001)), 8);
  };
  const __m128i bytes = _mm_packus_epi16(joined(first), joined(second));
  into.high = from_big_endian(static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes)));
  into.low = from_big_endian(
      static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes))));
  const __m128i too_large = _mm_adds_epu8(_mm_max_epu8(first, second), _mm_set1_epi8(127 - 15));
  const __m128i middle = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 8));
  constexpr std::uint32_t dashes = 1U << 0 | 1U << 5 | 1U << 10 | 1U << 15;
  return _mm_movemask_epi8(too_large) == 0 && (equal_bytes(middle, '-') & dashes) == dashes;
}
#else
[[nodiscard]] inline bool parse_characters(const char* text, uuid& into) noexcept {
  std::uint64_t words[2] = {};
  for (std::size_t i = 0, digits = 0; i < 36; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return false;
      continue;
    }
    const bool is_number = text[i] >= '0' && text[i] <= '9';
    if (!is_number && !(text[i] >= 'a' && text[i] <= 'f')) return false;
    std::uint64_t& word = words[digits++ / 16];
    word = word << 4 | static_cast<std::uint64_t>(is_number ? text[i] - '0' : text[i] - 'a' + 10);
  }
  into = {words[0], words[1]};
  return true;
}
#endif

}  // namespace detail

// The UUID whose canonical text this is; false, and nothing of use in `into`, for any other text.
// Inlined always: the two words stay in registers, where an optional would go through memory.
[[nodiscard, gnu::always_inline]] inline bool parse_uuid(std::string_view text,
                                                         uuid& into) noexcept {
  return text.size() == uuid_text_bytes && detail::parse_characters(text.data(), into);
}
[[nodiscard]] inline std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  uuid parsed;
  if (!parse_uuid(text, parsed)) return std::nullopt;
  return parsed;
}

// Its canonical text.
[[nodiscard]] inline std::array<char, uuid_text_bytes> format_uuid(uuid value) noexcept {
  std::array<char, uuid_text_bytes> text;
#if CROSSTIE_SSE2
  const __m128i bytes = _mm_set_epi64x(static_cast<long long>(detail::from_big_endian(value.low)),
                                       static_cast<long long>(detail::from_big_endian(value.high)));
  const __m128i low_digit = _mm_set1_epi8(0x0f);
  const __m128i first = _mm_and_si128(_mm_srli_epi16(bytes, 4), low_digit);
  const __m128i second = _mm_and_si128(bytes, low_digit);
  const auto digits = [](__m128i values) {
    const __m128i is_letter = _mm_cmpgt_epi8(values, _mm_set1_epi8(9));
    return _mm_add_epi8(values, _mm_or_si128(_mm_and_si128(is_letter, _mm_set1_epi8('a' - 10)),
                                             _mm_andnot_si128(is_letter, _mm_set1_epi8('0'))));
  };
  // From registers to the text: what went through memory on the way would wait there.
  const auto put = [&](std::size_t at, auto word) { std::memcpy(&text[at], &word, sizeof word); };
  const auto high_half = [](__m128i of) {
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(of, of)));
  };
  const __m128i front = digits(_mm_unpacklo_epi8(first, second));
  const __m128i back = digits(_mm_unpackhi_epi8(first, second));
  put(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(front)));
  put(9, static_cast<std::uint32_t>(high_half(front)));
  put(14, static_cast<std::uint32_t>(high_half(front) >> 32));
  put(19, static_cast<std::uint32_t>(_mm_cvtsi128_si32(back)));
  put(24, static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_srli_si128(back, 4))));
  put(28, high_half(back));
#else
  const auto put = [&](std::size_t at, std::uint64_t word, unsigned shift) {
    std::memcpy(text.data() + at, detail::hex_pairs[word >> shift & 255].data(), 2);
  };
  for (unsigned i = 0; i < 4; ++i) put(2 * i, value.high, 56 - 8 * i);
  for (unsigned i = 0; i < 2; ++i) put(9 + 2 * i, value.high, 24 - 8 * i);
  for (unsigned i = 0; i < 2; ++i) put(14 + 2 * i, value.high, 8 - 8 * i);
  for (unsigned i = 0; i < 2; ++i) put(19 + 2 * i, value.low, 56 - 8 * i);
  for (unsigned i = 0; i < 6; ++i) put(24 + 2 * i, value.low, 40 - 8 * i);
#endif
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text[dash] = '-';
  return text;
}

// Keys of 16 bytes for texts that are mostly UUIDs. A canonical UUID is its own key, save those
// that start with 16 digits f (none that RFC 9562 lays out does); these and all other texts are
// interned, and their key is the mark of 16 digits f and the number of the text. Texts are never
// forgotten before clear().
template <class Alloc = std::allocator<std::byte>>
class uuid_keys {
 public:
  uuid_keys() : uuid_keys(Alloc()) {}
  explicit uuid_keys(const Alloc& alloc) : others_(alloc) {}

  // The key of a text, whatever the text.
  [[nodiscard]] uuid pack(std::string_view text) {
    uuid key;
    if (parse_uuid(text, key) && key.high != other_mark) [[likely]]
      return key;
    return {other_mark, others_.intern(text)};
  }
  // The key of a text that has one; false for another text that was never packed.
  [[nodiscard, gnu::always_inline]] bool find(std::string_view text, uuid& key) const {
    if (parse_uuid(text, key) && key.high != other_mark) [[likely]]
      return true;
    return find_other(text, key);
  }
  // The text of a key made here; lies in `buffer` for a UUID, else in this object.
  [[nodiscard]] std::string_view text(uuid key,
                                      std::array<char, uuid_text_bytes>& buffer) const noexcept {
    if (key.high == other_mark) return others_[static_cast<std::uint32_t>(key.low)];
    buffer = format_uuid(key);
    return {buffer.data(), buffer.size()};
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept { return others_.memory_bytes(); }
  void clear() noexcept { others_.clear(); }
  void swap(uuid_keys& other) noexcept { others_.swap(other.others_); }

 private:
  static constexpr std::uint64_t other_mark = ~std::uint64_t{0};

  [[gnu::noinline]] bool find_other(std::string_view text, uuid& key) const {
    const std::optional<std::uint32_t> other = others_.find(text);
    if (other) key = {other_mark, *other};
    return other.has_value();
  }

  interner<std::string, std::uint32_t, Alloc> others_;
};

}  // namespace crosstie

// For containers of std, which have no seeds.
template <>
struct std::hash<crosstie::uuid> {
  std::size_t operator()(crosstie::uuid value) const noexcept {
    return crosstie::custom_hash<crosstie::uuid>{}(value, crosstie::process_seed());
  }
};
