// What a simulation is asked to do: its input, when pods arrive, and how ties are broken.
//
// Value types, and the reading of their command-line spellings. A bad spelling is an error whose
// `field` is the key and whose `expected` says what would do.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cluster/error.hpp"

namespace crosstie::simulate {

// Files, directories or "-", as `kubectl get -o json|yaml` writes them.
struct dump_input {
  std::vector<std::string> paths;
};

// Alibaba's cluster-trace-gpu-v2023 ("openb"): two CSV files.
struct trace_input {
  std::string nodes_path, pods_path;
};

// A made-up cluster; see generator.hpp.
struct generate_spec {
  std::int64_t nodes = 5000;
  std::int64_t pods = 30000;  // pending
  std::int64_t bound = 0;     // pods that are on nodes already
  std::int64_t zones = 3;
  std::int64_t racks = 10;  // in each zone
  std::uint64_t seed = 1;
};

// "nodes=5000,pods=30000,seed=1"; every key may be left out, none may come twice.
std::expected<generate_spec, cluster::error> parse_generate_spec(std::string_view text);

using input = std::variant<dump_input, trace_input, generate_spec>;

// When the pods that the input leaves pending arrive.
struct arrivals {
  enum class mode : std::uint8_t {
    flat_out,  // all at once, at the start
    rate,      // spaced evenly in virtual time, `per_second` of it
    recorded,  // at the times that the trace recorded, and departing as recorded; traces only
    pace       // spaced evenly by the wall clock
  };
  mode when = mode::flat_out;
  double per_second = 0;  // rate and pace
};

// "1200/s", "1200", "2.5/s", "90/m", "10/h": arrivals a second.
std::expected<double, cluster::error> parse_rate(std::string_view text);

// Which node of those with the highest score.
struct tie_break {
  bool by_name = false;    // the smallest name, in byte order
  std::uint64_t seed = 1;  // else one at random, drawn from this seed
};

// "name" or "seed=N".
std::expected<tie_break, cluster::error> parse_tie_break(std::string_view text);

struct progress {
  std::int64_t decisions = 0, placed = 0, waiting = 0;
  std::int64_t expected = 0;  // pods that the run knows it will have to place, so far
};

struct options {
  input from;
  std::string events_path;  // JSON lines, see events.hpp; empty: none; "-": standard input
  arrivals arrive;
  tie_break ties;
  bool preemption = true;
  bool sample_nodes = false;  // as percentageOfNodesToScore says; false: all nodes are looked at
  bool strict = false;        // an inconsistent dump is an error
  bool profile = false;       // count calls and time by table and operation: timing::profile
  // A KubeSchedulerConfiguration, and what errors call it; without a text: the default profile.
  std::string configuration_text, configuration_file;
  const std::atomic<bool>* stop = nullptr;        // set it (a signal handler may) to end the run
  std::function<void()> loaded{};                 // called when the input is read, before the run
  std::function<void(const progress&)> report{};  // called about ten times a second
};

}  // namespace crosstie::simulate
