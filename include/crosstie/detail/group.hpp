// A group: the control bytes of 14 neighbouring slots, compared 14 at a time.
//
//   byte   0 .. 13      14         15
//         tags of     overflow   overflow
//         the slots   filter     count
//
// A tag is 0 for an empty slot, else 1 to 255, from the hash of the key in the slot. Whoever probes
// past a full group while inserting leaves a mark in it: one bit of the filter, and the count. A
// lookup goes on to the next group only where the filter has its bit. Erasing takes the mark away
// again, and the filter is wiped when the count falls to 0: no tombstones, so a table does not
// slow down with use. A count that reaches 255 stays there until the table is rebuilt.
//
// Cost: a match is one 16-byte compare (SSE2), or a loop of 14 where CROSSTIE_NO_SIMD is defined or
// the machine has no SSE2. With SSE2 a tag is written by rewriting all 16 bytes: the next compare
// would else wait until the one byte has left the store buffer. Thread safety: as plain data.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <crosstie/detail/limits.hpp>

#if defined(__SSE2__) && defined(__x86_64__) && !defined(CROSSTIE_NO_SIMD)
#define CROSSTIE_SSE2 1
#else
#define CROSSTIE_SSE2 0
#endif
// What the compiler may use beyond SSE2, from flags such as -march=native.
#if CROSSTIE_SSE2 && defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define CROSSTIE_AVX512 1
#else
#define CROSSTIE_AVX512 0
#endif
#if CROSSTIE_SSE2 && defined(__AVX2__)
#define CROSSTIE_AVX2 1
#else
#define CROSSTIE_AVX2 0
#endif

#if CROSSTIE_AVX2 || CROSSTIE_AVX512
#include <immintrin.h>
#elif CROSSTIE_SSE2
#include <emmintrin.h>
#endif

namespace crosstie::detail {

#if CROSSTIE_SSE2
// Bit i is set where byte i of both is the same. AVX-512 would do so in one instruction, and is
// slower: see docs/dead-ends.md.
[[nodiscard]] inline std::uint32_t equal_bytes(__m128i bytes, __m128i wanted) noexcept {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
}
[[nodiscard]] inline std::uint32_t equal_bytes(__m128i bytes, std::uint8_t tag) noexcept {
  return equal_bytes(bytes, _mm_set1_epi8(static_cast<char>(tag)));
}
#endif

// The tag of a key: the low byte of its hash, save 0, which stands for empty.
[[nodiscard]] constexpr std::uint8_t tag_of_byte(std::uint8_t low) noexcept {
  return static_cast<std::uint8_t>(low + (low == 0));
}

#if CROSSTIE_SSE2
// The tag of each low byte four times over: a load and a shuffle fill 16 bytes with it, where
// SSE2 alone takes seven instructions.
inline constexpr std::array<std::uint32_t, 256> repeated_tags = [] {
  std::array<std::uint32_t, 256> tags{};
  for (std::uint32_t low = 0; low < tags.size(); ++low) {
    tags[low] = 0x01010101U * tag_of_byte(static_cast<std::uint8_t>(low));
  }
  return tags;
}();

// 16 bytes from byte 16 - i on have only byte i set.
alignas(64) inline constexpr std::array<std::uint8_t, 48> one_byte = [] {
  std::array<std::uint8_t, 48> bytes{};
  bytes[16] = 0xff;
  return bytes;
}();
#endif

struct alignas(16) group {
  std::uint8_t tags[group_slots];
  std::uint8_t overflow_filter;
  std::uint8_t overflow_count;

  static constexpr std::uint32_t all_slots = (1U << group_slots) - 1;
  static constexpr std::uint8_t sticky_count = sticky_overflow_count;

  [[nodiscard]] static constexpr std::uint8_t tag_of(std::uint64_t hash) noexcept {
    return tag_of_byte(static_cast<std::uint8_t>(hash));
  }

