// What share of its CPU time the calling thread spends in marked stretches of the program, such as
// the calls of one table.
//
//   share_meter meter;
//   ... { const stretch within; table.ask(key); } ...
//   meter.share();
//
// Promise: where the kernel allows perf's software clock, the thread is sampled about a thousand
// times a second of its CPU time: a signal's handler counts whether a stretch was on. Elsewhere
// each stretch reads the clock at its ends. share_method() tells which one it is.
// Cost: a stretch takes two stores, or two clock readings; a sample about 2 us.
// Thread safety: one meter at a time, whose stretches are those of the thread that made it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

namespace crosstie::bench {

namespace detail {
// Shared with a signal's handler on the same thread: lock-free and relaxed is enough.
inline std::atomic<std::int32_t> stretch_depth{0};
inline std::atomic<bool> stretch_timed{false};
void begin_timed_stretch();
void end_timed_stretch();
}  // namespace detail

class stretch {
 public:
  stretch() {
    if (change(1) == 0 && detail::stretch_timed.load(std::memory_order_relaxed)) {
      detail::begin_timed_stretch();
    }
  }
  stretch(const stretch&) = delete;
  stretch& operator=(const stretch&) = delete;
  ~stretch() {
    if (change(-1) == 1 && detail::stretch_timed.load(std::memory_order_relaxed)) {
      detail::end_timed_stretch();
    }
  }

 private:
  // No read-modify-write: the only other reader interrupts this thread.
  static std::int32_t change(std::int32_t by) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const std::int32_t before = detail::stretch_depth.load(std::memory_order_relaxed);
    detail::stretch_depth.store(before + by, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return before;
  }
};

class share_meter {
 public:
  share_meter();
  share_meter(const share_meter&) = delete;
  share_meter& operator=(const share_meter&) = delete;
  ~share_meter();

  double share() const;  // in [0, 1], since the meter was made

 private:
  int descriptor_ = -1;   // of the sampler
  double cpu_begun_ = 0;  // seconds
};

// "perf's software clock" or "instrumented calls".
std::string_view share_method();

// CPU time of the calling thread.
double thread_cpu_seconds();

}  // namespace crosstie::bench
