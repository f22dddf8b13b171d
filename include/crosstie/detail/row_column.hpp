// Row column: the row index of every column, and its place in the list of that row.
//
//   [row row row ...][place place place ...]   one allocation
//
// Promise: 2 + 2 bytes a column while all rows are below 65,535; the first greater row widens all
//   row indices, once, to 4 bytes. get and equals take one load.
// Invariants: the row index of a column is below row_limit of its assignment, or none (no_index);
//   the place of a column without a row means nothing.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/limits.hpp>
#include <crosstie/detail/prefetch.hpp>

namespace crosstie::detail {

template <class Alloc>
class row_column {
  struct alignas(std::uint32_t) word {
    std::byte bytes[sizeof(std::uint32_t)];
  };
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<word>;
  using word_alloc = typename traits::allocator_type;
  static_assert(std::is_same_v<typename traits::pointer, word*>,
                "crosstie: tables take allocators with plain pointers");
  static constexpr narrow_index narrow_none = std::numeric_limits<narrow_index>::max();

 public:
  explicit row_column(const Alloc& alloc) noexcept : alloc_(alloc) {}
  row_column(row_column&& other) noexcept : alloc_(other.alloc_) { swap(other); }
  row_column& operator=(row_column&&) = delete;
  ~row_column() { release(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // The row of a column below size(), or no_index.
  [[nodiscard]] std::uint32_t get(std::uint32_t column) const noexcept {
    return is_wide_ ? wide()[column] : widened(narrow()[column]);
  }
  // Whether the column, which may be any, has this row.
  [[nodiscard]] bool equals(std::uint32_t column, std::uint32_t row) const noexcept {
    if (is_wide_) return column < size_ && wide()[column] == row && row != no_index;
    return column < size_ && narrow()[column] == row && row != narrow_none;
  }
  // The first column from `column` on that has a row, or size().
  [[nodiscard]] std::uint32_t next_assigned(std::uint32_t column) const noexcept {
    while (column < size_ && get(column) == no_index) ++column;
    return column;
  }

  // Calls visit(column, row) for every column that has a row; loops that compilers make vectors of.
  template <class Visit>
  [[gnu::always_inline]] void for_each(Visit&& visit) const {
    const auto size = static_cast<std::uint32_t>(size_);
    if (is_wide_) {
      for (std::uint32_t c = 0; c < size; ++c) {
        if (wide()[c] != no_index) visit(c, wide()[c]);
      }
    } else {
      for (std::uint32_t c = 0; c < size; ++c) {
        if (narrow()[c] != narrow_none) visit(c, std::uint32_t{narrow()[c]});
      }
    }
  }

  // There must be room for the row.
  void set(std::uint32_t column, std::uint32_t row) noexcept {
    if (is_wide_) {
      wide()[column] = row;
    } else {
      narrow()[column] = row == no_index ? narrow_none : static_cast<narrow_index>(row);
    }
  }

  // The place of a column that has a row, as far as a list_place tells.
  [[nodiscard]] std::size_t place(std::uint32_t column) const noexcept { return places_[column]; }
  void set_place(std::uint32_t column, std::size_t place) noexcept {
    places_[column] = static_cast<list_place>(place);
  }

  // Room for `columns` columns, the new ones with none, and for rows up to `row`.
  void make_room(std::size_t columns, std::uint32_t row) {
    const bool wide = is_wide_ || row >= narrow_none;
    if (columns > capacity_ || wide != is_wide_) grow(columns, wide);
    for (; size_ < columns; ++size_) set(static_cast<std::uint32_t>(size_), no_index);
  }
  void reserve(std::size_t columns) {
    if (columns > capacity_) move_to(columns, is_wide_);
  }
  void shrink_to_fit() {
    if (size_ == 0) {
      release();
    } else if (size_ < capacity_) {
      move_to(size_, is_wide_);
    }
  }

  // Starts to fetch the entry of a column.
  [[gnu::always_inline]] void prefetch(std::uint32_t column) const noexcept {
    if (is_wide_) {
      prefetch_element(wide(), column);
    } else {
      prefetch_element(narrow(), column);
    }
  }

  // No columns any more; keeps the memory.
  void clear() noexcept { size_ = 0; }
  void swap(row_column& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(places_, other.places_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(is_wide_, other.is_wide_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return words_for(capacity_, is_wide_) * sizeof(word);
  }

 private:
  [[nodiscard]] static std::size_t row_bytes(std::size_t columns, bool wide) noexcept {
    return columns * (wide ? sizeof(std::uint32_t) : sizeof(narrow_index));
  }
  [[nodiscard]] static std::size_t words_for(std::size_t columns, bool wide) noexcept {
    const std::size_t bytes = row_bytes(columns, wide) + columns * sizeof(list_place);
    return (bytes + sizeof(word) - 1) / sizeof(word);
  }

  // A slack of a quarter, at least 4: see reserve_slim.
  [[gnu::noinline]] void grow(std::size_t columns, bool wide) {
    const bool is_full = columns > capacity_;
    move_to(is_full ? columns + std::max<std::size_t>(4, capacity_ / 4) : capacity_, wide);
  }

  void move_to(std::size_t capacity, bool wide) {
    row_column moved(alloc_);
    moved.memory_ = traits::allocate(moved.alloc_, words_for(capacity, wide));
    moved.capacity_ = capacity;
    moved.is_wide_ = wide;
    moved.places_ = reinterpret_cast<list_place*>(reinterpret_cast<std::byte*>(moved.memory_) +
                                                  row_bytes(capacity, wide));
    moved.size_ = size_;
    if (!wide) {
      std::copy_n(narrow(), size_, moved.narrow());
    } else if (is_wide_) {
      std::copy_n(this->wide(), size_, moved.wide());
    } else {
      std::transform(narrow(), narrow() + size_, moved.wide(), widened);
    }
    std::copy_n(places_, size_, moved.places_);
    swap(moved);
  }
  void release() noexcept {
    if (memory_ != nullptr) traits::deallocate(alloc_, memory_, words_for(capacity_, is_wide_));
    memory_ = nullptr;
    places_ = nullptr;
    capacity_ = 0;
  }

  [[nodiscard]] static std::uint32_t widened(narrow_index row) noexcept {
    return row == narrow_none ? no_index : row;
  }
  [[nodiscard]] narrow_index* narrow() const noexcept {
    return reinterpret_cast<narrow_index*>(memory_);
  }
  [[nodiscard]] std::uint32_t* wide() const noexcept {
    return reinterpret_cast<std::uint32_t*>(memory_);
  }

  [[no_unique_address]] word_alloc alloc_;
  word* memory_ = nullptr;
  list_place* places_ = nullptr;  // in the same memory
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool is_wide_ = false;
};

}  // namespace crosstie::detail