  [[nodiscard]] static constexpr unsigned filter_index(std::uint64_t hash) noexcept {
    return static_cast<unsigned>(hash >> 8) & 7;
  }
  [[nodiscard]] static constexpr std::uint8_t filter_bit(std::uint64_t hash) noexcept {
    return static_cast<std::uint8_t>(1U << filter_index(hash));
  }

  // Bit i is set where slot i has this tag.
  [[nodiscard]] std::uint32_t match(std::uint8_t tag) const noexcept {
#if CROSSTIE_SSE2
    return equal_bytes(bytes(), tag) & all_slots;
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < group_slots; ++i) mask |= std::uint32_t{tags[i] == tag} << i;
    return mask;
#endif
  }

  // Bit i is set where slot i has the tag of this hash.
  [[nodiscard]] std::uint32_t match_hash(std::uint64_t hash) const noexcept {
#if CROSSTIE_SSE2
    return equal_bytes(bytes(), repeated_tag(hash)) & all_slots;
#else
    return match(tag_of(hash));
#endif
  }
  [[nodiscard]] std::uint32_t match_empty() const noexcept { return match(0); }
  [[nodiscard]] std::uint32_t match_full() const noexcept { return match(0) ^ all_slots; }

  // Slot i, which is empty, takes a key with this hash.
  void fill(std::size_t i, std::uint64_t hash) noexcept {
#if CROSSTIE_SSE2
    store(_mm_or_si128(bytes(), _mm_and_si128(only_byte(i), repeated_tag(hash))));
#else
    tags[i] = tag_of(hash);
#endif
  }
  // Slot i is empty again.
  void empty(std::size_t i) noexcept {
#if CROSSTIE_SSE2
    store(_mm_andnot_si128(only_byte(i), bytes()));
#else
    tags[i] = 0;
#endif
  }

  [[nodiscard]] bool may_overflow(std::uint64_t hash) const noexcept {
    return (overflow_filter >> filter_index(hash) & 1) != 0;
  }

  void mark_overflow(std::uint64_t hash) noexcept {
    overflow_filter |= filter_bit(hash);
    if (overflow_count != sticky_count) ++overflow_count;
  }

  void unmark_overflow() noexcept {
    if (overflow_count == sticky_count) return;
    if (--overflow_count == 0) overflow_filter = 0;
  }

  // The group after the last one looks full and marked by nobody, which no real group can.
  void make_sentinel() noexcept {
    tags[0] = 1;
    overflow_filter = 0;
    overflow_count = 1;
  }
  [[nodiscard]] bool is_sentinel() const noexcept {
    return overflow_count != 0 && overflow_filter == 0;
  }

#if CROSSTIE_SSE2
 private:
  [[nodiscard]] __m128i bytes() const noexcept {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
  }
  void store(__m128i bytes) noexcept { _mm_store_si128(reinterpret_cast<__m128i*>(tags), bytes); }
  [[nodiscard]] static __m128i repeated_tag(std::uint64_t hash) noexcept {
    const std::uint32_t tags = repeated_tags[static_cast<std::uint8_t>(hash)];
    return _mm_shuffle_epi32(_mm_cvtsi32_si128(static_cast<int>(tags)), 0);
  }
  [[nodiscard]] static __m128i only_byte(std::size_t i) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(one_byte.data() + 16 - i));
  }
#endif
};

static_assert(sizeof(group) == 16);

// What a table without memory looks into: one group that is always empty.
inline constinit group empty_group{};

// Visits all groups of a table of a power-of-two number of groups, in triangular steps.
class probe {
 public:
  constexpr probe(std::uint64_t hash, unsigned shift, std::size_t mask) noexcept
      : index_((hash >> shift) & mask), mask_(mask) {}

  [[nodiscard]] constexpr std::size_t index() const noexcept { return index_; }
  [[nodiscard]] constexpr std::size_t steps() const noexcept { return steps_; }

  // False when every group has been visited.
  constexpr bool next() noexcept {
    ++steps_;
    index_ = (index_ + steps_) & mask_;
    return steps_ <= mask_;
  }

 private:
  std::size_t index_;
  std::size_t mask_;
  std::size_t steps_ = 0;
};

}  // namespace crosstie::detail
