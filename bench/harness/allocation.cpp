#include "harness/allocation.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
std::atomic<bool> counting{false}, timing{false};
std::atomic<std::int64_t> calls, bytes, live, peak, spent_ns;

// Adds the time of its life to spent_ns, where that is asked for.
class stopwatch {
 public:
  stopwatch() : on_(timing.load(relaxed)) {
    if (on_) [[unlikely]]
      start_ = std::chrono::steady_clock::now();
  }
  ~stopwatch() {
    if (!on_) return;
    spent_ns.fetch_add(std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count(),
                       relaxed);
  }

 private:
  bool on_;
  std::chrono::steady_clock::time_point start_;
};

void count_given(void* memory) {
  const auto size = static_cast<std::int64_t>(::malloc_usable_size(memory));
  calls.fetch_add(1, relaxed);
  bytes.fetch_add(size, relaxed);
  const std::int64_t now = live.fetch_add(size, relaxed) + size;
  if (now > peak.load(relaxed)) peak.store(now, relaxed);
}

void* obtain(std::size_t size) {
  const stopwatch watch;
  return std::malloc(size == 0 ? 1 : size);
}

void* give(void* memory) {
  if (counting.load(relaxed)) [[unlikely]] {
    if (memory != nullptr) count_given(memory);
  }
  return memory;
}

void take(void* memory) {
  if (counting.load(relaxed)) [[unlikely]] {
    live.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(memory)), relaxed);
  }
  const stopwatch watch;
  std::free(memory);
}

void* must(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* give_aligned(std::size_t size, std::align_val_t alignment) {
  const auto to = static_cast<std::size_t>(alignment);
  return give(std::aligned_alloc(to, (size + to - 1) / to * to));
}

}  // namespace

namespace crosstie::bench {

allocation_meter::allocation_meter(bool timed) {
  for (auto* figure : {&calls, &bytes, &live, &peak, &spent_ns}) figure->store(0, relaxed);
  counting.store(true, relaxed);
  timing.store(timed, relaxed);
}
allocation_meter::~allocation_meter() {
  counting.store(false, relaxed);
  timing.store(false, relaxed);
}
allocation_figures allocation_meter::read() const {
  return {calls.load(relaxed), bytes.load(relaxed), live.load(relaxed), peak.load(relaxed),
          spent_ns.load(relaxed)};
}

}  // namespace crosstie::bench

void* operator new(std::size_t size) { return must(give(obtain(size))); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return give(obtain(size)); }
void* operator new[](std::size_t size, const std::nothrow_t& none) noexcept {
  return operator new(size, none);
}
void* operator new(std::size_t size, std::align_val_t to) { return must(give_aligned(size, to)); }
void* operator new[](std::size_t size, std::align_val_t to) { return operator new(size, to); }
void operator delete(void* memory) noexcept { take(memory); }
void operator delete[](void* memory) noexcept { take(memory); }
void operator delete(void* memory, std::size_t) noexcept { take(memory); }
void operator delete[](void* memory, std::size_t) noexcept { take(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { take(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { take(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { take(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { take(memory); }
