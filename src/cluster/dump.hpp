// A dump of a cluster read into a store: the whole of it or nothing.
//
// Promise: every object of the inputs is in the store, or the store is untouched and the error says
// where the first wrong thing is. A node or a pod that comes twice is an error, across files too;
// of other kinds the last one stays. A pod without spec.priority gets that of its priority class,
// wherever in the dump the class stands.
// A dump is not one moment of a cluster: what does not fit together is a warning with a count, and
// under `strict` an error.
// Cost: one pass; memory of the store and of the largest object.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "cluster/error.hpp"
#include "cluster/input.hpp"
#include "cluster/store.hpp"

namespace crosstie::cluster {

struct dump_options {
  bool strict = false;
  input_options input;
};

enum class warning_kind : std::uint8_t {
  missing_node,            // pods are bound to nodes that the dump lacks
  missing_namespace,       // pods are in namespaces that the dump lacks, though it has some
  missing_priority_class,  // pods without a priority name classes that the dump lacks
  no_claims,               // waiting pods use claims, and the dump has none of any pod
  no_controllers           // waiting pods are controlled by what the dump has none of
};
struct warning {
  warning_kind kind;
  std::uint64_t count;  // of pods
  std::string example;  // the first: "team-a/web-1: node-7"
};
// "3 pods are bound to nodes that the dump lacks (the first is team-a/web-1: node-7)"
std::string to_string(const warning& w);

struct kind_count {
  std::string kind;
  std::uint64_t count;
};

struct dump_summary {
  std::uint64_t objects = 0;
  std::vector<kind_count> kinds;  // that placing reads, in the order of their first object
  std::vector<kind_count> other;  // that it does not read
  std::vector<warning> warnings;
};
// "passed over 12 objects of kinds that placing does not read: 10 ConfigMap, 2 Secret"; empty
// where there are none.
std::string describe_other_kinds(const dump_summary& summary);

std::expected<dump_summary, error> read_dump(std::span<const std::string> paths, store& into,
                                             const dump_options& options = {});

}  // namespace crosstie::cluster
