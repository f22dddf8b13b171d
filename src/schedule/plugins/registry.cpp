// The table of all plugins, in upstream's default order. PrioritySort is the queue's order and
// DefaultBinder the world's bind: neither has a say about nodes.
#include <algorithm>

#include "schedule/plugin.hpp"
#include "schedule/plugins/balanced_allocation.hpp"
#include "schedule/plugins/default_preemption.hpp"
#include "schedule/plugins/dynamic_resources.hpp"
#include "schedule/plugins/image_locality.hpp"
#include "schedule/plugins/inter_pod_affinity.hpp"
#include "schedule/plugins/node_affinity.hpp"
#include "schedule/plugins/node_declared_features.hpp"
#include "schedule/plugins/node_name.hpp"
#include "schedule/plugins/node_ports.hpp"
#include "schedule/plugins/node_resources_fit.hpp"
#include "schedule/plugins/node_unschedulable.hpp"
#include "schedule/plugins/node_volume_limits.hpp"
#include "schedule/plugins/pod_topology_spread.hpp"
#include "schedule/plugins/scheduling_gates.hpp"
#include "schedule/plugins/taint_toleration.hpp"
#include "schedule/plugins/volume_binding.hpp"
#include "schedule/plugins/volume_restrictions.hpp"
#include "schedule/plugins/volume_zone.hpp"

namespace crosstie::schedule {
namespace {

using namespace plugins;  // NOLINT(google-build-using-namespace): all of them

constexpr plugin_kind kinds[] = {
    {"SchedulingGates", scheduling_gates_points, make_scheduling_gates},
    {"NodeUnschedulable", node_unschedulable_points, make_node_unschedulable},
    {"NodeName", node_name_points, make_node_name},
    {"TaintToleration", taint_toleration_points, make_taint_toleration},
    {"NodeAffinity", node_affinity_points, make_node_affinity},
    {"NodePorts", node_ports_points, make_node_ports},
    {"NodeResourcesFit", node_resources_fit_points, make_node_resources_fit},
    {"VolumeRestrictions", volume_restrictions_points, make_volume_restrictions},
    {"NodeVolumeLimits", node_volume_limits_points, make_node_volume_limits},
    {"VolumeBinding", volume_binding_points, make_volume_binding},
    {"VolumeZone", volume_zone_points, make_volume_zone},
    {"PodTopologySpread", pod_topology_spread_points, make_pod_topology_spread},
    {"InterPodAffinity", inter_pod_affinity_points, make_inter_pod_affinity},
    {"DynamicResources", dynamic_resources_points, make_dynamic_resources},
    {"DefaultPreemption", default_preemption_points, make_default_preemption},
    {"NodeResourcesBalancedAllocation", balanced_allocation_points, make_balanced_allocation},
    {"ImageLocality", image_locality_points, make_image_locality},
    {"NodeDeclaredFeatures", node_declared_features_points, make_node_declared_features},
};

}  // namespace

std::span<const plugin_kind> plugin_kinds() { return kinds; }

const plugin_kind* find_plugin(std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &plugin_kind::name);
  return found == std::end(kinds) ? nullptr : found;
}

}  // namespace crosstie::schedule
