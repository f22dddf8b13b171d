#include "schedule/plugins/node_declared_features.hpp"

#include <algorithm>

namespace crosstie::schedule::plugins {
namespace {

constexpr std::string_view features_missing = "node(s) didn't match Pod's required features";

// 1.36 knows three more features; they matter only to updates of running pods.
std::vector<std::string_view> infer_features(const cluster::pod_spec& spec) {
  std::vector<std::string_view> needed;
  constexpr auto restarts_all = &cluster::container::restarts_all_containers;
  if (std::ranges::any_of(spec.containers, restarts_all) ||
      std::ranges::any_of(spec.init_containers, restarts_all)) {
    needed.push_back("RestartAllContainersOnContainerExits");
  }
  if (spec.host_network && !spec.host_users) needed.push_back("UserNamespacesHostNetworkSupport");
  return needed;
}

class node_declared_features final : public plugin {
 public:
  node_declared_features(const cluster::view& view, pod_id pod)
      : objects_(view.objects), needed_(infer_features(view.objects.spec(pod))) {}

  pre_filter_result pre_filter() override {
    return {{needed_.empty() ? status_code::skip : status_code::success, {}}, {}};
  }

  status filter(node_id node) override {
    const auto& declared = objects_[node].declared_features;
    const bool all = std::ranges::all_of(needed_, [&](std::string_view feature) {
      const auto name = objects_.names().find(feature);
      return name && std::ranges::find(declared, *name) != declared.end();
    });
    if (all) return {};
    return {status_code::unschedulable_and_unresolvable, {std::string(features_missing)}};
  }

 private:
  const cluster::store& objects_;
  const std::vector<std::string_view> needed_;
};

}  // namespace

std::unique_ptr<plugin> make_node_declared_features(const cluster::view& view, const profile&,
                                                    pod_id pod) {
  return std::make_unique<node_declared_features>(view, pod);
}

}  // namespace crosstie::schedule::plugins
