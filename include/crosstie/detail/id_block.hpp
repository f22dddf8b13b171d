// Id block: dense ids with a value each, in one small block, for tables that hold one a row.
//
//   up to 12 ids:   [id id id ... none none] [value ...]   packed at the front, 4 compared at once
//   more:           [16 ids][16 ids] ... [16 values] ...   hashed (detail/lined_ids.hpp)
//
// Promise: find, insert and erase look at one line, rarely two; 15/16 of the ids' places (7/8 of a
//   long block's) may be full.
// Invariants: unused places hold no_index, so the highest index is no id. Values move with their
//   ids.
// It owns its memory but does not keep the allocator, so whoever holds blocks must release() them.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/lined_ids.hpp>

namespace crosstie::detail {

template <class Value, class Alloc>
class id_block {
  static_assert(std::is_nothrow_move_constructible_v<Value>,
                "crosstie: a cell's value must be movable without exceptions");

  // What packed and lined blocks are allocated in.
  static constexpr std::size_t word_bytes = std::max(sizeof(std::uint32_t), alignof(Value));
  static constexpr std::size_t line_bytes =
      std::max(ids_a_line * sizeof(std::uint32_t), alignof(Value));
  struct alignas(word_bytes) word {
    std::byte bytes[word_bytes];
  };
  struct alignas(line_bytes) line {
    std::byte bytes[line_bytes];
  };
  using traits = std::allocator_traits<Alloc>;
  using word_traits = typename traits::template rebind_traits<word>;
  using line_traits = typename traits::template rebind_traits<line>;
  static_assert(std::is_same_v<typename word_traits::pointer, word*>,
                "crosstie: tables take allocators with plain pointers");

 public:
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return bytes_for(capacity_); }

  // The place of an id, or capacity().
  [[nodiscard]] std::uint32_t find(std::uint32_t id) const noexcept {
    return find_from(home_of(id), id);
  }
  // The same in two halves, between which others may do theirs: where to look, whose memory is
  // asked for here, and the rest.
  [[nodiscard]] std::uint32_t start(std::uint32_t id) const noexcept {
    prefetch(id);
    return home_of(id);
  }
  [[gnu::always_inline]] void prefetch(std::uint32_t id) const noexcept {
    __builtin_prefetch(ids_ + home_of(id));
  }
  [[nodiscard]] std::uint32_t find_from(std::uint32_t first, std::uint32_t id) const noexcept {
    return lined() ? lined_places().find_from(first, id) : find_id(ids_, capacity_, id);
  }

  // Starts to fetch the first lines of ids, for whoever reads them all: each on its own is a wait.
  [[gnu::always_inline]] void prefetch_ids() const noexcept {
    const std::uint32_t end = std::min(capacity_, 4 * ids_a_line);
    for (std::uint32_t first = 0; first < end; first += ids_a_line) {
      __builtin_prefetch(ids_ + first);
    }
  }

  // The places [0, place_limit()) hold ids, or no_index here and there.
  [[nodiscard]] const std::uint32_t* ids() const noexcept { return ids_; }
  [[nodiscard]] std::uint32_t place_limit() const noexcept { return lined() ? capacity_ : size_; }
  [[nodiscard]] Value& value(std::uint32_t place) const noexcept { return values()[place]; }

  // Room for one more. Strong guarantee.
  void reserve_one(const Alloc& alloc) {
    if (size_ < limit(capacity_)) return;
    regrow(alloc,
           lined() ? lined_ids::more_lines(capacity_ / ids_a_line) * ids_a_line : capacity_ + 4);
  }

  // Adds an id that is not there, for which there must be room, and returns its place.
  // construct(pointer) makes its value; nothing has changed if it throws.
  template <class Construct>
  std::uint32_t insert(std::uint32_t id, Construct&& construct) {
    const std::uint32_t place = lined() ? lined_places().free_place(id) : size_;
    construct(values() + place);
    ids_[place] = id;
    ++size_;
    return place;
  }

  // Takes an id out; false if it was not there. Its memory stays for others until shrink().
  bool erase(std::uint32_t id) noexcept {
    const std::uint32_t at = find(id);
    if (at == capacity_) return false;
    std::destroy_at(values() + at);
    --size_;
    const auto move_value = [this](std::uint32_t to, std::uint32_t from) {
      std::construct_at(values() + to, std::move(values()[from]));
      std::destroy_at(values() + from);
    };
    if (lined()) {
      lined_places().erase_at(at, move_value);
      return true;
    }
    if (at != size_) {
      ids_[at] = ids_[size_];
      move_value(at, size_);
    }
    ids_[size_] = no_index;
    return true;
  }

