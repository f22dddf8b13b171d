// Flat storage: the memory of a flat table, one allocation of control groups and slots.
//
//   [group 0][group 1] ... [group n-1][sentinel] | [slot 0] ... [slot 14 n - 1]
//
// Promise: owns memory, not elements; n is a power of two or 0 (then `groups` is a shared group
//   that is always empty and must not be written).
// Invariant: slot i of group g is slots[14 g + i]; it holds an element iff its tag is not 0.
// Thread safety: as plain data.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include <crosstie/detail/forward_iterator.hpp>
#include <crosstie/detail/group.hpp>

namespace crosstie::detail {

// The place of one slot: its tag byte, whose address tells the slot within the group, and the slot.
template <class Value>
struct slot_place {
  std::uint8_t* tag = nullptr;
  Value* slot = nullptr;

  [[nodiscard]] explicit operator bool() const noexcept { return tag != nullptr; }
  [[nodiscard]] std::size_t position() const noexcept {
    return reinterpret_cast<std::uintptr_t>(tag) & (alignof(group) - 1);
  }
  [[nodiscard]] bool is_last_of_group() const noexcept { return position() == group_slots - 1; }
  [[nodiscard]] group* home() const noexcept { return reinterpret_cast<group*>(tag - position()); }
};

template <class Value, class Alloc>
class flat_storage {
  static constexpr std::size_t block_align = std::max(alignof(group), alignof(Value));
  struct alignas(block_align) block {
    std::byte bytes[block_align];
  };
  using block_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<block>;
  using block_traits = std::allocator_traits<block_alloc>;
  static_assert(std::is_same_v<typename block_traits::pointer, block*>,
                "crosstie: flat tables take allocators with plain pointers");

 public:
  using place = slot_place<Value>;

  flat_storage() noexcept = default;

  // Memory for `count` groups, all empty. Throws what the allocator throws, or
  // bad_array_new_length.
  flat_storage(Alloc& alloc, std::size_t count) { allocate(alloc, count); }

  // The same for a storage that has none.
  void allocate(Alloc& alloc, std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / 2 / group_bytes) {
      throw_length();
    }
    block_alloc blocks(alloc);
    block* memory = block_traits::allocate(blocks, blocks_for(count));
    groups = reinterpret_cast<group*>(memory);
    if (count == 1) {
      // Half the time of a table of one element would else be this call.
      groups[0] = groups[1] = group{};
    } else {
      std::memset(static_cast<void*>(groups), 0, (count + 1) * sizeof(group));
    }
    groups[count].make_sentinel();
    slots = reinterpret_cast<Value*>(reinterpret_cast<std::byte*>(memory) + slots_offset(count));
    mask = count - 1;
    shift = static_cast<unsigned>(std::min(63, 64 - std::countr_zero(count)));
  }

  void deallocate(Alloc& alloc) noexcept {
    // The second question is for g++ 12, which does not see that the first one answers it, and
    // warns.
    if (slots == nullptr || groups == &empty_group) return;
    block_alloc blocks(alloc);
    block_traits::deallocate(blocks, reinterpret_cast<block*>(groups), blocks_for(mask + 1));
    *this = flat_storage();
  }

  // Every group empty again; the elements must be gone.
  void wipe() noexcept {
    if (slots != nullptr) std::memset(static_cast<void*>(groups), 0, (mask + 1) * sizeof(group));
  }

  [[nodiscard]] std::size_t group_count() const noexcept { return slots == nullptr ? 0 : mask + 1; }
  [[nodiscard]] std::size_t capacity() const noexcept { return group_count() * group_slots; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return slots == nullptr ? 0 : blocks_for(mask + 1) * sizeof(block);
  }

  [[nodiscard]] place at(std::size_t group_index, unsigned position) const noexcept {
    return {groups[group_index].tags + position, slots + group_index * group_slots + position};
  }

  // Takes an empty slot for a key with this hash, which must not be in the table; the caller
  // constructs the element. There must be an empty slot.
  [[nodiscard]] place take_slot(std::uint64_t hash) noexcept {
    probe at_group(hash, shift, mask);
    while (true) {
      group& here = groups[at_group.index()];
      if (const std::uint32_t empty = here.match_empty(); empty != 0) [[likely]] {
        const auto position = static_cast<unsigned>(std::countr_zero(empty));
        const place found = at(at_group.index(), position);
        here.fill(position, hash);
        return found;
      }
      here.mark_overflow(hash);
      at_group.next();
    }
  }

  // Gives a slot back, whose element is gone, and takes away the marks its insertion left.
  void release_slot(place released, std::uint64_t hash) noexcept {
    group* home = released.home();
    const bool passed_others = home != &groups[probe(hash, shift, mask).index()];
    home->empty(released.position());
    if (passed_others) [[unlikely]]
      unmark_groups_before(home, hash);
  }

