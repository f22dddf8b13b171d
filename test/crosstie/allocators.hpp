// Allocators for tests: one that throws at the n-th allocation and counts what is alive, one that
// knows which arena it belongs to.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace crosstie::test {

struct allocation_ledger {
  std::size_t until_failure = static_cast<std::size_t>(-1);
  std::size_t live_bytes = 0;
  std::size_t live_blocks = 0;
};
inline allocation_ledger ledger;

template <class T>
struct failing_allocator {
  using value_type = T;
  using is_always_equal = std::true_type;
  failing_allocator() = default;
  template <class U>
  failing_allocator(const failing_allocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (ledger.until_failure == 0) throw std::bad_alloc();
    --ledger.until_failure;
    T* memory = std::allocator<T>().allocate(count);
    ledger.live_bytes += count * sizeof(T);  // NOLINT(bugprone-sizeof-expression): T may be T*
    ++ledger.live_blocks;
    return memory;
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    ledger.live_bytes -= count * sizeof(T);  // NOLINT(bugprone-sizeof-expression): T may be T*
    --ledger.live_blocks;
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(failing_allocator, failing_allocator) { return true; }
};

// Allocators of different owners are unequal; blocks must go back to their owner.
struct memory_owner {
  std::size_t live_bytes = 0;
};

template <class T, bool Propagates>
struct owned_allocator {
  using value_type = T;
  using is_always_equal = std::false_type;
  using propagate_on_container_copy_assignment = std::bool_constant<Propagates>;
  using propagate_on_container_move_assignment = std::bool_constant<Propagates>;
  using propagate_on_container_swap = std::bool_constant<Propagates>;
  template <class U>
  struct rebind {
    using other = owned_allocator<U, Propagates>;
  };

  explicit owned_allocator(memory_owner& o) : owner(&o) {}
  template <class U>
  owned_allocator(const owned_allocator<U, Propagates>& other) noexcept : owner(other.owner) {}

  T* allocate(std::size_t count) {
    owner->live_bytes += count * sizeof(T);  // NOLINT(bugprone-sizeof-expression): also of pointers
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    owner->live_bytes -= count * sizeof(T);  // NOLINT(bugprone-sizeof-expression)
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const owned_allocator& a, const owned_allocator& b) {
    return a.owner == b.owner;
  }

  memory_owner* owner;
};

using failing_bytes = failing_allocator<std::byte>;

// Runs `change` again and again, each time allowed one more allocation, until it succeeds; after
// each failure `check` must find nothing changed.
template <class Change, class Check>
void expect_strong_guarantee(Change&& change, Check&& check) {
  for (std::size_t allowed = 0;; ++allowed) {
    ledger.until_failure = allowed;
    try {
      change();
      ledger.until_failure = static_cast<std::size_t>(-1);
      return;
    } catch (const std::bad_alloc&) {
      ledger.until_failure = static_cast<std::size_t>(-1);
      check();
    }
  }
}

}  // namespace crosstie::test
