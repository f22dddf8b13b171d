// What a cluster asks for that this build does not do, so that it can be said once and loudly.
//
// Promise: found are the pods on no node whose answer would differ from kube-scheduler's: those
// whose resource claims exist, and those that want extended resources which only device classes can
// give; and those that wait for another scheduler. None of them is placed: the first end in an
// error, the second lack the resource everywhere.
// Cost: O(pods + nodes); a pod by itself O(nodes) where device classes exist.
// Thread safety: none; find_unsupported is a pure function.
#pragma once

#include <cstdint>
#include <set>
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

// Counts pods one by one, as they are at that moment: in a run some leave before its end.
class unsupported_count {
 public:
  // `other_kinds` are the dump's objects that placing does not read. `objects` and `settings`
  // outlive the count.
  unsupported_count(const cluster::store& objects, std::span<const cluster::kind_count> other_kinds,
                    const configuration& settings);

  // Is the pod, whose spec is in the store, for one of the profiles to place?
  bool has_profile(const cluster::pod& pod) const;
  // Counts the pod if it waits for what this build does not do.
  void add(cluster::pod_id pod);
  void add_all();

  std::vector<unsupported> found() const;

 private:
  void add(cluster::pod_id pod, const std::set<cluster::name_id>& offered);

  const cluster::store& objects_;
  const configuration& settings_;
  bool has_classes_;
  unsupported claims_, classes_, strangers_;
};

std::vector<unsupported> find_unsupported(const cluster::store& objects,
                                          std::span<const cluster::kind_count> other_kinds,
                                          const configuration& settings);

// "pods on no node that claim devices, which ..., are not placed: 3, the first team-a/web-1"
std::string to_string(const unsupported& finding);

}  // namespace crosstie::schedule
