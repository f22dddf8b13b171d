// Cells: what relation and table share: rows of column ids, and if asked for, columns of row ids.
//
// Promise, cost, invalidation, exceptions, thread safety: relation.hpp and table.hpp.
// Invariants: a column of columns_ holds a row iff that row holds the column.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/block_rows.hpp>
#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/id_rows.hpp>
#include <crosstie/detail/row_ids.hpp>
#include <crosstie/stats.hpp>

namespace crosstie {

enum class relation_index { both_ways, by_row };

// The ids in one row or column: a forward range, and a view in the sense of std::ranges, whose
// iterators outlive it.
template <dense_id Id>
class id_range {
 public:
  class iterator : public detail::forward_iterator<iterator, Id> {
    friend detail::forward_iterator<iterator, Id>;

   public:
    iterator() noexcept = default;
    explicit iterator(const detail::row_ids& of) noexcept
        : at_(of.head),
          end_(of.head + of.head_places),
          tail_(of.tail),
          tail_places_(of.tail_places),
          id_(of.single) {
      if (id_ == no_index) skip_empty();
    }
    [[nodiscard]] Id operator*() const noexcept { return from_index<Id>(id_); }
    // A row has an id once, and no_index is none: it stands for the end.
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.id_ == b.id_; }

   private:
    void step() noexcept {
      if (at_ != end_) ++at_;
      skip_empty();
    }
    void skip_empty() noexcept {
      for (;; at_ = std::exchange(tail_, nullptr), end_ = at_ + std::exchange(tail_places_, 0)) {
        for (; at_ != end_; ++at_) {
          id_ = *at_;
          if (id_ != no_index) return;
        }
        id_ = no_index;
        if (tail_places_ == 0) return;
      }
    }
    const std::uint32_t* at_ = nullptr;
    const std::uint32_t* end_ = nullptr;
    const std::uint32_t* tail_ = nullptr;
    std::uint32_t tail_places_ = 0;
    std::uint32_t id_ = no_index;
  };

  id_range() noexcept = default;
  explicit id_range(const detail::row_ids& of) noexcept : ids_(of) {}

  [[nodiscard]] iterator begin() const noexcept { return iterator(ids_); }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] std::size_t size() const noexcept { return ids_.size; }
  [[nodiscard]] bool empty() const noexcept { return ids_.size == 0; }

  // The ids in ascending order.
  [[nodiscard]] std::vector<Id> sorted() const {
    std::vector<Id> ids(begin(), end());
    std::ranges::sort(ids, {}, [](Id id) { return crosstie::to_index(id); });
    return ids;
  }

 private:
  detail::row_ids ids_;
};

}  // namespace crosstie

// <span> brings both, since a span is such a range.
template <crosstie::dense_id Id>
inline constexpr bool std::ranges::enable_view<crosstie::id_range<Id>> = true;
template <crosstie::dense_id Id>
inline constexpr bool std::ranges::enable_borrowed_range<crosstie::id_range<Id>> = true;

namespace crosstie {
namespace detail {

// Stands for the value of cells that have none.
struct no_value {};

// The columns of cells that are indexed by row alone.
struct no_columns {
  template <class Alloc>
  explicit no_columns(const Alloc&) noexcept {}
};

template <dense_id Row, dense_id Column, class Value, relation_index Index, class Alloc>
class cells {
 protected:
  static constexpr bool by_column = Index == relation_index::both_ways;
  static constexpr bool holds_values = !std::is_same_v<Value, no_value>;
  using rows = std::conditional_t<holds_values, block_rows<Value, Alloc>, id_rows<Alloc>>;
  using columns = std::conditional_t<by_column, id_rows<Alloc>, no_columns>;

 public:
  using row_type = Row;
  using column_type = Column;
  using allocator_type = Alloc;
  // A question of contains_many.
  using pair_type = std::pair<Row, Column>;

  explicit cells(const Alloc& alloc) : rows_(alloc), columns_(alloc), alloc_(alloc) {}
  // Of cells without values: a copy that takes the memory that its ids need.
  cells(const cells& other, const Alloc& alloc)
    requires(by_column && !holds_values)
      : rows_(other.rows_, alloc),
        columns_(other.columns_, alloc),
        size_(other.size_),
        alloc_(alloc) {}
  cells(const cells& other, const Alloc& alloc)
    requires(!by_column && !holds_values)
      : rows_(other.rows_, alloc), columns_(alloc), size_(other.size_), alloc_(alloc) {}
  cells(cells&& other) noexcept
      : rows_(std::move(other.rows_)),
        columns_(std::move(other.columns_)),
        size_(std::exchange(other.size_, 0)),
        alloc_(other.alloc_) {}
  cells(const cells&) = delete;
  cells& operator=(const cells&) = delete;
  cells& operator=(cells&&) = delete;
  ~cells() = default;

  // True if the cell was there.
  bool erase(Row row, Column column) noexcept {
    if (!may_hold(row, column) || !rows_.erase(crosstie::to_index(row), crosstie::to_index(column)))
      return false;
    if constexpr (by_column) columns_.erase(crosstie::to_index(column), crosstie::to_index(row));
    --size_;
    return true;
  }

