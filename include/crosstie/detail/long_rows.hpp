// Long rows: the ids of rows that are too long for a pool of lines, each in a run of its own.
//
// Promise: a row is reached by its number in one load, and keeps it.
// Cost: 16 bytes a row, beside its lines.
// It does not keep the allocator, so whoever holds long rows must release() them.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/line_pool.hpp>
#include <crosstie/detail/lined_ids.hpp>

namespace crosstie::detail {

struct long_row {
  id_line* run;
  std::uint32_t lines;
  std::uint32_t size;

  [[nodiscard]] lined_ids ids() const noexcept { return {run->ids, lines * ids_a_line}; }
  [[nodiscard]] const std::uint32_t* line_of(std::uint32_t id) const noexcept {
    return run[lined_ids::home_of(id, lines)].ids;
  }
};

template <class Alloc>
class long_rows {
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<id_line>;
  using vector =
      std::vector<long_row, typename std::allocator_traits<Alloc>::template rebind_alloc<long_row>>;

 public:
  explicit long_rows(const Alloc& alloc) : rows_(alloc) {}
  long_rows(long_rows&& other) noexcept = default;
  long_rows& operator=(long_rows&&) = delete;

  [[nodiscard]] const long_row& operator[](std::uint32_t number) const noexcept {
    return rows_[number];
  }
  [[nodiscard]] long_row& operator[](std::uint32_t number) noexcept { return rows_[number]; }

  // The number of a new row without ids.
  [[nodiscard]] std::uint32_t take(const Alloc& alloc, std::uint32_t lines) {
    detail::reserve_slim(rows_, rows_.size() + 1);
    rows_.push_back({new_run(alloc, lines), lines, 0});
    return static_cast<std::uint32_t>(rows_.size() - 1);
  }
  // Moves a row's ids to a run of so many lines.
  void regrow(const Alloc& alloc, std::uint32_t number, std::uint32_t lines) {
    long_row& row = rows_[number];
    long_row grown{new_run(alloc, lines), lines, row.size};
    const lined_ids from = row.ids();
    for (std::uint32_t at = 0; at != from.places(); ++at) {
      if (from.at(at) != no_index) grown.ids().put(from.at(at));
    }
    free_run(alloc, row);
    row = grown;
  }

  void release(const Alloc& alloc) noexcept {
    for (const long_row& row : rows_) free_run(alloc, row);
    rows_.clear();
  }
  void swap(long_rows& other) noexcept { rows_.swap(other.rows_); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = rows_.capacity() * sizeof(long_row);
    for (const long_row& row : rows_) bytes += std::size_t{row.lines} * sizeof(id_line);
    return bytes;
  }

 private:
  [[nodiscard]] static id_line* new_run(const Alloc& alloc, std::uint32_t lines) {
    typename traits::allocator_type memory(alloc);
    id_line* const run = traits::allocate(memory, lines);
    std::uninitialized_fill_n(run, lines, empty_line);
    return run;
  }
  static void free_run(const Alloc& alloc, const long_row& row) noexcept {
    typename traits::allocator_type memory(alloc);
    traits::deallocate(memory, row.run, row.lines);
  }

  vector rows_;
};

}  // namespace crosstie::detail
