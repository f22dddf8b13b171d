#include "schedule/plugin_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>

namespace crosstie::schedule {
namespace {

using enum extension_point;

struct known_plugin {
  std::string_view name;
  std::uint32_t points;  // one bit per extension_point
  bool supported = true;

  bool has(extension_point point) const { return points >> static_cast<int>(point) & 1; }
};

consteval std::uint32_t at(std::initializer_list<extension_point> points) {
  std::uint32_t bits = 0;
  for (const extension_point point : points) bits |= 1u << static_cast<int>(point);
  return bits;
}

// Every plugin built into kube-scheduler 1.36, with its extension points.
constexpr known_plugin known_plugins[] = {
    {"SchedulingGates", at({pre_enqueue})},
    {"PrioritySort", at({queue_sort})},
    {"NodeUnschedulable", at({filter})},
    {"NodeName", at({filter})},
    {"TaintToleration", at({filter, pre_score, score})},
    {"NodeAffinity", at({pre_filter, filter, pre_score, score})},
    {"NodePorts", at({pre_filter, filter})},
    {"NodeResourcesFit", at({pre_filter, filter, pre_score, score, placement_score})},
    {"VolumeRestrictions", at({pre_filter, filter})},
    {"NodeVolumeLimits", at({pre_filter, filter})},
    {"VolumeBinding", at({pre_filter, filter, reserve, pre_bind, pre_score, score})},
    {"VolumeZone", at({pre_filter, filter})},
    {"PodTopologySpread", at({pre_filter, filter, pre_score, score})},
    {"InterPodAffinity", at({pre_filter, filter, pre_score, score})},
    {"DynamicResources",
     at({pre_enqueue, pre_filter, filter, post_filter, score, reserve, pre_bind})},
    {"DefaultPreemption", at({pre_enqueue, post_filter})},
    {"NodeResourcesBalancedAllocation", at({pre_score, score})},
    {"ImageLocality", at({score})},
    {"DefaultBinder", at({bind})},
    {"NodeDeclaredFeatures", at({pre_filter, filter})},
    {"GangScheduling", at({pre_enqueue, permit}), false},
    {"TopologyPlacementGenerator", at({placement_generate}), false},
    {"PodGroupPodsCount", at({placement_score}), false},
};

const known_plugin* find_known(std::string_view name) {
  const auto found = std::ranges::find(known_plugins, name, &known_plugin::name);
  return found == std::end(known_plugins) ? nullptr : found;
}

plugin_set make_default_plugins() {
  return {{{"SchedulingGates", 0},
           {"PrioritySort", 0},
           {"NodeUnschedulable", 0},
           {"NodeName", 0},
           {"TaintToleration", 3},
           {"NodeAffinity", 2},
           {"NodePorts", 0},
           {"NodeResourcesFit", 1},
           {"VolumeRestrictions", 0},
           {"NodeVolumeLimits", 0},
           {"VolumeBinding", 0},
           {"VolumeZone", 0},
           {"PodTopologySpread", 2},
           {"InterPodAffinity", 2},
           {"DynamicResources", 2},
           {"DefaultPreemption", 0},
           {"NodeResourcesBalancedAllocation", 1},
           {"ImageLocality", 1},
           {"DefaultBinder", 0},
           {"NodeDeclaredFeatures", 0}},
          {}};
}

// The points in the order in which upstream looks at them, with its type's name for messages.
struct point_type {
  extension_point point;
  std::string_view name;
};
constexpr point_type point_types[] = {
    {pre_filter, "PreFilterPlugin"},
    {filter, "FilterPlugin"},
    {post_filter, "PostFilterPlugin"},
    {reserve, "ReservePlugin"},
    {pre_score, "PreScorePlugin"},
    {score, "ScorePlugin"},
    {pre_bind, "PreBindPlugin"},
    {bind, "BindPlugin"},
    {post_bind, "PostBindPlugin"},
    {permit, "PermitPlugin"},
    {pre_enqueue, "PreEnqueuePlugin"},
    {queue_sort, "QueueSortPlugin"},
    {placement_generate, "PlacementGeneratePlugin"},
    {placement_score, "PlacementScorePlugin"},
};

using names = std::vector<std::string>;

bool has(const names& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

// A default that the file enables again keeps its place and takes the file's weight.
plugin_set merge(const plugin_set& defaults, const plugin_set& written) {
  plugin_set merged{{}, written.disabled};
  std::vector<bool> placed(written.enabled.size());
  if (!has(written.disabled, "*")) {
    for (const enabled_plugin& each : defaults.enabled) {
      if (has(written.disabled, each.name)) continue;
      // Of a plugin written twice the last replaces the default.
      const auto last = std::ranges::find(written.enabled.rbegin(), written.enabled.rend(),
                                          each.name, &enabled_plugin::name);
      if (last == written.enabled.rend()) {
        merged.enabled.push_back(each);
      } else {
        merged.enabled.push_back(*last);
        placed[static_cast<std::size_t>(written.enabled.rend() - last) - 1] = true;
      }
    }
  }
  for (std::size_t i = 0; i < written.enabled.size(); ++i) {
    if (!placed[i]) merged.enabled.push_back(written.enabled[i]);
  }
  return merged;
}

std::expected<void, std::string> check_set(const plugin_set& set, const point_type& type) {
  names seen;
  for (const enabled_plugin& each : set.enabled) {
    const known_plugin* known = find_known(each.name);
    if (!known) {
      return std::unexpected(fmt::format("{} \"{}\" does not exist", type.name, each.name));
    }
    if (!known->has(type.point)) {
      return std::unexpected(
          fmt::format("plugin \"{}\" does not extend {} plugin", each.name, type.name));
    }
    if (has(seen, each.name)) {
      return std::unexpected(
          fmt::format("plugin \"{}\" already registered as \"{}\"", each.name, type.name));
    }
    seen.push_back(each.name);
  }
  return {};
}

// The plugins of one point. First those of the point that multiPoint has too, then the other ones
// of multiPoint, then the point's own.
std::expected<names, std::string> expand(const plugin_sets& sets, const point_type& type) {
  const plugin_set& own = sets[type.point];
  names specific;
  for (const enabled_plugin& each : own.enabled) specific.push_back(each.name);
  if (has(own.disabled, "*")) return specific;

  names overridden, expanded;
  for (const enabled_plugin& each : sets[multi_point].enabled) {
    const known_plugin* known = find_known(each.name);
    if (!known) {
      return std::unexpected(fmt::format("{} \"{}\" does not exist", type.name, each.name));
    }
    if (!known->has(type.point) || has(own.disabled, each.name)) continue;
    if (has(specific, each.name)) {
      overridden.push_back(each.name);
    } else if (has(expanded, each.name)) {
      return std::unexpected(
          fmt::format("plugin \"{}\" already registered as \"{}\"", each.name, type.name));
    } else {
      expanded.push_back(each.name);
    }
  }
  names all;
  for (const std::string& name : specific) {
    if (has(overridden, name)) all.push_back(name);
  }
  all.insert(all.end(), expanded.begin(), expanded.end());
  for (const std::string& name : specific) {
    if (!has(overridden, name)) all.push_back(name);
  }
  return all;
}

// The point's own weight, else that of multiPoint; a weight of 0 reads as 1.
std::int32_t find_weight(const plugin_sets& sets, std::string_view name) {
  for (const extension_point point : {score, multi_point}) {
    const auto found = std::ranges::find(sets[point].enabled, name, &enabled_plugin::name);
    if (found != sets[point].enabled.end()) return found->weight == 0 ? 1 : found->weight;
  }
  return 1;
}

std::vector<enabled_plugin>* list_of(profile& into, extension_point point) {
  switch (point) {
    case pre_enqueue:
      return &into.pre_enqueue;
    case pre_filter:
      return &into.pre_filter;
    case filter:
      return &into.filter;
    case post_filter:
      return &into.post_filter;
    case pre_score:
      return &into.pre_score;
    case score:
      return &into.score;
    case reserve:
      return &into.reserve;
    default:
      return nullptr;  // nothing is decided there
  }
}

std::expected<void, std::string> check_needs(extension_point point, std::size_t count,
                                             std::string_view scheduler_name) {
  if (point == queue_sort && count != 1) {
    return std::unexpected(fmt::format(
        "only one queue sort plugin required for profile with scheduler name \"{}\", but got {}",
        scheduler_name, count));
  }
  if (point == bind && count == 0) {
    return std::unexpected(
        fmt::format("at least one bind plugin is needed for profile with scheduler name \"{}\"",
                    scheduler_name));
  }
  return {};
}

}  // namespace

std::string_view to_string(extension_point point) {
  constexpr std::string_view spelling[extension_point_count] = {
      "preEnqueue", "queueSort",         "preFilter",     "filter",  "postFilter", "preScore",
      "score",      "reserve",           "permit",        "preBind", "bind",       "postBind",
      "multiPoint", "placementGenerate", "placementScore"};
  return spelling[static_cast<std::size_t>(point)];
}

plugin_sets merge_with_defaults(const plugin_sets& written) {
  plugin_sets merged;
  for (const point_type& type : point_types) {
    merged[type.point] = merge({}, written[type.point]);
  }
  merged[multi_point] = merge(make_default_plugins(), written[multi_point]);
  return merged;
}

std::expected<void, std::string> enable_plugins(const plugin_sets& merged, profile& into) {
  for (const point_type& type : point_types) {
    if (auto checked = check_set(merged[type.point], type); !checked) return checked;
  }
  std::array<names, extension_point_count> expanded;
  for (const point_type& type : point_types) {
    auto found = expand(merged, type);
    if (!found) return std::unexpected(std::move(found.error()));
    expanded[static_cast<std::size_t>(type.point)] = std::move(*found);
  }
  for (const extension_point point : {queue_sort, bind}) {
    const std::size_t count = expanded[static_cast<std::size_t>(point)].size();
    if (auto checked = check_needs(point, count, into.scheduler_name); !checked) return checked;
  }
  for (const point_type& type : point_types) {
    std::vector<enabled_plugin>* list = list_of(into, type.point);
    if (list) list->clear();
    for (const std::string& name : expanded[static_cast<std::size_t>(type.point)]) {
      if (!find_known(name)->supported) {
        return std::unexpected(fmt::format("plugin \"{}\" is not supported yet", name));
      }
      if (!list) continue;
      list->push_back({name, type.point == score ? find_weight(merged, name) : 0});
    }
  }
  return {};
}

}  // namespace crosstie::schedule
