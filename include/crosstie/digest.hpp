// digest128: 16 bytes that stand for a long key; digester: makes them.
//
//   crosstie::digester digest;
//   crosstie::flat_set<crosstie::digest128> seen;
//   seen.insert(digest(namespace_view, pod_view));
//
// Promise: a digest is SipHash-2-4 with 128 bits of output (Aumasson and Bernstein 2012, and its
//   reference code) under a key of 128 bits: by default one random key a process, so that digests
//   cannot be predicted or made to collide from outside. With a key of your own they are stable
//   across runs and machines. Several fields are digested one under the digest of the one before,
//   so that ("ab", "c") and ("a", "bc") differ.
// Collisions: among n keys two have the same digest by chance with probability n^2 / 2^129: 1.5e-27
//   for a million, 1.5e-21 for a billion. What then happens is up to the table: digest_map.hpp.
// Cost: about 1.5 cycles a byte and 40 to finish; no memory is touched but the key's.
// Thread safety: stateless, except for the process's key, which is made once, safely.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <crosstie/hash.hpp>
#include <crosstie/key.hpp>

namespace crosstie {

struct digest128 {
  std::uint64_t low;
  std::uint64_t high;
  friend constexpr auto operator<=>(const digest128&, const digest128&) noexcept = default;
};

// Its bits are spread already; the table's seed is mixed in on top.
template <>
struct custom_hash<digest128> {
  constexpr std::uint64_t operator()(const digest128& digest, std::uint64_t) const noexcept {
    return digest.low;
  }
};

namespace detail {

class sip_state {
 public:
  constexpr explicit sip_state(digest128 key) noexcept
      : v0_(key.low ^ 0x736f6d6570736575),
        v1_(key.high ^ 0x646f72616e646f6d ^ 0xee),
        v2_(key.low ^ 0x6c7967656e657261),
        v3_(key.high ^ 0x7465646279746573) {}

  constexpr void add(std::uint64_t word) noexcept {
    v3_ ^= word;
    turn(2);
    v0_ ^= word;
  }
  constexpr digest128 finish() noexcept {
    v2_ ^= 0xee;
    turn(4);
    const std::uint64_t low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    turn(4);
    return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
  }

 private:
  constexpr void turn(int rounds) noexcept {
    for (int i = 0; i < rounds; ++i) {
      v0_ += v1_;
      v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_;
      v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }
  std::uint64_t v0_, v1_, v2_, v3_;
};

[[nodiscard]] inline std::uint64_t little_endian(std::uint64_t word) noexcept {
  if constexpr (std::endian::native == std::endian::big) return __builtin_bswap64(word);
  return word;
}

template <class T>
concept digest_number = std::is_integral_v<T> || std::is_enum_v<T>;

// The 8 bytes of a number. Plain char and wchar_t are signed on some machines only.
template <digest_number Number>
[[nodiscard]] constexpr std::uint64_t digest_word(Number number) noexcept {
  if constexpr (std::is_same_v<Number, char> || std::is_same_v<Number, wchar_t>) {
    return static_cast<std::make_unsigned_t<Number>>(number);
  } else {
    return static_cast<std::uint64_t>(number);
  }
}

}  // namespace detail

// What may be digested: text, integers and enums (as their 8 bytes, so the width does not matter).
template <class T>
concept digest_field = detail::digest_number<T> || std::convertible_to<const T&, std::string_view>;

class digester {
 public:
  // Under the process's own random key.
  digester() : key_(process_key()) {}
  explicit constexpr digester(digest128 key) noexcept : key_(key) {}

  template <digest_field... Field>
    requires(sizeof...(Field) > 0)
  [[nodiscard]] digest128 operator()(const Field&... field) const noexcept {
    digest128 chained = key_;
    ((chained = digest(chained, field)), ...);
    return chained;
  }

 private:
  static digest128 process_key() {
    static const digest128 key{detail::random_word(), detail::random_word()};
    return key;
  }

  template <detail::digest_number Number>
  static digest128 digest(digest128 key, Number number) noexcept {
    detail::sip_state state(key);
    state.add(detail::digest_word(number));
    state.add(std::uint64_t{8} << 56);
    return state.finish();
  }
  static digest128 digest(digest128 key, std::string_view text) noexcept {
    detail::sip_state state(key);
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, at += 8) {
      state.add(detail::little_endian(detail::load<std::uint64_t>(at)));
    }
    std::uint64_t last = text.size() << 56;
    for (std::size_t i = 0; i < left; ++i) {
      last |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
    }
    state.add(last);
    return state.finish();
  }

  digest128 key_;
};

}  // namespace crosstie

// Its bits are spread already.
template <>
struct std::hash<crosstie::digest128> {
  std::size_t operator()(const crosstie::digest128& digest) const noexcept { return digest.low; }
};
