#include "simulate/summary.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "cluster/syntax.hpp"
#include "cluster/wrapping.hpp"

namespace crosstie::simulate {
namespace {

using cluster::node_id;
using cluster::resource_id;
using cluster::store;
using cluster::usage_table;

using column = std::span<const std::int64_t>;

// A resource with what all nodes offer and have given; `id` is absent for the number of pods.
struct resource_columns {
  std::string name;
  std::optional<resource_id> id;
  column allocatable, requested;
};

// As much as an int64 holds, where it is more: this is for people, not for kube-scheduler's sums.
std::int64_t sum(const store& objects, column values) {
  std::int64_t total = 0;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    if (objects.alive(node_id{slot}) && __builtin_add_overflow(total, values[slot], &total)) {
      return std::numeric_limits<std::int64_t>::max();
    }
  }
  return total;
}

// cpu and memory first, the others by name; what nobody offers is left out.
std::vector<resource_columns> offered_resources(const store& objects, const usage_table& usage) {
  std::vector<resource_columns> columns;
  for (std::uint32_t i = 0; i < usage.resource_count(); ++i) {
    const resource_id id{i};
    columns.push_back({std::string(objects.text(usage.resource_name(id))), id,
                       usage.allocatable(id), usage.requested(id)});
  }
  columns.push_back({"pods", std::nullopt, usage.allowed_pods(), usage.pod_count()});
  std::erase_if(columns,
                [&](const resource_columns& one) { return sum(objects, one.allocatable) == 0; });
  std::ranges::sort(columns, {}, [](const resource_columns& one) {
    const int rank = one.id == cluster::cpu ? 0 : one.id == cluster::memory ? 1 : 2;
    return std::pair(rank, one.name);
  });
  return columns;
}

bool fits(const typical_pod& pod, const usage_table& usage, std::uint32_t slot) {
  if (usage.pod_count()[slot] >= usage.allowed_pods()[slot]) return false;
  return std::ranges::all_of(pod.requested, [&](const cluster::resource_request& one) {
    return one.amount <= cluster::wrapping_subtract(usage.allocatable(one.resource)[slot],
                                                    usage.requested(one.resource)[slot]);
  });
}

// For each resource the free amount that typical pods which ask for it cannot use, weighted by
// their shares, over the free amount.
class fragmentation_sum {
 public:
  fragmentation_sum(const usage_table& usage, std::vector<typical_pod> pods)
      : usage_(usage),
        pods_(std::move(pods)),
        free_(usage.resource_count()),
        lost_(usage.resource_count()) {}

  void add_node(std::uint32_t slot) {
    for (std::uint32_t i = 0; i < free_.size(); ++i) {
      free_[i] += free_on(resource_id{i}, slot);
    }
    for (const typical_pod& pod : pods_) {
      if (fits(pod, usage_, slot)) continue;
      for (std::size_t i = 0; i < pod.requested.size(); ++i) {
        const resource_id id = pod.requested[i].resource;
        lost_[index(id)] += pod.shares[i] * free_on(id, slot);
      }
    }
  }

  double of(resource_id id) const {
    const double free = free_[index(id)];
    return free > 0 ? std::clamp(lost_[index(id)] / free, 0.0, 1.0) : 0;
  }

 private:
  double free_on(resource_id id, std::uint32_t slot) const {
    return static_cast<double>(std::max<std::int64_t>(
        0, cluster::wrapping_subtract(usage_.allocatable(id)[slot], usage_.requested(id)[slot])));
  }

  const usage_table& usage_;
  std::vector<typical_pod> pods_;
  std::vector<double> free_, lost_;  // by resource
};

std::vector<std::pair<node_id, std::string_view>> nodes_by_name(const store& objects) {
  std::vector<std::pair<node_id, std::string_view>> nodes;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    const node_id id{slot};
    if (objects.alive(id)) nodes.emplace_back(id, objects.text(objects[id].name));
  }
  std::ranges::sort(nodes, {}, &std::pair<node_id, std::string_view>::second);
  return nodes;
}

cluster::name_id find_label(const store& objects, const cluster::node& node, std::string_view key) {
  const auto id = objects.names().find(key);
  if (!id) return cluster::no_name;
  const auto found = std::ranges::lower_bound(node.labels, *id, {}, &cluster::label::key);
  return found != node.labels.end() && found->key == *id ? found->value : cluster::no_name;
}

// "3 Insufficient cpu" -> "Insufficient cpu"; absent where no count stands in front.
std::optional<std::string_view> after_count(std::string_view part) {
  const auto end = std::ranges::find_if_not(part, cluster::is_digit);
  const auto digits = static_cast<std::size_t>(end - part.begin());
  if (digits == 0 || digits >= part.size() || part[digits] != ' ') return std::nullopt;
  return part.substr(digits + 1);
}

// Each is tried on every node.
constexpr std::size_t most_typical_pods = 256;

using demand = std::vector<std::pair<std::uint32_t, std::int64_t>>;  // resource, amount

