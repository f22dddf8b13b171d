#include "schedule/plugin_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "schedule/duration.hpp"
#include "schedule/name_rules.hpp"
#include "schedule/node_affinity_arguments.hpp"

namespace crosstie::schedule {
namespace {

using cluster::inclusion_policy;
using cluster::name_table;
using cluster::topology_spread_constraint;
using cluster::unsatisfiable_action;

template <class... Parts>
std::string join(Parts&&... parts) {
  return (std::string() + ... + std::string(parts));
}
std::string element_path(std::string_view list, std::size_t index) {
  return fmt::format("{}[{}]", list, index);
}

void read_default_preemption(configuration_object& args, profile& into, name_table&,
                             problem_list& faults) {
  auto& to = into.default_preemption;
  to.min_candidate_nodes_percentage = args.int32("minCandidateNodesPercentage").value_or(10);
  to.min_candidate_nodes_absolute = args.int32("minCandidateNodesAbsolute").value_or(100);
  const std::string percentage = args.path_of("minCandidateNodesPercentage");
  const std::string absolute = args.path_of("minCandidateNodesAbsolute");
  if (to.min_candidate_nodes_percentage < 0 || to.min_candidate_nodes_percentage > 100) {
    faults.invalid(percentage, std::to_string(to.min_candidate_nodes_percentage),
                   "not in valid range [0, 100]");
  }
  if (to.min_candidate_nodes_absolute < 0) {
    faults.invalid(absolute, std::to_string(to.min_candidate_nodes_absolute),
                   "not in valid range [0, inf)");
  }
  if (to.min_candidate_nodes_percentage == 0 && to.min_candidate_nodes_absolute == 0) {
    faults.invalid(percentage, "0", "cannot be zero at the same time as minCandidateNodesAbsolute");
    faults.invalid(absolute, "0", "cannot be zero at the same time as minCandidateNodesPercentage");
  }
}

void read_inter_pod_affinity(configuration_object& args, profile& into, name_table&,
                             problem_list& faults) {
  auto& to = into.inter_pod_affinity;
  to.hard_pod_affinity_weight = args.int32("hardPodAffinityWeight").value_or(1);
  to.ignore_preferred_terms_of_existing_pods =
      args.boolean("ignorePreferredTermsOfExistingPods").value_or(false);
  if (to.hard_pod_affinity_weight < 0 || to.hard_pod_affinity_weight > 100) {
    faults.invalid(args.path_of("hardPodAffinityWeight"),
                   std::to_string(to.hard_pod_affinity_weight), "not in valid range [0, 100]");
  }
}

void read_node_affinity(configuration_object& args, profile& into, name_table& names,
                        problem_list& faults) {
  args.object("addedAffinity", [&](configuration_object& affinity) {
    into.node_affinity.added_affinity = read_added_affinity(affinity, names, faults);
  });
}

// A weight of 0 reads as 1, no resources as cpu and memory.
std::vector<scored_resource> read_resources(configuration_object& from) {
  std::vector<scored_resource> resources;
  from.objects("resources", [&](configuration_object& each) {
    const std::string name = each.text("name").value_or("");
    const std::int64_t weight = each.int64("weight").value_or(0);
    resources.push_back({name, weight == 0 ? 1 : weight});
  });
  if (resources.empty()) resources = {{"cpu", 1}, {"memory", 1}};
  return resources;
}

void read_balanced_allocation(configuration_object& args, profile& into, name_table&,
                              problem_list& faults) {
  auto& resources = into.balanced_allocation.resources;
  resources = read_resources(args);
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const std::string path = element_path(args.path_of("resources"), i);
    const auto first = std::ranges::find(resources, resources[i].name, &scored_resource::name);
    if (first != resources.begin() + static_cast<std::ptrdiff_t>(i)) {
      faults.duplicate(join(path, ".name"), quote(resources[i].name));
    }
    if (resources[i].weight != 1) {
      faults.invalid(join(path, ".weight"), std::to_string(resources[i].weight), "must be 1");
    }
  }
}

void check_range(std::int32_t value, std::int32_t highest, std::string path, problem_list& faults) {
  if (value >= 0 && value <= highest) return;
  faults.invalid(std::move(path), std::to_string(value),
                 fmt::format("not in valid range [0, {}]", highest));
}

void check_shape(const std::vector<utilization_shape_point>& shape, const std::string& path,
                 problem_list& faults) {
  if (shape.empty()) return faults.required(path, "at least one point must be specified");
  const auto disorder = std::ranges::adjacent_find(shape, std::ranges::greater_equal{},
                                                   &utilization_shape_point::utilization);
  if (disorder != shape.end()) {
    const auto next = static_cast<std::size_t>(disorder - shape.begin()) + 1;
    faults.invalid(join(element_path(path, next), ".utilization"),
                   std::to_string(shape[next].utilization),
                   "values must be sorted in increasing order");
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    check_range(shape[i].utilization, 100, join(element_path(path, i), ".utilization"), faults);
    check_range(shape[i].score, 10, join(element_path(path, i), ".score"), faults);
  }
}

std::vector<utilization_shape_point> read_shape(configuration_object& from) {
  std::vector<utilization_shape_point> shape;
  from.objects("shape", [&](configuration_object& each) {
    shape.push_back({.utilization = each.int32("utilization").value_or(0),
                     .score = each.int32("score").value_or(0)});
  });
  return shape;
}

std::optional<scoring_strategy> find_strategy(std::string_view type) {
  if (type == "LeastAllocated") return scoring_strategy::least_allocated;
  if (type == "MostAllocated") return scoring_strategy::most_allocated;
  if (type == "RequestedToCapacityRatio") return scoring_strategy::requested_to_capacity_ratio;
  return std::nullopt;
}

void read_scoring_strategy(configuration_object& from, fit_args& to, problem_list& faults) {
  const std::string type = from.text("type").value_or("");
  const auto strategy = find_strategy(type);
  to.strategy = strategy.value_or(scoring_strategy::least_allocated);
  if (!strategy) {
    faults.unsupported(from.path_of("type"), quote(type),
                       "\"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\"");
  }
  to.resources = read_resources(from);
  for (std::size_t i = 0; i < to.resources.size(); ++i) {
    const scored_resource& each = to.resources[i];
    if (each.weight > 0 && each.weight <= 100) continue;
    faults.invalid(join(element_path(from.path_of("resources"), i), ".weight"),
                   std::to_string(each.weight),
                   fmt::format("resource weight of {} not in valid range (0, 100]", each.name));
  }
  const std::string ratio = from.path_of("requestedToCapacityRatio");
  const bool given = from.object("requestedToCapacityRatio",
                                 [&](configuration_object& each) { to.shape = read_shape(each); });
  if (to.strategy != scoring_strategy::requested_to_capacity_ratio) {
    if (given) faults.forbidden(ratio, "must be nil when type is not RequestedToCapacityRatio");
  } else if (!given) {
    faults.required(ratio, "must be specified when type is RequestedToCapacityRatio");
  } else {
    check_shape(to.shape, join(ratio, ".shape"), faults);
  }
}

void check_label_key(std::string_view key, const std::string& path, problem_list& faults) {
  for (const std::string& fault : find_label_key_faults(key)) {
    faults.invalid(path, quote(key), fault);
  }
}

void read_fit(configuration_object& args, profile& into, name_table&, problem_list& faults) {
  auto& to = into.fit;
  to.ignored_resources = args.texts("ignoredResources").value_or(std::vector<std::string>{});
  to.ignored_resource_groups =
      args.texts("ignoredResourceGroups").value_or(std::vector<std::string>{});
  for (std::size_t i = 0; i < to.ignored_resources.size(); ++i) {
    check_label_key(to.ignored_resources[i], element_path(args.path_of("ignoredResources"), i),
                    faults);
  }
  for (std::size_t i = 0; i < to.ignored_resource_groups.size(); ++i) {
    const std::string& group = to.ignored_resource_groups[i];
    const std::string path = element_path(args.path_of("ignoredResourceGroups"), i);
    if (group.find('/') != std::string::npos) {
      faults.invalid(path, quote(group), "resource group name can't contain '/'");
    }
    check_label_key(group, path, faults);
  }
  args.object("scoringStrategy",
              [&](configuration_object& strategy) { read_scoring_strategy(strategy, to, faults); });
}

// ---- PodTopologySpread
// ---------------------------------------------------------------------------

// A default constraint as written; what it may not say is only known to be there.
struct written_constraint {
  topology_spread_constraint rule;
  std::string key, action;
  bool has_selector = false;
};

inclusion_policy read_policy(configuration_object& from, std::string_view name,
                             inclusion_policy otherwise) {
  const auto text = from.text(name);
  if (!text) return otherwise;
  return *text == "Honor" ? inclusion_policy::honor : inclusion_policy::ignore;
}

written_constraint read_constraint(configuration_object& from, name_table& names) {
  written_constraint read{};
  read.rule.max_skew = from.int32("maxSkew").value_or(0);
  read.key = from.text("topologyKey").value_or("");
  read.rule.topology_key = names.intern(read.key);
  read.action = from.text("whenUnsatisfiable").value_or("");
  read.rule.when_unsatisfiable = read.action == "ScheduleAnyway"
                                     ? unsatisfiable_action::schedule_anyway
                                     : unsatisfiable_action::do_not_schedule;
  read.has_selector = from.value("labelSelector").has_value();
  read.rule.min_domains = from.int32("minDomains");
  read.rule.node_affinity_policy = read_policy(from, "nodeAffinityPolicy", inclusion_policy::honor);
  read.rule.node_taints_policy = read_policy(from, "nodeTaintsPolicy", inclusion_policy::ignore);
  for (const std::string& key : from.texts("matchLabelKeys").value_or(std::vector<std::string>{})) {
    read.rule.match_label_keys.push_back(names.intern(key));
  }
  return read;
}

void check_constraint(const std::vector<written_constraint>& all, std::size_t index,
                      const std::string& list, problem_list& faults) {
  const written_constraint& each = all[index];
  const std::string path = element_path(list, index);
  if (each.rule.max_skew <= 0) {
    faults.invalid(join(path, ".maxSkew"), std::to_string(each.rule.max_skew),
                   "not in valid range (0, inf)");
  }
  if (each.key.empty()) {
    faults.required(join(path, ".topologyKey"), "can not be empty");
  } else {
    check_label_key(each.key, join(path, ".topologyKey"), faults);
  }
  if (each.action.empty()) {
    faults.required(join(path, ".whenUnsatisfiable"), "can not be empty");
  } else if (each.action != "DoNotSchedule" && each.action != "ScheduleAnyway") {
    faults.unsupported(join(path, ".whenUnsatisfiable"), quote(each.action),
                       "\"DoNotSchedule\", \"ScheduleAnyway\"");
  }
  if (each.has_selector) {
    faults.forbidden(join(path, ".labelSelector"),
                     "constraint must not define a selector, as they deduced for each pod");
  }
  const auto same = [&](const written_constraint& other) {
    return other.key == each.key && other.action == each.action;
  };
  if (std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(index), same)) {
    faults.duplicate(path, quote(fmt::format("{{{}, {}}}", each.key, each.action)));
  }
}

