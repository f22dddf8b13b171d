// relation: many-to-many membership between dense rows and columns.
//
//   crosstie::relation<node_id, image_id> present;
//   present.insert(node, image);
//   for (node_id n : present.column(image)) ...
//
//   rows     [16 B] a row    ->  one block of column ids   (detail/id_set.hpp)
//   columns  [16 B] a column ->  one block of row ids      (not with relation_index::by_row)
//
// Promise: insert, erase and contains take constant time (amortised); row(r) and column(c) visit
//   the members of one block, in no particular order; counts take one load.
// Cost: about 4.5 to 6 bytes a pair and direction, plus 16 bytes a row and a column; ids up to the
//   largest one used take their 16 bytes whether they have members or not. Choose
//   relation_index::by_row where nobody asks by column: half the memory and faster writes.
// Invalidation: row(r) is invalidated by a change to that row, column(c) by a change to that
// column. Limits: the index 2^32 - 1 is no id. Row ids are trusted: they are hashed without a seed.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/id_set.hpp>

namespace crosstie {

enum class relation_index { both_ways, by_row };

// The ids in one row or column of a relation: a forward range.
template <dense_id Id>
class id_range {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using value_type = Id;
    using difference_type = std::ptrdiff_t;
    using reference = Id;
    using pointer = void;

    iterator() noexcept = default;
    iterator(const std::uint32_t* at, const std::uint32_t* end) noexcept : at_(at), end_(end) {
      skip_empty();
    }
    [[nodiscard]] Id operator*() const noexcept { return from_index<Id>(*at_); }
    iterator& operator++() noexcept {
      ++at_;
      skip_empty();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    void skip_empty() noexcept {
      while (at_ != end_ && *at_ == no_index) ++at_;
    }
    const std::uint32_t* at_ = nullptr;
    const std::uint32_t* end_ = nullptr;
  };

  id_range() noexcept = default;
  template <class Set>
  explicit id_range(const Set& set) noexcept
      : begin_(set.begin()), end_(set.end()), size_(set.size()) {}

