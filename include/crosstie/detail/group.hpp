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
// the machine has no SSE2. Thread safety: as plain data.
#pragma once

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
// Bit i is set where byte i is `tag`. AVX-512 would do so in one instruction, and is slower: see
// docs/dead-ends.md.
[[nodiscard]] inline std::uint32_t equal_bytes(__m128i bytes, std::uint8_t tag) noexcept {
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(tag));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
}
#endif

struct alignas(16) group {
  std::uint8_t tags[group_slots];
  std::uint8_t overflow_filter;
  std::uint8_t overflow_count;

  static constexpr std::uint32_t all_slots = (1U << group_slots) - 1;
  static constexpr std::uint8_t sticky_count = sticky_overflow_count;

  // The low byte of the hash, save 0, which stands for empty.
  [[nodiscard]] static constexpr std::uint8_t tag_of(std::uint64_t hash) noexcept {
    const auto low = static_cast<std::uint8_t>(hash);
    return static_cast<std::uint8_t>(low + (low == 0));
  }

  [[nodiscard]] static constexpr std::uint8_t filter_bit(std::uint64_t hash) noexcept {
    return static_cast<std::uint8_t>(1U << ((hash >> 8) & 7));
  }

  // Bit i is set where slot i has this tag.
  [[nodiscard]] std::uint32_t match(std::uint8_t tag) const noexcept {
#if CROSSTIE_SSE2
    const __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
    return equal_bytes(bytes, tag) & all_slots;
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < group_slots; ++i) mask |= std::uint32_t{tags[i] == tag} << i;
    return mask;
#endif
  }

  [[nodiscard]] std::uint32_t match_empty() const noexcept { return match(0); }
  [[nodiscard]] std::uint32_t match_full() const noexcept { return match(0) ^ all_slots; }

  [[nodiscard]] bool may_overflow(std::uint64_t hash) const noexcept {
    return (overflow_filter & filter_bit(hash)) != 0;
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
