// uuid: canonical UUID texts as 16 bytes, and keys that are mostly UUIDs.
//
//   crosstie::parse_uuid("123e4567-e89b-42d3-a456-426614174000")   -> uuid
//
// Promise: parse_uuid takes the canonical text alone (36 characters, lower case, dashes in place),
//   so that text -> uuid -> text gives the same text. `uuid_keys` packs any text: a canonical UUID
//   as itself, any other as a number of its own; equal texts have equal keys, other texts other
//   keys.
// Cost: parsing is about 40 instructions without branches on the digits (SSE2), or a loop over
// them. Thread safety: parse_uuid and format_uuid are stateless; uuid_keys: any number of readers,
// or one
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
#include <crosstie/interner.hpp>

namespace crosstie {

// Ordered like its text.
struct uuid {
  std::uint64_t high;
  std::uint64_t low;
  friend constexpr bool operator==(uuid, uuid) noexcept = default;
  friend constexpr auto operator<=>(uuid, uuid) noexcept = default;
};

inline constexpr std::size_t uuid_text_bytes = 36;

namespace detail {

// 8 digits as they lie in memory, of which a dash may part the first 4 from the last.
[[nodiscard]] inline std::uint64_t eight_digits(const char* first, const char* last) noexcept {
  const std::uint64_t a = load<std::uint32_t>(first);
  const std::uint64_t b = load<std::uint32_t>(last);
  return std::endian::native == std::endian::little ? a | b << 32 : a << 32 | b;
}

// The two digits of every byte.
inline constexpr auto hex_pairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (unsigned i = 0; i < 256; ++i) {
    pairs[i] = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]};
  }
  return pairs;
}();

[[nodiscard]] inline bool has_uuid_dashes(const char* text) noexcept {
  return (text[8] == '-') & (text[13] == '-') & (text[18] == '-') & (text[23] == '-');
}

[[nodiscard]] constexpr std::uint64_t from_big_endian(std::uint64_t word) noexcept {
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

#if CROSSTIE_SSE2
// The values of 16 lower-case hexadecimal digits; clears what it is to clear of `valid` otherwise.
[[nodiscard]] inline __m128i hex_values(__m128i digits, __m128i& valid) noexcept {
  const __m128i number = _mm_sub_epi8(digits, _mm_set1_epi8('0'));
  const __m128i letter = _mm_sub_epi8(digits, _mm_set1_epi8('a'));
  const __m128i is_number = _mm_cmpeq_epi8(_mm_min_epu8(number, _mm_set1_epi8(9)), number);
  const __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
  valid = _mm_and_si128(valid, _mm_or_si128(is_number, is_letter));
  return _mm_sub_epi8(number, _mm_and_si128(is_letter, _mm_set1_epi8('a' - '0' - 10)));
}

// The bytes that 4 x 8 digits stand for; false where some are none. From registers to registers: a
// load of what narrower stores just wrote would wait for them.
[[nodiscard]] inline bool parse_digits(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                       std::uint64_t d, uuid& into) noexcept {
  __m128i valid = _mm_set1_epi8(-1);
  const auto sixteen = [](std::uint64_t low, std::uint64_t high) {
    return _mm_unpacklo_epi64(_mm_cvtsi64_si128(static_cast<long long>(low)),
                              _mm_cvtsi64_si128(static_cast<long long>(high)));
  };
  const __m128i first = hex_values(sixteen(a, b), valid);
  const __m128i second = hex_values(sixteen(c, d), valid);
  // Each pair of digits is a 16-bit lane, its high digit in the low byte.
  const __m128i low_byte = _mm_set1_epi16(0xff);
  const auto joined = [&](__m128i values) {
    return _mm_and_si128(_mm_or_si128(_mm_slli_epi16(values, 4), _mm_srli_epi16(values, 8)),
                         low_byte);
  };
  const __m128i bytes = _mm_packus_epi16(joined(first), joined(second));
  into.high = from_big_endian(static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes)));
  into.low = from_big_endian(
      static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes))));
  return _mm_movemask_epi8(valid) == 0xffff;
}
#else
[[nodiscard]] inline bool parse_digits(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                       std::uint64_t d, uuid& into) noexcept {
  std::uint64_t words[2] = {};
  const std::uint64_t eights[4] = {a, b, c, d};
  char digits[32];
  std::memcpy(digits, eights, sizeof digits);
  for (std::size_t i = 0; i < 32; ++i) {
    const bool is_number = digits[i] >= '0' && digits[i] <= '9';
    if (!is_number && !(digits[i] >= 'a' && digits[i] <= 'f')) return false;
    words[i / 16] = words[i / 16] << 4 |
                    static_cast<std::uint64_t>(is_number ? digits[i] - '0' : digits[i] - 'a' + 10);
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
  if (text.size() != uuid_text_bytes || !detail::has_uuid_dashes(text.data())) return false;
  const char* const from = text.data();
  return detail::parse_digits(
      detail::load<std::uint64_t>(from), detail::eight_digits(from + 9, from + 14),
      detail::eight_digits(from + 19, from + 24), detail::load<std::uint64_t>(from + 28), into);
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
  for (const std::size_t dash : {8, 13, 18, 23}) text[dash] = '-';
  return text;
}

// Keys of 16 bytes for texts that are mostly UUIDs. A canonical UUID is its own key, save those
// that start with 16 digits f (none that RFC 9562 lays out does); these and all other texts are
// interned, and their key is the mark of 16 digits f and the number of the text. Texts are never
// forgotten before clear().
template <class Alloc = std::allocator<std::byte>>
class uuid_keys {
 public:
  explicit uuid_keys(const Alloc& alloc = Alloc()) : others_(alloc) {}

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
