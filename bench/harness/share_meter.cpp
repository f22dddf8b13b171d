#include "harness/share_meter.hpp"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>

namespace crosstie::bench {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// Of the meter that lives.
std::atomic<std::int64_t> samples{0}, samples_within{0};
std::chrono::steady_clock::time_point stretch_begun;
std::chrono::nanoseconds spent_within{0};

void count_sample(int) {
  samples.store(samples.load(relaxed) + 1, relaxed);
  if (detail::stretch_depth.load(relaxed) > 0) {
    samples_within.store(samples_within.load(relaxed) + 1, relaxed);
  }
}

// A sampler of the calling thread that sends it SIGIO; -1 where the kernel refuses.
int open_sampler() {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_SOFTWARE;
  what.config = PERF_COUNT_SW_CPU_CLOCK;
  what.sample_period = 997'001;  // ns; no round number, so that it keeps step with nothing
  what.wakeup_events = 1;
  what.disabled = 1;
  what.exclude_kernel = 1;  // what unprivileged users may sample
  what.exclude_hv = 1;
  const int descriptor = static_cast<int>(::syscall(SYS_perf_event_open, &what, 0, -1, -1, 0));
  if (descriptor < 0) return -1;
  struct sigaction handler{};
  handler.sa_handler = count_sample;
  handler.sa_flags = SA_RESTART;
  const f_owner_ex owner{F_OWNER_TID, static_cast<pid_t>(::syscall(SYS_gettid))};
  const bool set =
      ::sigaction(SIGIO, &handler, nullptr) == 0 && ::fcntl(descriptor, F_SETOWN_EX, &owner) == 0 &&
      ::fcntl(descriptor, F_SETSIG, SIGIO) == 0 && ::fcntl(descriptor, F_SETFL, O_ASYNC) == 0;
  if (set) return descriptor;
  ::close(descriptor);
  return -1;
}

bool can_sample() {
  static const bool can = [] {
    const int descriptor = open_sampler();
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
  }();
  return can;
}

}  // namespace

namespace detail {

void begin_timed_stretch() { stretch_begun = std::chrono::steady_clock::now(); }
void end_timed_stretch() { spent_within += std::chrono::steady_clock::now() - stretch_begun; }

}  // namespace detail

share_meter::share_meter() : cpu_begun_(thread_cpu_seconds()) {
  samples.store(0, relaxed);
  samples_within.store(0, relaxed);
  spent_within = {};
  if (can_sample()) descriptor_ = open_sampler();
  if (descriptor_ >= 0) {
    ::ioctl(descriptor_, PERF_EVENT_IOC_ENABLE, 0);
  } else {
    detail::stretch_timed.store(true, relaxed);
  }
}

share_meter::~share_meter() {
  if (descriptor_ >= 0) ::close(descriptor_);
  detail::stretch_timed.store(false, relaxed);
}

double share_meter::share() const {
  if (descriptor_ >= 0) {
    const auto all = static_cast<double>(samples.load(relaxed));
    return all == 0 ? 0 : static_cast<double>(samples_within.load(relaxed)) / all;
  }
  const double cpu = thread_cpu_seconds() - cpu_begun_;
  return cpu <= 0 ? 0 : std::min(1.0, std::chrono::duration<double>(spent_within).count() / cpu);
}

std::string_view share_method() {
  return can_sample() ? "perf's software clock" : "instrumented calls";
}

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace crosstie::bench
