// Stats: what tables tell about themselves, counted on demand in one pass.
//
//   flat_stats   of tables that hash their keys: flat_set, flat_map, steady_map, concurrent_map,
//                digest_map, lru_map, lru_rows, interner, uuid_assignment
//   cell_stats   of tables with rows of their own: relation, table, assignment, matrix
//
// Promise: nothing is counted while a table is used, save what CROSSTIE_COUNTERS asks for: define
//   it in every file of a program, or in none, since it adds a word to some tables.
// Cost: flat_stats hashes every key; cell_stats looks at every row. Thread safety: a reader of the
//   table.
#pragma once

#include <crosstie/detail/language.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace crosstie {

// "Group" is what a lookup compares at once: 14 slots of a flat table, 16 of an interner's index, 6
// of a uuid_assignment.
struct flat_stats {
  std::size_t size = 0;
  std::size_t capacity = 0;
  std::size_t memory_bytes = 0;
  double load_factor = 0;
  // probes[i]: elements found in the i-th group looked at; the last cell holds all beyond.
  std::array<std::size_t, 8> probes{};
  std::size_t longest_probe = 0;  // groups looked at for the farthest element; 0 when empty
  double mean_probe = 0;
  std::size_t overflowed_groups = 0;  // groups that a lookup may have to go past
  // Quality of the hash on these very keys: how far the worst of its 64 bits is from being set in
  // half of them, as a share. n good hashes stay below about 2 / sqrt(n).
  double worst_bit_bias = 0;
#ifdef CROSSTIE_COUNTERS
  std::size_t rebuilds = 0;  // times that the elements have moved, each table for itself
#endif
};

struct cell_stats {
  std::size_t size = 0;
  std::size_t memory_bytes = 0;
  std::size_t rows = 0;  // that have members
  std::size_t longest_row = 0;
  double mean_row = 0;
  // Of the places for ids that rows with members have; of an assignment, of the columns up to the
  // largest; of a matrix, of the cells with padding.
  double load_factor = 0;
};

namespace detail {

// Adds up what flat_stats tells, over one table or several that make one.
class stats_counter {
 public:
  // An element of this hash, found in the `length`-th group looked at.
  void add(std::uint64_t hash, std::size_t length) noexcept {
    ++found_.size;
    ++found_.probes[std::min(length, found_.probes.size()) - 1];
    found_.longest_probe = std::max(found_.longest_probe, length);
    groups_ += length;
    for (unsigned bit = 0; bit < 64; ++bit) ones_[bit] += hash >> bit & 1;
  }
  void add_group(bool overflowed) noexcept { found_.overflowed_groups += overflowed; }
  void add_table(std::size_t capacity, [[maybe_unused]] std::size_t rebuilds) noexcept {
    found_.capacity += capacity;
#ifdef CROSSTIE_COUNTERS
    found_.rebuilds += rebuilds;
#endif
  }

  [[nodiscard]] flat_stats result(std::size_t memory_bytes) const noexcept {
    flat_stats all = found_;
    all.memory_bytes = memory_bytes;
    if (all.size == 0) return all;
    const auto size = static_cast<double>(all.size);
    all.load_factor = size / static_cast<double>(all.capacity);
    all.mean_probe = static_cast<double>(groups_) / size;
    for (const std::size_t count : ones_) {
      const double share = static_cast<double>(count) / size;
      all.worst_bit_bias = std::max(all.worst_bit_bias, share < 0.5 ? 0.5 - share : share - 0.5);
    }
    return all;
  }

 private:
  flat_stats found_;
  std::size_t groups_ = 0;
  std::array<std::size_t, 64> ones_{};
};

// Times that the elements of a table have moved: nothing, unless CROSSTIE_COUNTERS is defined.
class rebuild_count {
 public:
#ifdef CROSSTIE_COUNTERS
  void count() noexcept { ++times_; }
  [[nodiscard]] std::size_t value() const noexcept { return times_; }

 private:
  std::size_t times_ = 0;
#else
  void count() noexcept {}
  [[nodiscard]] std::size_t value() const noexcept { return 0; }
#endif
};

}  // namespace detail
}  // namespace crosstie
