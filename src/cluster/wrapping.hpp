// Arithmetic of Go's int64, which wraps around where it overflows.
//
// Why: quantities reach the limits of int64, and there kube-scheduler's sums wrap. So do ours, and
// without undefined behaviour.
// Cost: that of the plain operations. Thread safety: pure functions.
#pragma once

#include <cstdint>

namespace crosstie::cluster {

constexpr std::int64_t wrap(std::uint64_t bits) { return static_cast<std::int64_t>(bits); }

constexpr std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return wrap(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_subtract(std::int64_t a, std::int64_t b) {
  return wrap(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_multiply(std::int64_t a, std::int64_t b) {
  return wrap(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
// By anything but zero.
constexpr std::int64_t wrapping_divide(std::int64_t a, std::int64_t b) {
  return b == -1 ? wrapping_subtract(0, a) : a / b;
}

}  // namespace crosstie::cluster
