// Cells: what relation and table share: rows of cells as blocks of column ids, and if asked for,
// columns as blocks of row ids.
//
// Promise, cost, invalidation, exceptions, thread safety: relation.hpp and table.hpp.
// Invariants: a block of columns_ holds a row iff that row's block holds the column.
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
#include <crosstie/detail/id_block.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/prefetch.hpp>

namespace crosstie {

enum class relation_index { both_ways, by_row };

// The ids in one row or column: a forward range.
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
  template <class Value, class Alloc>
  explicit id_range(const detail::id_block<Value, Alloc>& block) noexcept
      : begin_(block.ids()), end_(begin_ + block.place_limit()), size_(block.size()) {}

  [[nodiscard]] iterator begin() const noexcept { return {begin_, end_}; }
  [[nodiscard]] iterator end() const noexcept { return {end_, end_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  // The ids in ascending order.
  [[nodiscard]] std::vector<Id> sorted() const {
    std::vector<Id> ids(begin(), end());
    std::ranges::sort(ids, {}, [](Id id) { return to_index(id); });
    return ids;
  }

 private:
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

template <dense_id Row, dense_id Column, class Value, relation_index Index, class Alloc>
class cells {
 protected:
  static constexpr bool by_column = Index == relation_index::both_ways;
  template <class T>
  using vector_of = std::vector<T, typename std::allocator_traits<Alloc>::template rebind_alloc<T>>;
  using row_block = id_block<Value, Alloc>;
  using column_block = id_block<no_value, Alloc>;

 public:
  using row_type = Row;
  using column_type = Column;
  using allocator_type = Alloc;
  // A question of contains_many.
  using pair_type = std::pair<Row, Column>;

  explicit cells(const Alloc& alloc) : alloc_(alloc), rows_(alloc), columns_(alloc) {}
  cells(cells&& other) noexcept
      : alloc_(other.alloc_),
        rows_(std::move(other.rows_)),
        columns_(std::move(other.columns_)),
        size_(std::exchange(other.size_, 0)) {}
  cells(const cells&) = delete;
  cells& operator=(const cells&) = delete;
  cells& operator=(cells&&) = delete;
  ~cells() {
    for (row_block& row : rows_) row.release(alloc_);
    for (column_block& column : columns_) column.release(alloc_);
  }

  // True if the cell was there.
  bool erase(Row row, Column column) noexcept {
    if (to_index(row) >= rows_.size()) return false;
    if (!rows_[to_index(row)].erase(to_index(column))) return false;
    if constexpr (by_column) columns_[to_index(column)].erase(to_index(row));
    --size_;
    return true;
  }

  [[nodiscard]] bool contains(Row row, Column column) const noexcept {
    return to_index(row) < rows_.size() && to_index(column) != no_index &&
           rows_[to_index(row)].contains(to_index(column));
  }

  // Answers many questions at once, the memory of the next ones on its way meanwhile:
  // answers[i] = contains(asked[i]), for as many as there are questions; returns how many hold.
  std::size_t contains_many(std::span<const pair_type> asked,
                            std::span<bool> answers) const noexcept {
    assert(answers.size() >= asked.size());
    std::size_t found = 0;
    find_many(asked, [&](std::size_t at, const row_block& block, std::uint32_t place) {
      const bool is_there = place != block.capacity();
      answers[at] = is_there;
      found += is_there;
    });
    return found;
  }

  // Starts to fetch what contains(row, column) will read; the row's own 16 bytes are read at once.
  void prefetch(Row row, Column column) const noexcept {
    if (to_index(row) < rows_.size()) {
      static_cast<void>(rows_[to_index(row)].start(to_index(column)));
    }
  }

  // The columns of a row, and the rows of a column.
  [[nodiscard]] id_range<Column> row(Row row) const noexcept {
    if (to_index(row) >= rows_.size()) return {};
    rows_[to_index(row)].prefetch_ids();
    return id_range<Column>(rows_[to_index(row)]);
  }
  [[nodiscard]] id_range<Row> column(Column column) const noexcept
    requires(by_column)
  {
    if (to_index(column) >= columns_.size()) return {};
    columns_[to_index(column)].prefetch_ids();
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

  // Erases a whole row or column; returns how many cells went.
  std::size_t erase_row(Row row) noexcept {
    if (to_index(row) >= rows_.size()) return 0;
    if constexpr (by_column) {
      for (std::uint32_t column : id_range<std::uint32_t>(rows_[to_index(row)])) {
        columns_[column].erase(to_index(row));
      }
    }
    return empty_block(rows_[to_index(row)]);
  }
  std::size_t erase_column(Column column) noexcept
    requires(by_column)
  {
    if (to_index(column) >= columns_.size()) return 0;
    for (std::uint32_t row : id_range<std::uint32_t>(columns_[to_index(column)])) {
      rows_[row].erase(to_index(column));
    }
    return empty_block(columns_[to_index(column)]);
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
  // Gives back memory that growth and erasing left unused.
  void shrink_to_fit() {
    for (row_block& row : rows_) row.shrink(alloc_);
    for (column_block& column : columns_) column.shrink(alloc_);
    rows_.shrink_to_fit();
    columns_.shrink_to_fit();
  }

  // Erases everything and keeps the memory for what comes next: shrink_to_fit() frees it.
  void clear() noexcept {
    for (row_block& row : rows_) row.clear();
    for (column_block& column : columns_) column.clear();
    size_ = 0;
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes =
        rows_.capacity() * sizeof(row_block) + columns_.capacity() * sizeof(column_block);
    for (const row_block& row : rows_) bytes += row.memory_bytes();
    for (const column_block& column : columns_) bytes += column.memory_bytes();
    return bytes;
  }
  [[nodiscard]] Alloc get_allocator() const noexcept { return alloc_; }

 protected:
  // A cell without a value; false if it was there.
  bool insert_pair(Row row, Column column)
    requires(std::is_same_v<Value, no_value>)
  {
    assert(to_index(row) != no_index && to_index(column) != no_index);
    if constexpr (by_column) {
      // Room on both sides before either changes.
      if (contains(row, column)) return false;
      add(row, column, [](no_value*) {});
      return true;
    } else {
      grow(rows_, to_index(row));
      const bool is_new = rows_[to_index(row)].find_or_insert(to_index(column), alloc_).is_new;
      size_ += is_new;
      return is_new;
    }
  }

  // A new cell, known to be absent. Where there are values, construct(pointer) makes the cell's.
  template <class Construct>
  std::uint32_t add(Row row, Column column, Construct&& construct) {
    assert(to_index(row) != no_index && to_index(column) != no_index);
    make_room(rows_, to_index(row));
    if constexpr (by_column) make_room(columns_, to_index(column));
    const std::uint32_t place = rows_[to_index(row)].insert(to_index(column), construct);
    if constexpr (by_column) columns_[to_index(column)].insert(to_index(row), [](no_value*) {});
    ++size_;
    return place;
  }

  // Calls visit(i, block, place) for each question: the block of its row, and the column's place in
  // it or the block's capacity. A batch of questions asks for its rows, then for its lines, then
  // reads them.
  template <class Visit>
  void find_many(std::span<const pair_type> asked, Visit&& visit) const noexcept {
    static constinit const row_block empty{};
    constexpr std::size_t batch = 32;
    const row_block* blocks[batch];
    std::uint32_t starts[batch];
    for (std::size_t done = 0; done < asked.size(); done += batch) {
      const std::size_t count = std::min(batch, asked.size() - done);
      const pair_type* const now = asked.data() + done;
      const std::size_t next = std::min(batch, asked.size() - done - count);
      for (std::size_t i = 0; i < next; ++i) {
        prefetch_element(rows_.data(), to_index(now[count + i].first));
      }
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t row = to_index(now[i].first);
        const bool known = row < rows_.size() && to_index(now[i].second) != no_index;
        blocks[i] = known ? rows_.data() + row : &empty;
        starts[i] = blocks[i]->start(to_index(now[i].second));
      }
      for (std::size_t i = 0; i < count; ++i) {
        visit(done + i, *blocks[i], blocks[i]->find_from(starts[i], to_index(now[i].second)));
      }
    }
  }

  // For whoever visits all rows: the ids of one a few rows on.
  void prefetch_after(std::uint32_t row) const noexcept {
    constexpr std::size_t ahead = 6;
    if (row + ahead < rows_.size()) rows_[row + ahead].prefetch_ids();
  }

  // Both sides must have equal allocators.
  void swap(cells& other) noexcept {
    rows_.swap(other.rows_);
    columns_.swap(other.columns_);
    std::swap(size_, other.size_);
  }

  [[no_unique_address]] Alloc alloc_;
  vector_of<row_block> rows_;        // blocks of columns
  vector_of<column_block> columns_;  // blocks of rows; stays empty where only rows are indexed
  std::size_t size_ = 0;

 private:
  template <class Block>
  void make_room(vector_of<Block>& blocks, std::uint32_t index) {
    grow(blocks, index);
    blocks[index].reserve_one(alloc_);
  }
  template <class Block>
  void grow(vector_of<Block>& blocks, std::uint32_t index) {
    const std::size_t count = std::size_t{index} + 1;
    if (count <= blocks.size()) return;
    reserve_slim(blocks, count);
    blocks.resize(count);
  }

  template <class Block>
  std::size_t empty_block(Block& block) noexcept {
    const std::size_t erased = block.size();
    block.clear();
    size_ -= erased;
    return erased;
  }
};

}  // namespace detail
}  // namespace crosstie
