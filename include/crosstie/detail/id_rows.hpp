// Id rows: a set of dense ids for each of many rows, the rows numbered from 0.
//
//   rows   [16 B: where, lines, jump, ids]               a row of one id holds it where it would
//                                                        say where
//   lines  [16 ids][16 ids] ... one pool for all rows    (detail/line_pool.hpp, lined_ids.hpp)
//
// Promise: find, insert and erase take constant time (amortised) and read the row's 16 bytes and
//   one line of ids, rarely two. Erasing and clear() keep memory for what comes next; clear()
//   takes constant time, save for rows of more than 16 lines.
// Cost: 16 bytes a row, and 64 for every 15 ids of it once it has two, rounded up: about 5.8 bytes
//   an id in rows of 30. Rows grow by one line, later by a quarter.
// Every second time a row grows the new lines are a run of their own, beside the first. Rows that
// always moved to a longer run would leave holes too short for the others: 13 % of all lines.
// Invariants: a row without lines has no id or one. A row gives lines back to grow, or to
//   shrink_to_fit(), only.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/line_pool.hpp>
#include <crosstie/detail/lined_ids.hpp>
#include <crosstie/detail/prefetch.hpp>

namespace crosstie::detail {

// The ids of a row, in two runs of places (of which the second may have none), some of which hold
// no_index; or where there are no places, `single`.
struct row_ids {
  const std::uint32_t* head = nullptr;
  const std::uint32_t* tail = nullptr;
  std::uint32_t head_places = 0;
  std::uint32_t tail_places = 0;
  std::uint32_t size = 0;
  std::uint32_t single = no_index;
};

template <class Alloc>
class id_rows {
  struct alignas(ids_a_line * sizeof(std::uint32_t)) line {
    std::uint32_t ids[ids_a_line];
    constexpr line() noexcept { std::fill_n(ids, ids_a_line, no_index); }
  };
  static constexpr line empty_line{};

  // What a lookup reads of a row is laid out for it: line i of the row is line first + i of the
  // pool, and from line head() on, where there are two runs, jump further.
  struct row {
    static constexpr unsigned head_bits = 5;
    static constexpr std::uint32_t head_mask = (1U << head_bits) - 1;
    std::uint32_t first = 0;  // the number of its first line, or its only id
    std::uint32_t runs = 0;   // lines, and below head_bits, those before the jump; 0: no jump
    std::uint32_t jump = 0;   // 0 where there is one run
    std::uint32_t size = 0;

    [[nodiscard]] std::uint32_t lines() const noexcept { return runs >> head_bits; }
    [[nodiscard]] bool has_two_runs() const noexcept { return (runs & head_mask) != 0; }
    [[nodiscard]] std::uint32_t head() const noexcept {
      return has_two_runs() ? runs & head_mask : lines();
    }
    [[nodiscard]] std::uint32_t tail() const noexcept { return lines() - head(); }
    [[nodiscard]] std::uint32_t second() const noexcept { return first + head() + jump; }
  };
  static_assert(lines_a_pooled_run <= row::head_mask);
  using rows = std::vector<row, typename std::allocator_traits<Alloc>::template rebind_alloc<row>>;

 public:
  explicit id_rows(const Alloc& alloc) : alloc_(alloc), rows_(alloc), pool_(alloc) {}
  // A copy takes the memory that its ids need, and lies in the order of the rows.
  id_rows(const id_rows& other, const Alloc& alloc) : id_rows(alloc) {
    rows_.resize(other.rows_.size());
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
      copy_row(r, other.ids(r));
    }
  }
  id_rows(id_rows&& other) noexcept
      : alloc_(other.alloc_), rows_(std::move(other.rows_)), pool_(std::move(other.pool_)) {
    other.rows_.clear();
  }
  id_rows& operator=(id_rows&&) = delete;
  ~id_rows() { pool_.release(alloc_); }

  // One more than the greatest row used so far; rows are asked for below it.
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::uint32_t count(std::uint32_t r) const noexcept { return rows_[r].size; }

  // The id is not no_index.
  [[nodiscard]] bool find(std::uint32_t r, std::uint32_t id) const noexcept {
    const row& in = rows_[r];
    if (in.runs == 0) [[unlikely]]
      return in.size != 0 && in.first == id;
    return find_from(line_of(in, id), r, id);
  }

