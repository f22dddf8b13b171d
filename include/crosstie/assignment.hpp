// assignment: each column has at most one row (pod -> node), asked from both sides.
//
//   crosstie::assignment<pod_id, node_id> bound;
//   bound.assign(pod, node);
//   bound.contains(node, pod);                 // one load
//   for (pod_id p : bound.columns(node)) ...   // a span
//
// Order: assign takes the column first, contains the row, as a relation does. Give both sides ids
//   of their own (enum class pod_id : std::uint32_t {};), and the compiler refuses the wrong order;
//   two plain std::uint32_t it takes either way, and the answers are about other pairs.
//
//   row_of   [2 B] a column     the row of the column, or none; 4 B once there are 65,535 rows
//            [2 B] a column     where it stands in its row's list, modulo 65,536
//   rows     [16 B] a row  ->  [column column column ...]
//
// Promise: assign, unassign, row_of, contains and count take constant time (unassigning from a row
//   of n columns looks at up to 1 + n / 65,536 places, since a place keeps 16 bits).
// Cost: 8 bytes a column (10 with many rows), plus the slack of the lists (up to 1/4) and 16 bytes
//   a row, where the column ids are dense; ids up to the largest one used take 4 bytes each (6 with
//   many rows), assigned or not. The first row beyond 65,534 copies all of row_of once.
// Invalidation: columns(row) is invalidated by any change to that row; assigning to a row greater
//   than any before invalidates no span. The order of columns(row) is unspecified but depends on
//   the operations alone.
// Unassigning keeps the memory of a row's list for its next columns; shrink_to_fit() frees it.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/limits.hpp>
#include <crosstie/detail/row_column.hpp>
#include <crosstie/stats.hpp>

namespace crosstie {

template <dense_id Column = std::uint32_t, dense_id Row = std::uint32_t,
          class Alloc = std::allocator<std::byte>>
class assignment {
  using list = detail::id_list<Column, Alloc>;
  template <class T>
  using vector = std::vector<T, typename std::allocator_traits<Alloc>::template rebind_alloc<T>>;

 public:
  using column_type = Column;
  using row_type = Row;
  using allocator_type = Alloc;
  class const_iterator;

  assignment() : assignment(Alloc()) {}
  explicit assignment(const Alloc& alloc) : alloc_(alloc), row_of_(alloc), rows_(alloc) {}
  assignment(const assignment& other)
      : assignment(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                              other.alloc_)) {}
  assignment(const assignment& other, const Alloc& alloc) : assignment(alloc) {
    reserve_columns(other.row_of_.size());
    reserve_rows(other.row_limit());
    for (std::uint32_t r = 0; r < other.row_limit(); ++r) {
      for (Column column : other.rows_[r].ids()) assign(column, from_index<Row>(r));
    }
  }
  assignment(assignment&& other) noexcept
      : alloc_(other.alloc_),
        row_of_(std::move(other.row_of_)),
        rows_(std::move(other.rows_)),
        row_limit_(std::exchange(other.row_limit_, 0)),
        size_(std::exchange(other.size_, 0)) {
    other.rows_.clear();
  }
  // Copies the pairs where the allocators are unequal.
  assignment(assignment&& other, const Alloc& alloc) : assignment(alloc) {
    if (alloc == other.alloc_) {
      swap(other);
    } else {
      *this = std::as_const(other);
      other.clear();
    }
  }
  // Assignments keep their own allocator.
  assignment& operator=(const assignment& other) {
    if (this == &other) return *this;
    assignment copy(other, alloc_);
    swap(copy);
    return *this;
  }
  assignment& operator=(assignment&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    assignment taken(std::move(other), alloc_);
    swap(taken);
    return *this;
  }
  ~assignment() {
    for (list& row : rows_) row.release(alloc_);
  }

