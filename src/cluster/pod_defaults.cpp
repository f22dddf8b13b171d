#include "cluster/pod_defaults.hpp"

#include <algorithm>

#include "cluster/selector.hpp"

namespace crosstie::cluster {

namespace {

const resource_amount* find(const resource_list& list, name_id name) {
  for (const resource_amount& amount : list) {
    if (amount.name == name) return &amount;
  }
  return nullptr;
}

// Takes from `from` what `into` lacks and `wanted` accepts.
template <class Wanted>
void fill(resource_list& into, const resource_list& from, Wanted&& wanted) {
  for (const resource_amount& amount : from) {
    if (find(into, amount.name) == nullptr && wanted(amount.name)) put(into, amount);
  }
}
void fill(resource_list& into, const resource_list& from) {
  fill(into, from, [](name_id) { return true; });
}

void add_all(resource_list& sum, const resource_list& more) {
  for (const resource_amount& amount : more) {
    auto same = std::find_if(sum.begin(), sum.end(), [&](const resource_amount& known) {
      return known.name == amount.name;
    });
    if (same == sum.end()) {
      sum.push_back(amount);
    } else {
      same->amount += amount.amount;
    }
  }
}

void raise_all(resource_list& peak, const resource_list& other) {
  for (const resource_amount& amount : other) {
    auto same = std::find_if(peak.begin(), peak.end(), [&](const resource_amount& known) {
      return known.name == amount.name;
    });
    if (same == peak.end()) {
      peak.push_back(amount);
    } else {
      same->amount = std::max(same->amount, amount.amount);
    }
  }
}

// What the containers need at their peak: all that run at once, or an init container with the
// sidecars started before it. `list(i)` is the i-th container's; the same for init containers.
template <class List, class InitList>
resource_list aggregate(const pod_spec& spec, List&& list, InitList&& init_list) {
  resource_list running, sidecars, starting;
  for (std::size_t i = 0; i < spec.containers.size(); ++i) add_all(running, list(i));
  for (std::size_t i = 0; i < spec.init_containers.size(); ++i) {
    resource_list now = init_list(i);
    if (spec.init_containers[i].restart_always) {
      add_all(running, now);
      add_all(sidecars, now);
      now = sidecars;
    } else {
      add_all(now, sidecars);
    }
    raise_all(starting, now);
  }
  raise_all(running, starting);
  return running;
}

// defaultHugePagePodLimits, then defaultPodRequests.
void fill_pod_level(pod_scratch& scratch, const name_table& names) {
  pod_spec& spec = scratch.spec;
  resource_list& requests = spec.resources->requests;
  auto is_huge = [&](name_id name) { return names.text(name).starts_with("hugepages-"); };
  auto is_shared = [&](name_id name) {
    return names.text(name) == "cpu" || names.text(name) == "memory";
  };
  if (scratch.limits.empty() && requests.empty()) return;
  const resource_list container_limits = aggregate(
      spec, [&](std::size_t i) { return scratch.containers[i].limits; },
      [&](std::size_t i) { return scratch.init_containers[i].limits; });
  fill(scratch.limits, container_limits,
       [&](name_id name) { return is_huge(name) && find(requests, name) == nullptr; });
  if (scratch.limits.empty()) return;
  const resource_list container_requests = aggregate(
      spec, [&](std::size_t i) { return spec.containers[i].requests; },
      [&](std::size_t i) { return spec.init_containers[i].requests; });
  fill(requests, container_requests, is_shared);
  fill(requests, scratch.limits, [&](name_id name) { return is_shared(name) || is_huge(name); });
}

// On the host's network every port is a host port; ports that take none do not matter to placing.
void settle_ports(container& of, const std::vector<std::int32_t>& inside, bool host_network) {
  if (host_network) {
    for (std::size_t i = 0; i < of.ports.size(); ++i) {
      if (of.ports[i].host_port == 0) of.ports[i].host_port = inside[i];
    }
  }
  std::erase_if(of.ports, [](const container_port& port) { return port.host_port == 0; });
}

void settle_containers(std::vector<container>& containers,
                       std::vector<pod_scratch::container_extra>& extras, bool host_network) {
  for (std::size_t i = 0; i < containers.size(); ++i) {
    fill(containers[i].requests, extras[i].limits);
    settle_ports(containers[i], extras[i].ports, host_network);
  }
}

void join_statuses(std::vector<container>& containers,
                   std::vector<pod_scratch::named_status>& statuses) {
  for (pod_scratch::named_status& status : statuses) {
    for (container& of : containers) {
      if (of.name == status.name && status.status.has_resources) of.status = status.status;
    }
  }
}

void merge_keys(pod_affinity_term& into, const std::vector<name_id>& keys, selector_operator op,
                const label_set& labels) {
  if (!into.selector) return;
  std::vector<requirement>& known = into.selector->requirements;
  for (const name_id key : keys) {
    const std::optional<name_id> value = find_label(labels, key);
    if (!value || std::ranges::find(known, key, &requirement::key) != known.end()) continue;
    known.push_back({key, op, {*value}});
  }
}

void merge_keys(pod_affinity_term& into, const pod_scratch::term_keys& keys,
                const label_set& labels) {
  merge_keys(into, keys.match, selector_operator::in, labels);
  merge_keys(into, keys.mismatch, selector_operator::not_in, labels);
}

void merge_keys(std::optional<pod_affinity>& into, const pod_scratch::affinity_keys& keys,
                const label_set& labels) {
  if (!into) return;
  for (std::size_t i = 0; i < into->required.size(); ++i) {
    merge_keys(into->required[i], keys.required[i], labels);
  }
  for (std::size_t i = 0; i < into->preferred.size(); ++i) {
    merge_keys(into->preferred[i].term, keys.preferred[i], labels);
  }
}

}  // namespace

void pod_scratch::clear() {
  spec = {};
  containers.clear();
  init_containers.clear();
  container_statuses.clear();
  init_container_statuses.clear();
  claim_statuses.clear();
  near = far = {};
  limits.clear();
  actuated.clear();
  allocated.clear();
  has_status_resources = false;
  priority = {.absent = true, .class_name = no_name, .preemption_policy_absent = true};
}

void finish_spec(pod_scratch& scratch, name_table& names) {
  pod_spec& spec = scratch.spec;
  if (spec.scheduler_name == no_name) spec.scheduler_name = names.intern("default-scheduler");
  settle_containers(spec.containers, scratch.containers, spec.host_network);
  settle_containers(spec.init_containers, scratch.init_containers, spec.host_network);
  if (spec.resources) {
    fill_pod_level(scratch, names);
    spec.resources->has_status = scratch.has_status_resources;
    spec.resources->actuated = std::move(scratch.actuated);
    spec.resources->allocated = std::move(scratch.allocated);
  }
  // Names are unique among both kinds of containers, yet a status of either list counts for either.
  for (auto* statuses : {&scratch.container_statuses, &scratch.init_container_statuses}) {
    join_statuses(spec.containers, *statuses);
    join_statuses(spec.init_containers, *statuses);
  }
  for (const pod_scratch::claim_status& status : scratch.claim_statuses) {
    for (pod_resource_claim& claim : spec.resource_claims) {
      if (claim.name != status.name) continue;
      claim.made = true;
      claim.made_claim = status.claim;
    }
  }
}

void merge_label_keys(pod_scratch& scratch, const label_set& labels) {
  merge_keys(scratch.spec.pods_near, scratch.near, labels);
  merge_keys(scratch.spec.pods_far, scratch.far, labels);
}

}  // namespace crosstie::cluster
