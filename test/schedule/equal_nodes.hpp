// Nodes that differ in nothing but their names and topology, and an engine over them.
#pragma once

#include <algorithm>
#include <optional>

#include "schedule/engine.hpp"
#include "schedule/random_objects.hpp"

namespace crosstie::schedule {

// Equal nodes, each a host of its own, in three zones; and one pod that fits on all of them.
class equal_nodes {
 public:
  equal_nodes(std::uint32_t nodes, const engine_options& options) : make(objects, 1) {
    cluster::node object;
    object.allocatable = {{make.name("cpu"), {8'000'000'000}},
                          {make.name("memory"), {cluster::quantity::int128{1} << 70}},
                          {make.name("pods"), {110'000'000'000}}};
    std::sort(object.allocatable.begin(), object.allocatable.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (std::uint32_t i = 0; i < nodes; ++i) {
      object.name = make.name("node-", i);
      object.labels = {{make.name("host"), object.name},
                       {make.name("zone"), make.name("zone-", i % 3)}};
      std::sort(object.labels.begin(), object.labels.end());
      objects.put(object);
    }
    cluster::pod_spec spec;
    spec.scheduler_name = make.name("default-scheduler");
    cluster::container one{};
    one.image = make.name("image");
    one.requests = {{make.name("cpu"), {100'000'000}}};
    spec.containers = {one};
    pod = objects.put(make.make_pod(make.name("pod"), objects.intern(spec)));
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options);
  }

  cluster::store objects;
  random_objects make;
  cluster::state state{objects};
  configuration settings = default_configuration();
  pod_id pod{};
  std::optional<engine> chooser;
};

}  // namespace crosstie::schedule
