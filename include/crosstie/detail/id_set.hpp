// Id set: a set of dense ids in one small block, for tables that hold one set a row.
//
//   up to 32 ids:   [id id id ... none none]       packed at the front, searched 4 at a time
//   more:           [16 slots][16 slots] ...       cache lines; an id lies in the line of its hash,
//                                                  or in the next one that had room
//
// Promise: contains, insert and erase look at one line or two; capacity is 7/8 full at most and
//   grows by a quarter. Erasing shifts displaced ids back: no tombstones.
// Invariants: unused slots hold no_index, so the highest index is no id. In the hashed form no line
//   between an id's home and its own has an empty slot.
// It owns its memory but does not keep the allocator, so whoever holds sets must release() them.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/group.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

inline constexpr std::uint32_t ids_a_line = 16;

// The first of `count` slots (a multiple of 4) that holds `id`, or `count`.
[[nodiscard]] inline std::uint32_t find_id(const std::uint32_t* slots, std::uint32_t count,
                                           std::uint32_t id) noexcept {
#if CROSSTIE_SSE2
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(id));
  for (std::uint32_t i = 0; i < count; i += 4) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(slots + i));
    const int same = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four, wanted)));
    if (same != 0) {
      return i + static_cast<std::uint32_t>(std::countr_zero(static_cast<unsigned>(same)));
    }
  }
  return count;
#else
  return static_cast<std::uint32_t>(std::find(slots, slots + count, id) - slots);
#endif
}

template <class Alloc>
class id_set {
  struct alignas(64) line {
    std::uint32_t slots[ids_a_line];
  };
  using traits = std::allocator_traits<Alloc>;
  using word_traits = typename traits::template rebind_traits<std::uint32_t>;
  using line_traits = typename traits::template rebind_traits<line>;
  static_assert(std::is_same_v<typename word_traits::pointer, std::uint32_t*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  static constexpr std::uint32_t packed_limit = packed_ids;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return capacity_ * sizeof(*slots_); }

  [[nodiscard]] bool contains(std::uint32_t id) const noexcept { return locate(id) != capacity_; }

  // Room for one more. Strong guarantee.
  void reserve_one(const Alloc& alloc) {
    if (size_ < limit(capacity_)) return;
    if (capacity_ < packed_limit) {
      regrow(alloc, capacity_ < 16 ? capacity_ + 4 : capacity_ + 8);
    } else {
      const std::uint32_t lines = capacity_ / ids_a_line;
      regrow(alloc, (lines + std::max(1U, lines / 4)) * ids_a_line);
    }
  }

  // Adds an id that is not there; there must be room.
  void insert(std::uint32_t id) noexcept {
    place(id);
    ++size_;
  }

  // Takes an id out; false if it was not there. An emptied set frees its memory.
  bool erase(std::uint32_t id, const Alloc& alloc) noexcept {
    const std::uint32_t at = locate(id);
    if (at == capacity_) return false;
    if (--size_ == 0) {
      release(alloc);
    } else if (!hashed()) {
      slots_[at] = slots_[size_];
      slots_[size_] = no_index;
    } else {
      close_gap(at);
    }
    return true;
  }

  // All ids lie in [begin, end); slots that hold no_index are to be skipped.
  [[nodiscard]] const std::uint32_t* begin() const noexcept { return slots_; }
  [[nodiscard]] const std::uint32_t* end() const noexcept {
    return slots_ + (hashed() ? capacity_ : size_);
  }

  void release(const Alloc& alloc) noexcept {
    deallocate(alloc, slots_, capacity_);
    slots_ = nullptr;
    size_ = capacity_ = 0;
  }

 private:
  [[nodiscard]] bool hashed() const noexcept { return capacity_ > packed_limit; }
  [[nodiscard]] static std::uint32_t limit(std::uint32_t capacity) noexcept {
    return capacity <= packed_limit ? capacity : capacity / 8 * 7;
  }

  // First slot of the line where an id belongs.
  [[nodiscard]] std::uint32_t home_of(std::uint32_t id) const noexcept {
    const std::uint32_t mixed =
        static_cast<std::uint32_t>((id * std::uint64_t{0x9e3779b97f4a7c15}) >> 32);
    return static_cast<std::uint32_t>((std::uint64_t{mixed} * (capacity_ / ids_a_line)) >> 32) *
           ids_a_line;
  }
  [[nodiscard]] std::uint32_t next_line(std::uint32_t first) const noexcept {
    return first + ids_a_line == capacity_ ? 0 : first + ids_a_line;
  }
  [[nodiscard]] std::uint32_t find_in_line(std::uint32_t first, std::uint32_t id) const noexcept {
    return first + find_id(slots_ + first, ids_a_line, id);
  }

