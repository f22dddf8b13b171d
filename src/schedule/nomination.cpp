#include "schedule/nomination.hpp"

#include <algorithm>

#include "schedule/pod_plugins.hpp"

namespace crosstie::schedule {
namespace {

const profile* find_profile(const cluster::store& objects, const configuration& settings,
                            cluster::pod_id pod) {
  const std::string_view wanted = objects.text(objects.spec(pod).scheduler_name);
  const auto found = std::ranges::find(settings.profiles, wanted, &profile::scheduler_name);
  return found == settings.profiles.end() ? nullptr : &*found;
}

}  // namespace

std::optional<nomination> find_nomination(const cluster::view& view, const configuration& settings,
                                          cluster::pod_id id) {
  const cluster::pod& pod = view.objects[id];
  if (pod.nominated_node == cluster::no_name || pod.node != cluster::no_name || pod.finished()) {
    return std::nullopt;
  }
  const auto node = view.objects.find_node(pod.nominated_node);
  const profile* const by = find_profile(view.objects, settings, id);
  if (!node || !by) return std::nullopt;
  // A gated pod never came far enough to be nominated; only these two fields gate one.
  const cluster::pod_spec& spec = view.objects.spec(id);
  const bool may_be_gated = !spec.scheduling_gates.empty() || !spec.resource_claims.empty();
  if (may_be_gated && pod_plugins(view, *by, id).find_gate()) return std::nullopt;
  return nomination{id, *node};
}

std::vector<nomination> find_nominations(const cluster::view& view, const configuration& settings) {
  std::vector<nomination> found;
  for (std::uint32_t slot = 0; slot < view.objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (!view.objects.alive(id)) continue;
    if (const auto one = find_nomination(view, settings, id)) found.push_back(*one);
  }
  return found;
}

}  // namespace crosstie::schedule
