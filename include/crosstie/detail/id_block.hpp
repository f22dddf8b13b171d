// Id block: dense ids, each with a value or none, in one small block, for tables that hold one a
// row.
//
//   up to 12 ids:   [id id id ... none none] [value ...]   packed at the front, 4 compared at once
//   more:           [16 ids][16 ids] ... [16 values] ...   cache lines; an id lies in the line of
//                                                          its hash, or in the next with room
//
// Promise: contains, insert and erase look at one line, rarely two; 15/16 of the ids' places (7/8
// of
//   a long block's) may be full. Erasing shifts displaced ids back: no tombstones.
// Invariants: unused places hold no_index, so the highest index is no id. Lines fill from the
// front,
//   and no line between an id's home and its own has an empty place. Some place is always empty.
// It owns its memory but does not keep the allocator, so whoever holds blocks must release() them.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/id_line.hpp>
#include <crosstie/detail/limits.hpp>

namespace crosstie::detail {

// Stands for the value of an id that has none.
struct no_value {};

template <class Value, class Alloc>
class id_block {
  static constexpr bool holds_values = !std::is_same_v<Value, no_value>;
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

  // The place of an id, or capacity(). The first line decides nearly always.
  [[nodiscard]] std::uint32_t find(std::uint32_t id) const noexcept {
    return find_from(home_of(id), id);
  }
  // The same in two halves, between which others may do theirs: where to look, whose memory is
  // asked for here, and the rest.
  [[nodiscard]] std::uint32_t start(std::uint32_t id) const noexcept {
    const std::uint32_t first = home_of(id);
    __builtin_prefetch(ids_ + first);
    return first;
  }
  [[nodiscard]] std::uint32_t find_from(std::uint32_t first, std::uint32_t id) const noexcept {
    if (!lined()) [[unlikely]]
      return find_id(ids_, capacity_, id);
    const std::uint32_t same = match_line(ids_ + first, id);
    if (same != 0) return first + static_cast<std::uint32_t>(std::countr_zero(same));
    if (line_has_room(first)) [[likely]]
      return capacity_;
    return find_displaced(first, id);
  }
  [[nodiscard]] bool contains(std::uint32_t id) const noexcept { return find(id) != capacity_; }

  // Starts to fetch the first lines of ids, for whoever reads them all: each on its own is a wait.
  void prefetch_ids() const noexcept {
    const std::uint32_t end = std::min(capacity_, 4 * ids_a_line);
    for (std::uint32_t first = 0; first < end; first += ids_a_line) {
      __builtin_prefetch(ids_ + first);
    }
  }

  // The places [0, place_limit()) hold ids, or no_index here and there.
  [[nodiscard]] const std::uint32_t* ids() const noexcept { return ids_; }
  [[nodiscard]] std::uint32_t place_limit() const noexcept { return lined() ? capacity_ : size_; }
  [[nodiscard]] Value& value(std::uint32_t place) const noexcept
    requires(holds_values)
  {
    return values()[place];
  }

  // Room for one more. Strong guarantee.
  void reserve_one(const Alloc& alloc) {
    if (size_ < limit(capacity_)) return;
    if (capacity_ < ids_a_line) {
      regrow(alloc, capacity_ + 4);
    } else {
      const std::uint32_t lines = capacity_ / ids_a_line;
      regrow(alloc, (lines + std::max(1U, lines / 4)) * ids_a_line);
    }
  }

  // Adds an id that is not there, for which there must be room, and returns its place. Where there
  // are values, construct(pointer) makes the id's; nothing has changed if it throws.
  template <class Construct>
  std::uint32_t insert(std::uint32_t id, Construct&& construct) {
    const std::uint32_t place = free_place(id);
    if constexpr (holds_values) construct(values() + place);
    ids_[place] = id;
    ++size_;
    return place;
  }

  // The place of an id, and whether it is new: one look where its line has room. Strong guarantee.
  struct placed {
    std::uint32_t place;
    bool is_new;
  };
  placed find_or_insert(std::uint32_t id, const Alloc& alloc)
    requires(!holds_values)
  {
    if (lined() && size_ < limit(capacity_)) [[likely]] {
      const std::uint32_t first = home_of(id);
      const std::uint32_t same = match_line(ids_ + first, id);
      if (same != 0) return {first + static_cast<std::uint32_t>(std::countr_zero(same)), false};
      if (line_has_room(first)) [[likely]] {
        const std::uint32_t place = first_empty(first);
        ids_[place] = id;
        ++size_;
        return {place, true};
      }
    }
    if (const std::uint32_t at = find(id); at != capacity_) return {at, false};
    reserve_one(alloc);
    return {insert(id, [](no_value*) {}), true};
  }

