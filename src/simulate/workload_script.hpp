// A workload written out: what is there first, what is scheduled before measuring, what happens.
//
// Objects are kept as (part, number): a part is a text with holes, and the number fills them, so
// that a million pods cost nothing until their text is asked for.
//
// Promise: the text of an object depends on the script alone: equal scripts give equal bytes.
// Cost: text() is linear in the text. Thread safety: none; reading is const.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/objects.hpp"
#include "simulate/event_writer.hpp"

namespace crosstie::simulate {

// The holes of `text`, each begun by '$': $name, $ns, $uid, $i (the number), $tenth (of it),
// $number (as names end in it), $value (of `values`, by turns), $node (a pod's "nodeName":"...", or
// nothing) and $phase.
struct workload_part {
  std::string name;  // with a number appended, where `numbered`
  std::string ns;
  std::string text;
  std::vector<std::string> values{};
  bool numbered = true;
  bool pod = false;
};

struct workload_object {
  std::uint32_t part = 0, number = 0;
  bool operator==(const workload_object&) const = default;
};

struct workload_event {
  cluster::timestamp at = 0;  // since the dump was taken
  workload_object object;
  change what = change::add;
  bool measured = false;  // a pod whose way to its node counts, when it comes
};

// A pod of the dump. Where `node` is given it is there already; else upstream lets the scheduler
// under test place it before anything is measured.
struct early_pod {
  workload_object object;
  std::uint32_t node = unplaced;  // the number of a node of `node_part`
  static constexpr std::uint32_t unplaced = 0xFFFF'FFFF;
};

struct workload_script {
  std::uint64_t seed = 1;
  std::vector<workload_part> parts;
  std::vector<workload_object> objects;  // of all kinds but pods
  std::uint32_t node_part = 0;           // what early_pod::node counts
  std::vector<early_pod> early;
  std::vector<workload_event> events;  // in order of time

  std::string name_of(workload_object object) const;
  // `node`: where the pod is; empty: nowhere, or not a pod.
  void append_text(workload_object object, std::string_view node, std::string& out) const;
};

}  // namespace crosstie::simulate
