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

std::vector<nomination> find_nominations(const cluster::view& view, const configuration& settings) {
  std::vector<nomination> found;
  const cluster::store& objects = view.objects;
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (!objects.alive(id)) continue;
    const cluster::pod& pod = objects[id];
    if (pod.nominated_node == cluster::no_name || pod.node != cluster::no_name || pod.finished()) {
      continue;
    }
    const auto node = objects.find_node(pod.nominated_node);
    const profile* const by = find_profile(objects, settings, id);
    // A gated pod never came far enough to be nominated.
    if (!node || !by || pod_plugins(view, *by, id).find_gate()) continue;
    found.push_back({id, *node});
  }
  return found;
}

}  // namespace crosstie::schedule
