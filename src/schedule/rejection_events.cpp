#include "schedule/rejection_events.hpp"

#include "schedule/static_table.hpp"

namespace crosstie::schedule {

event_set events_for(std::uint32_t rejections) {
  event_set events = no_event;
  if (rejections & node_unschedulable) events |= events_that_help("NodeUnschedulable");
  if (rejections & node_taint) events |= events_that_help("TaintToleration");
  if (rejections & node_affinity_mismatch) events |= events_that_help("NodeAffinity");
  if (rejections & ports_taken) events |= events_that_help("NodePorts");
  if (rejections & lacks_resources) events |= events_that_help("NodeResourcesFit");
  if (rejections & spread_violated) events |= events_that_help("PodTopologySpread");
  if (rejections & affinity_violated) events |= events_that_help("InterPodAffinity");
  // No node at all: only a new one helps.
  return events == no_event ? node_added : events;
}

event_set events_for(const evaluation& all) {
  if (all.gate) return events_that_help(all.gate->first);
  if (all.pre_filter) return events_that_help(all.pre_filter->first);
  event_set events = node_added;
  std::string_view last;
  for (const rejection& r : all.rejected) {
    if (r.plugin != last) events |= events_that_help(r.plugin);
    last = r.plugin;
  }
  // Nodes that were not looked at may come to be.
  if (all.node_names) events |= events_that_help("NodeAffinity");
  return events;
}

}  // namespace crosstie::schedule
