#include "cluster/demand.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "cluster/syntax.hpp"

namespace crosstie::cluster {
namespace {

// What a container that requests none of it counts for in scores.
constexpr quantity default_cpu{100 * quantity::int128{1'000'000}};
constexpr quantity default_memory{200 * quantity::int128{1024 * 1024} * 1'000'000'000};

resource_list::iterator position_of(resource_list& list, name_id name) {
  return std::ranges::lower_bound(list, name, {}, &resource_amount::name);
}

// The amount kept for `name`, which starts at zero where it was absent.
quantity& amount_of(resource_list& list, name_id name) {
  auto at = position_of(list, name);
  if (at == list.end() || at->name != name) at = list.insert(at, {name, {}});
  return at->amount;
}

quantity find_amount(const resource_list& list, name_id name) {
  const auto at = std::ranges::lower_bound(list, name, {}, &resource_amount::name);
  return at == list.end() || at->name != name ? quantity{} : at->amount;
}

bool has(const resource_list& list, name_id name) {
  return std::ranges::binary_search(list, name, {}, &resource_amount::name);
}

void add(resource_list& list, const resource_list& more) {
  for (const auto& [name, amount] : more) amount_of(list, name) += amount;
}

void raise(resource_list& list, const resource_list& other) {
  for (const auto& [name, amount] : other) {
    quantity& kept = amount_of(list, name);
    kept = std::max(kept, amount);
  }
}

// While a resize is under way a pod counts for the most of what it wants, was allotted and has.
resource_list merge_resize(const resource_list& wanted, const resource_list& actuated,
                           const resource_list& allocated, bool infeasible) {
  resource_list most = actuated;
  raise(most, allocated);
  if (!infeasible) raise(most, wanted);
  return most;
}

bool is_pod_level_resource(std::string_view name) {
  return name == "cpu" || name == "memory" || name.starts_with("hugepages-");
}

bool sets_pod_level_requests(const pod_spec& spec, const name_table& names) {
  return spec.resources && std::ranges::any_of(spec.resources->requests, [&](const auto& request) {
           return is_pod_level_resource(names.text(request.name));
         });
}

void set_pod_level_requests(resource_list& list, const pod_spec& spec, bool with_status,
                            const name_table& names) {
  const pod_level_resources& own = *spec.resources;
  const bool resized = with_status && own.has_status;
  const resource_list most =
      resized ? merge_resize(own.requests, own.actuated, own.allocated, spec.resize_infeasible)
              : own.requests;
  for (const auto& [name, amount] : own.requests) {
    if (is_pod_level_resource(names.text(name))) amount_of(list, name) = find_amount(most, name);
  }
}

}  // namespace

struct demand_table::reading {
  bool with_status = false;    // the kubelet's report of a resize counts
  bool with_pod_level = true;  // spec.resources counts
  bool fills_cpu = false;      // a container without a request counts for the default
  bool fills_memory = false;
};

std::int64_t pod_demand::find(std::span<const resource_request> list, resource_id resource) {
  const auto at = std::ranges::lower_bound(list, resource, {}, &resource_request::resource);
  return at == list.end() || at->resource != resource ? 0 : at->amount;
}

bool is_extended_resource(std::string_view name) {
  if (!name.contains('/') || name.contains("kubernetes.io/") || name.starts_with("requests.")) {
    return false;
  }
  // The API server would make a quota of this name.
  return is_qualified_name("requests." + std::string(name));
}

bool is_scalar_resource(std::string_view name) {
  return name.starts_with("hugepages-") || name.contains("kubernetes.io/") ||
         name.starts_with("attachable-volumes-") || is_extended_resource(name);
}

demand_table::demand_table(store& objects)
    : objects_(&objects),
      tcp_(objects.names().intern("TCP")),
      any_ip_(objects.names().intern("0.0.0.0")) {
  for (const char* name : {"cpu", "memory", "ephemeral-storage"}) {
    intern_resource(objects.names().intern(name));
  }
}

resource_id demand_table::intern_resource(name_id name) {
  const auto [found, added] = resources_.try_emplace(name, resource_id{resource_count()});
  if (added) resource_names_.push_back(name);
  return found->second;
}

std::optional<resource_id> demand_table::find_resource(name_id name) const {
  const auto found = resources_.find(name);
  if (found == resources_.end()) return std::nullopt;
  return found->second;
}

std::optional<resource_id> demand_table::resource(name_id name) {
  if (const auto known = find_resource(name)) return known;
  if (!is_scalar_resource(objects_->text(name))) return std::nullopt;
  return intern_resource(name);
}

const pod_demand& demand_table::of(spec_id spec) {
  if (demands_.size() <= index(spec)) demands_.resize(objects_->spec_count());
  auto& slot = demands_[index(spec)];
  if (!slot) slot = std::make_unique<const pod_demand>(compute(objects_->spec(spec)));
  return *slot;
}

pod_demand demand_table::compute(const pod_spec& spec) {
  const name_id cpu_name = resource_names_[index(cpu)];
  const name_id memory_name = resource_names_[index(memory)];
  const resource_list requested = sum_requests(spec, {.with_status = true});
  const bool pod_level = sets_pod_level_requests(spec, objects_->names());
  const resource_list nonzero =
      sum_requests(spec, {.with_status = true,
                          .fills_cpu = !pod_level || !has(requested, cpu_name),
                          .fills_memory = !pod_level || !has(requested, memory_name)});
  return {.requested = round_up(requested),
          .nonzero_milli_cpu = find_amount(nonzero, cpu_name).milli_value(),
          .nonzero_memory = find_amount(nonzero, memory_name).value(),
          .wanted = round_up(sum_requests(spec, {})),
          .scored = round_up(sum_requests(
              spec, {.with_pod_level = false, .fills_cpu = true, .fills_memory = true})),
          .host_ports = find_host_ports(spec)};
}

resource_list demand_table::sum_requests(const pod_spec& spec, const reading& how) const {
  const auto requests_of = [&](const container& each, bool resizable) {
    const auto& status = each.status;
    resource_list requests = how.with_status && resizable && status && status->has_resources
                                 ? merge_resize(each.requests, status->actuated, status->allocated,
                                                spec.resize_infeasible)
                                 : each.requests;
    const auto fill = [&](resource_id resource, const quantity& amount) {
      const name_id name = resource_names_[index(resource)];
      if (!has(requests, name)) amount_of(requests, name) = amount;
    };
    if (how.fills_cpu) fill(cpu, default_cpu);
    if (how.fills_memory) fill(memory, default_memory);
    return requests;
  };

  resource_list sum;
  for (const container& each : spec.containers) add(sum, requests_of(each, true));
  resource_list sidecars, starting;  // starting: the most that any step of the start needs
  for (const container& each : spec.init_containers) {
    const resource_list requests = requests_of(each, each.restart_always);
    resource_list step = sidecars;
    add(step, requests);
    if (each.restart_always) {
      add(sum, requests);
      sidecars = step;
    }
    raise(starting, step);
  }
  raise(sum, starting);

  if (how.with_pod_level && sets_pod_level_requests(spec, objects_->names())) {
    set_pod_level_requests(sum, spec, how.with_status, objects_->names());
  }
  if (spec.overhead) add(sum, *spec.overhead);
  return sum;
}

std::vector<resource_request> demand_table::round_up(const resource_list& list) {
  std::vector<resource_request> rounded;
  for (const auto& [name, amount] : list) {
    const auto counted = resource(name);
    if (!counted) continue;
    const std::int64_t units = *counted == cpu ? amount.milli_value() : amount.value();
    if (units != 0) rounded.push_back({*counted, units});
  }
  std::ranges::sort(rounded, {}, &resource_request::resource);
  rounded.shrink_to_fit();
  return rounded;
}

std::vector<container_port> demand_table::find_host_ports(const pod_spec& spec) const {
  std::vector<container_port> found;
  const auto collect = [&](const container& each) {
    for (container_port port : each.ports) {
      if (port.host_port <= 0) continue;
      if (port.protocol == no_name) port.protocol = tcp_;
      if (port.host_ip == no_name) port.host_ip = any_ip_;
      found.push_back(port);
    }
  };
  for (const container& each : spec.init_containers) {
    if (each.restart_always) collect(each);
  }
  for (const container& each : spec.containers) collect(each);
  return found;
}

std::size_t demand_table::memory_bytes() const {
  std::size_t bytes = resource_names_.capacity() * sizeof(name_id) + resources_.memory_bytes() +
                      demands_.capacity() * sizeof(demands_[0]);
  for (const auto& demand : demands_) {
    if (!demand) continue;
    const std::size_t requests =
        demand->requested.capacity() + demand->wanted.capacity() + demand->scored.capacity();
    bytes += sizeof(pod_demand) + requests * sizeof(resource_request) +
             demand->host_ports.capacity() * sizeof(container_port);
  }
  return bytes;
}

}  // namespace crosstie::cluster
