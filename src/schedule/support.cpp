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
    if (!objects.alive(node_id{slot})) continue;
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

}  // namespace

unsupported_count::unsupported_count(const cluster::store& objects,
                                     std::span<const cluster::kind_count> other_kinds,
                                     const configuration& settings)
    : objects_(objects),
      settings_(settings),
      has_classes_(std::ranges::find(other_kinds, "DeviceClass", &cluster::kind_count::kind) !=
                   other_kinds.end()),
      claims_{"claim devices (spec.resourceClaims), which this version does not allocate,", 0, {}},
      classes_{
          "want extended resources of device classes, which this version does not read,", 0, {}},
      strangers_{"name a scheduler that no profile has", 0, {}} {}

bool unsupported_count::has_profile(const pod& pod) const {
  return std::ranges::find(settings_.profiles,
                           objects_.text(objects_.spec(pod.spec).scheduler_name),
                           &profile::scheduler_name) != settings_.profiles.end();
}

void unsupported_count::add(pod_id id) {
  add(id, has_classes_ ? find_offered(objects_) : std::set<name_id>());
}

void unsupported_count::add_all() {
  const std::set<name_id> offered = has_classes_ ? find_offered(objects_) : std::set<name_id>();
  for (std::uint32_t slot = 0; slot < objects_.pod_slots(); ++slot) add(pod_id{slot}, offered);
}

void unsupported_count::add(pod_id id, const std::set<name_id>& offered) {
  if (!waits(objects_, id)) return;
  const auto count = [&](unsupported& finding) {
    if (finding.pods++ == 0) finding.example = objects_.full_name(id);
  };
  if (!has_profile(objects_[id])) return count(strangers_);
  if (has_existing_claim(objects_, id)) count(claims_);
  if (has_classes_ && asks_what_nodes_lack(objects_, offered, objects_.spec(id))) count(classes_);
}

std::vector<unsupported> unsupported_count::found() const {
  std::vector<unsupported> all{claims_, classes_, strangers_};
  std::erase_if(all, [](const unsupported& each) { return each.pods == 0; });
  return all;
}

std::vector<unsupported> find_unsupported(const cluster::store& objects,
                                          std::span<const cluster::kind_count> other_kinds,
                                          const configuration& settings) {
  unsupported_count count(objects, other_kinds, settings);
  count.add_all();
  return count.found();
}

std::string to_string(const unsupported& finding) {
  return fmt::format("pods on no node that {} are not placed: {}, the first {}", finding.what,
                     finding.pods, finding.example);
}

}  // namespace crosstie::schedule
