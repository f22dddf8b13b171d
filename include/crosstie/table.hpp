// table: a value for some of the pairs of dense rows and columns (what Guava calls Table).
//
//   crosstie::table<pod_shape, node_id, score> known;
//   known.try_emplace(shape, node, 17);
//   if (const score* s = known.find(shape, node)) ...
//   known.for_each_in_row(shape, [](node_id node, score& s) { ... });
//   for (auto [shape, node, score] : known) ...                   // score is a reference
//
//   rows     [16 B] a row    ->  one block: column ids, then their values   (detail/id_block.hpp)
//   columns  [16 B] a column ->  lines of row ids                           (not with by_row)
//
// Promise: find, try_emplace and erase take constant time (amortised); a row, and by its ids a
//   column, is visited in no particular order; counts take one load.
// Cost: sizeof(T) + 4 bytes a cell, at a load of 7/8 or 15/16 after growth by a quarter, plus 5
//   to 6 bytes for the way by column, plus 16 bytes a row and 9 a column up to the largest ids.
// Invalidation: any insertion into a row, and any erasure from it, invalidates pointers to its
//   values and row(r); changes to other rows do not. column(c) is invalidated by a change to it.
// Limits: T moves without exceptions; the index 2^32 - 1 is no id; ids are hashed without a seed.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/cells.hpp>
#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/lookup.hpp>

namespace crosstie {

template <dense_id Row, dense_id Column, class T, relation_index Index = relation_index::both_ways,
          class Alloc = std::allocator<std::byte>>
class table : public detail::cells<Row, Column, T, Index, Alloc> {
  using base = detail::cells<Row, Column, T, Index, Alloc>;

 public:
  using mapped_type = T;
  using typename base::pair_type;
  // What an iterator gives.
  template <class Value>
  struct basic_cell {
    Row row;
    Column column;
    Value& value;
  };
  template <class Value>
  class basic_iterator;
  using iterator = basic_iterator<T>;
  using const_iterator = basic_iterator<const T>;

  table() : table(Alloc()) {}
  explicit table(const Alloc& alloc) : base(alloc) {}
  table(const table& other)
      : table(other,
              std::allocator_traits<Alloc>::select_on_container_copy_construction(other.alloc_)) {}
  table(const table& other, const Alloc& alloc) : table(alloc) {
    this->reserve_rows(other.rows_.size());
    other.for_each(
        [this](Row row, Column column, const T& value) { try_emplace(row, column, value); });
  }
  table(table&& other) noexcept = default;
  // Moves the values one by one where the allocators are unequal.
  table(table&& other, const Alloc& alloc) : table(alloc) {
    if (alloc == other.alloc_) {
      swap(other);
    } else {
      other.for_each(
          [this](Row row, Column column, T& value) { try_emplace(row, column, std::move(value)); });
      other.clear();
    }
  }
  // Assignments keep their own allocator.
  table& operator=(const table& other) {
    if (this == &other) return *this;
    table copy(other, this->alloc_);
    swap(copy);
    return *this;
  }
  table& operator=(table&& other) noexcept(std::allocator_traits<Alloc>::is_always_equal::value) {
    table taken(std::move(other), this->alloc_);
    swap(taken);
    return *this;
  }
  ~table() = default;

  // The value of a cell, or nullptr.
  [[nodiscard]] T* find(Row row, Column column) noexcept { return value_of(row, column); }
  [[nodiscard]] const T* find(Row row, Column column) const noexcept {
    return value_of(row, column);
  }
  // The value of a cell that must be there; throws std::out_of_range (aborts without exceptions).
  [[nodiscard]] T& at(Row row, Column column) {
    return detail::present(value_of(row, column), "crosstie::table::at: no such cell");
  }
  [[nodiscard]] const T& at(Row row, Column column) const {
    return detail::present(value_of(row, column), "crosstie::table::at: no such cell");
  }

  // found[i] = find(asked[i]), with the memory of the next ones on its way meanwhile; returns how
  // many there are.
  std::size_t find_many(std::span<const pair_type> asked,
                        std::span<const T*> found) const noexcept {
    assert(found.size() >= asked.size());
    return base::find_many(asked, [&](std::size_t at, const T* value) { found[at] = value; });
  }

  // Constructs the value from `args` only where the cell is new; returns the value in the table and
  // whether it is new.
  template <class... Args>
  std::pair<T*, bool> try_emplace(Row row, Column column, Args&&... args) {
    if (T* value = value_of(row, column)) return {value, false};
    if constexpr (std::is_nothrow_constructible_v<T, Args&&...> && sizeof...(Args) == 0) {
      return {this->add(row, column, [this](T* place) { construct(place); }), true};
    } else {
      // Made before the row may move: `args` may refer into it.
      T made(std::forward<Args>(args)...);
      const auto place_it = [&](T* place) { construct(place, std::move(made)); };
      return {this->add(row, column, place_it), true};
    }
  }
  template <class Value>
  std::pair<T*, bool> insert_or_assign(Row row, Column column, Value&& value) {
    const auto result = try_emplace(row, column, std::forward<Value>(value));
    // A value that found its cell present was not consumed.
    if (!result.second) *result.first = std::forward<Value>(value);
    return result;
  }
  // table[row, column]
  T& operator[](Row row, Column column) { return *try_emplace(row, column).first; }