  // The slot of `id`, or capacity_.
  [[nodiscard]] std::uint32_t locate(std::uint32_t id) const noexcept {
    if (!hashed()) return find_id(slots_, capacity_, id);
    for (std::uint32_t first = home_of(id);; first = next_line(first)) {
      if (const std::uint32_t at = find_in_line(first, id); at != first + ids_a_line) return at;
      // Lines fill from the front, so an empty slot shows in the last one.
      if (slots_[first + ids_a_line - 1] == no_index) return capacity_;
    }
  }

  void place(std::uint32_t id) noexcept {
    if (!hashed()) {
      slots_[size_] = id;
      return;
    }
    std::uint32_t first = home_of(id);
    while (slots_[first + ids_a_line - 1] != no_index) first = next_line(first);
    slots_[find_in_line(first, no_index)] = id;
  }

  // Removes the id at `at` from the hashed form: a displaced id of a later line may now belong
  // here.
  void close_gap(std::uint32_t at) noexcept {
    std::uint32_t gap_line = at / ids_a_line * ids_a_line;
    bool was_full = slots_[gap_line + ids_a_line - 1] != no_index;
    remove_from_line(gap_line, at);
    for (std::uint32_t first = next_line(gap_line); was_full; first = next_line(first)) {
      const bool full = slots_[first + ids_a_line - 1] != no_index;
      for (std::uint32_t i = first; i != first + ids_a_line && slots_[i] != no_index; ++i) {
        if (distance(home_of(slots_[i]), first) < distance(gap_line, first)) continue;
        slots_[gap_line + ids_a_line - 1] = slots_[i];
        remove_from_line(first, i);
        gap_line = first;
        break;
      }
      was_full = full;
    }
  }

  // Slots from line `from` forward to line `to`, around the end.
  [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t to) const noexcept {
    return to >= from ? to - from : to + capacity_ - from;
  }

  // Keeps the ids of the line at its front.
  void remove_from_line(std::uint32_t first, std::uint32_t at) noexcept {
    const std::uint32_t empty = find_in_line(first, no_index);
    slots_[at] = slots_[empty - 1];
    slots_[empty - 1] = no_index;
  }

  void regrow(const Alloc& alloc, std::uint32_t capacity) {
    std::uint32_t* slots = allocate(alloc, capacity);
    std::fill_n(slots, capacity, no_index);
    std::swap(slots, slots_);
    std::swap(capacity, capacity_);
    if (!hashed()) {
      std::copy_n(slots, size_, slots_);
    } else {
      std::for_each_n(slots, capacity, [this](std::uint32_t id) {
        if (id != no_index) place(id);
      });
    }
    deallocate(alloc, slots, capacity);
  }

  // Whole lines hold every hashed capacity; rounding up lets the compiler see that it is so.
  static constexpr std::uint32_t lines_for(std::uint32_t capacity) noexcept {
    return (capacity + ids_a_line - 1) / ids_a_line;
  }

  // The hashed form lies on cache lines.
  static std::uint32_t* allocate(const Alloc& alloc, std::uint32_t capacity) {
    if (capacity <= packed_limit) {
      typename word_traits::allocator_type words(alloc);
      return word_traits::allocate(words, capacity);
    }
    typename line_traits::allocator_type lines(alloc);
    return reinterpret_cast<std::uint32_t*>(line_traits::allocate(lines, lines_for(capacity)));
  }
  static void deallocate(const Alloc& alloc, std::uint32_t* slots,
                         std::uint32_t capacity) noexcept {
    if (slots == nullptr) return;
    if (capacity <= packed_limit) {
      typename word_traits::allocator_type words(alloc);
      word_traits::deallocate(words, slots, capacity);
    } else {
      typename line_traits::allocator_type lines(alloc);
      line_traits::deallocate(lines, reinterpret_cast<line*>(slots), lines_for(capacity));
    }
  }

  std::uint32_t* slots_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace crosstie::detail
