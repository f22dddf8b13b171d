// Writes down what the cycle decides, while it runs.
//
// Promise: every attempt becomes a decision, equal texts share one message, and at most
// `most_samples` points of the run are kept, evenly spaced by decisions.
// Cost: amortised O(1) a decision, but for the text of one that failed: that is asked of the cycle,
// once for equal pods in a row while nothing has changed.
// Thread safety: none.
#pragma once

#include <algorithm>
#include <crosstie/interner.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schedule/cycle.hpp"
#include "simulate/outcome.hpp"

namespace crosstie::simulate {

class recorder {
 public:
  static constexpr std::size_t most_samples = 1024;

  recorder(outcome& into, const cluster::store& objects);

  void add(const schedule::decision& made, const schedule::cycle& by);
  void sample(const struct sample& point, std::int64_t wall_ns);
  // The last point, whatever the spacing.
  void finish(const struct sample& point, std::int64_t wall_ns);
  // What still waits at the end.
  void add_waiting(const schedule::cycle& by);

  std::int64_t decisions() const { return static_cast<std::int64_t>(into_.decisions.size()); }

 private:
  // What a text depends on, if nothing else changes.
  struct asker {
    cluster::spec_id spec;
    std::uint32_t labels;
    cluster::name_id ns;
    std::uint64_t changes;
    bool operator==(const asker&) const = default;
  };

  std::uint32_t message_of(const schedule::decision& made, const schedule::cycle& by);
  std::uint32_t intern(std::string text);
  waiting_pod describe(cluster::pod_id pod, schedule::queue::place at, const schedule::cycle& by);
  void keep(const struct sample& point, std::int64_t wall_ns);
  void thin_out();

  outcome& into_;
  const cluster::store& objects_;
  crosstie::interner<std::string_view> texts_;
  std::vector<std::uint32_t> last_messages_;  // by pod slot
  std::uint64_t changes_ = 0;                 // of the state, by decisions
  std::optional<asker> last_asker_;
  std::uint32_t last_message_ = 0;
  std::int64_t stride_ = 1;
};

// Entries with a `pod`, by "namespace/name".
template <class Entry>
void sort_by_name(const cluster::store& objects, std::vector<Entry>& entries) {
  std::ranges::sort(entries, {}, [&](const Entry& entry) {
    return std::pair(objects.text(entry.pod.ns), objects.text(entry.pod.name));
  });
}

}  // namespace crosstie::simulate
