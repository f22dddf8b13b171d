// Prefetching of an element of an array that may not be there.
//
// Cost: one instruction, that never faults. Whatever does nothing else must be inlined: g++ takes a
//   function that only prefetches for one without effect, and leaves out calls to it.
// Thread safety: stateless.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crosstie::detail {

// Starts to fetch first[at], also where the array is empty or shorter: addresses are reckoned as
// numbers, since a pointer must not point past its array.
template <class T>
[[gnu::always_inline]] inline void prefetch_element(const T* first, std::size_t at) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(first) + at * sizeof(T);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is read through it
  __builtin_prefetch(reinterpret_cast<const void*>(address));
}

}  // namespace crosstie::detail
