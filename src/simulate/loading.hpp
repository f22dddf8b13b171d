// The start of a simulation: its input in a store, and what is known of times to come.
//
// Promise: all of the input or an error. Thread safety: none.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "cluster/dump.hpp"
#include "cluster/store.hpp"
#include "simulate/event_feed.hpp"
#include "simulate/options.hpp"

namespace crosstie::simulate {

struct loaded_input {
  std::unique_ptr<cluster::store> objects;
  // Where the input's own time begins: what seconds of an events file count from, and when the
  // first pod arrives. The epoch of a trace; else the newest creation of a pod.
  cluster::timestamp zero = 0;
  std::vector<departure> departures;             // as recorded
  std::vector<cluster::kind_count> other_kinds;  // of a dump, that placing does not read
  std::vector<std::string> warnings;
};

std::expected<loaded_input, cluster::error> load(const options& what);

// Takes the pods that arrive later out of the store; none where all are there from the start.
std::vector<arrival> withhold_arrivals(loaded_input& from, const arrivals& when);

}  // namespace crosstie::simulate
