#include "schedule/pod_rules.hpp"

#include <algorithm>

#include "cluster/selector.hpp"

namespace crosstie::schedule {

using cluster::inclusion_policy;
using cluster::unsatisfiable_action;
using key_id = topology_table::key_id;

rule_table::rule_table(const cluster::view& view, const configuration& settings,
                       topology_table& topology, pod_counters& counters)
    : view_(view), settings_(&settings), topology_(&topology), counters_(&counters) {
  reset();
}

void rule_table::reset() {
  rules_.clear();
  bytes_.clear();
  answers_.clear();
  intern({});  // none
  known_keys_ = count_known_keys();
}

// The system's default constraints name keys that no object may have had when rules were made.
std::uint32_t rule_table::count_known_keys() const {
  const cluster::name_table& names = view_.objects.names();
  return std::uint32_t{names.find("kubernetes.io/hostname").has_value()} +
         std::uint32_t{names.find("topology.kubernetes.io/zone").has_value()};
}

void rule_table::node_changed() {
  if (known_keys_ == 2) return;
  const std::uint32_t known = count_known_keys();
  if (known != known_keys_) forget_answers();
  known_keys_ = known;
}

std::uint32_t rule_table::rules_of(pod_id id, std::uint32_t profile) {
  const cluster::pod& pod = view_.objects[id];
  constexpr std::size_t most_remembered = 1u << 16;
  if (answers_.size() > most_remembered) answers_.clear();
  const auto [found, added] =
      answers_.try_emplace(asker{pod.spec, pod.ns, pod.labels, pod.controller});
  answer& known = found->second;
  const auto terms = static_cast<std::uint32_t>(counters_->terms().size());
  if (!added && (known.seen_terms == terms || !is_selected(id, known.seen_terms))) {
    known.seen_terms = terms;
    return known.rules;
  }
  known.rules = make(id, settings_->profiles[profile]);
  known.seen_terms = terms;
  return known.rules;
}

const cluster::label_set& rule_table::namespace_labels(pod_id pod) const {
  static const cluster::label_set none_at_all;
  const auto* ns = view_.objects.namespaces.find({cluster::no_name, view_.objects[pod].ns});
  return ns ? ns->labels : none_at_all;
}

// By a term that has appeared from `first_term` on?
bool rule_table::is_selected(pod_id pod, std::uint32_t first_term) const {
  const cluster::store& objects = view_.objects;
  const std::vector<carried_term>& terms = counters_->terms();
  return std::any_of(terms.begin() + first_term, terms.end(), [&](const carried_term& each) {
    return each.term.selects(objects, objects[pod].ns, namespace_labels(pod), objects.labels(pod));
  });
}

std::uint32_t rule_table::make(pod_id pod, const profile& by) {
  if (plugins::find_syntax_error(view_.objects, pod)) return plain;
  pod_rules made;
  if (!add_spread(made, pod, by)) return plain;
  add_own_terms(made, pod);
  add_carried_terms(made, pod, by);
  return intern(std::move(made));
}

// False where a selector does not parse.
bool rule_table::add_spread(pod_rules& to, pod_id pod, const profile& by) {
  const cluster::store& objects = view_.objects;
  const auto hard = plugins::find_spread_constraints(view_, by.topology_spread, pod,
                                                     unsatisfiable_action::do_not_schedule);
  const auto soft = plugins::find_spread_constraints(view_, by.topology_spread, pod,
                                                     unsatisfiable_action::schedule_anyway);
  if (!hard || !soft) return false;
  const auto keys_of = [&](const plugins::spread_constraints& rules) {
    std::vector<key_id> keys;
    for (const auto& each : rules) keys.push_back(topology_->intern(each.topology_key));
    return keys;
  };
  const std::vector<key_id> hard_keys = keys_of(*hard), soft_keys = keys_of(*soft);
  for (std::size_t i = 0; i < hard->size(); ++i) {
    const plugins::spread_constraint& rule = (*hard)[i];
    to.hard.push_back({count_spread(rule, pod, hard_keys[i], hard_keys, true), hard_keys[i],
                       rule.max_skew, rule.min_domains,
                       cluster::matches(rule.selector, objects.labels(pod), objects.names()),
                       rule.selector && !rule.counts_pods()});
  }
  // The system's defaults spread over hosts also where nodes have no zone.
  to.all_keys =
      !soft->empty() && (!objects.spec(pod).spread.empty() || by.topology_spread.list_defaulting);
  const auto hostname = objects.names().find("kubernetes.io/hostname");
  for (std::size_t i = 0; i < soft->size(); ++i) {
    plugins::spread_constraint rule = (*soft)[i];
    const bool per_host = hostname && rule.topology_key == *hostname;
    // A host's own pods count whatever the policies say.
    if (per_host) rule.node_affinity_policy = rule.node_taints_policy = inclusion_policy::ignore;
    const key_id counted = per_host ? topology_table::node_key : soft_keys[i];
    const bool chooses = to.all_keys && !per_host;
    const std::vector<key_id> keys = chooses ? soft_keys : std::vector<key_id>{};
    to.soft.push_back(
        {count_spread(rule, pod, counted, keys, false), soft_keys[i], rule.max_skew, per_host});
  }
  return true;
}

std::uint32_t rule_table::count_spread(const plugins::spread_constraint& rule, pod_id pod,
                                       key_id key, const std::vector<key_id>& keys, bool hard) {
  const cluster::pod_spec& spec = view_.objects.spec(pod);
  pod_predicate which;
  which.live_only = true;
  which.clauses.push_back({false, {view_.objects[pod].ns}, rule.selector});
  if (!rule.counts_pods()) which.clauses.front().selector.reset();
  node_choice nodes;
  nodes.keys = keys;
  const bool has_affinity =
      !spec.selector.empty() || (spec.affinity && spec.affinity->required.has_value());
  if (rule.node_affinity_policy == inclusion_policy::honor && has_affinity) nodes.affinity = &spec;
  if (rule.node_taints_policy == inclusion_policy::honor) nodes.tolerations = &spec;
  return counters_->intern(which, key, nodes, hard);
}

// The pods that all the terms of an incoming pod select, whose namespace labels upstream does not
// look at here.
std::uint32_t rule_table::count_selected(const std::vector<plugins::affinity_term>& terms,
                                         key_id key) {
  pod_predicate which;
  for (const plugins::affinity_term& each : terms) {
    const bool everywhere =
        cluster::matches(each.term->namespace_selector, {}, view_.objects.names());
    which.clauses.push_back({everywhere, each.namespaces, each.term->selector});
  }
  return counters_->intern(which, key, {{key}, nullptr, nullptr}, false);
}

void rule_table::add_own_terms(pod_rules& to, pod_id pod) {
  const cluster::store& objects = view_.objects;
  const plugins::affinity_terms own = plugins::resolve_incoming(objects, pod);
  const auto key_of = [&](const plugins::affinity_term& term) {
    return topology_->intern(term.term->topology_key);
  };
  for (const plugins::affinity_term& each : own.near_required) {
    to.near.push_back({count_selected(own.near_required, key_of(each)), key_of(each)});
  }
  to.near_itself = !own.near_required.empty() &&
                   std::ranges::all_of(own.near_required, [&](const plugins::affinity_term& each) {
                     return each.selects(objects, objects[pod].ns, {}, objects.labels(pod));
                   });
  for (const plugins::affinity_term& each : own.far_required) {
    to.far.push_back({count_selected({each}, key_of(each)), key_of(each)});
  }
  for (const plugins::affinity_term& each : own.near_preferred) {
    to.scored.push_back({count_selected({each}, key_of(each)), key_of(each), each.weight});
  }
  for (const plugins::affinity_term& each : own.far_preferred) {
    to.scored.push_back({count_selected({each}, key_of(each)), key_of(each), -each.weight});
  }
}

void rule_table::add_carried_terms(pod_rules& to, pod_id pod, const profile& by) {
  using enum carried_term::category;
  const cluster::store& objects = view_.objects;
  const inter_pod_affinity_args& args = by.inter_pod_affinity;
  const bool scores = !args.ignore_preferred_terms_of_existing_pods || !to.scored.empty();
  for (const carried_term& each : counters_->terms()) {
    if (!each.term.selects(objects, objects[pod].ns, namespace_labels(pod), objects.labels(pod))) {
      continue;
    }
    const key_id key = topology_->intern(each.term.term->topology_key);
    if (each.what == far_required) to.kept_off.push_back({each.counter, key});
    if (!scores || each.what == far_required) continue;
    const std::int64_t weight = each.what == near_required    ? args.hard_pod_affinity_weight
                                : each.what == near_preferred ? each.term.weight
                                                              : -each.term.weight;
    if (weight != 0) to.scored.push_back({each.counter, key, weight});
  }
}

std::uint32_t rule_table::intern(pod_rules&& made) {
  byte_writer bytes;
  const auto add_each = [&](const auto& list, auto&& add) {
    bytes.add(list.size());
    for (const auto& each : list) add(each);
  };
  add_each(made.hard, [&](const hard_spread& each) {
    bytes.add(each.counter), bytes.add(each.max_skew), bytes.add(each.min_domains);
    bytes.add(each.itself), bytes.add(each.blind);
  });
  add_each(made.soft, [&](const soft_spread& each) {
    bytes.add(each.counter), bytes.add(each.key), bytes.add(each.max_skew);
  });
  bytes.add(made.all_keys);
  add_each(made.near, [&](const near_or_far& each) { bytes.add(each.counter); });
  bytes.add(made.near_itself);
  for (const auto* list : {&made.far, &made.kept_off}) {
    add_each(*list, [&](const near_or_far& each) { bytes.add(each.counter); });
  }
  add_each(made.scored,
           [&](const weighted_term& each) { bytes.add(each.counter), bytes.add(each.weight); });
  const std::uint32_t id = bytes_.intern(bytes.bytes());
  if (id == rules_.size()) rules_.push_back(std::move(made));
  return id;
}

std::size_t rule_table::memory_bytes() const {
  std::size_t bytes = bytes_.memory_bytes() + answers_.memory_bytes();
  for (const pod_rules& each : rules_) {
    bytes += sizeof each + each.hard.capacity() * sizeof(hard_spread) +
             each.soft.capacity() * sizeof(soft_spread) +
             (each.near.capacity() + each.far.capacity() + each.kept_off.capacity()) *
                 sizeof(near_or_far) +
             each.scored.capacity() * sizeof(weighted_term);
  }
  return bytes;
}

}  // namespace crosstie::schedule