  // Calls visit(column, value) for every cell of a row.
  template <class Visit>
  void for_each_in_row(Row row, Visit&& visit) {
    visit_row<T>(*this, crosstie::to_index(row), visit);
  }
  template <class Visit>
  void for_each_in_row(Row row, Visit&& visit) const {
    visit_row<const T>(*this, crosstie::to_index(row), visit);
  }
  // Calls visit(row, value) for every cell of a column: a lookup a cell.
  template <class Visit>
  void for_each_in_column(Column column, Visit&& visit) const
    requires(base::by_column)
  {
    for (Row row : this->column(column)) visit(row, std::as_const(*value_of(row, column)));
  }
  template <class Visit>
  void for_each_in_column(Column column, Visit&& visit)
    requires(base::by_column)
  {
    for (Row row : this->column(column)) visit(row, *value_of(row, column));
  }
  // Calls visit(row, column, value) for every cell, in order of rows.
  template <class Visit>
  void for_each(Visit&& visit) {
    visit_all<T>(*this, visit);
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit_all<const T>(*this, visit);
  }

  // The cells in order of rows, each as its row, its column and a reference to its value. What
  // passes through all of them is quicker with for_each.
  [[nodiscard]] iterator begin() noexcept { return iterator(*this, 0); }
  [[nodiscard]] iterator end() noexcept { return iterator(*this, row_end()); }
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(*this, 0); }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(*this, row_end()); }

  // Erases every cell that fits(row, column, value); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(table& cells, Predicate fits) {
    return cells.erase_cells_if(fits);
  }

  // Both sides must have equal allocators.
  void swap(table& other) noexcept { base::swap(other); }
  friend void swap(table& a, table& b) noexcept { a.swap(b); }

  friend bool operator==(const table& a, const table& b) {
    if (a.size() != b.size()) return false;
    bool equal = true;
    a.for_each([&](Row row, Column column, const T& value) {
      const T* other = b.find(row, column);
      equal = equal && other != nullptr && *other == value;
    });
    return equal;
  }

 private:
  [[nodiscard]] std::uint32_t row_end() const noexcept {
    return static_cast<std::uint32_t>(this->rows_.size());
  }

  // As the allocator does it: one of std::pmr hands its memory on to the value.
  template <class... Args>
  void construct(T* place, Args&&... args) {
    using traits = typename std::allocator_traits<Alloc>::template rebind_traits<T>;
    typename traits::allocator_type alloc(this->alloc_);
    traits::construct(alloc, place, std::forward<Args>(args)...);
  }

  [[nodiscard]] T* value_of(Row row, Column column) const noexcept {
    return this->may_hold(row, column)
               ? this->rows_.find(crosstie::to_index(row), crosstie::to_index(column))
               : nullptr;
  }

  template <class Value, class Self, class Visit>
  static void visit_row(Self& self, std::uint32_t row, Visit& visit) {
    if (row >= self.rows_.size()) return;
    self.rows_.visit(row, [&](std::uint32_t column, T& value) {
      visit(from_index<Column>(column), static_cast<Value&>(value));
    });
  }
  template <class Value, class Self, class Visit>
  static void visit_all(Self& self, Visit& visit) {
    for (std::uint32_t row = 0; row < self.rows_.size(); ++row) {
      self.prefetch_after(row);
      auto visit_cell = [&](Column column, Value& value) {
        visit(from_index<Row>(row), column, value);
      };
      visit_row<Value>(self, row, visit_cell);
    }
  }
};

// Invalidated by a change to the row that it is in.
template <dense_id Row, dense_id Column, class T, relation_index Index, class Alloc>
template <class Value>
class table<Row, Column, T, Index, Alloc>::basic_iterator
    : public detail::forward_iterator<basic_iterator<Value>, basic_cell<Value>> {
  friend detail::forward_iterator<basic_iterator, basic_cell<Value>>;
  template <class>
  friend class basic_iterator;

 public:
  using cell = basic_cell<Value>;

  basic_iterator() noexcept = default;
  basic_iterator(const table& cells, std::uint32_t row) noexcept : rows_(&cells.rows_), row_(row) {
    skip_empty_places();
  }
  // From iterator to const_iterator.
  template <class Other>
    requires(std::is_convertible_v<Other*, Value*> && !std::is_same_v<Other, Value>)
  basic_iterator(const basic_iterator<Other>& other) noexcept
      : rows_(other.rows_), row_(other.row_), place_(other.place_) {}
  [[nodiscard]] cell operator*() const noexcept {
    return {from_index<Row>(row_), from_index<Column>(rows_->id_at(row_, place_)),
            rows_->value_of(row_, place_)};
  }
  friend bool operator==(const basic_iterator& a, const basic_iterator& b) noexcept {
    return a.row_ == b.row_ && a.place_ == b.place_;
  }

 private:
  void step() noexcept {
    ++place_;
    skip_empty_places();
  }
  void skip_empty_places() noexcept {
    for (; row_ < rows_->size(); ++row_, place_ = 0) {
      place_ = rows_->next_place(row_, place_);
      if (place_ != rows_->place_limit(row_)) return;
    }
  }

  const typename base::rows* rows_ = nullptr;
  std::uint32_t row_ = 0;
  std::uint32_t place_ = 0;
};

}  // namespace crosstie
