// matrix: a dense table of rows x columns, every row on a cache line of its own.
//
//   row 0:  [c0 c1 c2 ... | padding to 64 bytes]
//   row 1:  [c0 c1 c2 ... | padding to 64 bytes]
//
//   cells(1, 2) = 7;     or cells[1, 2], where the compiler knows subscripts of several numbers
//
// Promise: one block of memory without pointers inside; `row(r)` is a span that starts on a 64-byte
//   boundary. New cells are value-initialised (zero for numbers).
// Cost: a cell is one multiplication, one addition and one load. A row takes row_stride cells.
//   Adding a row is amortised O(columns).
// Limits: T is trivially copyable, and 64 bytes are a whole number of T, so that rows can be
//   padded; more columns than half the address space holds are a std::length_error.
// Invalidation: whatever changes the number of columns, or grows the rows beyond `row_capacity`,
//   invalidates all spans and references; removing rows invalidates those of the rows concerned.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer; writers of
//   different rows never share a cache line.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include <crosstie/detail/length_error.hpp>
#include <crosstie/stats.hpp>

namespace crosstie {

inline constexpr std::size_t cache_line_bytes = 64;

// Cells in rows that start `stride` cells apart, every row on a cache line: what functions take
// that do not care who owns the cells. The names are those of std::mdspan, for the day it is there.
template <class T>
class matrix_view {
 public:
  using element_type = T;

  // Aborts where the first row, or the stride, is not on a cache line.
  matrix_view(T* cells, std::size_t rows, std::size_t columns, std::size_t stride) noexcept
      : cells_(cells), rows_(rows), columns_(columns), stride_(stride) {
    if (reinterpret_cast<std::uintptr_t>(cells) % cache_line_bytes != 0 ||
        stride * sizeof(T) % cache_line_bytes != 0 || columns > stride) {
      std::abort();
    }
  }
  // A view of cells is a view of cells that are only read.
  template <class U>
    requires(std::is_same_v<const U, T>)
  matrix_view(const matrix_view<U>& other) noexcept  // NOLINT(google-explicit-constructor)
      : matrix_view(other.data_handle(), other.extent(0), other.extent(1), other.stride(0)) {}

  [[nodiscard]] static constexpr std::size_t rank() noexcept { return 2; }
  [[nodiscard]] std::size_t extent(std::size_t dimension) const noexcept {
    return dimension == 0 ? rows_ : columns_;
  }
  [[nodiscard]] std::size_t stride(std::size_t dimension) const noexcept {
    return dimension == 0 ? stride_ : 1;
  }
  [[nodiscard]] std::size_t size() const noexcept { return rows_ * columns_; }
  [[nodiscard]] T* data_handle() const noexcept { return cells_; }

#if defined(__cpp_multidimensional_subscript)
  [[nodiscard]] T& operator[](std::size_t row, std::size_t column) const noexcept {
    assert(row < rows_ && column < columns_);
    return cells_[row * stride_ + column];
  }
#endif
  [[nodiscard]] std::span<T> row(std::size_t row) const noexcept {
    assert(row < rows_);
    return {std::assume_aligned<cache_line_bytes>(cells_ + row * stride_), columns_};
  }

 private:
  T* cells_;
  std::size_t rows_, columns_, stride_;
};

template <class T, class Alloc = std::allocator<T>>
class matrix {
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>,
                "crosstie: the cells of a matrix must be trivially copyable");
  static_assert(cache_line_bytes % sizeof(T) == 0,
                "crosstie: 64 bytes must be a whole number of matrix cells");

  struct alignas(cache_line_bytes) line {
    std::byte bytes[cache_line_bytes];
  };
  static_assert(alignof(line) == cache_line_bytes && sizeof(line) == cache_line_bytes);
  using line_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<line>;
  using line_traits = std::allocator_traits<line_alloc>;
  static_assert(std::is_same_v<typename line_traits::pointer, line*>,
                "crosstie: matrix takes allocators with plain pointers");

 public:
  using value_type = T;
  using allocator_type = Alloc;
  static constexpr std::size_t cells_per_line = cache_line_bytes / sizeof(T);

