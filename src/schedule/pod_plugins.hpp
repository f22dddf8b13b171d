// The plugins of one profile, asked about one pod: kube-scheduler's framework for one cycle.
//
// Promise: the points run in the profile's order, with upstream's rules for skipping, for stopping
// at the first rejection, and for a point whose preparing point is disabled.
// Cost: one object per enabled plugin; then what the plugins cost.
// Order of calls: as in plugin.hpp; reject only after pre_filter, score only after pre_score.
// Thread safety: none; must not outlive the view and the profile.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "schedule/nomination.hpp"
#include "schedule/plugin.hpp"

namespace crosstie::schedule {

// A plugin's name with its status. The name is empty where all plugins together are the reason.
using plugin_verdict = std::pair<std::string_view, status>;

struct pre_filter_outcome {
  std::optional<plugin_verdict> rejection;  // or error: no node is looked at then
  // The nodes that all plugins agree on, sorted by id; absent: all.
  std::optional<std::vector<cluster::name_id>> node_names;
  std::vector<std::string_view> narrowed_by;  // plugins, sorted
};

struct plugin_scores {
  std::string_view plugin;
  std::vector<std::int64_t> weighted;  // normalised, times the plugin's weight; by node
};

class pod_plugins {
 public:
  pod_plugins(const cluster::view& view, const profile& by, pod_id pod,
              std::span<const nomination> nominations = {});

  // The first PreEnqueue plugin that keeps the pod out of the queue.
  std::optional<plugin_verdict> find_gate();
  pre_filter_outcome pre_filter();
  // The first Filter plugin against the node, or its error; nothing where the pod fits, with and
  // without the pods of equal or higher priority that are nominated to the node.
  std::optional<plugin_verdict> reject(node_id node);
  // The view's node has gained or lost another pod; after pre_filter.
  void pod_added(pod_id other, node_id node);
  void pod_removed(pod_id other, node_id node);

  bool has_scores() const { return !scores_.empty(); }
  // Absent: pre_score and score went well, and `scores` has an entry for each plugin that scores.
  // Else the cycle's internal error.
  std::optional<std::string> score(std::span<const node_id> feasible,
                                   std::vector<plugin_scores>& scores);

 private:
  struct instance {
    const plugin_kind* kind;
    std::unique_ptr<plugin> object;
    bool asked_pre_filter = false, skips_filter = false;
    bool asked_pre_score = false, skips_score = false, scores_zero = false;
  };
  struct scoring {
    instance* by;
    std::int64_t weight;
  };

  std::optional<plugin_verdict> reject_as_it_is(node_id node);
  instance* find(std::string_view name);
  std::vector<instance*> collect(const std::vector<enabled_plugin>& enabled,
                                 bool plugin::points::* point);
  std::optional<std::string> pre_score(std::span<const node_id> feasible);
  std::optional<std::string> prepare_alone(instance& each, std::span<const node_id> feasible);

  const cluster::view view_;
  const profile& by_;
  pod_id pod_;
  std::vector<nomination> nominations_;  // of other pods, of equal or higher priority
  std::vector<std::unique_ptr<instance>> instances_;
  std::vector<instance*> pre_enqueues_, pre_filters_, filters_, pre_scores_;
  std::vector<scoring> scores_;
};

}  // namespace crosstie::schedule
