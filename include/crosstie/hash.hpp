// Hashing: one seeded hash over words and bytes, and `hash_state`, which takes a key's fields.
//
// Promise: equal fields in equal order give equal hashes under one seed; all 64 bits of the result
//   are usable (tables take the group from the top and the tag from the bottom).
// Cost: one 64x64->128 multiplication a 64-bit word (neighbouring narrow fields share a word), one
//   per 16 bytes of text, one to finish. No memory is touched but the key's.
// Not cryptographic: whoever does not know a table's seed cannot prepare keys that collide in it;
//   whoever can read hashes can find some.
// Thread safety: stateless, except `process_seed()`, which is initialised once, safely.
#pragma once

#include <crosstie/detail/language.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// <random> costs more to include than all else here together.
#if defined(__linux__) && __has_include(<sys/random.h>)
#include <sys/random.h>
#define CROSSTIE_GETRANDOM 1
#else
#include <random>
#define CROSSTIE_GETRANDOM 0
#endif

namespace crosstie {

// A hash under the seed of one table; a type of its own, and no aggregate, so that it cannot be
// taken for a field or for a view of a key.
struct hash_code {
  constexpr hash_code() noexcept = default;
  constexpr explicit hash_code(std::uint64_t bits) noexcept : value(bits) {}
  std::uint64_t value = 0;
  friend constexpr bool operator==(hash_code, hash_code) noexcept = default;
};

namespace detail {

__extension__ using uint128 = unsigned __int128;

inline constexpr std::uint64_t mix_a = 0x9e3779b97f4a7c15;
inline constexpr std::uint64_t mix_b = 0xd1b54a32d192ed03;

// Multiply-fold: both halves of the 128-bit product, so that high input bits reach low output bits.
[[nodiscard]] constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  const uint128 product = static_cast<uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Another secret made of one. Text is folded with both: a factor that is text alone can be chosen
// to be 0, which leaves nothing of the seed, and two factors under one secret can change places.
[[nodiscard]] constexpr std::uint64_t second_secret(std::uint64_t secret) noexcept {
  return (secret << 32 | secret >> 32) ^ mix_b;
}

template <class Word>
[[nodiscard]] inline std::uint64_t load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Hash of text, its length included, continuing from `state`.
[[nodiscard]] inline std::uint64_t fold_bytes(std::uint64_t state, std::string_view text) noexcept {
  const std::uint64_t second = second_secret(state);  // of the first state: nothing waits for it
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left > 16) {
    for (; left > 16; left -= 16, at += 16) {
      state = fold(load<std::uint64_t>(at) + second, load<std::uint64_t>(at + 8) ^ state);
    }
    // The last 16 bytes may overlap those already taken: cheaper than a partial load.
    a = load<std::uint64_t>(at + left - 16);
    b = load<std::uint64_t>(at + left - 8);
  } else if (left >= 8) {
    a = load<std::uint64_t>(at);
    b = load<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    a = load<std::uint32_t>(at);
    b = load<std::uint32_t>(at + left - 4);
  } else if (left > 0) {
    a = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) |
        static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8;
    b = static_cast<unsigned char>(at[left - 1]);
  }
  return fold(fold(a + second, b ^ state) ^ text.size(), mix_a);
}

// A number that cannot be guessed. Where the system has none to give (a sandbox that forbids the
// call), what is left is where the system has placed this program in memory.
[[nodiscard]] inline std::uint64_t random_word() {
#if CROSSTIE_GETRANDOM
  std::uint64_t word = 0;
  if (getrandom(&word, sizeof word, 0) == static_cast<ssize_t>(sizeof word)) return word;
  const auto code = reinterpret_cast<std::uintptr_t>(&random_word);
  return fold(reinterpret_cast<std::uintptr_t>(&word) ^ mix_a, code ^ mix_b);
#else
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) ^ device();
#endif
}

}  // namespace detail

// Takes the fields of one key, one by one; padding between them never counts.
class hash_state {
 public:
  constexpr explicit hash_state(std::uint64_t seed) noexcept : state_(seed) {}

  // Adds the low `bits` (1 to 64) of `word`. Narrow neighbours share one multiplication.
  constexpr void add_bits(std::uint64_t word, unsigned bits) noexcept {
    if (filled_ + bits > 64) flush();
    pending_ |= (bits == 64 ? word : word & ((std::uint64_t{1} << bits) - 1)) << filled_;
    filled_ += bits;
  }

  // Adds text with its length, so that ("ab", "c") and ("a", "bc") differ.
  void add_text(std::string_view text) noexcept {
    flush();
    state_ = detail::fold_bytes(state_, text);
  }

  // What a hash of parts of the key may take as its seed: the table's, and the fields before it.
  [[nodiscard]] constexpr std::uint64_t seed() noexcept {
    flush();
    return state_;
  }

  // One fold of a word leaves patterns: a change of its top bit changes the same output bits under
  // nearly every seed. Folding twice removes them.
  [[nodiscard]] constexpr std::uint64_t finish() noexcept {
    flush();
    return detail::fold(state_, detail::mix_b);
  }

 private:
  constexpr void flush() noexcept {
    if (filled_ == 0) return;
    state_ = detail::fold(state_ ^ pending_, detail::mix_a);
    pending_ = 0;
    filled_ = 0;
  }

  std::uint64_t state_;
  std::uint64_t pending_ = 0;
  unsigned filled_ = 0;
};

// One random number a process. Define CROSSTIE_FIXED_SEED (a number) to repeat a run exactly.
[[nodiscard]] inline std::uint64_t process_seed() {
#ifdef CROSSTIE_FIXED_SEED
  return CROSSTIE_FIXED_SEED;
#else
  static const std::uint64_t seed = detail::random_word();
  return seed;
#endif
}

// The seed of one table, by its address, and with its elements it goes to other tables. The tables
// that come after that get other seeds, even where that one has been, and tables that hash into
// slots renew theirs when they are moved from: putting a table's keys into another in iteration
// order would pile them up, if both had the same.
class table_seed {
 public:
  explicit table_seed(const void* table) : value_(make(table)) {}
  table_seed(const table_seed& other) noexcept : value_(other.value_) { given_away() += 1; }
  table_seed& operator=(const table_seed& other) noexcept {
    value_ = other.value_;
    given_away() += 1;
    return *this;
  }
  ~table_seed() = default;
  operator std::uint64_t() const noexcept { return value_; }  // NOLINT(google-explicit-constructor)
  // Another seed, for a table whose elements have gone elsewhere with this one.
  void renew(const void* table) noexcept { value_ = make(table); }

 private:
  [[nodiscard]] static std::uint64_t& given_away() noexcept {
    static constinit thread_local std::uint64_t count = 0;
    return count;
  }
  [[nodiscard]] static std::uint64_t make(const void* table) {
#ifdef CROSSTIE_FIXED_SEED
    static_cast<void>(table);  // addresses differ from run to run
    static constinit std::atomic<std::uint64_t> tables = 0;
    return detail::fold(process_seed() ^ tables.fetch_add(1, std::memory_order_relaxed),
                        detail::mix_b);
#else
    const auto address = reinterpret_cast<std::uintptr_t>(table);
    return detail::fold(process_seed() ^ address ^ given_away() * detail::mix_a, detail::mix_b);
#endif
  }

  std::uint64_t value_;
};

}  // namespace crosstie
