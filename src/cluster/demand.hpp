// What pods ask of a node, in the several readings that kube-scheduler has of one spec.
//
// Promise: the sums of component-helpers' PodRequests: containers and sidecars added up, each init
// container beside the sidecars started before it, overhead, pod-level resources, and what the
// kubelet reports while a pod is resized in place. Amounts are rounded up once, at the end.
// Cost: computed once per spec; then one load.
// Invariants: resource ids are dense and never change; a demand's address holds for ever.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::cluster {

enum class resource_id : std::uint32_t {};          // dense; the first three are always these
inline constexpr resource_id cpu{0};                // thousandths of a core
inline constexpr resource_id memory{1};             // bytes
inline constexpr resource_id ephemeral_storage{2};  // bytes

struct resource_request {
  resource_id resource;
  std::int64_t amount;  // milli for cpu, rounded-up units for all others
  bool operator==(const resource_request&) const = default;
};

// Lists are sorted by resource id and leave out zero amounts.
struct pod_demand {
  // What a pod on a node takes of it, and what BalancedAllocation adds: with the kubelet's report.
  std::vector<resource_request> requested;
  std::int64_t nonzero_milli_cpu = 0;  // the same for scores: missing requests count 100m
  std::int64_t nonzero_memory = 0;     // and 200 MiB per container
  // The incoming pod as NodeResourcesFit's filter sees it: the spec alone.
  std::vector<resource_request> wanted;
  // And as its scorers do: the spec without pod-level resources, missing requests filled in.
  std::vector<resource_request> scored;
  std::vector<container_port> host_ports;  // host_port > 0; protocol and ip filled in
  bool operator==(const pod_demand&) const = default;

  // The amount of one resource in a list; 0 where it is not there.
  static std::int64_t find(std::span<const resource_request> list, resource_id resource);
};

// Is it one of those that NodeInfo counts beside cpu, memory and ephemeral-storage: extended,
// huge pages, *.kubernetes.io/, attachable volumes?
bool is_scalar_resource(std::string_view name);
bool is_extended_resource(std::string_view name);

class demand_table {
 public:
  explicit demand_table(store& objects);

  // The resource of this name, interned where it is new; nothing where it is not counted at all
  // ("pods", and unprefixed names that Kubernetes does not know).
  std::optional<resource_id> resource(name_id name);
  std::optional<resource_id> find_resource(name_id name) const;
  name_id resource_name(resource_id id) const { return resource_names_[index(id)]; }
  std::uint32_t resource_count() const {
    return static_cast<std::uint32_t>(resource_names_.size());
  }

  const pod_demand& of(spec_id spec);
  std::size_t memory_bytes() const;

 private:
  struct reading;
  resource_id intern_resource(name_id name);
  pod_demand compute(const pod_spec& spec);
  resource_list sum_requests(const pod_spec& spec, const reading& how) const;
  std::vector<resource_request> round_up(const resource_list& list);
  std::vector<container_port> find_host_ports(const pod_spec& spec) const;

  const store* objects_;
  name_id tcp_, any_ip_;
  std::vector<name_id> resource_names_;
  crosstie::flat_map<name_id, resource_id> resources_;
  std::vector<std::unique_ptr<const pod_demand>> demands_;  // by spec
};

}  // namespace crosstie::cluster
