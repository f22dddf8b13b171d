// What happens in a simulated world, merged by time: arrivals, departures, an events file, and the
// evictions that the scheduler asks for.
//
// Promise: events come in order of time; at the same time evictions come first, then departures,
// arrivals, and the lines of the file in their order.
// Cost: O(1) an event beside the file's. Thread safety: none.
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <vector>

#include "cluster/store.hpp"
#include "simulate/event_reader.hpp"
#include "simulate/openb.hpp"

namespace crosstie::simulate {

struct arrival {
  cluster::timestamp at = 0;
  cluster::pod pod;
};

class event_feed {
 public:
  // Both in order of time.
  event_feed(std::vector<arrival> arrivals, std::vector<departure> departures);

  // Takes over a reader whose events are still to come.
  std::expected<void, cluster::error> follow(event_reader file);
  void evict(cluster::object_key pod, cluster::timestamp at);

  // When the next event happens; absent: nothing is left, or the file is broken.
  std::optional<cluster::timestamp> next_at() const;
  std::optional<cluster::event> pop(cluster::timestamp now);

  // Set where the file cannot be read on.
  const std::optional<cluster::error>& failure() const { return failure_; }
  std::int64_t passed_over() const { return file_ ? file_->passed_over() : 0; }
  std::int64_t unknown_classes() const { return file_ ? file_->unknown_classes() : 0; }
  // Arrivals that are still to come, as far as is known.
  std::int64_t arrivals_left() const {
    return static_cast<std::int64_t>(arrivals_.size() - next_arrival_);
  }

 private:
  std::expected<void, cluster::error> read_ahead();

  std::vector<arrival> arrivals_;
  std::vector<departure> departures_;
  std::size_t next_arrival_ = 0, next_departure_ = 0;
  std::deque<departure> evictions_;
  std::optional<event_reader> file_;
  std::optional<cluster::event> ahead_;  // the file's next event
  std::optional<cluster::error> failure_;
};

}  // namespace crosstie::simulate