void read_topology_spread(configuration_object& args, profile& into, name_table& names,
                          problem_list& faults) {
  std::vector<written_constraint> written;
  args.objects("defaultConstraints", [&](configuration_object& each) {
    written.push_back(read_constraint(each, names));
  });
  std::string type = args.text("defaultingType").value_or("");
  if (type.empty()) type = "System";
  if (type != "System" && type != "List") {
    faults.unsupported(args.path_of("defaultingType"), quote(type), "\"System\", \"List\"");
  } else if (type == "System" && !written.empty()) {
    faults.invalid(args.path_of("defaultingType"), quote(type),
                   "when .defaultConstraints are not empty");
  }
  auto& to = into.topology_spread;
  to.list_defaulting = type == "List";
  to.default_constraints.clear();
  for (std::size_t i = 0; i < written.size(); ++i) {
    check_constraint(written, i, args.path_of("defaultConstraints"), faults);
    to.default_constraints.push_back(written[i].rule);
  }
}

// ---- arguments that no decision depends on
// -------------------------------------------------------

void read_volume_binding(configuration_object& args, profile&, name_table&, problem_list& faults) {
  const std::int64_t timeout = args.int64("bindTimeoutSeconds").value_or(600);
  if (timeout < 0) {
    faults.invalid(args.path_of("bindTimeoutSeconds"), std::to_string(timeout),
                   "invalid BindTimeoutSeconds, should not be a negative value");
  }
  if (!args.value("shape")) return;
  std::vector<std::string> points;
  for (const utilization_shape_point& each : read_shape(args)) {
    points.push_back(
        fmt::format("{{\"Utilization\":{},\"Score\":{}}}", each.utilization, each.score));
  }
  faults.invalid(args.path_of("shape"), fmt::format("[{}]", fmt::join(points, ",")),
                 "unexpected field `shape`, remove it or turn on the feature gate "
                 "StorageCapacityScoring");
}

