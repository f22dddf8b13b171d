// Alibaba's cluster-trace-gpu-v2023 ("openb") as a cluster: its nodes, its tasks as pending pods.
//
// Promise: each node and task of the two CSV files, with CPU, memory and GPU as plain resources;
// how they are mapped is told in docs/simulate.md. A bad field is an error with file, line and
// column, and then `into` is not to be used.
// Cost: linear in the files, which are in memory while they are read. Thread safety: none.
#pragma once

#include <expected>
#include <vector>

#include "cluster/error.hpp"
#include "cluster/store.hpp"
#include "simulate/options.hpp"

namespace crosstie::simulate {

// All GPUs of a node, or asked for by a pod, in thousandths of one.
inline constexpr std::string_view gpu_milli_resource = "alibabacloud.com/gpu-milli";
inline constexpr std::string_view gpu_model_label = "alibabacloud.com/gpu-card-model";
// The trace counts seconds from 0; this is its 0: 2023-01-01T00:00:00Z.
inline constexpr cluster::timestamp trace_epoch = 1'672'531'200'000'000'000;

// When a task of the trace was deleted.
struct departure {
  cluster::object_key pod;
  cluster::timestamp at = 0;
};

// Fills an empty store. Returns the recorded departures in order of time.
std::expected<std::vector<departure>, cluster::error> read_openb(const trace_input& from,
                                                                 cluster::store& into);

}  // namespace crosstie::simulate
