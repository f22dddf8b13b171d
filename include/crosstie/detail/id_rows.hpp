// Id rows: a set of dense ids for each of many rows, the rows numbered from 0.
//
//   rows    [8 B: where]     a row of one id holds it where it would say where (id_row.hpp)
//   counts  [1 B] a row
//   lines   [16 ids][16 ids] ... one pool for all rows    (line_pool.hpp, lined_ids.hpp)
//   long    rows of more than 15 lines, each in a run of its own    (long_rows.hpp)
//
// Promise: find, insert and erase take constant time (amortised) and read the row's 8 bytes and
//   one line of ids, rarely two. Erasing and clear() keep memory for what comes next; clear()
//   takes constant time, save for long rows.
// Cost: 9 bytes a row, and 64 for about every 12 ids of it once it has two: 5.9 bytes an id in
//   rows of 30. Rows grow by one line, later by a quarter.
//
// A row grows when the line that an id belongs in is full and 3/4 of all its places are; before
// that, the id is displaced. So few rows have displaced ids, and those that have some say so: in
// the others, what is not in its own line is nowhere. Up to 8 lines, every second time a row grows
// the new line is a run of its own, beside the first. Rows that always moved to a longer run would
// leave holes too short for the others: 13 % of all lines.
//
// Invariants: a row without lines has no id or one, or is long. Of a row with one line the count
//   says where the next id goes. A row gives lines back to grow, or to shrink_to_fit(), only.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/id_row.hpp>
#include <crosstie/detail/line_pool.hpp>
#include <crosstie/detail/lined_ids.hpp>
#include <crosstie/detail/long_rows.hpp>
#include <crosstie/detail/prefetch.hpp>
#include <crosstie/detail/row_array.hpp>
#include <crosstie/detail/row_ids.hpp>

namespace crosstie::detail {

template <class Alloc>
class id_rows {
  static constexpr std::uint32_t most_pooled_ids = lines_a_pooled_run * ids_a_line;
  // The count of a row that is long.
  static constexpr std::uint8_t long_count = 255;
  static_assert(most_pooled_ids < long_count);

 public:
  explicit id_rows(const Alloc& alloc) : alloc_(alloc), pool_(alloc), long_(alloc) {}
  // A copy takes little more memory than its ids need, and lies in the order of the rows.
  id_rows(const id_rows& other, const Alloc& alloc) : id_rows(alloc) {
    rows_.reserve(alloc_, other.rows_.size());
    rows_.grow(alloc_, other.rows_.size());
    for (std::uint32_t r = 0; r < rows_.size(); ++r) copy_row(r, other.ids(r));
  }
  id_rows(id_rows&& other) noexcept
      : alloc_(other.alloc_),
        rows_(std::move(other.rows_)),
        pool_(std::move(other.pool_)),
        long_(std::move(other.long_)) {}
  id_rows& operator=(id_rows&&) = delete;
  ~id_rows() {
    rows_.release(alloc_);
    pool_.release(alloc_);
    long_.release(alloc_);
  }

  // One more than the greatest row used so far; rows are asked for below it.
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::uint32_t count(std::uint32_t r) const noexcept {
    const std::uint8_t count = rows_.count(r);
    return count == long_count ? long_[rows_[r].number()].size : count;
  }

  // The id is not no_index.
  [[nodiscard]] bool find(std::uint32_t r, std::uint32_t id) const noexcept {
    const id_row& in = rows_[r];
    if (!in.has_lines()) [[unlikely]]
      return in.is_long() ? find_displaced(in, id) : in.is_single() && in.number() == id;
    if (line_holds(line_of(in, id), id)) return true;
    return in.displaced() && find_displaced(in, id);
  }

  // The same in two halves, between which others may do theirs: where to look, whose memory is
  // asked for here, and the rest.
  struct start_type {
    const std::uint32_t* line;
    bool displaced;  // whether it may be elsewhere
  };
  [[nodiscard]] start_type start(std::uint32_t r, std::uint32_t id) const noexcept {
    const id_row& in = rows_[r];
    if (!in.has_lines()) [[unlikely]]
      return start_without_lines(in, id);
    const std::uint32_t* line = line_of(in, id);
    __builtin_prefetch(line);
    return {line, in.displaced()};
  }
  // Of a question whose row or id there cannot be: a line that has not even no_index.
  [[nodiscard]] static start_type start_of_nothing(std::uint32_t id) noexcept {
    return {id == no_index ? line_of_zeros.ids : empty_line.ids, false};
  }
  [[nodiscard]] bool finish(start_type at, std::uint32_t r, std::uint32_t id) const noexcept {
    const bool found = line_holds(at.line, id);
    // One branch for both, since whether it is there cannot be foretold.
    if (at.displaced > found) [[unlikely]]
      return find(r, id);
    return found;
  }