  [[nodiscard]] bool contains(Row row, Column column) const noexcept {
    return may_hold(row, column) &&
           static_cast<bool>(rows_.find(crosstie::to_index(row), crosstie::to_index(column)));
  }

  // Answers many questions at once, the memory of the next ones on its way meanwhile:
  // answers[i] = contains(asked[i]), for as many as there are questions; returns how many hold.
  std::size_t contains_many(std::span<const pair_type> asked,
                            std::span<bool> answers) const noexcept {
    assert(answers.size() >= asked.size());
    return find_many(asked,
                     [&](std::size_t at, auto found) { answers[at] = static_cast<bool>(found); });
  }

  // Starts to fetch what contains(row, column) will read; the row's own bytes are read at once.
  [[gnu::always_inline]] void prefetch(Row row, Column column) const noexcept {
    if (crosstie::to_index(row) < rows_.size()) {
      rows_.prefetch(crosstie::to_index(row), crosstie::to_index(column));
    }
  }

  // The columns of a row, and the rows of a column.
  [[nodiscard]] id_range<Column> row(Row row) const noexcept {
    return range_of<Column>(rows_, crosstie::to_index(row));
  }
  [[nodiscard]] id_range<Row> column(Column column) const noexcept
    requires(by_column)
  {
    return range_of<Row>(columns_, crosstie::to_index(column));
  }

  // How many columns a row has, and how many rows a column has.
  [[nodiscard]] std::size_t row_count(Row row) const noexcept {
    return crosstie::to_index(row) < rows_.size() ? rows_.count(crosstie::to_index(row)) : 0;
  }
  [[nodiscard]] std::size_t column_count(Column column) const noexcept
    requires(by_column)
  {
    return crosstie::to_index(column) < columns_.size() ? columns_.count(crosstie::to_index(column))
                                                        : 0;
  }

  // Erases a whole row or column; returns how many cells went.
  std::size_t erase_row(Row row) noexcept {
    const std::uint32_t r = crosstie::to_index(row);
    if (r >= rows_.size()) return 0;
    if constexpr (by_column) {
      for (std::uint32_t column : id_range<std::uint32_t>(rows_.ids(r))) columns_.erase(column, r);
    }
    return empty_row(rows_, r);
  }
  std::size_t erase_column(Column column) noexcept
    requires(by_column)
  {
    const std::uint32_t c = crosstie::to_index(column);
    if (c >= columns_.size()) return 0;
    for (std::uint32_t row : id_range<std::uint32_t>(columns_.ids(c))) rows_.erase(row, c);
    return empty_row(columns_, c);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // One more than the largest row and column index used since the last clear().
  [[nodiscard]] std::size_t row_limit() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t column_limit() const noexcept
    requires(by_column)
  {
    return columns_.size();
  }

  void reserve_rows(std::size_t count) { rows_.reserve(count); }
  void reserve_columns(std::size_t count)
    requires(by_column)
  {
    columns_.reserve(count);
  }
  // Gives back memory that growth and erasing left unused.
  void shrink_to_fit() {
    rows_.shrink_to_fit();
    if constexpr (by_column) columns_.shrink_to_fit();
  }

  // Erases everything and keeps the memory for what comes next: shrink_to_fit() frees it.
  void clear() noexcept {
    rows_.clear();
    if constexpr (by_column) columns_.clear();
    size_ = 0;
  }

  [[nodiscard]] cell_stats stats() const noexcept {
    cell_stats result;
    result.size = size_;
    result.memory_bytes = memory_bytes();
    std::size_t places = 0;
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
      const row_ids ids = rows_.ids(r);
      if (ids.size == 0) continue;
      ++result.rows;
      result.longest_row = std::max<std::size_t>(result.longest_row, ids.size);
      places += ids.single != no_index ? 1 : ids.head_places + ids.tail_places;
    }
    if (result.rows != 0) {
      result.mean_row = static_cast<double>(size_) / static_cast<double>(result.rows);
      result.load_factor = static_cast<double>(size_) / static_cast<double>(places);
    }
    return result;
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = rows_.memory_bytes();
    if constexpr (by_column) bytes += columns_.memory_bytes();
    return bytes;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }

 protected:
  // The highest index is no id, but what empty places hold.
  [[nodiscard]] bool may_hold(Row row, Column column) const noexcept {
    return crosstie::to_index(row) < rows_.size() && crosstie::to_index(column) != no_index;
  }

  // A cell without a value; false if it was there.
  bool insert_pair(Row row, Column column)
    requires(!holds_values)
  {
    assert(crosstie::to_index(row) != no_index && crosstie::to_index(column) != no_index);
    if constexpr (by_column) {
      if (contains(row, column)) return false;
      make_room(row, column);
      rows_.add(crosstie::to_index(row), crosstie::to_index(column));
      add_to_column(row, column);
      return true;
    } else {
      const bool is_new = rows_.insert(crosstie::to_index(row), crosstie::to_index(column));
      size_ += is_new;
      return is_new;
    }
  }
  // A new cell, known to be absent; construct(pointer) makes its value.
  template <class Construct>
  Value* add(Row row, Column column, Construct&& construct)
    requires(holds_values)
  {
    assert(crosstie::to_index(row) != no_index && crosstie::to_index(column) != no_index);
    make_room(row, column);
    Value* value = rows_.add(crosstie::to_index(row), crosstie::to_index(column), construct);
    add_to_column(row, column);
    return value;
  }