void read_dynamic_resources(configuration_object& args, profile&, name_table&,
                            problem_list& faults) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  const auto filter = args.duration_ns("filterTimeout");
  if (filter && *filter < 0) {
    faults.invalid(args.path_of("filterTimeout"), quote(format_duration(*filter)),
                   "must be zero or positive");
  }
  const auto binding = args.duration_ns("bindingTimeout");
  if (binding && *binding < second_ns) {
    faults.invalid(args.path_of("bindingTimeout"), quote(format_duration(*binding)),
                   "must be at least 1 second");
  }
}

constexpr argument_kind argument_kinds[] = {
    {"DefaultPreemption", read_default_preemption},
    {"DynamicResources", read_dynamic_resources},
    {"InterPodAffinity", read_inter_pod_affinity},
    {"NodeAffinity", read_node_affinity},
    {"NodeResourcesBalancedAllocation", read_balanced_allocation},
    {"NodeResourcesFit", read_fit},
    {"PodTopologySpread", read_topology_spread},
    {"VolumeBinding", read_volume_binding},
};

}  // namespace

const argument_kind* find_argument_kind(std::string_view plugin) {
  const auto found = std::ranges::find(argument_kinds, plugin, &argument_kind::plugin);
  return found == std::end(argument_kinds) ? nullptr : found;
}

}  // namespace crosstie::schedule