  // Starts to fetch the line that find() will read; the row's own bytes are read at once.
  [[gnu::always_inline]] void prefetch(std::uint32_t r, std::uint32_t id) const noexcept {
    const id_row& in = rows_[r];
    if (in.has_lines()) {
      __builtin_prefetch(line_of(in, id));
    } else if (in.is_long()) {
      __builtin_prefetch(long_[in.number()].line_of(id));
    }
  }

  [[nodiscard]] row_ids ids(std::uint32_t r) const noexcept {
    const id_row& of = rows_[r];
    row_ids result;
    if (of.has_lines()) [[likely]] {
      result.head = pool_.at(of.first());
      result.head_places = of.head() * ids_a_line;
      if (of.tail() != 0) result.tail = pool_.at(of.second());
      result.tail_places = of.tail() * ids_a_line;
      result.size = rows_.count(r);
    } else if (of.is_long()) {
      const long_row& row = long_[of.number()];
      result.head = row.run->ids;
      result.head_places = row.lines * ids_a_line;
      result.size = row.size;
    } else if (of.is_single()) {
      result.single = of.number();
      result.size = 1;
    }
    return result;
  }
  // Calls visit(id) for each id of a row.
  template <class Visit>
  [[gnu::always_inline]] void visit(std::uint32_t r, Visit&& visit) const {
    row_ids all = ids(r);
    if (rows_[r].lines() == 1) all.head_places = all.size;  // they lie at its front
    all.visit(visit);
  }
  [[gnu::always_inline]] void prefetch_row(std::uint32_t r) const noexcept {
    detail::prefetch_element(rows_.data(), r);
  }
  // Starts to fetch the first lines of a row, for whoever reads them all: each on its own is a
  // wait.
  [[gnu::always_inline]] void prefetch_ids(std::uint32_t r) const noexcept {
    const id_row& of = rows_[r];
    for (std::uint32_t i = 0; i < std::min(of.lines(), 4U); ++i) {
      __builtin_prefetch(pool_.at(of.line(i)));
    }
  }

  // True if the id is new.
  bool insert(std::uint32_t r, std::uint32_t id) {
    if (r < rows_.size() && rows_[r].has_lines()) [[likely]] {
      std::uint32_t* const line = line_of(rows_[r], id);
      if (match_line(line, id) != 0) return false;
      if (line_has_room(line)) [[likely]] {
        put_in_line(r, line, id);
        return true;
      }
    }
    return insert_elsewhere(r, id);
  }
  // The same in two steps, of which only the first may throw, for an id that is not there.
  void reserve_one(std::uint32_t r, std::uint32_t id) {
    grow(r);
    const id_row& in = rows_[r];
    if (in.has_lines()) [[likely]] {
      if (!line_has_room(line_of(in, id)) && rows_.count(r) >= fill_limit(in.lines())) regrow(r);
    } else if (in.is_long()) {
      const long_row& row = long_[in.number()];
      if (row.size >= lined_ids::limit(row.lines)) {
        long_.regrow(alloc_, in.number(), lined_ids::more_lines(row.lines));
      }
    } else if (in.is_single()) {
      move_to_lines(r, 1);
    }
  }
  void add(std::uint32_t r, std::uint32_t id) noexcept {
    id_row& in = rows_[r];
    if (in.has_lines()) [[likely]] {
      std::uint32_t* const line = line_of(in, id);
      if (line_has_room(line)) [[likely]] {
        put_in_line(r, line, id);
        return;
      }
      lined(in).put(id);
      in.set_displaced(true);
      ++rows_.count(r);
    } else if (in.is_long()) {
      lined(in).put(id);
      ++long_[in.number()].size;
    } else {
      in = id_row::of_single(id);
      rows_.count(r) = 1;
    }
  }