  matrix() noexcept(noexcept(Alloc())) = default;
  explicit matrix(const Alloc& alloc) noexcept : alloc_(alloc) {}
  matrix(std::size_t rows, std::size_t columns, const T& value = T(), const Alloc& alloc = Alloc())
      : columns_(columns), stride_(stride_for(columns)), alloc_(alloc) {
    resize_rows(rows, value);
  }
  matrix(const matrix& other)
      : matrix(other, Alloc(line_traits::select_on_container_copy_construction(other.alloc_))) {}
  matrix(const matrix& other, const Alloc& alloc)
      : columns_(other.columns_), stride_(other.stride_), alloc_(alloc) {
    copy_cells(other);
  }
  matrix(matrix&& other) noexcept : alloc_(other.alloc_) { steal(other); }
  // Copies the cells where the allocators are unequal.
  matrix(matrix&& other, const Alloc& alloc) : matrix(alloc) {
    if (alloc_ == other.alloc_) {
      steal(other);
    } else {
      matrix copy(other, alloc);
      steal(copy);
      other.clear();
    }
  }
  matrix& operator=(const matrix& other) {
    if (this == &other) return *this;
    constexpr bool takes_alloc = line_traits::propagate_on_container_copy_assignment::value;
    matrix copy(other, takes_alloc ? Alloc(other.alloc_) : Alloc(alloc_));
    release();
    if constexpr (takes_alloc) alloc_ = other.alloc_;
    steal(copy);
    return *this;
  }
  matrix& operator=(matrix&& other) noexcept(
      line_traits::propagate_on_container_move_assignment::value ||
      line_traits::is_always_equal::value) {
    constexpr bool takes_alloc = line_traits::propagate_on_container_move_assignment::value;
    matrix taken(std::move(other), takes_alloc ? Alloc(other.alloc_) : Alloc(alloc_));
    release();
    if constexpr (takes_alloc) alloc_ = taken.alloc_;
    steal(taken);
    return *this;
  }
  ~matrix() { release(); }

  [[nodiscard]] std::size_t row_count() const noexcept { return rows_; }
  [[nodiscard]] std::size_t column_count() const noexcept { return columns_; }
  // Cells from the start of one row to the start of the next.
  [[nodiscard]] std::size_t row_stride() const noexcept { return stride_; }
  [[nodiscard]] std::size_t row_capacity() const noexcept { return row_capacity_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0 || columns_ == 0; }
  [[nodiscard]] cell_stats stats() const noexcept {
    cell_stats result;
    result.size = rows_ * columns_;
    result.memory_bytes = memory_bytes();
    result.rows = rows_;
    result.longest_row = columns_;
    result.mean_row = static_cast<double>(columns_);
    if (result.size != 0) {
      result.load_factor = static_cast<double>(columns_) / static_cast<double>(stride_);
    }
    return result;
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return row_capacity_ * stride_ * sizeof(T);
  }

  [[nodiscard]] T& operator()(std::size_t row, std::size_t column) noexcept {
    assert(row < rows_ && column < columns_);
    return cells_[row * stride_ + column];
  }
  [[nodiscard]] const T& operator()(std::size_t row, std::size_t column) const noexcept {
    assert(row < rows_ && column < columns_);
    return cells_[row * stride_ + column];
  }
#if defined(__cpp_multidimensional_subscript)
  [[nodiscard]] T& operator[](std::size_t row, std::size_t column) noexcept {
    return (*this)(row, column);
  }
  [[nodiscard]] const T& operator[](std::size_t row, std::size_t column) const noexcept {
    return (*this)(row, column);
  }
#endif
  [[nodiscard]] std::span<T> row(std::size_t row) noexcept {
    assert(row < rows_);
    return {cells_ + row * stride_, columns_};
  }
  [[nodiscard]] std::span<const T> row(std::size_t row) const noexcept {
    assert(row < rows_);
    return {cells_ + row * stride_, columns_};
  }

  // A view of all cells, in the manner of std::mdspan with a strided layout; and of the memory
  // under them, padding and all, in whole cache lines. Invalidated as rows are.
  [[nodiscard]] matrix_view<T> view() noexcept { return {cells_, rows_, columns_, stride_}; }
  [[nodiscard]] matrix_view<const T> view() const noexcept {
    return {cells_, rows_, columns_, stride_};
  }
  [[nodiscard]] std::span<T> lines() noexcept { return {cells_, rows_ * stride_}; }
  [[nodiscard]] std::span<const T> lines() const noexcept { return {cells_, rows_ * stride_}; }

  void reserve_rows(std::size_t rows) {
    if (rows > row_capacity_) reallocate(rows, columns_);
  }

  // Grows or shrinks the number of rows; new rows hold `value`.
  void resize_rows(std::size_t rows, const T& value = T()) {
    const T filling = value;  // may be a cell of this matrix
    if (rows > row_capacity_)
      reallocate(std::max(rows, row_capacity_ + row_capacity_ / 2), columns_);
    for (std::size_t r = rows_; r < rows; ++r) fill_row(r, 0, filling);
    rows_ = rows;
  }

  // Grows or shrinks the number of columns; new cells hold `value`.
  void resize_columns(std::size_t columns, const T& value = T()) {
    const T filling = value;
    const std::size_t before = columns_;
    if (stride_for(columns) != stride_) {
      reallocate(row_capacity_, columns);
    } else {
      columns_ = columns;
    }
    for (std::size_t r = 0; r < rows_; ++r) fill_row(r, std::min(before, columns), filling);
  }

  // Appends a row that holds `value`; returns its index.
  std::size_t add_row(const T& value = T()) {
    resize_rows(rows_ + 1, value);
    return rows_ - 1;
  }