  [[nodiscard]] iterator begin() const noexcept { return {begin_, end_}; }
  [[nodiscard]] iterator end() const noexcept { return {end_, end_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  std::size_t size_ = 0;
};

template <dense_id Row = std::uint32_t, dense_id Column = std::uint32_t,
          relation_index Index = relation_index::both_ways, class Alloc = std::allocator<std::byte>>
class relation {
  static constexpr bool by_column = Index == relation_index::both_ways;
  using set = detail::id_set<Alloc>;
  using set_vector =
      std::vector<set, typename std::allocator_traits<Alloc>::template rebind_alloc<set>>;

 public:
  using row_type = Row;
  using column_type = Column;
  using allocator_type = Alloc;

  explicit relation(const Alloc& alloc = Alloc()) : alloc_(alloc), rows_(alloc), columns_(alloc) {}
  relation(const relation& other)
      : relation(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                            other.alloc_)) {}
  relation(const relation& other, const Alloc& alloc) : relation(alloc) {
    reserve_rows(other.rows_.size());
    other.for_each([this](Row row, Column column) { insert(row, column); });
  }
  relation(relation&& other) noexcept
      : alloc_(other.alloc_),
        rows_(std::move(other.rows_)),
        columns_(std::move(other.columns_)),
        size_(std::exchange(other.size_, 0)) {}
  // Assignments keep their own allocator.
  relation& operator=(const relation& other) {
    if (this == &other) return *this;
    relation copy(other, alloc_);
    swap(copy);
    return *this;
  }
  relation& operator=(relation&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    if (!(alloc_ == other.alloc_)) return *this = std::as_const(other);
    relation taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~relation() { clear(); }

  // True if the pair is new.
  bool insert(Row row, Column column) {
    assert(to_index(row) != no_index && to_index(column) != no_index);
    if (contains(row, column)) return false;
    make_room(rows_, to_index(row));
    if constexpr (by_column) make_room(columns_, to_index(column));
    rows_[to_index(row)].insert(to_index(column));
    if constexpr (by_column) columns_[to_index(column)].insert(to_index(row));
    ++size_;
    return true;
  }

  // True if the pair was there.
  bool erase(Row row, Column column) noexcept {
    if (to_index(row) >= rows_.size()) return false;
    if (!rows_[to_index(row)].erase(to_index(column), alloc_)) return false;
    if constexpr (by_column) columns_[to_index(column)].erase(to_index(row), alloc_);
    --size_;
    return true;
  }

  [[nodiscard]] bool contains(Row row, Column column) const noexcept {
    return to_index(row) < rows_.size() && to_index(column) != no_index &&
           rows_[to_index(row)].contains(to_index(column));
  }

  // The columns of a row, and the rows of a column.
  [[nodiscard]] id_range<Column> row(Row row) const noexcept {
    if (to_index(row) >= rows_.size()) return {};
    return id_range<Column>(rows_[to_index(row)]);
  }
  [[nodiscard]] id_range<Row> column(Column column) const noexcept
    requires(by_column)
  {
    if (to_index(column) >= columns_.size()) return {};
    return id_range<Row>(columns_[to_index(column)]);
  }

  // How many columns a row has, and how many rows a column has.
  [[nodiscard]] std::size_t row_count(Row row) const noexcept {
    return to_index(row) < rows_.size() ? rows_[to_index(row)].size() : 0;
  }
  [[nodiscard]] std::size_t column_count(Column column) const noexcept
    requires(by_column)
  {
    return to_index(column) < columns_.size() ? columns_[to_index(column)].size() : 0;
  }

  // Erases a whole row or column; returns how many pairs went.
  std::size_t erase_row(Row row) noexcept {
    if constexpr (by_column) {
      return erase_all(rows_, columns_, to_index(row));
    } else {
      if (to_index(row) >= rows_.size()) return 0;
      const std::size_t erased = rows_[to_index(row)].size();
      rows_[to_index(row)].release(alloc_);
      size_ -= erased;
      return erased;
    }
  }
  std::size_t erase_column(Column column) noexcept
    requires(by_column)
  {
    return erase_all(columns_, rows_, to_index(column));
  }

  // Calls visit(row, column) for every pair, in order of rows.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t r = 0; r < rows_.size(); ++r) {
      for (Column column : id_range<Column>(rows_[r])) visit(from_index<Row>(r), column);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // One more than the largest row and column index used so far.
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

  void clear() noexcept {
    for (set& row : rows_) row.release(alloc_);
    for (set& column : columns_) column.release(alloc_);
    rows_.clear();
    columns_.clear();
    size_ = 0;
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = (rows_.capacity() + columns_.capacity()) * sizeof(set);
    for (const set& row : rows_) bytes += row.memory_bytes();
    for (const set& column : columns_) bytes += column.memory_bytes();
    return bytes;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }

  // Both sides must have equal allocators.
  void swap(relation& other) noexcept {
    rows_.swap(other.rows_);
    columns_.swap(other.columns_);
    std::swap(size_, other.size_);
  }
  friend void swap(relation& a, relation& b) noexcept { a.swap(b); }

  friend bool operator==(const relation& a, const relation& b) {
    if (a.size_ != b.size_) return false;
    bool equal = true;
    a.for_each([&](Row row, Column column) { equal = equal && b.contains(row, column); });
    return equal;
  }

 private:
  void make_room(set_vector& sets, std::uint32_t index) {
    const std::size_t count = std::size_t{index} + 1;
    if (count > sets.size()) {
      detail::reserve_slim(sets, count);
      sets.resize(count);
    }
    sets[index].reserve_one(alloc_);
  }

  std::size_t erase_all(set_vector& sets, set_vector& others, std::uint32_t index) noexcept {
    if (index >= sets.size()) return 0;
    const std::size_t erased = sets[index].size();
    for (std::uint32_t other : id_range<std::uint32_t>(sets[index])) {
      others[other].erase(index, alloc_);
    }
    sets[index].release(alloc_);
    size_ -= erased;
    return erased;
  }

  [[no_unique_address]] Alloc alloc_;
  set_vector rows_;     // sets of columns
  set_vector columns_;  // sets of rows; stays empty where only rows are indexed
  std::size_t size_ = 0;
};

}  // namespace crosstie