  // True if the id was there.
  bool erase(std::uint32_t r, std::uint32_t id) noexcept {
    const id_row& in = rows_[r];
    if (!in.has_lines()) [[unlikely]]
      return erase_without_lines(r, id);
    std::uint32_t* const line = line_of(in, id);
    const std::uint32_t same = match_line(line, id);
    if (in.displaced()) [[unlikely]]
      return erase_among_displaced(r, id);
    if (same == 0) return false;
    const std::uint32_t left = --rows_.count(r);
    const std::uint32_t last = in.lines() == 1 ? left : last_of(line);
    const auto gap = static_cast<std::uint32_t>(std::countr_zero(same));
    put_id(line, gap, line[last]);
    empty_place(line, last);
    return true;
  }
  void clear_row(std::uint32_t r) noexcept {
    id_row& in = rows_[r];
    if (in.is_long()) {
      long_row& row = long_[in.number()];
      std::fill_n(row.run, row.lines, empty_line);
      row.size = 0;
      return;
    }
    if (in.has_lines()) {
      empty_lines(in);
      in.set_displaced(false);
    } else {
      in = id_row();
    }
    rows_.count(r) = 0;
  }

  void reserve(std::size_t count) { rows_.reserve(alloc_, count); }
  void shrink_to_fit() {
    id_rows tight(*this, alloc_);
    swap(tight);
  }
  void clear() noexcept {
    rows_.clear();
    pool_.clear();
    long_.release(alloc_);
  }
  void swap(id_rows& other) noexcept {
    rows_.swap(other.rows_);
    pool_.swap(other.pool_);
    long_.swap(other.long_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return rows_.memory_bytes() + pool_.memory_bytes() + long_.memory_bytes();
  }

 private:
  // How full a row may be for an id to be displaced: beyond it the row grows.
  [[nodiscard]] static constexpr std::uint32_t fill_limit(std::uint32_t lines) noexcept {
    return lines * (ids_a_line * 3 / 4);
  }

  [[nodiscard]] std::uint32_t* line_of(const id_row& in, std::uint32_t id) const noexcept {
    return pool_.at_mark(in.mark(lined_ids::home_of(id, in.lines())));
  }
  // Of a row with lines, or a long one.
  [[nodiscard]] lined_ids lined(const id_row& in) const noexcept {
    if (in.is_long()) return long_[in.number()].ids();
    return {pool_.at(in.first()), in.head() * ids_a_line,
            in.tail() == 0 ? nullptr : pool_.at(in.second()), in.tail() * ids_a_line};
  }
  [[nodiscard, gnu::noinline]] start_type start_without_lines(const id_row& in,
                                                              std::uint32_t id) const noexcept {
    if (!in.is_long()) return {empty_line.ids, in.is_single()};
    const std::uint32_t* line = long_[in.number()].line_of(id);
    __builtin_prefetch(line);
    return {line, true};
  }
  [[nodiscard, gnu::noinline]] bool find_displaced(const id_row& in,
                                                   std::uint32_t id) const noexcept {
    const lined_ids ids = lined(in);
    return ids.find(id) != ids.places();
  }

  // Kept apart, as are all rare ways, so that the usual one is short enough to be inlined.
  [[gnu::noinline]] bool insert_elsewhere(std::uint32_t r, std::uint32_t id) {
    grow(r);
    if (find(r, id)) return false;
    reserve_one(r, id);
    add(r, id);
    return true;
  }
  [[gnu::noinline]] bool erase_without_lines(std::uint32_t r, std::uint32_t id) noexcept {
    id_row& in = rows_[r];
    if (in.is_long()) {
      if (!lined(in).erase(id)) return false;
      --long_[in.number()].size;
      return true;
    }
    if (!in.is_single() || in.number() != id) return false;
    in = id_row();
    rows_.count(r) = 0;
    return true;
  }
  [[gnu::noinline]] bool erase_among_displaced(std::uint32_t r, std::uint32_t id) noexcept {
    const lined_ids ids = lined(rows_[r]);
    if (!ids.erase(id)) return false;
    --rows_.count(r);
    rows_[r].set_displaced(ids.has_full_line());
    return true;
  }
  // The place of a line's last id.
  [[nodiscard]] static std::uint32_t last_of(const std::uint32_t* line) noexcept {
    return static_cast<std::uint32_t>(
               std::countr_zero(match_line(line, no_index) | 1U << ids_a_line)) -
           1;
  }

  // In its own line, which has room. Where that is the only one, the count says where, and is at
  // hand before the line is.
  void put_in_line(std::uint32_t r, std::uint32_t* line, std::uint32_t id) noexcept {
    std::uint8_t& count = rows_.count(r);
    put_id(line, rows_[r].lines() == 1 ? count : first_empty(line), id);
    ++count;
  }
  void empty_lines(id_row of) noexcept {
    std::fill_n(pool_.at(of.first()), std::size_t{of.head()} * ids_a_line, no_index);
    if (of.tail() != 0) {
      std::fill_n(pool_.at(of.second()), std::size_t{of.tail()} * ids_a_line, no_index);
    }
  }
  void grow(std::uint32_t r) { rows_.grow(alloc_, std::size_t{r} + 1); }
  // Rows of one run get a second one, rows of two one that is as long as both and more.
  void regrow(std::uint32_t r) {
    const id_row& of = rows_[r];
    const std::uint32_t lines = lined_ids::more_lines(of.lines());
    if (lines > lines_a_pooled_run) {
      move_to_long(r, lines);
    } else if (of.lines() > 1 && !of.has_two_runs() && of.lines() <= id_row::most_head_lines) {
      add_run(r, lines - of.lines());
    } else {
      move_to_lines(r, lines);
    }
  }
  void add_run(std::uint32_t r, std::uint32_t lines) {
    const std::uint32_t second = pool_.take(alloc_, lines);
    std::uint32_t kept[most_pooled_ids];
    std::uint32_t count = 0;
    visit(r, [&](std::uint32_t id) { kept[count++] = id; });
    id_row& of = rows_[r];
    empty_lines(of);
    of = of.with_run(second, lines);
    fill(of, [&](auto&& put) { std::for_each_n(kept, count, put); });
  }
  // Puts what visit_ids(put) puts into empty lines.
  template <class VisitIds>
  void fill(id_row& into, VisitIds&& visit_ids) noexcept {
    line_filler filler(lined(into));
    visit_ids([&](std::uint32_t id) { filler.put(id); });
    into.set_displaced(filler.displaced());
  }
  void move_to_lines(std::uint32_t r, std::uint32_t lines) {
    if (rows_[r].has_lines()) pool_.prepare_to_give_back();
    id_row moved = id_row::of_run(pool_.take(alloc_, lines), lines);
    fill(moved, [&](auto&& put) { visit(r, put); });
    give_back_lines(rows_[r]);
    rows_[r] = moved;
  }
  void move_to_long(std::uint32_t r, std::uint32_t lines) {
    pool_.prepare_to_give_back();
    const std::uint32_t number = long_.take(alloc_, lines);
    long_row& row = long_[number];
    visit(r, [&](std::uint32_t id) { row.ids().put(id); });
    row.size = rows_.count(r);
    give_back_lines(rows_[r]);
    make_long(r, number);
  }
  void make_long(std::uint32_t r, std::uint32_t number) noexcept {
    rows_[r] = id_row::of_long(number);
    rows_.count(r) = long_count;
  }
  void give_back_lines(id_row of) noexcept {
    if (!of.has_lines()) return;
    pool_.give_back(of.first(), of.head());
    if (of.tail() != 0) pool_.give_back(of.second(), of.tail());
  }
  void copy_row(std::uint32_t r, const row_ids& from) {
    const std::uint32_t lines = from.size > 1 ? fewest_lines(from) : 0;
    if (lines != 0 && lines <= lines_a_pooled_run) {
      rows_[r] = id_row::of_run(pool_.take(alloc_, lines), lines);
      fill(rows_[r], [&](auto&& put) { from.visit(put); });
      rows_.count(r) = static_cast<std::uint8_t>(from.size);
      return;
    }
    if (lines != 0) make_long(r, long_.take(alloc_, lines));
    from.visit([&](std::uint32_t id) { add(r, id); });
  }
  // The fewest lines that these ids can have come to lie in.
  [[nodiscard]] static std::uint32_t fewest_lines(const row_ids& from) noexcept {
    for (std::uint32_t lines = (from.size + ids_a_line - 1) / ids_a_line;
         lines <= lines_a_pooled_run; ++lines) {
      std::uint32_t ids[lines_a_pooled_run] = {};
      std::uint32_t most = 0;
      from.visit(
          [&](std::uint32_t id) { most = std::max(most, ++ids[lined_ids::home_of(id, lines)]); });
      if (most <= ids_a_line || from.size <= fill_limit(lines)) return lines;
    }
    return std::max(lined_ids::lines_for(from.size), lines_a_pooled_run + 1);
  }

  [[no_unique_address]] Alloc alloc_;
  row_array<Alloc> rows_;
  line_pool<Alloc> pool_;
  long_rows<Alloc> long_;
};

}  // namespace crosstie::detail
