#include "schedule/pod_plugins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace crosstie::schedule {
namespace {

using cluster::name_id;

// What upstream says of a plugin whose preparing point has not run.
status make_unprepared(std::string_view point, std::string_view plugin) {
  return {status_code::error,
          {fmt::format("reading \"{}{}\" from cycleState: not found", point, plugin)}};
}

void sort_unique(std::vector<name_id>& names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
}

}  // namespace

pod_plugins::pod_plugins(const cluster::view& view, const profile& by, pod_id pod,
                         std::span<const nomination> nominations)
    : view_(view), by_(by), pod_(pod) {
  const std::int32_t priority = view.objects.spec(pod).priority;
  std::ranges::copy_if(nominations, std::back_inserter(nominations_), [&](const nomination& each) {
    return each.pod != pod && view.objects.spec(each.pod).priority >= priority;
  });
  pre_enqueues_ = collect(by.pre_enqueue, &plugin::points::pre_enqueue);
  pre_filters_ = collect(by.pre_filter, &plugin::points::pre_filter);
  filters_ = collect(by.filter, &plugin::points::filter);
  pre_scores_ = collect(by.pre_score, &plugin::points::pre_score);
  for (const enabled_plugin& each : by.score) {
    instance* const found = find(each.name);
    if (found && found->kind->points.score) scores_.push_back({found, each.weight});
  }
}

// The one object that the plugin is in all points; null where this build has no such plugin.
pod_plugins::instance* pod_plugins::find(std::string_view name) {
  const auto same = [name](const auto& each) { return each->kind->name == name; };
  if (const auto made = std::ranges::find_if(instances_, same); made != instances_.end()) {
    return made->get();
  }
  const plugin_kind* kind = find_plugin(name);
  if (!kind) return nullptr;
  instances_.push_back(
      std::make_unique<instance>(instance{.kind = kind, .object = kind->make(view_, by_, pod_)}));
  return instances_.back().get();
}

std::vector<pod_plugins::instance*> pod_plugins::collect(const std::vector<enabled_plugin>& enabled,
                                                         bool plugin::points::* point) {
  std::vector<instance*> found;
  for (const enabled_plugin& each : enabled) {
    instance* const one = find(each.name);
    if (one && one->kind->points.*point) found.push_back(one);
  }
  return found;
}

std::optional<plugin_verdict> pod_plugins::find_gate() {
  for (instance* each : pre_enqueues_) {
    if (status verdict = each->object->pre_enqueue(); !verdict.ok()) {
      return plugin_verdict{each->kind->name, std::move(verdict)};
    }
  }
  return std::nullopt;
}

pre_filter_outcome pod_plugins::pre_filter() {
  pre_filter_outcome all;
  for (instance* each : pre_filters_) {
    const std::string_view name = each->kind->name;
    each->asked_pre_filter = true;
    auto [verdict, names] = each->object->pre_filter();
    if (verdict.code == status_code::skip) {
      each->skips_filter = true;
      continue;
    }
    if (!verdict.ok()) {
      const bool go_on = verdict.code == status_code::unschedulable;
      all.rejection = plugin_verdict{name, std::move(verdict)};
      // Preemption may help against an Unschedulable, and needs what the others prepare.
      if (go_on) continue;
      return all;
    }
    if (!names) continue;
    sort_unique(*names);
    all.narrowed_by.insert(std::ranges::lower_bound(all.narrowed_by, name), name);
    if (all.node_names) {
      std::erase_if(*names,
                    [&](name_id id) { return !std::ranges::binary_search(*all.node_names, id); });
    }
    all.node_names = std::move(names);
    if (all.node_names->empty()) {
      const std::string reason =
          all.narrowed_by.size() == 1
              ? fmt::format("node(s) didn't satisfy plugin {}", name)
              : fmt::format("node(s) didn't satisfy plugin(s) [{}] simultaneously",
                            fmt::join(all.narrowed_by, " "));
      all.rejection = {"", {status_code::unschedulable_and_unresolvable, {reason}}};
      return all;
    }
  }
  // A plugin that works without its own PreFilter still needs what our object keeps from it.
  for (instance* each : filters_) {
    const plugin::points& has = each->kind->points;
    if (has.pre_filter && !each->asked_pre_filter && has.filters_alone) {
      each->skips_filter = each->object->pre_filter().verdict.code == status_code::skip;
    }
  }
  return all;
}

