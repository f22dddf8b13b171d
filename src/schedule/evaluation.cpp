#include "schedule/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "schedule/pod_plugins.hpp"
#include "schedule/preemption.hpp"
#include "schedule/solo.hpp"

namespace crosstie::schedule {
namespace {

// All live nodes, or those of them that are named.
std::vector<node_id> list_nodes(const cluster::store& objects,
                                const std::optional<std::vector<cluster::name_id>>& names) {
  std::vector<node_id> nodes;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    const node_id node{slot};
    if (!objects.alive(node)) continue;
    if (!names || std::ranges::binary_search(*names, objects[node].name)) nodes.push_back(node);
  }
  return nodes;
}

// How many nodes were rejected for each reason.
std::map<std::string, std::size_t> count_reasons(const evaluation& answer, std::uint32_t nodes,
                                                 std::span<const std::string_view> narrowed_by) {
  std::map<std::string, std::size_t> counts;
  for (const rejection& each : answer.rejected) {
    for (const std::string& reason : each.why.reasons) ++counts[reason];
  }
  if (answer.rejected.size() < nodes) {
    counts[fmt::format("node(s) didn't satisfy plugin(s) [{}]", fmt::join(narrowed_by, " "))] +=
        nodes - answer.rejected.size();
  }
  return counts;
}

// Upstream's numFeasibleNodesToFind.
std::size_t count_sampled(std::size_t nodes, std::int64_t percentage) {
  constexpr std::size_t fewest = 100;
  if (nodes < fewest) return nodes;
  if (percentage == 0) {
    percentage = std::max<std::int64_t>(50 - static_cast<std::int64_t>(nodes) / 125, 5);
  }
  return std::max(nodes * static_cast<std::size_t>(percentage) / 100, fewest);
}

class cycle_evaluation {
 public:
  cycle_evaluation(const cluster::view& view, const profile& by, pod_id pod,
                   const evaluation_options& options)
      : view_(view), plugins_(view, by, pod, options.nominations) {
    answer_.pod = pod;
    answer_.by = &by;
  }

  evaluation run(const evaluation_options& options) {
    answer_.gate = plugins_.find_gate();
    if (answer_.gate) return std::move(answer_);
    if (view_.objects.node_count() == 0) {
      answer_.error = "no nodes available to schedule pods";
      return std::move(answer_);
    }
    filter(options.sample);
    if (answer_.error.empty()) {
      if (answer_.feasible.empty()) {
        explain_failure();
        if (options.preemption) preempt();
      } else {
        choose();
      }
    }
    if (options.solo) {
      answer_.solo = ask_alone(view_, *answer_.by, answer_.pod,
                               list_nodes(view_.objects, std::nullopt), answer_.feasible);
    }
    return std::move(answer_);
  }

 private:
  void filter(const node_sample* sample) {
    pre_filter_outcome before = plugins_.pre_filter();
    answer_.pre_filter = std::move(before.rejection);
    if (answer_.pre_filter) {
      const status& why = answer_.pre_filter->second;
      if (!why.rejects()) fail("running PreFilter plugin", *answer_.pre_filter);
      return;
    }
    narrowed_by_ = std::move(before.narrowed_by);
    if (sample != nullptr) {
      filter_some(*sample, before.node_names);
    } else {
      for (const node_id node : list_nodes(view_.objects, before.node_names)) {
        if (accepts(node)) answer_.feasible.push_back(node);
      }
    }
    answer_.node_names = std::move(before.node_names);
  }

  // Notes a rejection.
  bool accepts(node_id node) {
    auto verdict = plugins_.reject(node);
    if (!verdict) return true;
    if (!verdict->second.rejects()) fail("running filter plugin", *verdict);
    answer_.rejected.push_back({node, verdict->first, std::move(verdict->second)});
    return false;
  }

  // The nominated node alone, or from the start on until enough nodes are feasible; the one that
  // would be too many is where the next sample starts.
  void filter_some(const node_sample& sample,
                   const std::optional<std::vector<cluster::name_id>>& names) {
    const cluster::store& objects = view_.objects;
    const auto nominated = objects.find_node(objects[answer_.pod].nominated_node);
    if (nominated && accepts(*nominated)) {
      answer_.feasible = {*nominated};
      return;
    }
    std::vector<node_id> nodes(sample.order.begin(), sample.order.end());
    std::erase_if(nodes, [&](node_id node) {
      return names && !std::ranges::binary_search(*names, objects[node].name);
    });
    const std::size_t wanted =
        plugins_.has_scores() ? count_sampled(nodes.size(), sample.percentage) : 1;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const node_id node = nodes[(sample.start + i) % nodes.size()];
      if (node == nominated || !accepts(node)) continue;
      if (answer_.feasible.size() == wanted) break;
      answer_.feasible.push_back(node);
    }
    answer_.moved = answer_.feasible.size() + answer_.rejected.size();
  }

