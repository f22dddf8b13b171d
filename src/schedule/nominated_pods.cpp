#include "schedule/nominated_pods.hpp"

#include <algorithm>

#include "cluster/wrapping.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

void nominated_pods::reset() {
  names_.clear();
  by_node_.clear();
  count_ = 0;
  for (std::uint32_t slot = 0; slot < objects_->pod_slots(); ++slot) {
    if (objects_->alive(pod_id{slot})) pod_changed(pod_id{slot}, [](node_id) {});
  }
}

node_id nominated_pods::place_of(pod_id pod) const {
  const std::optional<nomination> found =
      find_nomination({*objects_, *usage_, *pods_}, *settings_, pod);
  return found ? found->node : cluster::no_node;
}

void nominated_pods::move(pod_id pod, node_id from, node_id to) {
  if (from == to) return;
  if (from != cluster::no_node) {
    std::erase(by_node_[cluster::index(from)], pod);
    --count_;
  }
  if (to != cluster::no_node) {
    if (by_node_.size() <= cluster::index(to)) by_node_.resize(objects_->node_slots());
    by_node_[cluster::index(to)].push_back(pod);
    ++count_;
  }
}

void nominated_pods::node_changed(node_id node) {
  if (names_.empty()) return;
  const cluster::name_id name = objects_->alive(node) ? (*objects_)[node].name : cluster::no_name;
  scratch_.clear();
  for (const auto& [pod, counted_on] : names_) {
    const bool names_it = name != cluster::no_name && (*objects_)[pod].nominated_node == name;
    if ((counted_on == node) != names_it) scratch_.push_back(pod);
  }
  for (const pod_id pod : scratch_) pod_changed(pod, [](node_id) {});
}

std::vector<nomination> nominated_pods::list() const {
  std::vector<nomination> all;
  all.reserve(count_);
  for (const auto& [pod, node] : names_) {
    if (node != cluster::no_node) all.push_back({pod, node});
  }
  std::ranges::sort(all, {}, &nomination::pod);
  return all;
}

std::int64_t nominated_pods::amount_at(std::uint32_t slot, cluster::resource_id resource,
                                       std::int32_t priority, pod_id except) const {
  std::int64_t sum = 0;
  for_each(slot, priority, except, [&](pod_id pod) {
    const cluster::pod_demand& demand = usage_->demand((*objects_)[pod].spec);
    sum = cluster::wrapping_add(sum, cluster::pod_demand::find(demand.requested, resource));
  });
  return sum;
}

std::int64_t nominated_pods::count_at(std::uint32_t slot, std::int32_t priority,
                                      pod_id except) const {
  std::int64_t pods = 0;
  for_each(slot, priority, except, [&](pod_id) { ++pods; });
  return pods;
}

std::uint32_t nominated_pods::refuse(const shape& wanted, std::uint32_t slot, pod_id except) const {
  if (wanted.has_ports && finds_ports_taken(wanted, slot, except)) return ports_taken;
  std::uint32_t why = 0;
  const std::int64_t pods = usage_->pod_count()[slot] + count_at(slot, wanted.priority, except);
  if (pods + 1 > usage_->allowed_pods()[slot]) why |= too_many_pods;
  for (const cluster::resource_request& each : usage_->demand(wanted.spec).wanted) {
    const std::int64_t used =
        cluster::wrapping_add(usage_->requested(each.resource)[slot],
                              amount_at(slot, each.resource, wanted.priority, except));
    if (each.amount <= cluster::wrapping_subtract(usage_->allocatable(each.resource)[slot], used)) {
      continue;
    }
    why |= each.resource == cluster::cpu      ? cpu_insufficient
           : each.resource == cluster::memory ? memory_insufficient
                                              : other_insufficient;
  }
  return why;
}

// Which ip takes which is the usage table's to say, so the pods are put there for the question.
bool nominated_pods::finds_ports_taken(const shape& wanted, std::uint32_t slot,
                                       pod_id except) const {
  std::vector<pod_id> there;
  for_each(slot, wanted.priority, except, [&](pod_id pod) { there.push_back(pod); });
  for (const pod_id pod : there) pods_->suppose_bound(pod, node_id{slot});
  const bool taken = usage_->ports_conflict(usage_->demand(wanted.spec), node_id{slot});
  for (const pod_id pod : there) pods_->suppose_unbound(pod);
  return taken;
}

std::size_t nominated_pods::memory_bytes() const {
  std::size_t bytes = names_.memory_bytes() + by_node_.capacity() * sizeof(by_node_[0]);
  for (const auto& pods : by_node_) bytes += pods.capacity() * sizeof(pod_id);
  return bytes;
}

}  // namespace crosstie::schedule