std::optional<plugin_verdict> pod_plugins::reject(node_id node) {
  std::vector<pod_id> expected;
  for (const nomination& each : nominations_) {
    if (each.node == node) expected.push_back(each.pod);
  }
  if (expected.empty()) return reject_as_it_is(node);
  for (const pod_id pod : expected) {
    view_.pods.suppose_bound(pod, node);
    pod_added(pod, node);
  }
  auto verdict = reject_as_it_is(node);
  for (const pod_id pod : expected) {
    view_.pods.suppose_unbound(pod);
    pod_removed(pod, node);
  }
  return verdict ? std::move(verdict) : reject_as_it_is(node);
}

std::optional<plugin_verdict> pod_plugins::reject_as_it_is(node_id node) {
  for (instance* each : filters_) {
    if (each->skips_filter) continue;
    const auto& [name, has, make] = *each->kind;
    if (has.pre_filter && !each->asked_pre_filter && !has.filters_alone) {
      return plugin_verdict{name, make_unprepared("PreFilter", name)};
    }
    if (status verdict = each->object->filter(node); !verdict.ok()) {
      return plugin_verdict{name, std::move(verdict)};
    }
  }
  return std::nullopt;
}

void pod_plugins::pod_added(pod_id other, node_id node) {
  for (instance* each : pre_filters_) {
    if (!each->skips_filter) each->object->pod_added(other, node);
  }
}

void pod_plugins::pod_removed(pod_id other, node_id node) {
  for (instance* each : pre_filters_) {
    if (!each->skips_filter) each->object->pod_removed(other, node);
  }
}

std::optional<std::string> pod_plugins::pre_score(std::span<const node_id> feasible) {
  for (instance* each : pre_scores_) {
    each->asked_pre_score = true;
    const status verdict = each->object->pre_score(feasible);
    each->skips_score = verdict.code == status_code::skip;
    if (!verdict.ok() && !each->skips_score) {
      return fmt::format("running PreScore plugin \"{}\": {}", each->kind->name,
                         join_reasons(verdict));
    }
  }
  return std::nullopt;
}

// Where the point that prepares a plugin's score is disabled.
std::optional<std::string> pod_plugins::prepare_alone(instance& each,
                                                      std::span<const node_id> feasible) {
  const auto& [name, has, make] = *each.kind;
  const bool prepared = has.pre_score ? each.asked_pre_score : each.asked_pre_filter;
  if (prepared || (!has.pre_score && !has.pre_filter)) return std::nullopt;
  status verdict = make_unprepared(has.pre_score ? "PreScore" : "PreFilter", name);
  if (has.scores_alone) verdict = each.object->pre_score(feasible);
  each.scores_zero = verdict.code == status_code::skip;
  if (verdict.ok() || each.scores_zero) return std::nullopt;
  return fmt::format("running Score plugins: plugin \"{}\" failed with: {}", name,
                     join_reasons(verdict));
}

std::optional<std::string> pod_plugins::score(std::span<const node_id> feasible,
                                              std::vector<plugin_scores>& scores) {
  if (auto problem = pre_score(feasible)) return problem;
  for (const auto& [each, weight] : scores_) {
    if (each->skips_score) continue;
    if (auto problem = prepare_alone(*each, feasible)) return problem;
    std::vector<std::int64_t> own(feasible.size());
    if (!each->scores_zero) {
      std::ranges::transform(feasible, own.begin(),
                             [&](node_id node) { return each->object->score(node); });
    }
    if (each->kind->points.normalizes) each->object->normalize(own);
    for (std::int64_t& value : own) {
      if (value < 0 || value > max_node_score) {
        return fmt::format(
            "applying score defaultWeights on Score plugins: plugin \"{}\" returns an invalid "
            "score {}, it should in the range of [0, {}] after normalizing",
            each->kind->name, value, max_node_score);
      }
      value *= weight;
    }
    scores.push_back({each->kind->name, std::move(own)});
  }
  return std::nullopt;
}

}  // namespace crosstie::schedule
