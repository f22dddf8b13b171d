// Row array: an id_row and a small count for each of many rows, in one allocation.
//
//   [id_row] x capacity  [1 B count] x capacity
//
// Promise: both are reached in one load; capacity grows by a quarter.
// Cost: 9 bytes a row, rounded up to 8.
// It does not keep the allocator, so whoever holds an array must release() it.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/detail/id_row.hpp>

namespace crosstie::detail {

template <class Alloc>
class row_array {
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<id_row>;
  static_assert(std::is_same_v<typename traits::pointer, id_row*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  row_array() noexcept = default;
  row_array(row_array&& other) noexcept { swap(other); }
  row_array& operator=(row_array&&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const id_row* data() const noexcept { return rows_; }
  [[nodiscard]] id_row& operator[](std::size_t r) noexcept { return rows_[r]; }
  [[nodiscard]] const id_row& operator[](std::size_t r) const noexcept { return rows_[r]; }
  [[nodiscard]] std::uint8_t& count(std::size_t r) noexcept { return counts()[r]; }
  [[nodiscard]] std::uint8_t count(std::size_t r) const noexcept { return counts()[r]; }

  // Room for so many rows.
  void reserve(const Alloc& alloc, std::size_t rows) {
    if (rows > capacity_) regrow(alloc, rows);
  }
  // At least so many rows, the new ones empty.
  void grow(const Alloc& alloc, std::size_t rows) {
    if (rows <= size_) return;
    if (rows > capacity_) regrow(alloc, rows + std::max<std::size_t>(4, capacity_ / 4));
    std::fill(rows_ + size_, rows_ + rows, id_row());
    std::fill(counts() + size_, counts() + rows, std::uint8_t{0});
    size_ = rows;
  }
  // Forgets all rows, and keeps the memory.
  void clear() noexcept { size_ = 0; }
  void release(const Alloc& alloc) noexcept {
    typename traits::allocator_type memory(alloc);
    if (rows_ != nullptr) traits::deallocate(memory, rows_, words_for(capacity_));
    rows_ = nullptr;
    size_ = capacity_ = 0;
  }

  void swap(row_array& other) noexcept {
    std::swap(rows_, other.rows_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return words_for(capacity_) * sizeof(id_row);
  }

 private:
  [[nodiscard]] static std::size_t words_for(std::size_t rows) noexcept {
    return rows + (rows + sizeof(id_row) - 1) / sizeof(id_row);
  }
  [[nodiscard]] std::uint8_t* counts() const noexcept {
    return reinterpret_cast<std::uint8_t*>(rows_ + capacity_);
  }
  void regrow(const Alloc& alloc, std::size_t capacity) {
    typename traits::allocator_type memory(alloc);
    row_array grown;
    grown.rows_ = traits::allocate(memory, words_for(capacity));
    grown.size_ = size_;
    grown.capacity_ = capacity;
    std::uninitialized_copy_n(rows_, size_, grown.rows_);
    std::copy_n(counts(), size_, grown.counts());
    release(alloc);
    swap(grown);
  }

  id_row* rows_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace crosstie::detail
