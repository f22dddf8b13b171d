#include "schedule/plugins/node_unschedulable.hpp"

#include "cluster/selector.hpp"

namespace crosstie::schedule::plugins {
namespace {

class node_unschedulable final : public plugin {
 public:
  node_unschedulable(const cluster::view& view, pod_id pod)
      : objects_(view.objects), tolerations_(view.objects.spec(pod).tolerations) {}

  status filter(node_id node) override {
    if (!objects_[node].unschedulable || tolerates_cordon()) return {};
    return {status_code::unschedulable_and_unresolvable, {"node(s) were unschedulable"}};
  }

 private:
  bool tolerates_cordon() const {
    // A key that nobody has written is in no toleration; no_name still matches those without key.
    const auto key = objects_.names().find("node.kubernetes.io/unschedulable");
    const cluster::name_id unwritten{0xFFFFFFFFu};
    return cluster::tolerates(tolerations_, {key.value_or(unwritten), cluster::no_name,
                                             cluster::taint_effect::no_schedule});
  }

  const cluster::store& objects_;
  std::span<const cluster::toleration> tolerations_;
};

}  // namespace

std::unique_ptr<plugin> make_node_unschedulable(const cluster::view& view, const profile&,
                                                pod_id pod) {
  return std::make_unique<node_unschedulable>(view, pod);
}

}  // namespace crosstie::schedule::plugins
