// What a simulation yields: the placements, every decision, a summary, and how long it took.
//
// Plain values. Names are ids of `objects`, the store of the run, which the outcome owns: print
// them with text(). Same input, options and seed: everything but `timing` is equal, byte for byte.
// Units: timestamps are virtual nanoseconds since 1970 (of the wall clock where arrivals are paced
// by it); amounts are milli for cpu and whole units (bytes, devices) for every other resource.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"
#include "simulate/histogram.hpp"

namespace crosstie::simulate {

// A pod that this run placed and that was not deleted before its end.
struct placement {
  cluster::object_key pod;
  cluster::name_id node;
};

enum class verdict : std::uint8_t {
  placed,         // bound to `node`
  unschedulable,  // tried, no node is feasible: `message` says why
  nominated,      // no node is feasible, victims were evicted on `node`; the pod tries again later
  failed          // an internal error of the cycle, or the binding was refused: `message`
};

// One attempt to place one pod, in the order of the attempts.
struct decision {
  cluster::object_key pod;
  cluster::name_id node = cluster::no_name;
  cluster::timestamp at = 0;
  std::uint32_t attempt = 1;                    // of this pod, from 1
  std::uint32_t message = 0;                    // index into outcome::messages; 0: the empty text
  std::uint32_t first_victim = 0, victims = 0;  // of outcome::victims: see victims_of
  verdict what = verdict::placed;
};

// A pod that is alive and on no node at the end.
struct waiting_pod {
  enum class reason : std::uint8_t { unschedulable, gated, untried };
  cluster::object_key pod;
  reason why = reason::unschedulable;
  std::uint32_t message = 0;  // index into outcome::messages: of its last attempt, or of the gate
};

// How many pods were left because of a reason, as FailedScheduling's text names it
// ("Insufficient cpu"). A pod that nodes refuse for several reasons counts under each of them.
struct reason_count {
  std::string reason;
  std::int64_t pods = 0;
};

struct resource_use {
  std::string name;              // "cpu", "memory", "nvidia.com/gpu", "pods", ...
  std::int64_t allocatable = 0;  // over all nodes
  std::int64_t requested = 0;    // by all pods on them
  double utilisation = 0;        // requested / allocatable; 0 where nothing is allocatable
  double fragmentation = 0;      // share of what is free that a typical pod cannot use, 0..1
};

struct node_use {
  cluster::name_id node, zone, instance_type;  // no_name where the node lacks the label
  bool unschedulable = false;
  std::vector<std::int64_t> allocatable, requested;  // in the order of summary::resources
};

struct summary {
  std::int64_t nodes = 0;
  std::int64_t pods = 0;           // pods that the run was asked to place, deleted ones included
  std::int64_t placed = 0;         // of those: bound at least once
  std::int64_t placed_now = 0;     // still bound at the end: placements.size()
  std::int64_t unschedulable = 0;  // alive at the end, tried, on no node
  std::int64_t gated = 0;          // alive at the end, held back by scheduling gates
  std::int64_t untried = 0;        // alive at the end, not tried (the run was stopped)
  std::int64_t departed = 0;       // deleted during the run
  std::int64_t preempted = 0;      // evicted for a pod of higher priority
  std::int64_t already_bound = 0;  // on a node before the run began
  std::int64_t homeless = 0;       // alive at the end, bound to a node that is gone
  std::int64_t decisions = 0, events = 0;
  cluster::timestamp started = 0, ended = 0;
  bool stopped = false;                 // somebody asked to stop before the end
  std::vector<reason_count> reasons;    // of the unschedulable and gated, most pods first
  std::vector<resource_use> resources;  // cpu, memory, then by name; those somebody offers
  std::vector<node_use> per_node;       // by node name
};

// The state of the run after `decisions` attempts; at most 1,024 of them, evenly spaced.
struct sample {
  std::int64_t decisions = 0, placed = 0, waiting = 0;  // placed: bound by this run and not gone
  cluster::timestamp at = 0;
};

// Work on one table: see cluster/operation_meter.hpp.
struct table_work {
  std::string_view table, operation;
  std::int64_t calls = 0, ns = 0;
};

// All that depends on the machine and the moment.
struct timing {
  std::int64_t load_ns = 0;         // reading or generating the input, up to the first decision
  std::int64_t wall_ns = 0;         // the scheduling loop, events included
  std::int64_t explain_ns = 0;      // of wall_ns: finding the texts of attempts that failed
  double decisions_per_second = 0;  // over the time of the decisions alone
  latency_histogram decision_ns;    // per decision: step() of the cycle alone
  std::int64_t p50_ns = 0, p99_ns = 0, max_ns = 0;
  std::int64_t peak_memory_bytes = 0;        // of the process, at the end
  std::vector<table_work> profile;           // where it was asked for; operations that were called
  std::vector<std::int64_t> sample_wall_ns;  // parallel to outcome::series, from the loop's start
};

struct outcome {
  std::unique_ptr<cluster::store> objects;
  std::vector<placement> placements;  // by namespace/name
  std::vector<waiting_pod> waiting;   // by namespace/name
  std::vector<decision> decisions;
  std::vector<cluster::object_key> victims;          // of one decision after another
  std::vector<std::string> messages{std::string{}};  // each text once
  std::vector<sample> series;
  std::vector<std::string> warnings;  // what the input lacks or asks beyond us, one line each
  struct summary summary;
  struct timing timing;

  // The pods that were evicted for a nominated one, in the order of their eviction.
  std::span<const cluster::object_key> victims_of(const decision& one) const {
    return std::span(victims).subspan(one.first_victim, one.victims);
  }
  std::string_view text(cluster::name_id id) const { return objects->text(id); }
  std::string full_name(cluster::object_key key) const {
    return std::string(text(key.ns)) + "/" + std::string(text(key.name));
  }
};

}  // namespace crosstie::simulate
