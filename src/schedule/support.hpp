// What a cluster asks for that this build does not do, so that it can be said once and loudly.
//
// Promise: found are the pods on no node whose answer would differ from kube-scheduler's: those
// whose resource claims exist, and those that want extended resources which only device classes can
// give; and those that wait for another scheduler. None of them is placed: the first end in an
// error, the second lack the resource everywhere.
// Cost: O(pods + nodes). Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cluster/dump.hpp"
#include "cluster/store.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule {

struct unsupported {
  std::string what;        // "claim devices, which this version does not allocate,"
  std::uint64_t pods = 0;  // that ask for it
  std::string example;     // the first: "team-a/web-1"
};

// `other_kinds` are the dump's objects that placing does not read.
std::vector<unsupported> find_unsupported(const cluster::store& objects,
                                          std::span<const cluster::kind_count> other_kinds,
                                          const configuration& settings);

// "pods on no node that claim devices, which ..., are not placed: 3, the first team-a/web-1"
std::string to_string(const unsupported& finding);

}  // namespace crosstie::schedule
