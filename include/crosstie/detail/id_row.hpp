// Id row: where the ids of one row lie, in 8 bytes.
//
//   place    bits 0..3  lines, 1 to 15, or 0 where the row has none of the pool's
//            bits 4..31 the number of its first line; without lines, what the row is instead
//   further  bits 0..2  lines of the first run, or 0 where there is one run
//            bit  3     some id may lie in another line than its own
//            bits 4..31 what the lines of the second run are counted from, or of the only one
//
// Line i of the row is line first + i of the pool, or in the second run base + i: of two runs the
// first is the one with the lower numbers, so that base is no less than first. A row without lines
// is empty, or has a single id, or is long: the id, or its number among the long rows
// (detail/long_rows.hpp), is `further`.
//
// Thread safety: as plain data.
#pragma once

#include <algorithm>
#include <cstdint>

#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

class id_row {
 public:
  static constexpr unsigned number_shift = 4;

 private:
  static constexpr std::uint32_t lines_mask = 15, head_mask = 7, displaced_mark = 8;
  static constexpr std::uint32_t single_mark = 1U << number_shift, long_mark = 2U << number_shift;

 public:
  // Line numbers are below this.
  static constexpr std::uint32_t line_limit = 1U << (32 - number_shift);
  // Rows that are longer have one run.
  static constexpr std::uint32_t most_head_lines = head_mask;
  static_assert(lines_a_pooled_run <= lines_mask);

  constexpr id_row() noexcept = default;
  [[nodiscard]] static constexpr id_row of_single(std::uint32_t id) noexcept {
    return {single_mark, id};
  }
  [[nodiscard]] static constexpr id_row of_long(std::uint32_t number) noexcept {
    return {long_mark, number};
  }
  [[nodiscard]] static constexpr id_row of_run(std::uint32_t first, std::uint32_t lines) noexcept {
    return {first << number_shift | lines, first << number_shift};
  }
  // The same row with another run, neither of them longer than most_head_lines.
  [[nodiscard]] constexpr id_row with_run(std::uint32_t added, std::uint32_t lines) const noexcept {
    const std::uint32_t head = added < first() ? lines : this->lines();
    const std::uint32_t low = std::min(added, first());
    const std::uint32_t base = std::max(added, first()) - head;
    return {low << number_shift | (this->lines() + lines), base << number_shift | head};
  }

  [[nodiscard]] constexpr bool has_lines() const noexcept { return lines() != 0; }
  [[nodiscard]] constexpr bool is_single() const noexcept { return place_ == single_mark; }
  [[nodiscard]] constexpr bool is_long() const noexcept { return place_ == long_mark; }
  // The single id, or the number of the long row.
  [[nodiscard]] constexpr std::uint32_t number() const noexcept { return further_; }

  // The rest is of a row with lines: how many, in the first run, in the second.
  [[nodiscard]] constexpr std::uint32_t lines() const noexcept { return place_ & lines_mask; }
  [[nodiscard]] constexpr bool has_two_runs() const noexcept { return (further_ & head_mask) != 0; }
  [[nodiscard]] constexpr std::uint32_t head() const noexcept {
    return has_two_runs() ? further_ & head_mask : lines();
  }
  [[nodiscard]] constexpr std::uint32_t tail() const noexcept { return lines() - head(); }
  [[nodiscard]] constexpr std::uint32_t first() const noexcept { return place_ >> number_shift; }
  [[nodiscard]] constexpr std::uint32_t second() const noexcept { return line(head()); }
  // The number of its line i.
  [[nodiscard]] constexpr std::uint32_t line(std::uint32_t i) const noexcept {
    return mark(i) >> number_shift;
  }
  // The same above number_shift bits that mean nothing: for a lookup, which saves to shift it down.
  [[nodiscard]] constexpr std::uint32_t mark(std::uint32_t i) const noexcept {
    // Which run it is cannot be foretold: both are numbers at hand, so that compilers do not
    // branch.
    return (i < (further_ & head_mask) ? place_ : further_) + (i << number_shift);
  }

  // Whether an id may lie in another line than its own.
  [[nodiscard]] constexpr bool displaced() const noexcept {
    return (further_ & displaced_mark) != 0;
  }
  constexpr void set_displaced(bool value) noexcept {
    further_ = (further_ & ~displaced_mark) | (value ? displaced_mark : 0);
  }

 private:
  constexpr id_row(std::uint32_t place, std::uint32_t further) noexcept
      : place_(place), further_(further) {}

  std::uint32_t place_ = 0;
  std::uint32_t further_ = 0;
};
static_assert(sizeof(id_row) == 8);

}  // namespace crosstie::detail
