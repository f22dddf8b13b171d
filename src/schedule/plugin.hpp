// A scheduling plugin asked about one pod: the extension points of kube-scheduler, one object per
// (plugin, pod) so that what upstream keeps in its CycleState is simply the object's members.
//
// Promise: verdicts, reasons and scores are upstream's (v1.36.2), from the state of the view.
// Cost: whatever is simple; this is the plain twin that the engine's fast path is checked against.
// Order of calls: pre_filter, then filter on any nodes; then pre_score with the feasible nodes,
// then score on each of them, then normalize over those scores. pre_filter must come first; where
// it returns skip, filter is not asked; where pre_score returns skip, score is not asked.
// Thread safety: none; a plugin must not outlive its view.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"
#include "schedule/status.hpp"

namespace crosstie::schedule {

using cluster::node_id;
using cluster::pod_id;

inline constexpr std::int64_t max_node_score = 100;

struct pre_filter_result {
  status verdict;
  // The only nodes worth looking at (may name nodes that do not exist); absent: all.
  std::optional<std::vector<cluster::name_id>> node_names;
};

class plugin {
 public:
  virtual ~plugin() = default;

  // Which extension points the plugin has at all; upstream treats absent points as "not asked".
  struct points {
    bool pre_enqueue = false, pre_filter = false, filter = false, post_filter = false,
         pre_score = false, score = false, normalizes = false;
    // Does filter, and score, work where a profile has disabled the point that prepares it? Then
    // the caller asks for that point all the same; elsewhere upstream's cycle ends in an error.
    bool filters_alone = false, scores_alone = false;
  };

  virtual status pre_enqueue() { return {}; }
  virtual pre_filter_result pre_filter() { return {}; }
  virtual status filter(node_id) { return {}; }
  virtual status pre_score(std::span<const node_id> /*feasible*/) { return {}; }
  virtual std::int64_t score(node_id) { return 0; }
  // scores[i] belongs to nodes[i] of pre_score's feasible list.
  virtual void normalize(std::span<std::int64_t> /*scores*/) {}

  // Upstream's PreFilterExtensions: the view has just gained or lost `pod` on `node`, and the
  // plugin's own counts must follow without a new pre_filter. (nominated pods, preemption)
  virtual void pod_added(pod_id, node_id) {}
  virtual void pod_removed(pod_id, node_id) {}
};

struct plugin_kind {
  std::string_view name;  // "NodeResourcesFit"
  plugin::points points;
  std::unique_ptr<plugin> (*make)(const cluster::view&, const profile&, pod_id);
};

// Every plugin that this build knows, in upstream's default order.
std::span<const plugin_kind> plugin_kinds();
const plugin_kind* find_plugin(std::string_view name);

}  // namespace crosstie::schedule
