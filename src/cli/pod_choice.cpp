#include "cli/pod_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/suggestion.hpp"

namespace crosstie::cli {
namespace {

using cluster::pod_id;

template <class Visitor>
void for_each_pod(const cluster::store& objects, Visitor&& visit) {
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    if (objects.alive(pod_id{slot})) visit(pod_id{slot});
  }
}

std::optional<pod_id> find(const cluster::store& objects, std::string_view ns,
                           std::string_view name) {
  const auto ns_id = objects.names().find(ns), name_id = objects.names().find(name);
  if (!ns_id || !name_id) return std::nullopt;
  return objects.find_pod({*ns_id, *name_id});
}

std::string unknown(const cluster::store& objects, std::string_view wanted) {
  const bool full = wanted.find('/') != std::string_view::npos;
  std::vector<std::string> names;
  for_each_pod(objects, [&](pod_id pod) {
    names.push_back(full ? objects.full_name(pod) : std::string(objects.text(objects[pod].name)));
  });
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format("pod \"{}\" is not in the dump{}", wanted, did_you_mean(wanted, views));
}

}  // namespace

std::expected<pod_id, std::string> find_pod(const cluster::store& objects,
                                            std::string_view wanted) {
  if (const std::size_t slash = wanted.find('/'); slash != std::string_view::npos) {
    const auto found = find(objects, wanted.substr(0, slash), wanted.substr(slash + 1));
    if (found) return *found;
    return std::unexpected(unknown(objects, wanted));
  }
  if (const auto found = find(objects, "default", wanted)) return *found;
  std::vector<std::string> same;
  pod_id last{};
  for_each_pod(objects, [&](pod_id pod) {
    if (objects.text(objects[pod].name) != wanted) return;
    same.push_back(objects.full_name(pod));
    last = pod;
  });
  if (same.empty()) return std::unexpected(unknown(objects, wanted));
  if (same.size() == 1) return last;
  std::ranges::sort(same);
  return std::unexpected(
      fmt::format("pod \"{}\" is in several namespaces: {}", wanted, fmt::join(same, ", ")));
}

const schedule::profile* profile_of(const cluster::store& objects,
                                    const schedule::configuration& settings, pod_id pod) {
  const std::string_view name = objects.text(objects.spec(pod).scheduler_name);
  const auto found = std::ranges::find(settings.profiles, name, &schedule::profile::scheduler_name);
  return found == settings.profiles.end() ? nullptr : &*found;
}

std::vector<pod_id> pending_pods(const cluster::store& objects,
                                 const schedule::configuration& settings) {
  std::vector<pod_id> pods;
  for_each_pod(objects, [&](pod_id id) {
    const cluster::pod& pod = objects[id];
    if (pod.node != cluster::no_name || pod.finished() || pod.terminating) return;
    if (profile_of(objects, settings, id) != nullptr) pods.push_back(id);
  });
  std::ranges::sort(pods, [&](pod_id a, pod_id b) {
    const std::int32_t priority_a = objects.spec(a).priority;
    const std::int32_t priority_b = objects.spec(b).priority;
    if (priority_a != priority_b) return priority_a > priority_b;
    if (objects[a].created != objects[b].created) return objects[a].created < objects[b].created;
    return objects.full_name(a) < objects.full_name(b);
  });
  return pods;
}

}  // namespace crosstie::cli