  // Removes a row by moving the last one into its place.
  void swap_remove_row(std::size_t row) noexcept {
    assert(row < rows_);
    if (row != rows_ - 1 && stride_ != 0) {
      std::memcpy(cells_ + row * stride_, cells_ + (rows_ - 1) * stride_, stride_ * sizeof(T));
    }
    --rows_;
  }

  // Removes a row and keeps the order of the others: O(rows x columns).
  void remove_row(std::size_t row) noexcept {
    assert(row < rows_);
    if (stride_ != 0) {
      std::memmove(cells_ + row * stride_, cells_ + (row + 1) * stride_,
                   (rows_ - row - 1) * stride_ * sizeof(T));
    }
    --rows_;
  }

  void fill(const T& value) noexcept {
    const T filling = value;
    for (std::size_t r = 0; r < rows_; ++r) fill_row(r, 0, filling);
  }

  void clear() noexcept { rows_ = 0; }

  [[nodiscard]] Alloc get_allocator() const noexcept { return Alloc(alloc_); }

  void swap(matrix& other) noexcept {
    std::swap(cells_, other.cells_);
    std::swap(rows_, other.rows_);
    std::swap(columns_, other.columns_);
    std::swap(stride_, other.stride_);
    std::swap(row_capacity_, other.row_capacity_);
    if constexpr (line_traits::propagate_on_container_swap::value) std::swap(alloc_, other.alloc_);
  }
  friend void swap(matrix& a, matrix& b) noexcept { a.swap(b); }

  friend bool operator==(const matrix& a, const matrix& b)
    requires requires(const T& cell) { cell == cell; }
  {
    if (a.rows_ != b.rows_ || a.columns_ != b.columns_) return false;
    for (std::size_t r = 0; r < a.rows_; ++r) {
      if (!std::ranges::equal(a.row(r), b.row(r))) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t stride_for(std::size_t columns) {
    // Rounding up would wrap around, to rows without memory.
    if (columns > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) {
      detail::throw_length_error("crosstie::matrix: too many columns");
    }
    return (columns + cells_per_line - 1) / cells_per_line * cells_per_line;
  }

  static std::size_t lines_for(std::size_t rows, std::size_t stride) {
    const std::size_t lines_a_row = stride / cells_per_line;
    if (lines_a_row != 0 &&
        rows > std::numeric_limits<std::size_t>::max() / 2 / cache_line_bytes / lines_a_row) {
#if defined(__cpp_exceptions)
      throw std::bad_array_new_length();
#else
      std::abort();
#endif
    }
    return rows * lines_a_row;
  }

  static T* allocate(line_alloc& alloc, std::size_t lines) {
    if (lines == 0) return nullptr;
    line* block = line_traits::allocate(alloc, lines);
    // An allocator that ignores alignment would break the promise silently: checked always.
    if (reinterpret_cast<std::uintptr_t>(block) % cache_line_bytes != 0) std::abort();
    return reinterpret_cast<T*>(block);
  }

  // Moves the cells that both shapes share into new memory.
  void reallocate(std::size_t row_capacity, std::size_t columns) {
    const std::size_t stride = stride_for(columns);
    T* fresh = allocate(alloc_, lines_for(row_capacity, stride));
    const std::size_t kept = std::min(columns, columns_);
    for (std::size_t r = 0; r < rows_ && kept != 0; ++r) {
      std::memcpy(fresh + r * stride, cells_ + r * stride_, kept * sizeof(T));
    }
    const std::size_t rows = rows_;
    release();
    cells_ = fresh;
    rows_ = rows;
    columns_ = columns;
    stride_ = stride;
    row_capacity_ = row_capacity;
  }

  // Padding is filled too, so that whole lines are initialised.
  void fill_row(std::size_t row, std::size_t from, const T& value) noexcept {
    T* cells = cells_ + row * stride_;
    std::uninitialized_fill(cells + std::min(from, stride_), cells + stride_, value);
  }

  void copy_cells(const matrix& other) {
    if (other.rows_ == 0) return;
    cells_ = allocate(alloc_, lines_for(other.rows_, stride_));
    row_capacity_ = rows_ = other.rows_;
    if (stride_ != 0) std::memcpy(cells_, other.cells_, rows_ * stride_ * sizeof(T));
  }

  void steal(matrix& other) noexcept {
    cells_ = std::exchange(other.cells_, nullptr);
    rows_ = std::exchange(other.rows_, 0);
    columns_ = std::exchange(other.columns_, 0);
    stride_ = std::exchange(other.stride_, 0);
    row_capacity_ = std::exchange(other.row_capacity_, 0);
  }

  void release() noexcept {
    if (cells_ != nullptr) {
      line_traits::deallocate(alloc_, reinterpret_cast<line*>(cells_),
                              row_capacity_ * stride_ / cells_per_line);
    }
    cells_ = nullptr;
    rows_ = row_capacity_ = 0;
  }

  T* cells_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t stride_ = 0;  // a multiple of cells_per_line
  std::size_t row_capacity_ = 0;
  [[no_unique_address]] line_alloc alloc_;
};

}  // namespace crosstie