  // The same in two halves, between which others may do theirs: where to look, whose memory is
  // asked for here, and the rest.
  struct start_type {
    const std::uint32_t* line;
    std::uint32_t id;  // what to look for there
  };
  [[nodiscard]] start_type start(std::uint32_t r, std::uint32_t id) const noexcept {
    const row& in = rows_[r];
    if (in.runs == 0) [[unlikely]]
      return in.size != 0 && in.first == id ? start_type{empty_line.ids, no_index}
                                            : start_of_nothing();
    const std::uint32_t* line = line_of(in, id);
    __builtin_prefetch(line);
    return {line, id};
  }
  // Of a question whose row or id there cannot be: looks for an id in a line that has none.
  [[nodiscard]] static start_type start_of_nothing() noexcept { return {empty_line.ids, 0}; }
  [[nodiscard]] bool finish(start_type at, std::uint32_t r, std::uint32_t id) const noexcept {
    if (match_line(at.line, at.id) != 0) return true;
    return !line_has_room(at.line) && find_displaced(rows_[r], id);
  }

  [[nodiscard]] row_ids ids(std::uint32_t r) const noexcept {
    const row& of = rows_[r];
    row_ids result;
    result.size = of.size;
    if (of.runs == 0) {
      if (of.size != 0) result.single = of.first;
      return result;
    }
    result.head = pool_.at(of.first);
    result.head_places = of.head() * ids_a_line;
    if (of.tail() != 0) result.tail = pool_.at(of.second());
    result.tail_places = of.tail() * ids_a_line;
    return result;
  }
  // Calls visit(id) for each id of a row; loops that compilers make vectors of.
  template <class Visit>
  void visit(std::uint32_t r, Visit&& visit) const {
    visit_ids(ids(r), visit);
  }
  void prefetch_row(std::uint32_t r) const noexcept { prefetch_element(rows_.data(), r); }
  // Starts to fetch the first lines of a row, for whoever reads them all: each on its own is a
  // wait.
  void prefetch_ids(std::uint32_t r) const noexcept {
    const row_ids all = ids(r);
    for (std::uint32_t at = 0; at < std::min(all.head_places, 4 * ids_a_line); at += ids_a_line) {
      __builtin_prefetch(all.head + at);
    }
    if (all.tail_places != 0) __builtin_prefetch(all.tail);
  }

  // True if the id is new.
  bool insert(std::uint32_t r, std::uint32_t id) {
    grow(r);
    row& in = rows_[r];
    if (in.runs != 0) [[likely]] {
      std::uint32_t* line = line_of(in, id);
      if (match_line(line, id) != 0) return false;
      if (line_has_room(line) && in.size < lined_ids::limit(in.lines())) [[likely]] {
        line[first_empty(line)] = id;
        ++in.size;
        return true;
      }
    }
    if (find(r, id)) return false;
    reserve_one(r);
    add(r, id);
    return true;
  }
  // The same in two steps, of which only the first may throw, for an id that is not there.
  void reserve_one(std::uint32_t r) {
    grow(r);
    const row& in = rows_[r];
    const bool is_full = in.runs == 0 ? in.size != 0 : in.size >= lined_ids::limit(in.lines());
    if (is_full) regrow(r);
  }
  void add(std::uint32_t r, std::uint32_t id) noexcept {
    row& in = rows_[r];
    if (in.runs == 0) {
      in.first = id;
    } else {
      put(in, id);
    }
    ++in.size;
  }

  // True if the id was there.
  bool erase(std::uint32_t r, std::uint32_t id) noexcept {
    row& in = rows_[r];
    if (in.runs == 0) {
      const bool is_there = in.size != 0 && in.first == id;
      in.size -= is_there;
      return is_there;
    }
    const lined_ids ids = lined(in);
    const std::uint32_t at = ids.find(id);
    if (at == ids.places()) return false;
    ids.erase_at(at, [](std::uint32_t, std::uint32_t) {});
    --in.size;
    return true;
  }
  void clear_row(std::uint32_t r) noexcept {
    empty_lines(rows_[r]);
    rows_[r].size = 0;
  }

