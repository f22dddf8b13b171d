// Id lines: 16 dense ids in a cache line, compared at once, written four at a time.
//
// Cost: 4 compares with SSE2, 2 where the compiler may use AVX2, 1 with AVX-512, or a loop where
//   CROSSTIE_NO_SIMD or, for shorter lines, CROSSTIE_TINY_LIMITS is defined. Thread safety:
//   stateless.
#pragma once

#include <cstddef>
#include <cstdint>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/group.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

// Bit i is set where place i of a line (16 ids on a 64-byte boundary) holds `id`.
[[nodiscard]] inline std::uint32_t match_line(const std::uint32_t* line,
                                              std::uint32_t id) noexcept {
#if CROSSTIE_AVX512 && !defined(CROSSTIE_TINY_LIMITS)
  return _mm512_cmpeq_epi32_mask(_mm512_load_si512(line), _mm512_set1_epi32(static_cast<int>(id)));
#elif CROSSTIE_AVX2 && !defined(CROSSTIE_TINY_LIMITS)
  const __m256i wanted = _mm256_set1_epi32(static_cast<int>(id));
  const auto half = [&](const std::uint32_t* ids) {
    const __m256i eight = _mm256_load_si256(reinterpret_cast<const __m256i*>(ids));
    return static_cast<std::uint32_t>(
        _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(eight, wanted))));
  };
  return half(line) | half(line + 8) << 8;
#elif CROSSTIE_SSE2 && !defined(CROSSTIE_TINY_LIMITS)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(id));
  const auto quarter = [&](const std::uint32_t* ids) {
    return _mm_cmpeq_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(ids)), wanted);
  };
  const __m128i low = _mm_packs_epi32(quarter(line), quarter(line + 4));
  const __m128i high = _mm_packs_epi32(quarter(line + 8), quarter(line + 12));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
#else
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < ids_a_line; ++i) mask |= std::uint32_t{line[i] == id} << i;
  return mask;
#endif
}

// Whether match_line finds it anywhere, an instruction cheaper.
[[nodiscard]] inline bool line_holds(const std::uint32_t* line, std::uint32_t id) noexcept {
#if CROSSTIE_SSE2 && !CROSSTIE_AVX2 && !defined(CROSSTIE_TINY_LIMITS)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(id));
  const auto quarter = [&](const std::uint32_t* ids) {
    return _mm_cmpeq_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(ids)), wanted);
  };
  return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quarter(line), quarter(line + 4)),
                                        _mm_or_si128(quarter(line + 8), quarter(line + 12)))) != 0;
#else
  return match_line(line, id) != 0;
#endif
}

#if CROSSTIE_SSE2
// Four ids from id 3 - i on have only id i set.
inline constexpr std::uint32_t one_of_four[7] = {0, 0, 0, ~std::uint32_t{0}, 0, 0, 0};
[[nodiscard]] inline __m128i only_id(std::uint32_t i) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(one_of_four + 3 - i));
}
#endif

// Place `at` of a line takes an id, or is empty again. All four ids are written that SSE2 compares
// together: the next compare would else wait until the one has left the store buffer. Where AVX2 or
// AVX-512 compares more it waits all the same.
static_assert(ids_a_line % 4 == 0);
inline void put_id(std::uint32_t* line, std::uint32_t at, std::uint32_t id) noexcept {
#if CROSSTIE_SSE2
  __m128i* const four = reinterpret_cast<__m128i*>(line + at / 4 * 4);
  const __m128i only = only_id(at % 4);
  const __m128i ids = _mm_set1_epi32(static_cast<int>(id));
  _mm_store_si128(
      four, _mm_or_si128(_mm_and_si128(only, ids), _mm_andnot_si128(only, _mm_load_si128(four))));
#else
  line[at] = id;
#endif
}
inline void empty_place(std::uint32_t* line, std::uint32_t at) noexcept {
#if CROSSTIE_SSE2
  __m128i* const four = reinterpret_cast<__m128i*>(line + at / 4 * 4);
  _mm_store_si128(four, _mm_or_si128(only_id(at % 4), _mm_load_si128(four)));
#else
  line[at] = no_index;
#endif
}

// The first of `count` ids (a multiple of 4) that is `id`, or `count`.
[[nodiscard]] inline std::uint32_t find_id(const std::uint32_t* ids, std::uint32_t count,
                                           std::uint32_t id) noexcept {
#if CROSSTIE_SSE2
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(id));
  for (std::uint32_t i = 0; i < count; i += 4) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(ids + i));
    const int same = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four, wanted)));
    if (same != 0) {
      return i + static_cast<std::uint32_t>(std::countr_zero(static_cast<unsigned>(same)));
    }
  }
  return count;
#else
  std::uint32_t at = 0;
  while (at != count && ids[at] != id) ++at;
  return at;
#endif
}

}  // namespace crosstie::detail