  // Calls visit(place) for every element. visit may destroy the element it is given. Inlined, as
  // all functions that visit are: what is called may add up, and clang would keep the sum in
  // memory.
  template <class Visit>
  [[gnu::always_inline]] void for_each(Visit&& visit) const {
    group* const end = groups + group_count();
    Value* first = slots;
    for (group* here = groups; here != end; ++here, first += group_slots) {
      const std::uint32_t full = here->match_full();
      // Groups fill from the front: nearly always that is all of them.
      const auto front = static_cast<std::size_t>(std::countr_one(full));
      for (std::size_t i = 0; i < front; ++i) visit(place{here->tags + i, first + i});
      for (std::uint32_t rest = full >> front << front; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(rest));
        visit(place{here->tags + i, first + i});
      }
    }
  }

  // Most elements that `count` groups hold: 7/8 of the slots, and a little more of the few slots of
  // a small table, whose groups all lie in the cache; a single group may fill up.
  [[nodiscard]] static constexpr std::size_t max_load(std::size_t count) noexcept {
    if (count <= 1) return count * single_group_load;
    if (count <= small_table_groups) return count * group_slots * 29 / 32;
    return count * group_slots / 8 * 7 + count * group_slots % 8 * 7 / 8;
  }

  // More elements than these never fit.
  [[nodiscard]] static constexpr std::size_t max_size() noexcept {
    return std::numeric_limits<std::size_t>::max() / 2 / group_bytes * group_slots;
  }

  // Fewest groups that hold `size` elements.
  [[nodiscard]] static constexpr std::size_t groups_for(std::size_t size) {
    if (size == 0) return 0;
    if (size > std::numeric_limits<std::size_t>::max() / 64) throw_length();
    std::size_t count = std::bit_ceil((size + group_slots - 1) / group_slots);
    return max_load(count) < size ? 2 * count : count;
  }

  group* groups = &empty_group;
  Value* slots = nullptr;
  std::size_t mask = 0;
  unsigned shift = 63;

 private:
  static constexpr std::size_t group_bytes = sizeof(group) + group_slots * sizeof(Value);

  [[gnu::noinline]] void unmark_groups_before(const group* home, std::uint64_t hash) noexcept {
    for (probe at_group(hash, shift, mask); &groups[at_group.index()] != home; at_group.next()) {
      groups[at_group.index()].unmark_overflow();
    }
  }

  [[noreturn]] static void throw_length() {
#if defined(__cpp_exceptions)
    throw std::bad_array_new_length();
#else
    std::abort();
#endif
  }

  [[nodiscard]] static constexpr std::size_t slots_offset(std::size_t count) noexcept {
    const std::size_t bytes = (count + 1) * sizeof(group);
    return (bytes + block_align - 1) / block_align * block_align;
  }
  [[nodiscard]] static constexpr std::size_t blocks_for(std::size_t count) noexcept {
    const std::size_t bytes = slots_offset(count) + count * group_slots * sizeof(Value);
    return (bytes + block_align - 1) / block_align;
  }
};

// Visits the elements of a flat table in the order of their slots.
template <class Value, class Reference>
class flat_iterator : public forward_iterator<flat_iterator<Value, Reference>,
                                              std::remove_const_t<Value>, Reference&> {
  friend forward_iterator<flat_iterator, std::remove_const_t<Value>, Reference&>;

 public:
  flat_iterator() noexcept = default;
  explicit flat_iterator(slot_place<Value> place) noexcept : place_(place) {}
  // From iterator to const_iterator.
  template <class Other>
    requires(std::is_convertible_v<Other*, Reference*> && !std::is_same_v<Other, Reference>)
  flat_iterator(const flat_iterator<Value, Other>& other) noexcept : place_(other.place()) {}

  [[nodiscard]] Reference& operator*() const noexcept { return *place_.slot; }
  [[nodiscard]] slot_place<Value> place() const noexcept { return place_; }

  friend bool operator==(const flat_iterator& a, const flat_iterator& b) noexcept {
    return a.place_.tag == b.place_.tag;
  }

 private:
  void step() noexcept {
    // Groups fill from the front: nearly always the next slot is full, which can be foretold.
    if (!place_.is_last_of_group() && place_.tag[1] != 0) [[likely]] {
      ++place_.tag;
      ++place_.slot;
    } else {
      skip_empty();
    }
  }
  void skip_empty() noexcept {
    const std::size_t position = place_.position();
    group* here = place_.home();
    // Slots after this one; none is full in most groups that get here.
    std::uint32_t full = here->match_full() >> 1 >> position;
    if (full != 0) {
      const auto skipped = static_cast<std::size_t>(std::countr_zero(full)) + 1;
      place_ = {place_.tag + skipped, place_.slot + skipped};
      return;
    }
    Value* first = place_.slot - position;
    do {
      ++here;
      first += group_slots;
      if (here->is_sentinel()) {
        place_ = {};
        return;
      }
      full = here->match_full();
    } while (full == 0);
    const auto next = static_cast<std::size_t>(std::countr_zero(full));
    place_ = {here->tags + next, first + next};
  }

  slot_place<Value> place_;
};

}  // namespace crosstie::detail
