// One cluster and one scheduler under the load of the simulator: pods arrive, are placed by the
// scheduling cycle, and the oldest leaves where more than so many are on nodes.
//
//   plain    the plain evaluation of every plugin on every node; beside it a table of bindings that
//            is asked once for each (pod that is attempted, node), as the report's scheduler did
//   engine   Crosstie's engine and its own tables
//
// Promise: both run schedule/cycle.hpp, break ties by name and get the same events, so that in
// virtual time their placements must be equal. What the tables are asked is checked.
// Cost: the cycle's, and the table's. Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lab/asked_bindings.hpp"
#include "schedule/cycle.hpp"

namespace crosstie::bench {

struct scene_setting {
  std::int64_t nodes = 5000;
  std::int64_t bound = 15'000;     // pods on nodes at a time
  std::int64_t arrivals = 36'000;  // made up
  std::int64_t kept = 36'000;      // of them, those that really come
  double pace = 1200;              // a second
  bool paced = false;              // by the wall clock; else time jumps
};

class scene {
 public:
  virtual ~scene() = default;

  // Applies what has happened and attempts at most one pod.
  virtual std::optional<schedule::decision> step() = 0;
  // Nothing is ready: until the next event. False where none comes.
  virtual bool wait() = 0;
  // Steps and waits until so many more pods were attempted.
  void attempt(std::int64_t pods);

  virtual std::uint64_t digest() const = 0;      // of all decisions in their order
  virtual std::int64_t placed() const = 0;       // pods bound so far
  virtual std::int64_t table_bytes() const = 0;  // of the bindings it began with
  std::vector<double> waited_ms;                 // of each pod bound, from its arrival
};

// The plain scheduler that asks this layout; without one, the engine.
std::unique_ptr<scene> make_scene(const scene_setting& how,
                                  const std::optional<asked_layout>& asked);

}  // namespace crosstie::bench