  void reserve(std::size_t count) { rows_.reserve(count); }
  void shrink_to_fit() {
    id_rows tight(*this, alloc_);
    swap(tight);
  }
  void clear() noexcept {
    rows_.clear();
    pool_.clear(alloc_);
  }
  void swap(id_rows& other) noexcept {
    rows_.swap(other.rows_);
    pool_.swap(other.pool_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return rows_.capacity() * sizeof(row) + pool_.memory_bytes();
  }

 private:
  [[nodiscard]] std::uint32_t* line_of(const row& in, std::uint32_t id) const noexcept {
    return line_at(in, lined_ids::home_of(id, in.lines()));
  }
  [[nodiscard]] std::uint32_t* line_at(const row& in, std::uint32_t line) const noexcept {
    // Which run it is cannot be foretold, so nothing branches here: all bits are set in the second.
    const std::uint32_t in_tail =
        0U - static_cast<std::uint32_t>(line >= (in.runs & row::head_mask));
    return pool_.at(in.first + line + (in.jump & in_tail));
  }
  [[nodiscard]] lined_ids lined(const row& in) const noexcept {
    return {pool_.at(in.first), in.head() * ids_a_line,
            in.tail() == 0 ? nullptr : pool_.at(in.second()), in.tail() * ids_a_line};
  }
  [[nodiscard]] bool find_from(const std::uint32_t* line, std::uint32_t r,
                               std::uint32_t id) const noexcept {
    if (match_line(line, id) != 0) return true;
    if (line_has_room(line)) [[likely]]
      return false;
    return find_displaced(rows_[r], id);
  }
  [[nodiscard]] bool find_displaced(const row& in, std::uint32_t id) const noexcept {
    const std::uint32_t lines = in.lines();
    const std::uint32_t* line;
    std::uint32_t at = lined_ids::home_of(id, lines);
    do {
      at = at + 1 == lines ? 0 : at + 1;
      line = line_at(in, at);
      if (match_line(line, id) != 0) return true;
    } while (!line_has_room(line));
    return false;
  }
  template <class Visit>
  static void visit_ids(const row_ids& all, Visit& visit) {
    if (all.single != no_index) visit(all.single);
    for (std::uint32_t at = 0; at < all.head_places; ++at) {
      if (all.head[at] != no_index) visit(all.head[at]);
    }
    for (std::uint32_t at = 0; at < all.tail_places; ++at) {
      if (all.tail[at] != no_index) visit(all.tail[at]);
    }
  }

  void put(const row& into, std::uint32_t id) noexcept {
    const lined_ids ids = lined(into);
    ids.at(ids.free_place(id)) = id;
  }
  void empty_lines(const row& of) noexcept {
    if (of.runs == 0) return;
    std::fill_n(pool_.at(of.first), std::size_t{of.head()} * ids_a_line, no_index);
    if (of.tail() != 0) {
      std::fill_n(pool_.at(of.second()), std::size_t{of.tail()} * ids_a_line, no_index);
    }
  }
  void grow(std::uint32_t r) {
    const std::size_t count = std::size_t{r} + 1;
    if (count <= rows_.size()) return;
    reserve_slim(rows_, count);
    rows_.resize(count);
  }
  // Rows of one run get a second one, rows of two one that is as long as both and more.
  void regrow(std::uint32_t r) {
    const row& of = rows_[r];
    const std::uint32_t lines = of.runs == 0 ? 1 : lined_ids::more_lines(of.lines());
    if (of.lines() > 1 && !of.has_two_runs() && lines <= lines_a_pooled_run) {
      add_run(r, lines - of.head());
    } else {
      move_to_run(r, lines);
    }
  }
  void add_run(std::uint32_t r, std::uint32_t lines) {
    const std::uint32_t second = pool_.take(alloc_, lines);
    std::uint32_t kept[lines_a_pooled_run * ids_a_line];
    std::uint32_t count = 0;
    visit(r, [&](std::uint32_t id) { kept[count++] = id; });
    row& of = rows_[r];
    empty_lines(of);
    of.jump = second - of.first - of.head();
    of.runs = (of.lines() + lines) << row::head_bits | of.lines();
    for (std::uint32_t i = 0; i < count; ++i) put(of, kept[i]);
  }
  void move_to_run(std::uint32_t r, std::uint32_t lines) {
    row& of = rows_[r];
    row moved{pool_.take(alloc_, lines), lines << row::head_bits, 0, of.size};
    visit(r, [&](std::uint32_t id) { put(moved, id); });
    if (of.head() != 0) pool_.give_back(alloc_, of.first, of.head());
    if (of.tail() != 0) pool_.give_back(alloc_, of.second(), of.tail());
    of = moved;
  }
  void copy_row(std::uint32_t r, const row_ids& from) {
    if (from.size > 1) {
      const std::uint32_t lines = lined_ids::lines_for(from.size);
      rows_[r].first = pool_.take(alloc_, lines);
      rows_[r].runs = lines << row::head_bits;
    }
    auto copy = [&](std::uint32_t id) { add(r, id); };
    visit_ids(from, copy);
  }

  [[no_unique_address]] Alloc alloc_;
  rows rows_;
  line_pool<Alloc> pool_;
};

}  // namespace crosstie::detail
