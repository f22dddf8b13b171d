#include "schedule/pod_counters.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "cluster/selector.hpp"

namespace crosstie::schedule {

std::int64_t pod_counter::lowest() const {
  if (known == 0) return std::numeric_limits<std::int32_t>::max();
  while (with_count[lowest_hint] == 0) ++lowest_hint;
  return lowest_hint;
}

std::int64_t pod_counter::lowest_but(std::uint32_t domain) const {
  if (known <= 1) return std::numeric_limits<std::int32_t>::max();
  const auto own = static_cast<std::uint32_t>(counts[domain]);
  std::uint32_t count = static_cast<std::uint32_t>(lowest());
  while (with_count[count] == (count == own ? 1u : 0u)) ++count;
  return count;
}

pod_counters::pod_counters(const cluster::store& objects, cluster::pods_by_node& pods,
                           topology_table& topology)
    : objects_(&objects), pods_(&pods), topology_(&topology) {}

void pod_counters::reset() {
  topology_->reset();
  counters_.clear();
  cells_ = 0;
  lowest_counters_.clear();
  numbered_.clear();
  predicates_.clear();
  choices_.clear();
  identities_.clear();
  links_.clear();
  terms_.clear();
  for (auto* bytes : {&predicate_bytes_, &choice_bytes_, &counter_bytes_, &term_bytes_}) {
    bytes->clear();
  }
  identity_ids_.clear();
  carried_.clear();
  for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) {
    if (!topology_->alive(slot)) continue;
    std::vector<pod_id> pods;
    pods_->append_pods(node_id{slot}, pods);
    for (const pod_id pod : pods) pod_bound(pod, node_id{slot});
  }
}

// ---- what there is to count -----------------------------------------------------------------

bool pod_counters::holds(const pod_predicate& rule, const identity_key& of) const {
  const cluster::label_set& labels = objects_->labels(of.labels);
  return std::ranges::all_of(rule.clauses, [&](const pod_predicate::clause& each) {
    const bool there =
        each.everywhere || std::ranges::find(each.namespaces, of.ns) != each.namespaces.end();
    return there && cluster::matches(each.selector, labels, objects_->names());
  });
}

bool pod_counters::judge(const node_choice& rule, node_id id) const {
  if (!objects_->alive(id)) return false;
  const cluster::node& node = (*objects_)[id];
  for (const topology_table::key_id key : rule.keys) {
    if (topology_->domain_of(key, cluster::index(id)) & topology_table::missing) return false;
  }
  if (rule.affinity != nullptr &&
      !cluster::matches_required_affinity(*rule.affinity, node, objects_->names())) {
    return false;
  }
  return rule.tolerations == nullptr ||
         !cluster::find_untolerated(node.taints, rule.tolerations->tolerations, cluster::keeps_off);
}

pod_counters::identity& pod_counters::identify(const cluster::pod& pod) {
  const identity_key key{pod.ns, pod.labels};
  const auto [found, added] =
      identity_ids_.try_emplace(key, static_cast<std::uint32_t>(identities_.size()));
  if (!added) return identities_[found->second];
  identity& made = identities_.emplace_back(identity{key, {}});
  for (std::uint32_t i = 0; i < predicates_.size(); ++i) {
    if (!holds(predicates_[i].rule, key)) continue;
    made.predicates.push_back(i);
    predicates_[i].identities.push_back(found->second);
  }
  return made;
}

std::uint32_t pod_counters::intern_predicate(const pod_predicate& which) {
  byte_writer bytes;
  bytes.add(which.live_only);
  for (const pod_predicate::clause& each : which.clauses) {
    bytes.add(each.everywhere);
    bytes.add(each.namespaces);
    bytes.add(each.selector);
  }
  const std::uint32_t id = predicate_bytes_.intern(bytes.bytes());
  if (id < predicates_.size()) return id;
  predicate_state& made = predicates_.emplace_back(predicate_state{which, {}, {}});
  for (std::uint32_t i = 0; i < identities_.size(); ++i) {
    if (!holds(which, identities_[i].key)) continue;
    identities_[i].predicates.push_back(id);
    made.identities.push_back(i);
  }
  return id;
}

std::uint32_t pod_counters::intern_choice(const node_choice& nodes) {
  byte_writer bytes;
  bytes.add(nodes.keys);
  bytes.add(nodes.affinity != nullptr);
  if (nodes.affinity != nullptr) {
    bytes.add(nodes.affinity->selector);
    const auto& affinity = nodes.affinity->affinity;
    bytes.add(affinity ? affinity->required : std::nullopt);
  }
  bytes.add(nodes.tolerations != nullptr);
  if (nodes.tolerations != nullptr) bytes.add(nodes.tolerations->tolerations);
  const std::uint32_t id = choice_bytes_.intern(bytes.bytes());
  if (id < choices_.size()) return id;
  choice_state& made = choices_.emplace_back(choice_state{nodes, {}});
  made.chosen.resize(topology_->slots());
  for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) {
    made.chosen[slot] = judge(made.rule, node_id{slot});
  }
  return id;
}