  // Gives `column` the row; returns the row it had before, if any.
  std::optional<Row> assign(Column column, Row row) {
    assert(crosstie::to_index(column) != no_index && crosstie::to_index(row) != no_index);
    const std::optional<Row> before = row_of(column);
    if (before == row) return before;
    make_room(column, row);
    if (before) take_out(column, *before);
    list& into = rows_[crosstie::to_index(row)];
    row_of_.set_place(crosstie::to_index(column), into.size());
    into.push_back(column);
    row_of_.set(crosstie::to_index(column), crosstie::to_index(row));
    size_ += !before;
    return before;
  }

  // Takes the row from `column`; returns the row it had, if any.
  std::optional<Row> unassign(Column column) noexcept {
    const std::optional<Row> before = row_of(column);
    if (!before) return before;
    take_out(column, *before);
    row_of_.set(crosstie::to_index(column), no_index);
    --size_;
    return before;
  }

  [[nodiscard]] std::optional<Row> row_of(Column column) const noexcept {
    const std::uint32_t index = crosstie::to_index(column);
    const std::uint32_t row = index < row_of_.size() ? row_of_.get(index) : no_index;
    if (row == no_index) return std::nullopt;
    return from_index<Row>(row);
  }
  [[nodiscard]] bool contains(Row row, Column column) const noexcept {
    return row_of_.equals(crosstie::to_index(column), crosstie::to_index(row));
  }
  [[nodiscard]] bool contains(Column column) const noexcept { return row_of(column).has_value(); }

