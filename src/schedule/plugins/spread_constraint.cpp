#include "schedule/plugins/spread_constraint.hpp"

#include <algorithm>

#include "cluster/selector.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::label;
using cluster::label_selector;
using cluster::label_set;
using cluster::name_id;
using cluster::no_name;
using cluster::pod;
using cluster::requirement;
using cluster::selector_operator;
using cluster::store;
using cluster::topology_spread_constraint;
using cluster::unsatisfiable_action;
using cluster::workload;

requirement equals(name_id key, name_id value) { return {key, selector_operator::in, {value}}; }

// A key that no object has yet reads as no_name, which is no label's key.
name_id find_key(const store& objects, std::string_view text) {
  return objects.names().find(text).value_or(no_name);
}

std::vector<topology_spread_constraint> make_system_defaults(const store& objects) {
  const auto soft = [&](std::int32_t max_skew, std::string_view key) {
    return topology_spread_constraint{.max_skew = max_skew,
                                      .topology_key = find_key(objects, key),
                                      .when_unsatisfiable = unsatisfiable_action::schedule_anyway,
                                      .selector = {},
                                      .min_domains = {},
                                      .match_label_keys = {}};
  };
  return {soft(3, "kubernetes.io/hostname"), soft(5, "topology.kubernetes.io/zone")};
}

spread_constraint parse(const topology_spread_constraint& written, const label_set& pod_labels) {
  spread_constraint parsed{.max_skew = written.max_skew,
                           .topology_key = written.topology_key,
                           .selector = written.selector,
                           .min_domains = written.min_domains.value_or(1),
                           .node_affinity_policy = written.node_affinity_policy,
                           .node_taints_policy = written.node_taints_policy};
  if (!parsed.selector) return parsed;
  for (const name_id key : written.match_label_keys) {
    if (const auto value = cluster::find_label(pod_labels, key)) {
      parsed.selector->requirements.push_back(equals(key, *value));
    }
  }
  return parsed;
}

std::expected<spread_constraints, std::string> parse_all(
    const std::vector<topology_spread_constraint>& written, const label_set& pod_labels,
    unsatisfiable_action action, const cluster::name_table& names) {
  spread_constraints found;
  for (const topology_spread_constraint& each : written) {
    if (each.when_unsatisfiable != action) continue;
    if (each.selector) {
      if (auto problem = cluster::find_syntax_error(*each.selector, names)) {
        return std::unexpected(std::move(*problem));
      }
    }
    found.push_back(parse(each, pod_labels));
  }
  return found;
}

// Sets a label, replacing the value of its key.
void merge(std::vector<label>& into, label added) {
  const auto same = std::ranges::find(into, added.key, &label::key);
  if (same == into.end()) {
    into.push_back(added);
  } else {
    same->value = added.value;
  }
}

std::vector<label> merge_service_selectors(const store& objects, const pod& pod) {
  std::vector<label> merged;
  const label_set& labels = objects.labels(pod.labels);
  for (const cluster::service& service : objects.services.all()) {
    if (service.ns != pod.ns || !cluster::contains_all(labels, service.selector)) continue;
    for (const label& each : service.selector) merge(merged, each);
  }
  return merged;
}

const workload* find_controller(const store& objects, const pod& pod,
                                cluster::workload_kind& kind) {
  const cluster::owner& owner = objects.controller(pod.controller);
  const std::string_view version = objects.text(owner.api_version);
  const std::string_view name = objects.text(owner.kind);
  const cluster::object_key key{pod.ns, owner.name};
  if (version == "v1" && name == "ReplicationController") {
    kind = cluster::workload_kind::replication_controller;
    return objects.replication_controllers.find(key);
  }
  if (version == "apps/v1" && name == "ReplicaSet") {
    kind = cluster::workload_kind::replica_set;
    return objects.replica_sets.find(key);
  }
  if (version == "apps/v1" && name == "StatefulSet") {
    kind = cluster::workload_kind::stateful_set;
    return objects.stateful_sets.find(key);
  }
  return nullptr;
}

}  // namespace

label_selector deduce_selector(const store& objects, const pod& pod) {
  std::vector<label> merged = merge_service_selectors(objects, pod);
  cluster::workload_kind kind{};
  const workload* controller = find_controller(objects, pod, kind);
  const bool selects = controller && controller->selector;
  // A ReplicationController's selector is a plain label map and overrides equal keys; the others
  // only add requirements.
  if (selects && kind == cluster::workload_kind::replication_controller) {
    for (const requirement& each : controller->selector->requirements) {
      merge(merged, {each.key, each.values.front()});
    }
  }
  label_selector selector;
  for (const label& each : merged) selector.requirements.push_back(equals(each.key, each.value));
  if (selects && kind != cluster::workload_kind::replication_controller &&
      !cluster::find_syntax_error(*controller->selector, objects.names())) {
    std::ranges::copy(controller->selector->requirements,
                      std::back_inserter(selector.requirements));
  }
  return selector;
}

std::expected<spread_constraints, std::string> find_spread_constraints(
    const cluster::view& view, const topology_spread_args& args, cluster::pod_id id,
    unsatisfiable_action action) {
  const store& objects = view.objects;
  const cluster::pod_spec& spec = objects.spec(id);
  const label_set& labels = objects.labels(id);
  if (!spec.spread.empty()) return parse_all(spec.spread, labels, action, objects.names());

  auto defaults =
      parse_all(args.list_defaulting ? args.default_constraints : make_system_defaults(objects),
                labels, action, objects.names());
  if (!defaults || defaults->empty()) return defaults;
  const label_selector selector = deduce_selector(objects, objects[id]);
  if (selector.requirements.empty()) return spread_constraints{};
  for (spread_constraint& each : *defaults) each.selector = selector;
  return defaults;
}

}  // namespace crosstie::schedule::plugins