std::uint32_t pod_counters::add_counter(topology_table::key_id key, std::uint32_t choice,
                                        bool keeps_lowest) {
  pod_counter made;
  made.key = key;
  made.choice = choice;
  made.counts.resize(topology_->domain_limit(key), 0);
  cells_ += made.counts.size();
  made.keeps_lowest = keeps_lowest;
  const auto id = static_cast<std::uint32_t>(counters_.size());
  if (keeps_lowest) {
    made.nodes.resize(made.counts.size(), 0);
    made.with_count.resize(1, 0);
    for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) register_node(made, slot, 1);
    lowest_counters_.push_back(id);
  }
  counters_.push_back(std::move(made));
  return id;
}

std::uint32_t pod_counters::intern(const pod_predicate& which, topology_table::key_id key,
                                   const node_choice& nodes, bool keeps_lowest) {
  const std::uint32_t predicate = intern_predicate(which), choice = intern_choice(nodes);
  byte_writer bytes;
  bytes.add(predicate);
  bytes.add(key);
  bytes.add(choice);
  bytes.add(keeps_lowest);
  // Those of carried terms have numbers too, so that the interner's are not the counters'.
  const auto before = static_cast<std::uint32_t>(counter_bytes_.size());
  const std::uint32_t number = counter_bytes_.intern(bytes.bytes());
  if (number < before) return numbered_[number];
  const std::uint32_t id = add_counter(key, choice, keeps_lowest);
  numbered_.push_back(id);
  counters_[id].predicate = predicate;
  fill(predicate, counters_[id]);
  predicates_[predicate].counters.push_back(id);
  return id;
}

bool pod_counters::selects(std::uint32_t counter, pod_id pod) {
  const std::vector<std::uint32_t>& fulfilled = identify((*objects_)[pod]).predicates;
  return std::ranges::find(fulfilled, counters_[counter].predicate) != fulfilled.end();
}

bool pod_counters::selects_namespace(std::uint32_t counter, cluster::name_id ns) const {
  const pod_predicate& rule = predicates_[counters_[counter].predicate].rule;
  return std::ranges::all_of(rule.clauses, [&](const pod_predicate::clause& each) {
    return each.everywhere || std::ranges::find(each.namespaces, ns) != each.namespaces.end();
  });
}

void pod_counters::fill(std::uint32_t predicate, pod_counter& counter) {
  const predicate_state& which = predicates_[predicate];
  for (const std::uint32_t each : which.identities) {
    for (std::uint32_t i = identities_[each].first_pod; i != no_pod; i = links_[i].next) {
      if (which.rule.live_only && (*objects_)[pod_id{i}].terminating) continue;
      add(counter, links_[i].slot, 1);
    }
  }
}

// ---- terms of pods on nodes -------------------------------------------------------------------

void pod_counters::add_term(const plugins::affinity_term& term, carried_term::category what,
                            std::vector<std::uint32_t>& to) {
  byte_writer bytes;
  bytes.add(what);
  bytes.add(term.weight);
  bytes.add(term.namespaces);
  bytes.add(term.term->namespace_selector);
  bytes.add(term.term->selector);
  bytes.add(term.term->topology_key);
  const std::uint32_t id = term_bytes_.intern(bytes.bytes());
  if (id == terms_.size()) {
    const topology_table::key_id key = topology_->intern(term.term->topology_key);
    const std::uint32_t counter = add_counter(key, intern_choice({{key}, nullptr, nullptr}), false);
    terms_.push_back({term, what, counter});
  }
  to.push_back(id);
}

const std::vector<std::uint32_t>& pod_counters::find_terms(pod_id pod) {
  const cluster::pod& object = (*objects_)[pod];
  const auto [found, added] = carried_.try_emplace(carrier_key{object.spec, object.ns});
  if (added) {
    using enum carried_term::category;
    const plugins::affinity_terms all = plugins::resolve_existing(*objects_, pod);
    for (const auto& each : all.near_required) add_term(each, near_required, found->second);
    for (const auto& each : all.near_preferred) add_term(each, near_preferred, found->second);
    for (const auto& each : all.far_required) add_term(each, far_required, found->second);
    for (const auto& each : all.far_preferred) add_term(each, far_preferred, found->second);
  }
  return found->second;
}

void pod_counters::know_terms(pod_id pod) {
  const cluster::pod_spec& spec = objects_->spec(pod);
  if (spec.pods_near || spec.pods_far) find_terms(pod);
}

std::int64_t pod_counters::count_carried(pod_id pod, std::uint32_t counter) {
  const cluster::pod_spec& spec = objects_->spec(pod);
  if (!spec.pods_near && !spec.pods_far) return 0;
  return std::ranges::count_if(find_terms(pod),
                               [&](std::uint32_t term) { return terms_[term].counter == counter; });
}

// ---- counting ---------------------------------------------------------------------------------

void pod_counters::pod_bound(pod_id pod, node_id node) {
  const std::uint32_t i = cluster::index(pod);
  count(pod, cluster::index(node), 1);
  if (i >= links_.size()) links_.resize(std::max<std::size_t>(i + i / 4 + 1, 64));
  identity& mine = identify((*objects_)[pod]);
  links_[i] = {mine.first_pod, no_pod, cluster::index(node)};
  if (mine.first_pod != no_pod) links_[mine.first_pod].previous = i;
  mine.first_pod = i;
}

