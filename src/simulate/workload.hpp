// A workload by name, such as SchedulingBasic/5000Nodes_10000Pods: its dump and its events.
//
// Promise: a name of upstream's list, with or without the suffix of its twins under feature gates,
// is that workload with upstream's parameters; any size "7Nodes", "7Nodes_9Pods" or "9Pods" is the
// same workload in proportion. What upstream lets its scheduler place before it measures has been
// placed by ours in the dump. The same name and seed give the same bytes.
// Cost: that of placing the pods that are there first. Thread safety: none needed.
#pragma once

#include <expected>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/error.hpp"
#include "cluster/store.hpp"
#include "simulate/workload_cases.hpp"
#include "simulate/workload_script.hpp"

namespace crosstie::simulate {

struct workload {
  const workload_case* what = nullptr;
  workload_size size;

  std::string name() const;  // "NAME/SIZE"
};

// "NAME/SIZE", or "NAME" for its first size. An unknown name is an error about the field "NAME", an
// unknown size one about "SIZE".
std::expected<workload, cluster::error> parse_workload(std::string_view text);

workload_script compose(const workload& what, std::uint64_t seed);

// Where the pods that are there first have come to be: the node's name by early pod; empty where
// the pod waits (it is gated, or nothing took it).
std::vector<std::string> place_early(const workload_script& script);

// Every object of the dump, a text each: objects, then early pods.
template <class Visitor>
void for_each_dumped(const workload_script& script, const std::vector<std::string>& places,
                     Visitor&& visit) {
  std::string text;
  const auto show = [&](workload_object object, std::string_view node) {
    text.clear();
    script.append_text(object, node, text);
    visit(std::string_view(text));
  };
  for (const workload_object object : script.objects) show(object, {});
  for (std::size_t i = 0; i < script.early.size(); ++i) show(script.early[i].object, places[i]);
}

// As `kubectl get -o json` would print it. With `arrivals`, what comes later and stays is in it.
void write_workload_dump(const workload_script& script, bool arrivals, std::ostream& out);
// Of the events, those that a dump with `arrivals` cannot hold.
std::size_t count_beyond_dump(const workload_script& script);
// What happens after the dump, for `crosstie simulate --events`.
void write_workload_events(const workload_script& script, std::ostream& out);

}  // namespace crosstie::simulate