  void fail(std::string_view where, const plugin_verdict& verdict) {
    answer_.error =
        fmt::format("{} \"{}\": {}", where, verdict.first, join_reasons(verdict.second));
  }

  void explain_failure() {
    const std::uint32_t nodes = view_.objects.node_count();
    if (!answer_.pre_filter) {
      answer_.message = describe_failure(nodes, count_reasons(answer_, nodes, narrowed_by_));
      return;
    }
    const std::string reasons = join_reasons(answer_.pre_filter->second);
    answer_.message = fmt::format("0/{} nodes are available:", nodes);
    if (!reasons.empty()) answer_.message += fmt::format(" {}.", reasons);
  }

  void preempt() {
    if (!preempts(*answer_.by)) return;
    const status_code absent = answer_.pre_filter ? answer_.pre_filter->second.code
                                                  : status_code::unschedulable_and_unresolvable;
    preemption_outcome outcome = find_preemption(view_, answer_, absent, plugins_);
    answer_.preemption = std::move(outcome.answer);
    answer_.error = std::move(outcome.error);
    if (!outcome.message.empty()) answer_.message += " " + outcome.message;
  }

  void choose() {
    const cluster::name_id wanted = view_.objects[answer_.pod].nominated_node;
    for (const node_id node : answer_.feasible) {
      if (wanted != cluster::no_name && view_.objects[node].name == wanted) {
        answer_.nominated = node;
      }
    }
    if (answer_.nominated) {
      answer_.best = {*answer_.nominated};
    } else if (answer_.feasible.size() == 1 || !plugins_.has_scores()) {
      answer_.best = answer_.feasible;
    } else {
      score();
    }
  }

  void score() {
    std::vector<plugin_scores> scores;
    if (auto problem = plugins_.score(answer_.feasible, scores)) {
      answer_.error = *std::move(problem);
      return;
    }
    std::int64_t top = std::numeric_limits<std::int64_t>::min();
    for (std::size_t each = 0; each < answer_.feasible.size(); ++each) {
      scored_node& scored = answer_.scores.emplace_back();
      scored.node = answer_.feasible[each];
      for (const plugin_scores& own : scores) {
        scored.scores.push_back({own.plugin, own.weighted[each]});
        scored.total += own.weighted[each];
      }
      top = std::max(top, scored.total);
    }
    for (const scored_node& scored : answer_.scores) {
      if (scored.total == top) answer_.best.push_back(scored.node);
    }
  }

  const cluster::view view_;
  pod_plugins plugins_;
  std::vector<std::string_view> narrowed_by_;
  evaluation answer_;
};

}  // namespace

bool preempts(const profile& by) {
  return std::ranges::find(by.post_filter, "DefaultPreemption", &enabled_plugin::name) !=
         by.post_filter.end();
}

std::optional<std::string> explain_failure(const cluster::view& view, const profile& by, pod_id pod,
                                           std::span<const nomination> nominations,
                                           std::span<const node_group> groups,
                                           const no_room* none) {
  pod_plugins plugins(view, by, pod, nominations);
  const pre_filter_outcome before = plugins.pre_filter();
  if (before.rejection || before.node_names) return std::nullopt;
  std::map<std::string, std::size_t> counts;
  std::size_t clearable = 0;
  for (const node_group& group : groups) {
    const auto verdict = plugins.reject(group.first);
    if (!verdict || !verdict->second.rejects()) return std::nullopt;
    for (const std::string& reason : verdict->second.reasons) counts[reason] += group.nodes;
    if (verdict->second.code == status_code::unschedulable) clearable += group.nodes;
  }
  std::string message = describe_failure(view.objects.node_count(), counts);
  if (none != nullptr) {
    message +=
        " " + explain_no_room(view, pod, plugins,
                              none->finds_lower ? none->without_victims : clearable, none->crowded);
  }
  return message;
}

evaluation evaluate(const cluster::view& view, const profile& by, pod_id pod,
                    const evaluation_options& options) {
  return cycle_evaluation(view, by, pod, options).run(options);
}

}  // namespace crosstie::schedule