void pod_counters::pod_unbound(pod_id pod, node_id node) {
  count(pod, cluster::index(node), -1);
  const link& mine = links_[cluster::index(pod)];
  if (mine.next != no_pod) links_[mine.next].previous = mine.previous;
  if (mine.previous != no_pod) {
    links_[mine.previous].next = mine.next;
  } else {
    identify((*objects_)[pod]).first_pod = mine.next;
  }
}

void pod_counters::count(pod_id id, std::uint32_t slot, std::int32_t by) {
  const cluster::pod& pod = (*objects_)[id];
  for (const std::uint32_t p : identify(pod).predicates) {
    const predicate_state& each = predicates_[p];
    if (each.rule.live_only && pod.terminating) continue;
    for (const std::uint32_t counter : each.counters) add(counters_[counter], slot, by);
  }
  const cluster::pod_spec& spec = objects_->spec(pod.spec);
  if (!spec.pods_near && !spec.pods_far) return;
  for (const std::uint32_t term : find_terms(id)) add(counters_[terms_[term].counter], slot, by);
}

void pod_counters::add(pod_counter& to, std::uint32_t slot, std::int32_t by) const {
  if (!choices_[to.choice].chosen[slot]) return;
  const std::uint32_t domain = topology_->domain_of(to.key, slot) & ~topology_table::missing;
  to.total += by;
  const std::int32_t before = to.counts[domain], after = before + by;
  to.counts[domain] = after;
  assert(after >= 0);
  if (!to.keeps_lowest) return;
  --to.with_count[static_cast<std::uint32_t>(before)];
  const auto now = static_cast<std::uint32_t>(after);
  if (now >= to.with_count.size()) to.with_count.resize(now + now / 2 + 1, 0);
  ++to.with_count[now];
  to.lowest_hint = std::min(to.lowest_hint, now);
}

// A chosen node makes its domain known, be it empty.
void pod_counters::register_node(pod_counter& of, std::uint32_t slot, std::int32_t by) const {
  if (!choices_[of.choice].chosen[slot]) return;
  const std::uint32_t domain = topology_->domain_of(of.key, slot) & ~topology_table::missing;
  const std::uint32_t before = of.nodes[domain], after = before + static_cast<std::uint32_t>(by);
  of.nodes[domain] = after;
  if ((before == 0) == (after == 0)) return;
  const auto count = static_cast<std::uint32_t>(of.counts[domain]);
  of.known += static_cast<std::uint32_t>(by);
  of.with_count[count] += static_cast<std::uint32_t>(by);
  if (by > 0) of.lowest_hint = std::min(of.lowest_hint, count);
}

void pod_counters::node_changed(node_id node) {
  const std::uint32_t slot = cluster::index(node);
  const bool moves = topology_->differs(node);
  const bool was_there = topology_->alive(slot);
  if (!moves && !was_there) return;
  bool changes = moves;
  for (const choice_state& each : choices_) {
    changes = changes || each.chosen[slot] != std::uint8_t{judge(each.rule, node)};
  }
  if (!changes) return;
  on_node_.clear();
  if (objects_->alive(node)) pods_->append_pods(node, on_node_);
  if (was_there) {
    for (const pod_id pod : on_node_) count(pod, slot, -1);
    for (const std::uint32_t each : lowest_counters_) register_node(counters_[each], slot, -1);
  }
  if (moves) topology_->refresh(node);
  for (choice_state& each : choices_) {
    each.chosen.resize(topology_->slots(), 0);
    each.chosen[slot] = judge(each.rule, node);
  }
  for (pod_counter& each : counters_) {
    const std::uint32_t limit = topology_->domain_limit(each.key);
    if (limit > each.counts.size()) {
      cells_ += limit + limit / 8 - each.counts.size();
      each.counts.resize(limit + limit / 8, 0);
    }
    if (each.keeps_lowest) each.nodes.resize(each.counts.size(), 0);
  }
  for (const std::uint32_t each : lowest_counters_) register_node(counters_[each], slot, 1);
  for (const pod_id pod : on_node_) count(pod, slot, 1);
}

std::size_t pod_counters::memory_bytes() const {
  std::size_t bytes = predicate_bytes_.memory_bytes() + choice_bytes_.memory_bytes() +
                      counter_bytes_.memory_bytes() + term_bytes_.memory_bytes() +
                      identity_ids_.memory_bytes() + carried_.memory_bytes() +
                      terms_.capacity() * sizeof(carried_term) + links_.capacity() * sizeof(link);
  for (const pod_counter& each : counters_) {
    bytes += sizeof each +
             (each.counts.capacity() + each.nodes.capacity() + each.with_count.capacity()) *
                 sizeof(std::uint32_t);
  }
  for (const identity& each : identities_) {
    bytes += sizeof each + each.predicates.capacity() * sizeof(std::uint32_t);
  }
  for (const choice_state& each : choices_) bytes += sizeof each + each.chosen.capacity();
  return bytes;
}

}  // namespace crosstie::schedule