  // A question of contains_many.
  using pair_type = std::pair<Row, Column>;
  // Answers many questions at once, the memory of the next ones on its way meanwhile:
  // answers[i] = contains(asked[i]), for as many as there are questions; returns how many hold.
  std::size_t contains_many(std::span<const pair_type> asked,
                            std::span<bool> answers) const noexcept {
    assert(answers.size() >= asked.size());
    constexpr std::size_t ahead = 16;
    std::size_t found = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (i + ahead < asked.size()) row_of_.prefetch(crosstie::to_index(asked[i + ahead].second));
      const bool holds = contains(asked[i].first, asked[i].second);
      answers[i] = holds;
      found += holds;
    }
    return found;
  }

  // The columns of a row, in no particular order.
  [[nodiscard]] std::span<const Column> columns(Row row) const noexcept {
    if (crosstie::to_index(row) >= row_limit_) return {};
    return rows_[crosstie::to_index(row)].ids();
  }
  [[nodiscard]] std::size_t count(Row row) const noexcept { return columns(row).size(); }

  // Unassigns every column of the row; returns how many.
  std::size_t erase_row(Row row) noexcept {
    if (crosstie::to_index(row) >= row_limit_) return 0;
    list& columns = rows_[crosstie::to_index(row)];
    const std::size_t erased = columns.size();
    for (Column column : columns.ids()) row_of_.set(crosstie::to_index(column), no_index);
    columns.clear();
    size_ -= erased;
    return erased;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // One more than the largest column and row index used since the last clear().
  [[nodiscard]] std::size_t column_limit() const noexcept { return row_of_.size(); }
  [[nodiscard]] std::size_t row_limit() const noexcept { return row_limit_; }

  // Visits (column, row) pairs in order of columns.
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(*this, 0); }
  [[nodiscard]] const_iterator end() const noexcept {
    return const_iterator(*this, static_cast<std::uint32_t>(row_of_.size()));
  }
  // Calls visit(column, row) for each of them, in the same order: quicker, since the width of the
  // rows is looked at once.
  template <class Visit>
  [[gnu::always_inline]] void for_each(Visit&& visit) const {
    row_of_.for_each([&](std::uint32_t column, std::uint32_t row) {
      visit(from_index<Column>(column), from_index<Row>(row));
    });
  }

  // Unassigns every column that fits(column, row); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(assignment& table, Predicate fits) {
    const std::size_t before = table.size_;
    for (const auto& [column, row] : table) {
      if (fits(column, row)) table.unassign(column);
    }
    return before - table.size_;
  }

  void reserve_columns(std::size_t count) { row_of_.reserve(count); }
  void reserve_rows(std::size_t count) { rows_.reserve(count); }
  // Gives back memory that growth and erasing left unused.
  void shrink_to_fit() {
    for (std::size_t r = row_limit_; r < rows_.size(); ++r) rows_[r].clear();
    for (list& row : rows_) row.shrink(alloc_);
    rows_.resize(row_limit_);
    rows_.shrink_to_fit();
    row_of_.shrink_to_fit();
  }

  // Unassigns everything, in constant time, and keeps the memory for what comes next:
  // shrink_to_fit() frees it.
  void clear() noexcept {
    row_of_.clear();
    row_limit_ = 0;
    size_ = 0;
  }

  [[nodiscard]] cell_stats stats() const noexcept {
    cell_stats result;
    result.size = size_;
    result.memory_bytes = memory_bytes();
    for (std::size_t r = 0; r < row_limit_; ++r) {
      result.rows += rows_[r].size() != 0;
      result.longest_row = std::max(result.longest_row, rows_[r].size());
    }
    if (size_ != 0) {
      result.mean_row = static_cast<double>(size_) / static_cast<double>(result.rows);
      result.load_factor = static_cast<double>(size_) / static_cast<double>(column_limit());
    }
    return result;
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = row_of_.memory_bytes() + rows_.capacity() * sizeof(list);
    for (const list& row : rows_) bytes += row.memory_bytes();
    return bytes;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }

  // Both sides must have equal allocators.
  void swap(assignment& other) noexcept {
    row_of_.swap(other.row_of_);
    rows_.swap(other.rows_);
    std::swap(row_limit_, other.row_limit_);
    std::swap(size_, other.size_);
  }
  friend void swap(assignment& a, assignment& b) noexcept { a.swap(b); }

  friend bool operator==(const assignment& a, const assignment& b) {
    return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  static constexpr std::size_t place_range =  // what a place tells apart
      std::size_t{std::numeric_limits<detail::list_place>::max()} + 1;

  // Everything that may throw, before anything changes.
  void make_room(Column column, Row row) {
    const std::size_t columns = std::size_t{crosstie::to_index(column)} + 1;
    const std::size_t rows = std::size_t{crosstie::to_index(row)} + 1;
    if (rows > rows_.size()) {
      detail::reserve_slim(rows_, rows);
      rows_.resize(rows);
    }
    for (; row_limit_ < rows; ++row_limit_) rows_[row_limit_].clear();
    row_of_.make_room(columns, crosstie::to_index(row));
    rows_[crosstie::to_index(row)].reserve_one(alloc_);
  }

  void take_out(Column column, Row row) noexcept {
    list& from = rows_[crosstie::to_index(row)];
    std::size_t at = row_of_.place(crosstie::to_index(column));
    while (from[at] != column) at += place_range;
    const Column last = from.back();
    from[at] = last;
    row_of_.set_place(crosstie::to_index(last), at);
    from.pop_back();
  }

  [[no_unique_address]] Alloc alloc_;
  detail::row_column<Alloc> row_of_;
  vector<list> rows_;  // from row_limit_ on, what a clear() has left over
  std::size_t row_limit_ = 0;
  std::size_t size_ = 0;
};

template <dense_id Column, dense_id Row, class Alloc>
class assignment<Column, Row, Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<Column, Row>> {
  using walk = detail::forward_iterator<const_iterator, std::pair<Column, Row>>;
  friend walk;

 public:
  using typename walk::value_type;

  const_iterator() noexcept = default;
  const_iterator(const assignment& table, std::uint32_t column) noexcept
      : table_(&table), column_(table.row_of_.next_assigned(column)) {}
  [[nodiscard]] value_type operator*() const noexcept {
    return {from_index<Column>(column_), from_index<Row>(table_->row_of_.get(column_))};
  }
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.column_ == b.column_;
  }

 private:
  void step() noexcept { column_ = table_->row_of_.next_assigned(column_ + 1); }

  const assignment* table_ = nullptr;
  std::uint32_t column_ = 0;
};

}  // namespace crosstie
