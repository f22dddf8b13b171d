// How often and how long each table of the scheduler is worked on: calls and time by operation.
//
//   operation_meter meter(read_clock);              // counts while it lives, on this thread
//   const timed watch(metered::queue, operation::add);  // in the table's own function
//
// Promise: time is exclusive: an operation that calls another table's is not charged for it.
// Cost: one test of a thread's pointer where no meter lives; two clock readings a call where one
// does. The clock comes from outside, so that who is metered stays without one.
// Thread safety: a meter counts what its own thread does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crosstie::cluster {

enum class metered : std::uint8_t { objects, bindings, node_use, score_rows, queue };
enum class operation : std::uint8_t { find, add, remove, scan, note, pop, notify, advance };
inline constexpr std::size_t metered_count = 5, operation_count = 8;

std::string_view to_text(metered table);
std::string_view to_text(operation done);

class operation_meter {
 public:
  using clock = std::int64_t (*)();  // ns, of any beginning
  struct figure {
    std::int64_t calls = 0, ns = 0;
  };

  explicit operation_meter(clock read);
  operation_meter(const operation_meter&) = delete;
  operation_meter& operator=(const operation_meter&) = delete;
  ~operation_meter();

  const figure& of(metered table, operation done) const {
    return figures_[static_cast<std::size_t>(table)][static_cast<std::size_t>(done)];
  }

 private:
  friend class timed;
  figure& at(metered table, operation done) {
    return figures_[static_cast<std::size_t>(table)][static_cast<std::size_t>(done)];
  }
  clock read_;
  operation_meter* before_;     // of this thread
  std::int64_t within_ns_ = 0;  // of calls inside the one that runs
  std::array<std::array<figure, operation_count>, metered_count> figures_{};
};

namespace detail {
inline constinit thread_local operation_meter* current_meter = nullptr;
}

// Charges the time of its life to an operation of a table, if somebody meters.
class timed {
 public:
  timed(metered table, operation done) : meter_(detail::current_meter) {
    if (meter_ != nullptr) [[unlikely]]
      begin(table, done);
  }
  timed(const timed&) = delete;
  timed& operator=(const timed&) = delete;
  ~timed() {
    if (meter_ != nullptr) [[unlikely]]
      end();
  }

 private:
  void begin(metered table, operation done);
  void end();

  operation_meter* meter_;
  operation_meter::figure* figure_ = nullptr;
  std::int64_t start_ = 0, outer_ns_ = 0;
};

}  // namespace crosstie::cluster
