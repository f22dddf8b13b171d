// relation: many-to-many membership between dense rows and columns.
//
//   crosstie::relation<node_id, image_id> present;
//   present.insert(node, image);
//   for (node_id n : present.column(image)) ...
//   for (auto [node, image] : present) ...
//
//   rows     [9 B] a row    ->  lines of 16 column ids   (detail/id_rows.hpp)
//   columns  [9 B] a column ->  lines of 16 row ids      (not with relation_index::by_row)
//
// Promise: insert, erase and contains take constant time (amortised); row(r) and column(c) visit
//   the members of a few lines, in no particular order; counts take one load, of rows with
//   more than 15 lines of 16 two. clear() takes constant time, save for those.
// Erasing and clear() keep memory for what comes next; shrink_to_fit() frees it, and lays the rows
//   out one behind the other.
// Cost: about 5 to 6 bytes a pair and direction in rows of 30 and more: 9 bytes a row and a
//   column, and 64 for 12 to 16 ids once a row has two. Shorter rows cost more a pair; ids up to
//   the largest one used take their 9 bytes whether they have members or not. Choose
//   relation_index::by_row where nobody asks by column: half the memory and faster writes.
// Invalidation: row(r) and a visit of the row are invalidated by a change to that row, column(c) by
// a change to that column. Limits: the index 2^32 - 1 is no id; the rows of at most 15 lines have
// 2^28 lines of 16 ids at most, and so have the columns. Ids are trusted: they are hashed without a
// seed. Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/cells.hpp>
#include <crosstie/detail/forward_iterator.hpp>

namespace crosstie {

template <dense_id Row = std::uint32_t, dense_id Column = std::uint32_t,
          relation_index Index = relation_index::both_ways, class Alloc = std::allocator<std::byte>>
class relation : public detail::cells<Row, Column, detail::no_value, Index, Alloc> {
  using base = detail::cells<Row, Column, detail::no_value, Index, Alloc>;

 public:
  class const_iterator;

  relation() : relation(Alloc()) {}
  explicit relation(const Alloc& alloc) : base(alloc) {}
  relation(const relation& other)
      : relation(other, std::allocator_traits<Alloc>::select_on_container_copy_construction(
                            other.alloc_)) {}
  // A copy takes little more memory than its pairs need.
  relation(const relation& other, const Alloc& alloc) : base(other, alloc) {}
  relation(relation&& other) noexcept = default;
  // Copies the pairs where the allocators are unequal.
  relation(relation&& other, const Alloc& alloc) : relation(alloc) {
    if (alloc == other.alloc_) {
      swap(other);
    } else {
      *this = std::as_const(other);
      other.clear();
    }
  }
  // Assignments keep their own allocator.
  relation& operator=(const relation& other) {
    if (this == &other) return *this;
    relation copy(other, this->alloc_);
    swap(copy);
    return *this;
  }
  relation& operator=(relation&& other) noexcept(
      std::allocator_traits<Alloc>::is_always_equal::value) {
    relation taken(std::move(other), this->alloc_);
    swap(taken);
    return *this;
  }
  ~relation() = default;

  // True if the pair is new.
  bool insert(Row row, Column column) { return this->insert_pair(row, column); }

  // Calls visit(column) for every column of a row, which it must not change. Where visit is simple
  // (a sum, a count), compilers make vectors of it, which they do not of a loop over row(r).
  template <class Visit>
  [[gnu::always_inline]] void for_each_in_row(Row row, Visit&& visit) const {
    if (crosstie::to_index(row) >= this->rows_.size()) return;
    this->rows_.prefetch_ids(crosstie::to_index(row));
    this->rows_.visit(crosstie::to_index(row),
                      [&](std::uint32_t column) { visit(from_index<Column>(column)); });
  }
  // The pairs in order of rows. What passes through all of them is quicker with for_each.
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(*this, 0); }
  [[nodiscard]] const_iterator end() const noexcept {
    return const_iterator(*this, static_cast<std::uint32_t>(this->rows_.size()));
  }
  // Calls visit(row, column) for every pair, in order of rows; it must not change that row: see
  // erase_if.
  template <class Visit>
  [[gnu::always_inline]] void for_each(Visit&& visit) const {
    for (std::uint32_t r = 0; r < this->rows_.size(); ++r) {
      this->prefetch_after(r);
      this->rows_.ids(r).visit_lines(
          [&](std::uint32_t column) { visit(from_index<Row>(r), from_index<Column>(column)); });
    }
  }

  // Erases every pair that fits(row, column); returns how many.
  template <class Predicate>
  friend std::size_t erase_if(relation& pairs, Predicate fits) {
    return pairs.erase_cells_if(fits);
  }

  // Both sides must have equal allocators.
  void swap(relation& other) noexcept { base::swap(other); }
  friend void swap(relation& a, relation& b) noexcept { a.swap(b); }

  friend bool operator==(const relation& a, const relation& b) {
    if (a.size() != b.size()) return false;
    bool equal = true;
    a.for_each([&](Row row, Column column) { equal = equal && b.contains(row, column); });
    return equal;
  }
};

// Invalidated by a change to the row that it is in.
template <dense_id Row, dense_id Column, relation_index Index, class Alloc>
class relation<Row, Column, Index, Alloc>::const_iterator
    : public detail::forward_iterator<const_iterator, std::pair<Row, Column>> {
  using walk = detail::forward_iterator<const_iterator, std::pair<Row, Column>>;
  friend walk;

 public:
  using typename walk::value_type;

  const_iterator() noexcept = default;
  const_iterator(const relation& pairs, std::uint32_t row) noexcept
      : pairs_(&pairs), row_(row), column_(pairs.row(from_index<Row>(row)).begin()) {
    skip_empty_rows();
  }
  [[nodiscard]] value_type operator*() const noexcept { return {from_index<Row>(row_), *column_}; }
  friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept {
    return a.row_ == b.row_ && a.column_ == b.column_;
  }

 private:
  void step() noexcept {
    ++column_;
    skip_empty_rows();
  }
  void skip_empty_rows() noexcept {
    while (column_ == columns() && row_ < pairs_->row_limit()) {
      column_ = pairs_->row(from_index<Row>(++row_)).begin();
    }
  }

  using columns = typename id_range<Column>::iterator;
  const relation* pairs_ = nullptr;
  std::uint32_t row_ = 0;
  columns column_;
};

}  // namespace crosstie
