// What a stretch of a program asks of operator new, in calls and in bytes.
//
// Promise: while a meter lives, every call is counted with the bytes that the heap really gave
// (malloc_usable_size); while none lives, operator new costs one predictable branch more than
// malloc, so that timed stretches do not pay for being counted elsewhere.
// A program that links allocation.cpp has its operator new replaced.
// Thread safety: the counts are of all threads; meters are made and asked by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace crosstie::bench {

struct allocation_figures {
  std::int64_t calls = 0;       // of operator new
  std::int64_t bytes = 0;       // handed out by these calls
  std::int64_t live_bytes = 0;  // handed out and not yet given back
  std::int64_t peak_bytes = 0;  // the most that was live at once
  std::int64_t ns = 0;          // spent in malloc and free; only of a timed meter
};

// Counts from its construction on; meters do not nest.
class allocation_meter {
 public:
  explicit allocation_meter(bool timed = false);
  allocation_meter(const allocation_meter&) = delete;
  allocation_meter& operator=(const allocation_meter&) = delete;
  ~allocation_meter();
  allocation_figures read() const;
};

// Bytes that the counting allocator has handed out and not got back: for races whose contenders
// must be counted without what they allocate by other ways.
inline std::size_t live_bytes = 0;

template <class T>
struct counting_allocator {
  using value_type = T;
  using is_always_equal = std::true_type;
  counting_allocator() = default;
  template <class U>
  counting_allocator(const counting_allocator<U>&) noexcept {}  // NOLINT
  T* allocate(std::size_t count) {
    live_bytes += count * sizeof(T);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    live_bytes -= count * sizeof(T);
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(counting_allocator, counting_allocator) { return true; }
};

}  // namespace crosstie::bench
