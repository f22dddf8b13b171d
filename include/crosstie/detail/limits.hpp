// Limits: the sizes at which tables change their behaviour.
//
// Define CROSSTIE_TINY_LIMITS in every file of a program to shrink them, so that states that are
// rare in practice (sticky marks, many segments, texts across pages) become common in tests.
#pragma once

#include <crosstie/detail/language.hpp>

#include <cstddef>
#include <cstdint>

namespace crosstie::detail {

#ifdef CROSSTIE_TINY_LIMITS
inline constexpr std::size_t group_slots = 4;
inline constexpr std::size_t single_group_load = 3;
inline constexpr std::size_t small_table_groups = 2;
inline constexpr std::uint8_t sticky_overflow_count = 3;
inline constexpr std::uint32_t most_interned_ids = 255;
inline constexpr std::size_t elements_a_segment = 4;
inline constexpr std::size_t smallest_text_block = 16;
inline constexpr unsigned text_page_bits = 6;
inline constexpr std::uint32_t ids_a_line = 4;
inline constexpr std::uint32_t dense_lines = 2;
inline constexpr std::uint32_t lines_a_chunk = 8;
inline constexpr std::uint32_t first_chunk_lines = 2;
inline constexpr std::uint32_t lines_a_pooled_run = 3;
using list_place = std::uint8_t;
using narrow_index = std::uint8_t;
#else
// Slots of a group of a flat table: with its filter and count, 16 bytes.
inline constexpr std::size_t group_slots = 14;
// Elements of a flat table of one group before it grows.
inline constexpr std::size_t single_group_load = 14;
// Groups of a flat table that may fill up a little further than those of larger ones.
inline constexpr std::size_t small_table_groups = 8;
// Names or values that one interner takes.
inline constexpr std::uint32_t most_interned_ids = 0xffffffff;
// Overflow marks of a group that are counted; more stay until the table is rebuilt.
inline constexpr std::uint8_t sticky_overflow_count = 255;
// Elements of an array that never moves its elements, in one allocation.
inline constexpr std::size_t elements_a_segment = 1024;
// Bytes of the first block of an arena; blocks double up to a page.
inline constexpr std::size_t smallest_text_block = 256;
inline constexpr unsigned text_page_bits = 16;
// Dense ids in a cache line; blocks of fewer are not hashed.
inline constexpr std::uint32_t ids_a_line = 16;
// Lines of a block that may be 15/16 full; longer blocks are 7/8 full at most.
inline constexpr std::uint32_t dense_lines = 8;
// Lines of a chunk of a pool; the first starts smaller and doubles. Longer runs than
// lines_a_pooled_run are allocations of their own.
inline constexpr std::uint32_t lines_a_chunk = 1024;
inline constexpr std::uint32_t first_chunk_lines = 8;
inline constexpr std::uint32_t lines_a_pooled_run = 15;
// What a column of an assignment keeps of its place in its row's list.
using list_place = std::uint16_t;
// What an assignment keeps of rows while there are few of them.
using narrow_index = std::uint16_t;
#endif

}  // namespace crosstie::detail
