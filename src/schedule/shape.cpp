#include "schedule/shape.hpp"

#include <algorithm>
#include <iterator>

#include "cluster/selector.hpp"
#include "schedule/canonical_bytes.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule {

namespace {

constexpr std::uint32_t unseen = 0xFFFFFFFEu;

// ---- profiles -------------------------------------------------------------------------------

bool same_names(const std::vector<enabled_plugin>& a, const std::vector<enabled_plugin>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.name == y.name; });
}

bool only_cpu_and_memory(const std::vector<scored_resource>& resources) {
  return std::all_of(resources.begin(), resources.end(), [](const scored_resource& r) {
    return r.name == "cpu" || r.name == "memory";
  });
}

double weight_of(const std::vector<scored_resource>& resources, std::string_view name) {
  double sum = 0;
  for (const scored_resource& r : resources) {
    if (r.name == name) sum += static_cast<double>(r.weight);
  }
  return sum;
}

// Balanced is over the set {cpu, memory}, whatever the weights: they do not count there.
bool balances_cpu_and_memory(const std::vector<scored_resource>& resources) {
  return resources.size() == 2 && resources[0].name != resources[1].name &&
         only_cpu_and_memory(resources);
}

// ---- canonical bytes ------------------------------------------------------------------------

void add_static_part(byte_writer& out, const cluster::pod_spec& spec, std::uint32_t profile) {
  out.add(profile);
  out.add(spec.tolerations);
  out.add(spec.selector);
  out.add(spec.affinity.has_value());
  if (spec.affinity) {
    out.add(spec.affinity->required.has_value());
    if (spec.affinity->required) out.add(spec.affinity->required->terms);
    out.add(spec.affinity->preferred);
  }
  out.add(spec.init_containers.size());
  for (const cluster::container& c : spec.init_containers) out.add(c.image);
  out.add(spec.containers.size());
  for (const cluster::container& c : spec.containers) out.add(c.image);
  for (const cluster::pod_volume& v : spec.volumes) {
    if (v.kind == cluster::volume_kind::image) out.add(v.source);
  }
}

// ---- specs ----------------------------------------------------------------------------------

// Must NodeDeclaredFeatures be asked? More often than needed does no harm.
bool may_need_features(const cluster::pod_spec& spec) {
  if (!spec.host_users || spec.resize_infeasible) return true;
  if (spec.resources && spec.resources->has_status) return true;
  const auto special = [](const cluster::container& c) {
    return c.restarts_all_containers || c.status.has_value();
  };
  return std::any_of(spec.containers.begin(), spec.containers.end(), special) ||
         std::any_of(spec.init_containers.begin(), spec.init_containers.end(), special);
}

// Do only the plugins of the fast path have a say, and no internal error?
bool is_simple(const cluster::pod_spec& spec, const cluster::name_table& names) {
  if (!spec.resource_claims.empty() || may_need_features(spec)) return false;
  for (const cluster::pod_volume& v : spec.volumes) {
    if (!plugins::needs_claim(v) && !plugins::is_unrestricted(v)) return false;
  }
  if (!spec.affinity) return true;
  return std::none_of(spec.affinity->preferred.begin(), spec.affinity->preferred.end(),
                      [&](const cluster::preferred_node_term& t) {
                        return cluster::find_syntax_error(t.preference, names).has_value();
                      });
}

// Is there a sum that went beyond int64 and came out negative?
bool overflows(const cluster::pod_demand& demand) {
  const auto negative = [](const cluster::resource_request& each) { return each.amount < 0; };
  return std::ranges::any_of(demand.requested, negative) ||
         std::ranges::any_of(demand.wanted, negative) ||
         std::ranges::any_of(demand.scored, negative);
}

double amount_of(const std::vector<cluster::resource_request>& requests,
                 cluster::resource_id resource) {
  for (const cluster::resource_request& r : requests) {
    if (r.resource == resource) return static_cast<double>(r.amount);
  }
  return 0;
}

}  // namespace