// How many unfinished pods have each demand, the most frequent first, then by demand.
std::vector<std::pair<std::int64_t, demand>> count_demands(const store& objects,
                                                           const usage_table& usage) {
  std::vector<std::int64_t> by_spec(objects.spec_count());
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (objects.alive(id) && !objects[id].finished()) ++by_spec[index(objects[id].spec)];
  }
  std::map<demand, std::int64_t> by_demand;
  for (std::uint32_t i = 0; i < by_spec.size(); ++i) {
    if (by_spec[i] == 0) continue;
    demand asked;
    for (const auto& one : usage.demand(cluster::spec_id{i}).requested) {
      asked.emplace_back(index(one.resource), one.amount);
    }
    std::ranges::sort(asked);
    by_demand[asked] += by_spec[i];
  }
  std::vector<std::pair<std::int64_t, demand>> counts;
  for (const auto& [asked, count] : by_demand) counts.emplace_back(count, asked);
  std::ranges::sort(counts, {}, [](const auto& one) { return std::pair(-one.first, one.second); });
  return counts;
}

}  // namespace

std::vector<typical_pod> find_typical_pods(const store& objects, const usage_table& usage) {
  const auto counts = count_demands(objects, usage);
  std::vector<std::int64_t> all(usage.resource_count()), kept(usage.resource_count());
  for (const auto& [count, asked] : counts) {
    for (const auto& [resource, amount] : asked) all[resource] += count;
  }
  std::vector<typical_pod> typical;
  for (const auto& [count, asked] : counts) {
    typical_pod pod;
    for (const auto& [resource, amount] : asked) {
      const bool counts_here = kept[resource] * 100 < all[resource] * 95;
      if (counts_here) kept[resource] += count;
      pod.requested.push_back({resource_id{resource}, amount});
      pod.shares.push_back(counts_here ? static_cast<double>(count) : 0);
    }
    const bool any = std::ranges::any_of(pod.shares, [](double share) { return share > 0; });
    if (any) typical.push_back(std::move(pod));
    if (typical.size() == most_typical_pods) break;
  }
  for (typical_pod& pod : typical) {
    for (std::size_t i = 0; i < pod.shares.size(); ++i) {
      pod.shares[i] /= static_cast<double>(kept[index(pod.requested[i].resource)]);
    }
  }
  return typical;
}

void sum_up_nodes(const store& objects, const usage_table& usage, summary& into) {
  const std::vector<resource_columns> columns = offered_resources(objects, usage);
  fragmentation_sum fragmentation(usage, find_typical_pods(objects, usage));
  for (const auto& [id, name] : nodes_by_name(objects)) {
    const std::uint32_t slot = index(id);
    const cluster::node& node = objects[id];
    node_use use{node.name,
                 find_label(objects, node, "topology.kubernetes.io/zone"),
                 find_label(objects, node, "node.kubernetes.io/instance-type"),
                 node.unschedulable,
                 {},
                 {}};
    for (const resource_columns& one : columns) {
      use.allocatable.push_back(one.allocatable[slot]);
      use.requested.push_back(one.requested[slot]);
    }
    into.per_node.push_back(std::move(use));
    fragmentation.add_node(slot);
  }
  for (const resource_columns& one : columns) {
    resource_use use{one.name, sum(objects, one.allocatable), sum(objects, one.requested), 0, 0};
    use.utilisation = static_cast<double>(use.requested) / static_cast<double>(use.allocatable);
    if (one.id) use.fragmentation = fragmentation.of(*one.id);
    into.resources.push_back(std::move(use));
  }
}

std::vector<std::string> reasons_of(std::string_view message) {
  constexpr std::string_view opening = " nodes are available: ";
  const std::size_t start = message.find(opening);
  if (start == std::string_view::npos) return {std::string(message)};
  message.remove_prefix(start + opening.size());
  // What preemption has to say follows as a sentence of its own.
  message = message.substr(0, message.find(". preemption:"));
  if (message.ends_with('.')) message.remove_suffix(1);

  std::vector<std::string> reasons;
  for (std::size_t from = 0; from < message.size();) {
    // A reason may hold commas; the next one begins where a count does.
    std::size_t end = message.find(", ", from);
    while (end != std::string_view::npos && !after_count(message.substr(end + 2))) {
      end = message.find(", ", end + 2);
    }
    const std::string_view part = message.substr(from, end - from);
    reasons.emplace_back(after_count(part).value_or(part));
    from = end == std::string_view::npos ? message.size() : end + 2;
  }
  return reasons;
}

std::vector<reason_count> count_reasons(const std::vector<waiting_pod>& waiting,
                                        const std::vector<std::string>& messages) {
  std::vector<std::int64_t> by_message(messages.size());
  for (const waiting_pod& pod : waiting) {
    if (pod.why != waiting_pod::reason::untried) ++by_message[pod.message];
  }
  std::map<std::string, std::int64_t> by_reason;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (by_message[i] == 0) continue;
    for (const std::string& reason : reasons_of(messages[i])) by_reason[reason] += by_message[i];
  }
  std::vector<reason_count> counts;
  for (const auto& [reason, pods] : by_reason) counts.push_back({reason, pods});
  std::ranges::sort(counts, {}, [](const reason_count& one) {
    return std::pair(-one.pods, std::string_view(one.reason));
  });
  return counts;
}

}  // namespace crosstie::simulate
