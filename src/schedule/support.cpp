#include "schedule/support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cluster/demand.hpp"

namespace crosstie::schedule {
namespace {

using cluster::name_id;
using cluster::node_id;
using cluster::pod;
using cluster::pod_id;
using cluster::pod_spec;

bool waits(const cluster::store& objects, pod_id id) {
  if (!objects.alive(id)) return false;
  const pod& object = objects[id];
  return object.node == cluster::no_name && !object.finished() && !object.terminating;
}

bool has_existing_claim(const cluster::store& objects, pod_id id) {
  return std::ranges::any_of(objects.spec(id).resource_claims, [&](const auto& wanted) {
    const name_id claim = wanted.claim != cluster::no_name ? wanted.claim : wanted.made_claim;
    return claim != cluster::no_name && objects.resource_claims.find({objects[id].ns, claim});
  });
}

// The extended resources of which some node has any.
std::set<name_id> find_offered(const cluster::store& objects) {
  std::set<name_id> offered;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    for (const auto& [name, amount] : objects[node_id{slot}].allocatable) {
      if (amount.value() > 0) offered.insert(name);
    }
  }
  return offered;
}

bool asks_what_nodes_lack(const cluster::store& objects, const std::set<name_id>& offered,
                          const pod_spec& spec) {
  const auto lacks = [&](const cluster::container& each) {
    return std::ranges::any_of(each.requests, [&](const auto& request) {
      return request.amount.nanos > 0 && !offered.contains(request.name) &&
             cluster::is_extended_resource(objects.text(request.name));
    });
  };
  return std::ranges::any_of(spec.containers, lacks) ||
         std::ranges::any_of(spec.init_containers, lacks);
}

bool has_profile(const cluster::store& objects, pod_id id, const configuration& settings) {
  return std::ranges::find(settings.profiles, objects.text(objects.spec(id).scheduler_name),
                           &profile::scheduler_name) != settings.profiles.end();
}

void count(unsupported& finding, const std::string& example) {
  if (finding.pods++ == 0) finding.example = example;
}

}  // namespace

std::vector<unsupported> find_unsupported(const cluster::store& objects,
                                          std::span<const cluster::kind_count> other_kinds,
                                          const configuration& settings) {
  unsupported claims{
      "claim devices (spec.resourceClaims), which this version does not allocate,", 0, {}};
  unsupported classes{
      "want extended resources of device classes, which this version does not read,", 0, {}};
  unsupported strangers{"name a scheduler that no profile has", 0, {}};
  const bool has_classes = std::ranges::find(other_kinds, "DeviceClass",
                                             &cluster::kind_count::kind) != other_kinds.end();
  const std::set<name_id> offered = has_classes ? find_offered(objects) : std::set<name_id>();
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const pod_id id{slot};
    if (!waits(objects, id)) continue;
    if (!has_profile(objects, id, settings)) {
      count(strangers, objects.full_name(id));
      continue;
    }
    if (has_existing_claim(objects, id)) count(claims, objects.full_name(id));
    if (has_classes && asks_what_nodes_lack(objects, offered, objects.spec(id))) {
      count(classes, objects.full_name(id));
    }
  }
  std::vector<unsupported> found{std::move(claims), std::move(classes), std::move(strangers)};
  std::erase_if(found, [](const unsupported& each) { return each.pods == 0; });
  return found;
}

std::string to_string(const unsupported& finding) {
  return fmt::format("pods on no node that {} are not placed: {}, the first {}", finding.what,
                     finding.pods, finding.example);
}

}  // namespace crosstie::schedule