  // Takes all ids out, and keeps the memory.
  void clear() noexcept {
    destroy_values();
    std::fill_n(ids_, place_limit(), no_index);
    size_ = 0;
  }

  // Gives back what memory the ids do not need. Strong guarantee.
  void shrink(const Alloc& alloc) {
    if (size_ == 0) {
      release(alloc);
      return;
    }
    std::uint32_t capacity = (size_ + 3) / 4 * 4;
    if (capacity >= ids_a_line) capacity = lined_ids::lines_for(size_) * ids_a_line;
    if (capacity < capacity_) regrow(alloc, capacity);
  }

  void release(const Alloc& alloc) noexcept {
    destroy_values();
    free(alloc, ids_, capacity_);
    *this = id_block();
  }

 private:
  void destroy_values() noexcept {
    if constexpr (!std::is_trivially_destructible_v<Value>) {
      for (std::uint32_t at = 0; at != place_limit(); ++at) {
        if (ids_[at] != no_index) std::destroy_at(values() + at);
      }
    }
  }

  [[nodiscard]] bool lined() const noexcept { return capacity_ >= ids_a_line; }
  [[nodiscard]] lined_ids lined_places() const noexcept { return {ids_, capacity_}; }
  [[nodiscard]] static constexpr std::uint32_t limit(std::uint32_t capacity) noexcept {
    return capacity < ids_a_line ? capacity : lined_ids::limit(capacity / ids_a_line);
  }
  [[nodiscard]] Value* values() const noexcept {
    return reinterpret_cast<Value*>(reinterpret_cast<std::byte*>(ids_) + values_offset(capacity_));
  }
  [[nodiscard]] static constexpr std::size_t values_offset(std::uint32_t capacity) noexcept {
    const std::size_t bytes = capacity * sizeof(std::uint32_t);
    return (bytes + alignof(Value) - 1) / alignof(Value) * alignof(Value);
  }

  // First place of the line where an id belongs; 0 in a packed block.
  [[nodiscard]] std::uint32_t home_of(std::uint32_t id) const noexcept {
    return lined_ids::home_of(id, capacity_ / ids_a_line) * ids_a_line;
  }

  void regrow(const Alloc& alloc, std::uint32_t capacity) {
    id_block grown;
    grown.ids_ = allocate(alloc, capacity);
    grown.capacity_ = capacity;
    std::fill_n(grown.ids_, capacity, no_index);
    for (std::uint32_t at = 0; at != place_limit(); ++at) {
      if (ids_[at] == no_index) continue;
      grown.insert(ids_[at], [&](Value* value) {
        std::construct_at(value, std::move(values()[at]));
        std::destroy_at(values() + at);
      });
    }
    free(alloc, ids_, capacity_);
    *this = grown;
  }

  static constexpr std::size_t bytes_for(std::uint32_t capacity) noexcept {
    const std::size_t unit = capacity < ids_a_line ? word_bytes : line_bytes;
    return (values_offset(capacity) + capacity * sizeof(Value) + unit - 1) / unit * unit;
  }
  static std::uint32_t* allocate(const Alloc& alloc, std::uint32_t capacity) {
    if (capacity < ids_a_line) {
      typename word_traits::allocator_type words(alloc);
      return reinterpret_cast<std::uint32_t*>(
          word_traits::allocate(words, bytes_for(capacity) / word_bytes));
    }
    typename line_traits::allocator_type lines(alloc);
    return reinterpret_cast<std::uint32_t*>(
        line_traits::allocate(lines, bytes_for(capacity) / line_bytes));
  }
  static void free(const Alloc& alloc, std::uint32_t* ids, std::uint32_t capacity) noexcept {
    if (ids == nullptr) return;
    if (capacity < ids_a_line) {
      typename word_traits::allocator_type words(alloc);
      word_traits::deallocate(words, reinterpret_cast<word*>(ids),
                              bytes_for(capacity) / word_bytes);
    } else {
      typename line_traits::allocator_type lines(alloc);
      line_traits::deallocate(lines, reinterpret_cast<line*>(ids),
                              bytes_for(capacity) / line_bytes);
    }
  }

  std::uint32_t* ids_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace crosstie::detail
