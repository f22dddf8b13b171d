// Row column: a row index for every column, 2 bytes each while all rows are below 65,535.
//
// Promise: get and equals take one load; the first greater row widens all entries, once, to 4
// bytes. Invariants: an entry is a row index or none (no_index); only one of the two arrays is in
// use. Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_list.hpp>
#include <crosstie/detail/limits.hpp>
#include <crosstie/detail/prefetch.hpp>

namespace crosstie::detail {

template <class Alloc>
class row_column {
  template <class T>
  using vector = std::vector<T, typename std::allocator_traits<Alloc>::template rebind_alloc<T>>;
  static constexpr narrow_index narrow_none = std::numeric_limits<narrow_index>::max();

 public:
  explicit row_column(const Alloc& alloc) : narrow_(alloc), wide_(alloc) {}
  row_column(row_column&& other) noexcept
      : narrow_(std::move(other.narrow_)),
        wide_(std::move(other.wide_)),
        is_wide_(std::exchange(other.is_wide_, false)) {}
  row_column& operator=(row_column&&) = delete;

  [[nodiscard]] std::size_t size() const noexcept {
    return is_wide_ ? wide_.size() : narrow_.size();
  }

  // The row of a column below size(), or no_index.
  [[nodiscard]] std::uint32_t get(std::uint32_t column) const noexcept {
    if (is_wide_) return wide_[column];
    return narrow_[column] == narrow_none ? no_index : narrow_[column];
  }
  [[nodiscard]] bool equals(std::uint32_t column, std::uint32_t row) const noexcept {
    if (is_wide_) return wide_[column] == row && row != no_index;
    return narrow_[column] == row && row != narrow_none;
  }

  // There must be room for the row.
  void set(std::uint32_t column, std::uint32_t row) noexcept {
    if (is_wide_) {
      wide_[column] = row;
    } else {
      narrow_[column] = row == no_index ? narrow_none : static_cast<narrow_index>(row);
    }
  }

  // Room for `columns` columns, the new ones with none, and for rows up to `row`.
  void make_room(std::size_t columns, std::uint32_t row) {
    if (!is_wide_ && row >= narrow_none) widen();
    if (columns <= size()) return;
    if (is_wide_) {
      reserve_slim(wide_, columns);
      wide_.resize(columns, no_index);
    } else {
      reserve_slim(narrow_, columns);
      narrow_.resize(columns, narrow_none);
    }
  }
  void reserve(std::size_t columns) {
    if (is_wide_) {
      wide_.reserve(columns);
    } else {
      narrow_.reserve(columns);
    }
  }
  void shrink_to_fit() {
    narrow_.shrink_to_fit();
    wide_.shrink_to_fit();
  }

  // Starts to fetch the entry of a column.
  [[gnu::always_inline]] void prefetch(std::uint32_t column) const noexcept {
    if (is_wide_) {
      prefetch_element(wide_.data(), column);
    } else {
      prefetch_element(narrow_.data(), column);
    }
  }

  void clear() noexcept {
    narrow_.clear();
    wide_.clear();
  }
  void swap(row_column& other) noexcept {
    narrow_.swap(other.narrow_);
    wide_.swap(other.wide_);
    std::swap(is_wide_, other.is_wide_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return narrow_.capacity() * sizeof(narrow_index) + wide_.capacity() * sizeof(std::uint32_t);
  }

 private:
  void widen() {
    wide_.reserve(narrow_.capacity());
    for (const narrow_index row : narrow_) wide_.push_back(row == narrow_none ? no_index : row);
    is_wide_ = true;
    narrow_.clear();
    narrow_.shrink_to_fit();
  }

  vector<narrow_index> narrow_;
  vector<std::uint32_t> wide_;
  bool is_wide_ = false;
};

}  // namespace crosstie::detail