  // Takes an id out; false if it was not there. Its memory stays for others until shrink().
  bool erase(std::uint32_t id) noexcept {
    const std::uint32_t at = find(id);
    if (at == capacity_) return false;
    if constexpr (holds_values) std::destroy_at(values() + at);
    --size_;
    if (!lined()) {
      move_into_gap(at, size_);
    } else {
      close_gap(at);
    }
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
    if (capacity >= ids_a_line) {
      capacity = (size_ / ids_a_line + 1) * ids_a_line;
      while (limit(capacity) < size_) capacity += ids_a_line;
    }
    if (capacity < capacity_) regrow(alloc, capacity);
  }

  void release(const Alloc& alloc) noexcept {
    destroy_values();
    free(alloc, ids_, capacity_);
    *this = id_block();
  }

 private:
  void destroy_values() noexcept {
    if constexpr (holds_values && !std::is_trivially_destructible_v<Value>) {
      for (std::uint32_t at = 0; at != place_limit(); ++at) {
        if (ids_[at] != no_index) std::destroy_at(values() + at);
      }
    }
  }

  [[nodiscard]] bool lined() const noexcept { return capacity_ >= ids_a_line; }
  [[nodiscard]] static constexpr std::uint32_t limit(std::uint32_t capacity) noexcept {
    if (capacity < ids_a_line) return capacity;
    return capacity <= dense_lines * ids_a_line ? capacity - capacity / ids_a_line
                                                : capacity - capacity / ids_a_line * 2;
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
    const auto mixed = static_cast<std::uint32_t>((id * std::uint64_t{0x9e3779b97f4a7c15}) >> 32);
    return static_cast<std::uint32_t>((std::uint64_t{mixed} * (capacity_ / ids_a_line)) >> 32) *
           ids_a_line;
  }
  [[nodiscard]] std::uint32_t next_line(std::uint32_t first) const noexcept {
    return first + ids_a_line == capacity_ ? 0 : first + ids_a_line;
  }
  [[nodiscard]] bool line_has_room(std::uint32_t first) const noexcept {
    return ids_[first + ids_a_line - 1] == no_index;
  }

  [[nodiscard]] std::uint32_t find_displaced(std::uint32_t first, std::uint32_t id) const noexcept {
    while (!line_has_room(first)) {
      first = next_line(first);
      const std::uint32_t same = match_line(ids_ + first, id);
      if (same != 0) return first + static_cast<std::uint32_t>(std::countr_zero(same));
    }
    return capacity_;
  }

  [[nodiscard]] std::uint32_t free_place(std::uint32_t id) const noexcept {
    if (!lined()) return size_;
    std::uint32_t first = home_of(id);
    while (!line_has_room(first)) first = next_line(first);
    return first_empty(first);
  }
  [[nodiscard]] std::uint32_t first_empty(std::uint32_t first) const noexcept {
    return first + static_cast<std::uint32_t>(std::countr_zero(match_line(ids_ + first, no_index)));
  }

  // The id at `from` goes to `gap`, whose value is gone; `from` becomes the gap.
  void move_into_gap(std::uint32_t gap, std::uint32_t from) noexcept {
    if (gap != from) {
      ids_[gap] = ids_[from];
      if constexpr (holds_values) {
        std::construct_at(values() + gap, std::move(values()[from]));
        std::destroy_at(values() + from);
      }
    }
    ids_[from] = no_index;
  }

  // Closes the gap at `at`, into which a displaced id of a later line may now belong.
  void close_gap(std::uint32_t at) noexcept {
    std::uint32_t line = at / ids_a_line * ids_a_line;
    bool was_full = !line_has_room(line);
    at = move_gap_back(line, at);
    for (std::uint32_t first = next_line(line); was_full; first = next_line(first)) {
      const bool full = !line_has_room(first);
      for (std::uint32_t i = first; i != first + ids_a_line && ids_[i] != no_index; ++i) {
        if (distance(home_of(ids_[i]), first) < distance(line, first)) continue;
        move_into_gap(at, i);
        at = move_gap_back(first, i);
        line = first;
        break;
      }
      was_full = full;
    }
  }

  // Moves a gap in a line behind the line's ids, and returns where it is then.
  std::uint32_t move_gap_back(std::uint32_t first, std::uint32_t gap) noexcept {
    ids_[gap] = no_index - 1;  // anything but empty, so that the first empty place is another
    const std::uint32_t last =
        line_has_room(first) ? first_empty(first) - 1 : first + ids_a_line - 1;
    move_into_gap(gap, last);
    return last;
  }

  // Places from line `from` forward to line `to`, around the end.
  [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t to) const noexcept {
    return to >= from ? to - from : to + capacity_ - from;
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
    const std::size_t values = holds_values ? capacity * sizeof(Value) : 0;
    return (values_offset(capacity) + values + unit - 1) / unit * unit;
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