plugin_weights weigh(const profile& p) {
  static const profile usual = default_configuration().profiles.front();
  plugin_weights w;
  w.usual =
      same_names(p.pre_filter, usual.pre_filter) && same_names(p.filter, usual.filter) &&
      same_names(p.pre_score, usual.pre_score) && same_names(p.score, usual.score) &&
      p.fit.ignored_resources.empty() && p.fit.ignored_resource_groups.empty() &&
      p.fit.strategy == scoring_strategy::least_allocated && only_cpu_and_memory(p.fit.resources) &&
      balances_cpu_and_memory(p.balanced_allocation.resources) && !p.node_affinity.added_affinity;
  for (const enabled_plugin& plugin : p.score) {
    if (plugin.name == "TaintToleration") w.taints = plugin.weight;
    if (plugin.name == "NodeAffinity") w.affinity = plugin.weight;
    if (plugin.name == "NodeResourcesFit") w.fit = plugin.weight;
    if (plugin.name == "NodeResourcesBalancedAllocation") w.balance = plugin.weight;
    if (plugin.name == "ImageLocality") w.images = plugin.weight;
    if (plugin.name == "PodTopologySpread") w.spread = plugin.weight;
    if (plugin.name == "InterPodAffinity") w.pods = plugin.weight;
    // Totals are kept in 32 bits.
    if (plugin.weight < 0 || plugin.weight > 1'000'000) w.usual = false;
  }
  w.fit_cpu = weight_of(p.fit.resources, "cpu");
  w.fit_memory = weight_of(p.fit.resources, "memory");
  constexpr double most_weight = 10'000;  // upstream allows 100
  if (!(w.fit_cpu + w.fit_memory > 0) || w.fit_cpu + w.fit_memory > most_weight) w.usual = false;
  return w;
}

profile keep_shape_filters(const profile& p, bool with_rules) {
  static constexpr std::string_view kept[] = {"NodeUnschedulable", "NodeName",  "TaintToleration",
                                              "NodeAffinity",      "NodePorts", "NodeResourcesFit"};
  const auto is_kept = [&](const enabled_plugin& each) {
    if (each.name == "PodTopologySpread" || each.name == "InterPodAffinity") return with_rules;
    return std::ranges::find(kept, each.name) != std::end(kept);
  };
  profile filters;
  std::ranges::copy_if(p.pre_filter, std::back_inserter(filters.pre_filter), is_kept);
  std::ranges::copy_if(p.filter, std::back_inserter(filters.filter), is_kept);
  filters.post_filter = p.post_filter;
  filters.fit = p.fit;
  filters.node_affinity = p.node_affinity;
  filters.inter_pod_affinity = p.inter_pod_affinity;
  filters.topology_spread = p.topology_spread;
  return filters;
}

shape_table::shape_table(const cluster::store& objects, const cluster::usage_table& usage,
                         const configuration& settings)
    : objects_(&objects), usage_(&usage) {
  for (const profile& p : settings.profiles) weights_.push_back(weigh(p));
}

std::uint32_t shape_table::shape_of(cluster::spec_id spec, std::uint32_t profile) {
  const std::uint32_t i = cluster::index(spec);
  if (i >= shape_of_spec_.size()) shape_of_spec_.resize(objects_->spec_count(), unseen);
  // The profile follows from the spec's schedulerName, so that the spec alone is the key.
  if (shape_of_spec_[i] == unseen) shape_of_spec_[i] = classify(spec, profile);
  return shape_of_spec_[i];
}

std::uint32_t shape_table::classify(cluster::spec_id id, std::uint32_t profile) {
  const cluster::pod_spec& spec = objects_->spec(id);
  if (!weights_[profile].usual || !is_simple(spec, objects_->names())) return none;
  const cluster::pod_demand& demand = usage_->demand(id);
  shape s;
  s.spec = id;
  s.profile = profile;
  s.priority = spec.priority;
  s.cpu_needed = amount_of(demand.requested, cluster::cpu);
  s.memory_needed = amount_of(demand.requested, cluster::memory);
  s.cpu_scored = amount_of(demand.scored, cluster::cpu);
  s.memory_scored = amount_of(demand.scored, cluster::memory);
  s.best_effort = s.cpu_needed == 0 && s.memory_needed == 0;
  s.has_ports = !demand.host_ports.empty();
  for (const cluster::resource_request& r : demand.requested) {
    if (r.resource != cluster::cpu && r.resource != cluster::memory) s.others.push_back(r);
  }
  const double most = std::max({s.cpu_needed, s.memory_needed, s.cpu_scored, s.memory_scored});
  if (most >= exact_limit || overflows(demand)) return none;

  byte_writer bytes;
  add_static_part(bytes, spec, profile);
  s.static_part = static_bytes_.intern(bytes.bytes());
  bytes.add(spec.priority);
  bytes.add(demand.requested);
  bytes.add(demand.scored);
  bytes.add(demand.host_ports);
  const std::uint32_t shape_id = shape_bytes_.intern(bytes.bytes());
  if (shape_id == shapes_.size()) shapes_.push_back(std::move(s));
  return shape_id;
}

std::size_t shape_table::memory_bytes() const {
  return shape_of_spec_.capacity() * sizeof(std::uint32_t) + shapes_.capacity() * sizeof(shape) +
         shape_bytes_.memory_bytes() + static_bytes_.memory_bytes();
}

}  // namespace crosstie::schedule
