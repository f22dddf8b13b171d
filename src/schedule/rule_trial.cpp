#include "schedule/rule_trial.hpp"

#include <algorithm>

#include "schedule/static_table.hpp"

namespace crosstie::schedule {

using answer = rule_trial::answer;

void rule_trial::ask(pod_id pod, std::uint32_t rules_id) {
  pod_ = pod;
  rules_id_ = rules_id;
  priority_ = objects_->spec(pod).priority;
  const pod_rules& asked = rules();
  far_at_ = asked.hard.size();
  kept_off_at_ = far_at_ + asked.far.size();
  near_at_ = kept_off_at_ + asked.kept_off.size();
  asks_affinity_ = !asked.near.empty() || !asked.far.empty() ||
                   std::ranges::any_of(asked.kept_off, [&](const near_or_far& each) {
                     return (*counters_)[each.counter].total > 0;
                   });
}

std::uint32_t rule_trial::bit_of(answer why) {
  if (why == answer::fits) return 0;
  return why <= answer::skewed ? spread_violated : affinity_violated;
}

// ---- one node -------------------------------------------------------------------------------

void rule_trial::look_at(std::uint32_t slot) {
  slot_ = slot;
  changes_.assign(near_at_ + 1, 0);
}

// Upstream counts here what it leaves out at first: pods that are being deleted, and where the
// selector is empty every pod of the namespace.
bool rule_trial::counts(const hard_spread& rule, pod_id pod) const {
  return rule.blind ? counters_->selects_namespace(rule.counter, (*objects_)[pod].ns)
                    : counters_->selects(rule.counter, pod);
}

std::span<const std::int64_t> rule_trial::effect_of(pod_id pod) {
  constexpr std::size_t most_remembered = 1u << 16;
  if (effects_.size() > most_remembered) reset();
  const cluster::pod& object = (*objects_)[pod];
  const auto [found, added] =
      effects_.try_emplace(likeness{rules_id_, object.spec, object.ns, object.labels},
                           static_cast<std::uint32_t>(shares_.size()));
  const std::uint32_t first = found->second;
  if (added) make_effect(pod);
  return std::span(shares_).subspan(first, near_at_ + 1);
}

void rule_trial::make_effect(pod_id pod) {
  const pod_rules& asked = rules();
  for (const hard_spread& each : asked.hard) shares_.push_back(counts(each, pod));
  for (const near_or_far& each : asked.far) {
    shares_.push_back(counters_->selects(each.counter, pod));
  }
  for (const near_or_far& each : asked.kept_off) {
    shares_.push_back(counters_->count_carried(pod, each.counter));
  }
  // All near terms count the same pods, by their own keys.
  shares_.push_back(!asked.near.empty() && counters_->selects(asked.near.front().counter, pod));
}

bool rule_trial::concerns(pod_id nominated) {
  // Near terms do not matter: one more pod on a node makes nothing there less near.
  const std::span<const std::int64_t> shares = effect_of(nominated).first(near_at_);
  return std::ranges::any_of(shares, [](std::int64_t each) { return each != 0; });
}

void rule_trial::count(pod_id pod, std::int64_t by) {
  const std::span<const std::int64_t> shares = effect_of(pod);
  for (std::size_t i = 0; i < far_at_; ++i) {
    if (counters_->looks_at(rules().hard[i].counter, slot_)) changes_[i] += by * shares[i];
  }
  if (!asks_affinity_) return;
  for (std::size_t i = far_at_; i < changes_.size(); ++i) changes_[i] += by * shares[i];
}

answer rule_trial::judge() {
  const auto for_each_nominated = [&](std::int64_t by) {
    std::size_t pods = 0;
    for (const pod_id each : nominated_->at(slot_)) {
      if (each == pod_ || objects_->spec(each).priority < priority_) continue;
      count(each, by);
      ++pods;
    }
    return pods;
  };
  if (for_each_nominated(1) > 0) {
    const answer with = judge_now();
    for_each_nominated(-1);
    if (with != answer::fits) return with;
  }
  return judge_now();
}

answer rule_trial::judge_now() const {
  const pod_rules& asked = rules();
  for (std::size_t i = 0; i < asked.hard.size(); ++i) {
    const hard_spread& rule = asked.hard[i];
    const pod_counter& counter = (*counters_)[rule.counter];
    const std::uint32_t domain = domain_of(rule.key);
    if (domain & topology_table::missing) return answer::lacks_spread_key;
    const std::int64_t count = counter.counts[domain] + changes_[i];
    std::int64_t lowest = 0;
    if (counter.known >= rule.min_domains) {
      lowest = changes_[i] == 0 ? counter.lowest() : std::min(counter.lowest_but(domain), count);
    }
    if (count + (rule.itself ? 1 : 0) - lowest > rule.max_skew) return answer::skewed;
  }
  return judge_affinity();
}

answer rule_trial::judge_affinity() const {
  const pod_rules& asked = rules();
  bool all_there = true;
  for (const near_or_far& each : asked.near) {
    const std::uint32_t domain = domain_of(each.key);
    if (domain & topology_table::missing) return answer::not_near;
    all_there = all_there && (*counters_)[each.counter].counts[domain] + changes_[near_at_] > 0;
  }
  if (!all_there && !(asked.near_itself && nobody_near())) return answer::not_near;
  if (has_somebody(asked.far, far_at_)) return answer::too_near;
  return has_somebody(asked.kept_off, kept_off_at_) ? answer::kept_off : answer::fits;
}

// Asked where the node has the keys of all near terms.
bool rule_trial::nobody_near() const {
  return std::ranges::all_of(rules().near, [&](const near_or_far& each) {
    return (*counters_)[each.counter].total + changes_[near_at_] == 0;
  });
}

bool rule_trial::has_somebody(const std::vector<near_or_far>& terms,
                              std::size_t first_change) const {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const std::uint32_t domain = domain_of(terms[i].key);
    if (domain & topology_table::missing) continue;
    if ((*counters_)[terms[i].counter].counts[domain] + changes_[first_change + i] > 0) return true;
  }
  return false;
}

// ---- which nodes may change -----------------------------------------------------------------

void rule_trial::mark_touched() {
  const pod_rules& asked = rules();
  const bool blind = std::ranges::any_of(asked.hard, &hard_spread::blind);
  touched_.assign(topology_->slots(), blind);
  if (blind) return;
  for (const hard_spread& each : asked.hard) mark_counted(each.counter);
  if (!asked.near.empty()) mark_counted(asked.near.front().counter);
  for (const near_or_far& each : asked.far) mark_counted(each.counter);
  for (const near_or_far& each : asked.kept_off) mark_carriers(each);
  nominated_->all_of([&](pod_id, node_id node) {
    touched_[cluster::index(node)] = 1;
    return true;
  });
}

void rule_trial::mark_counted(std::uint32_t counter) {
  counters_->for_each_counted(counter, [&](std::uint32_t slot) { touched_[slot] = 1; });
}

// All nodes of a domain that some carrier is in.
void rule_trial::mark_carriers(const near_or_far& rule) {
  const pod_counter& counter = (*counters_)[rule.counter];
  if (counter.total == 0) return;
  for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) {
    const std::uint32_t domain = topology_->domain_of(rule.key, slot);
    if (!(domain & topology_table::missing) && counter.counts[domain] > 0) touched_[slot] = 1;
  }
}

}  // namespace crosstie::schedule
