#include "schedule/victim_trial.hpp"

#include <algorithm>
#include <limits>

#include "cluster/wrapping.hpp"
#include "schedule/preemption.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

namespace {

constexpr std::uint32_t lasting =
    no_such_node | node_unschedulable | node_taint | node_affinity_mismatch;

}  // namespace

bool victim_trial::understands(const shape& wanted) const {
  return usage_->demand(wanted.spec).wanted.size() <= 30;  // bits of `lacking`
}

clearing victim_trial::run(const shape& wanted, node_id node, std::uint32_t bits, pod_id except,
                           rule_trial* rules) {
  wanted_ = &wanted;
  requests_ = usage_->demand(wanted.spec).wanted;
  slot_ = cluster::index(node);
  except_ = except;
  rules_ = rules;
  victims_.clear();
  clearing found;
  if (bits & lasting) return found;
  measure();
  if (is_hopeless(bits)) return found;
  if (rules_ != nullptr) rules_->look_at(slot_);
  // Where there is room, rules have the say.
  if (rules_ != nullptr && bits == 0 && rule_trial::lasts(rules_->judge())) return found;
  collect(node);
  if (lower_.empty()) {
    found.what = clearing::outcome::no_victims;
    return found;
  }
  for (const lower_pod& each : lower_) take(each);
  if (!fits()) {
    found.what = clearing::outcome::crowded;
    found.lacking = find_lacking();
    for (const lower_pod& each : lower_) put(each);
    return found;
  }
  reprieve();
  for (const lower_pod& each : leaving_) put(each);
  for (const lower_pod& each : leaving_) victims_.push_back(each.pod);
  return describe();
}

void victim_trial::measure() {
  pods_left_ = usage_->allowed_pods()[slot_] - usage_->pod_count()[slot_] -
               nominated_->count_at(slot_, wanted_->priority, except_);
  left_.clear();
  for (const cluster::resource_request& each : requests_) {
    const std::int64_t used = cluster::wrapping_add(
        usage_->requested(each.resource)[slot_],
        nominated_->amount_at(slot_, each.resource, wanted_->priority, except_));
    left_.push_back(cluster::wrapping_subtract(usage_->allocatable(each.resource)[slot_], used));
  }
}

// More of a resource than there is, where NodeResourcesFit has the say.
bool victim_trial::is_hopeless(std::uint32_t bits) const {
  if (bits & ports_taken) return false;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const auto& [resource, amount] = requests_[i];
    if (amount > left_[i] && amount > usage_->allocatable(resource)[slot_]) return true;
  }
  return false;
}

void victim_trial::collect(node_id node) {
  lower_.clear();
  scratch_.clear();
  pods_->append_pods(node, scratch_);
  for (const pod_id pod : scratch_) {
    const std::int32_t priority = objects_->spec(pod).priority;
    if (priority >= wanted_->priority) continue;
    lower_.push_back({pod, priority, started((*objects_)[pod])});
  }
  std::ranges::sort(lower_, {}, &lower_pod::pod);
}

bool victim_trial::fits() const {
  return has_room() && (rules_ == nullptr || rules_->judge() == rule_trial::answer::fits);
}

bool victim_trial::has_room() const {
  if (wanted_->has_ports) return nominated_->refuse(*wanted_, slot_, except_) == 0;
  if (pods_left_ < 1) return false;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (requests_[i].amount > left_[i]) return false;
  }
  return true;
}

std::uint32_t victim_trial::find_lacking() {
  if (rules_ != nullptr && has_room()) return lacking_of(rules_->judge());
  if (wanted_->has_ports) {
    if (nominated_->refuse(*wanted_, slot_, except_) & ports_taken) return 1;
    measure();
  }
  std::uint32_t lacking = pods_left_ < 1 ? 2 : 0;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (requests_[i].amount > left_[i]) lacking |= 4u << i;
  }
  return lacking;
}

