// Id list: a growing array of dense ids in 16 bytes, for tables that hold one list a row.
//
// Promise: capacity grows by a quarter, in steps of 4; an emptied list keeps its memory until
// shrink(). It owns its memory but does not keep the allocator, so whoever holds lists must
// release() them. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include <crosstie/dense_id.hpp>

namespace crosstie::detail {

// Room for `size` elements in a vector, with a slack of a quarter where std::vector would double;
// at least 4, so that the first few do not each move all.
template <class Vector>
void reserve_slim(Vector& vector, std::size_t size) {
  if (size <= vector.capacity()) return;
  vector.reserve(size + std::max<std::size_t>(4, vector.capacity() / 4));
}

template <dense_id Id, class Alloc>
class id_list {
  using traits = typename std::allocator_traits<Alloc>::template rebind_traits<Id>;
  using id_alloc = typename traits::allocator_type;
  static_assert(std::is_same_v<typename traits::pointer, Id*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<const Id> ids() const noexcept { return {ids_, size_}; }
  [[nodiscard]] Id& operator[](std::size_t index) noexcept { return ids_[index]; }
  [[nodiscard]] Id back() const noexcept { return ids_[size_ - 1]; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return capacity_ * sizeof(Id); }

  // Room for one more. Strong guarantee.
  void reserve_one(const Alloc& alloc) {
    if (size_ < capacity_) return;
    regrow(alloc, capacity_ + std::max(4U, capacity_ / 4 / 4 * 4));
  }
  // Gives back what memory the ids do not need. Strong guarantee.
  void shrink(const Alloc& alloc) {
    if (size_ == 0) {
      release(alloc);
    } else if (size_ < capacity_) {
      regrow(alloc, size_);
    }
  }
  // There must be room.
  void push_back(Id id) noexcept { ids_[size_++] = id; }
  void pop_back() noexcept { --size_; }
  // Empties it, and keeps the memory.
  void clear() noexcept { size_ = 0; }

  void release(const Alloc& alloc) noexcept {
    id_alloc ids(alloc);
    if (ids_ != nullptr) traits::deallocate(ids, ids_, capacity_);
    *this = id_list();
  }

 private:
  void regrow(const Alloc& alloc, std::uint32_t capacity) {
    id_alloc ids(alloc);
    Id* grown = traits::allocate(ids, capacity);
    std::copy_n(ids_, size_, grown);
    if (ids_ != nullptr) traits::deallocate(ids, ids_, capacity_);
    ids_ = grown;
    capacity_ = capacity;
  }

  Id* ids_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace crosstie::detail