  // Erases every cell that fits(row, column) or fits(row, column, value); returns how many. Those
  // of a row are gathered first, since erasing one moves others.
  template <class Predicate>
  std::size_t erase_cells_if(Predicate& fits) {
    const std::size_t before = size_;
    std::vector<Column> gone;
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
      const Row row = from_index<Row>(r);
      gone.clear();
      rows_.visit(r, [&](std::uint32_t c, auto&... value) {
        if (fits(row, from_index<Column>(c), value...)) gone.push_back(from_index<Column>(c));
      });
      for (Column column : gone) erase(row, column);
    }
    return before - size_;
  }

  // Calls visit(i, found) for each question, where found is what its row finds of the column;
  // returns how many hold. As
  // one question is answered, the line of the one a batch ahead is asked for, and the row of the
  // one two batches ahead. What does not fill a batch is looked up one by one.
  template <class Visit>
  std::size_t find_many(std::span<const pair_type> asked, Visit&& visit) const noexcept {
    typename rows::start_type starts[batch];
    const std::size_t end = asked.size() / batch * batch;
    const auto answer = [&](const pair_type* now, std::size_t i) {
      const auto& [row, column] = now[i];
      return rows_.finish(starts[i], crosstie::to_index(row), crosstie::to_index(column));
    };
    for (std::size_t i = 0; i < std::min(batch, end); ++i) starts[i] = start(asked[i]);
    std::size_t done = 0, count = 0;
    const auto tell = [&](std::size_t i, auto found) {
      visit(i, found);
      count += static_cast<bool>(found);
    };
    for (; done + batch < end; done += batch) {
      const pair_type* const now = asked.data() + done;
      const pair_type* const next = now + batch;
      const pair_type* const later = done + 2 * batch < end ? next + batch : next;
      for (std::size_t i = 0; i < batch; ++i) {
        rows_.prefetch_row(crosstie::to_index(later[i].first));
        const auto found = answer(now, i);
        starts[i] = start(next[i]);
        tell(done + i, found);
      }
    }
    for (std::size_t i = 0; done + i < end; ++i) tell(done + i, answer(asked.data() + done, i));
    for (std::size_t i = end; i < asked.size(); ++i) {
      const auto& [row, column] = asked[i];
      using found = decltype(rows_.find(0, 0));
      tell(i, may_hold(row, column)
                  ? rows_.find(crosstie::to_index(row), crosstie::to_index(column))
                  : found{});
    }
    return count;
  }

  // For whoever visits all rows: the ids of one a few rows on.
  [[gnu::always_inline]] void prefetch_after(std::uint32_t row) const noexcept {
    constexpr std::size_t ahead = 6;
    if (row + ahead < rows_.size()) rows_.prefetch_ids(row + ahead);
  }

  // Both sides must have equal allocators.
  void swap(cells& other) noexcept {
    rows_.swap(other.rows_);
    if constexpr (by_column) columns_.swap(other.columns_);
    std::swap(size_, other.size_);
  }

  rows rows_;                              // of columns
  [[no_unique_address]] columns columns_;  // of rows
  std::size_t size_ = 0;
  [[no_unique_address]] Alloc alloc_;

 private:
  static constexpr std::size_t batch = 32;
  [[nodiscard, gnu::always_inline]] typename rows::start_type start(
      const pair_type& asked) const noexcept {
    const auto& [row, column] = asked;
    return may_hold(row, column) ? rows_.start(crosstie::to_index(row), crosstie::to_index(column))
                                 : rows::start_of_nothing(crosstie::to_index(column));
  }

  // On both sides, before either changes.
  void make_room(Row row, Column column) {
    rows_.reserve_one(crosstie::to_index(row), crosstie::to_index(column));
    if constexpr (by_column)
      columns_.reserve_one(crosstie::to_index(column), crosstie::to_index(row));
  }
  void add_to_column(Row row, Column column) noexcept {
    if constexpr (by_column) columns_.add(crosstie::to_index(column), crosstie::to_index(row));
    ++size_;
  }
  template <dense_id Id, class Rows>
  static id_range<Id> range_of(const Rows& rows, std::uint32_t r) noexcept {
    if (r >= rows.size()) return {};
    rows.prefetch_ids(r);
    return id_range<Id>(rows.ids(r));
  }
  template <class Rows>
  std::size_t empty_row(Rows& of, std::uint32_t r) noexcept {
    const std::size_t erased = of.count(r);
    of.clear_row(r);
    size_ -= erased;
    return erased;
  }
};

}  // namespace detail
}  // namespace crosstie