// Which ports are free is the usage table's to say, so there the pods really go.
void victim_trial::take(const lower_pod& pod) {
  if (rules_ != nullptr) rules_->take(pod.pod);
  if (wanted_->has_ports) return pods_->suppose_unbound(pod.pod);
  const auto& requested = usage_->demand((*objects_)[pod.pod].spec).requested;
  ++pods_left_;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    left_[i] = cluster::wrapping_add(left_[i],
                                     cluster::pod_demand::find(requested, requests_[i].resource));
  }
}

void victim_trial::put(const lower_pod& pod) {
  if (rules_ != nullptr) rules_->put(pod.pod);
  if (wanted_->has_ports) return pods_->suppose_bound(pod.pod, node_id{slot_});
  const auto& requested = usage_->demand((*objects_)[pod.pod].spec).requested;
  --pods_left_;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    left_[i] = cluster::wrapping_subtract(
        left_[i], cluster::pod_demand::find(requested, requests_[i].resource));
  }
}

// Lets those stay, the most important first but violators of budgets before them, with whom the
// pod still fits.
void victim_trial::reprieve() {
  std::ranges::sort(lower_, {},
                    [](const lower_pod& each) { return std::tuple(each.rank(), each.pod); });
  const bool mixed = mark_violators();
  if (mixed) {
    std::ranges::sort(lower_, {}, [](const lower_pod& each) {
      return std::tuple(!each.violates, each.rank(), each.pod);
    });
  }
  leaving_.clear();
  violations_ = 0;
  for (const lower_pod& each : lower_) {
    put(each);
    if (fits()) continue;
    take(each);
    leaving_.push_back(each);
    violations_ += each.violates ? 1 : 0;
  }
  if (mixed) {
    std::ranges::sort(leaving_, {}, [](const lower_pod& each) {
      return std::tuple(each.rank(), !each.violates, each.pod);
    });
  }
}

// True where some violate a budget and some do not.
bool victim_trial::mark_violators() {
  const auto all = objects_->pod_disruption_budgets.all();
  if (all.empty()) return false;
  allowed_.clear();
  for (const auto& budget : all) allowed_.push_back(budget.disruptions_allowed);
  std::size_t violators = 0;
  for (lower_pod& each : lower_) {
    for (const std::uint32_t i : budgets_of(each.pod)) {
      if (is_counted_already(all[i], (*objects_)[each.pod])) continue;
      each.violates |= --allowed_[i] < 0;
    }
    violators += each.violates ? 1 : 0;
  }
  return violators > 0 && violators < lower_.size();
}

std::span<const std::uint32_t> victim_trial::budgets_of(pod_id pod) {
  const cluster::pod& object = (*objects_)[pod];
  const auto [found, added] = budgets_.try_emplace(selected{object.ns, object.labels});
  if (added) {
    const auto all = objects_->pod_disruption_budgets.all();
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      if (selects(*objects_, all[i], pod)) found->second.push_back(i);
    }
  }
  return found->second;
}

bool victim_trial::forget_budgets() {
  budgets_.clear();
  const bool had = had_budgets_;
  had_budgets_ = !objects_->pod_disruption_budgets.all().empty();
  return had || had_budgets_;
}

clearing victim_trial::describe() const {
  clearing found;
  if (leaving_.empty()) {
    found.what = clearing::outcome::odd;
    return found;
  }
  found.what = clearing::outcome::cleared;
  found.top = leaving_.front().priority;
  found.victims = static_cast<std::uint32_t>(leaving_.size());
  found.violations = violations_;
  const lower_pod* first = &leaving_.front();
  for (const lower_pod& each : leaving_) {
    found.sum += std::int64_t{each.priority} + (std::int64_t{1} << 31);
    if (each.rank() < first->rank()) first = &each;
  }
  found.lateness = -first->started;
  return found;
}

}  // namespace crosstie::schedule
