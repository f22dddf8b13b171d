// Limits: the sizes at which tables change their behaviour.
//
// Define CROSSTIE_TINY_LIMITS in every file of a program to shrink them, so that states that are
// rare in practice (sticky marks, many segments, texts across pages) become common in tests.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crosstie::detail {

#ifdef CROSSTIE_TINY_LIMITS
inline constexpr std::uint8_t sticky_overflow_count = 3;
inline constexpr std::size_t elements_a_segment = 4;
inline constexpr std::size_t smallest_text_block = 16;
inline constexpr unsigned text_page_bits = 6;
inline constexpr std::uint32_t packed_ids = 4;
using list_place = std::uint8_t;
#else
// Overflow marks of a group that are counted; more stay until the table is rebuilt.
inline constexpr std::uint8_t sticky_overflow_count = 255;
// Elements of an array that never moves its elements, in one allocation.
inline constexpr std::size_t elements_a_segment = 1024;
// Bytes of the first block of an arena; blocks double up to a page.
inline constexpr std::size_t smallest_text_block = 1024;
inline constexpr unsigned text_page_bits = 16;
// Ids that a set holds without hashing them: a multiple of 4.
inline constexpr std::uint32_t packed_ids = 32;
// What a column of an assignment keeps of its place in its row's list.
using list_place = std::uint16_t;
#endif

}  // namespace crosstie::detail
