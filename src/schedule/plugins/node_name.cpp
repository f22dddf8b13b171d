#include "schedule/plugins/node_name.hpp"

namespace crosstie::schedule::plugins {
namespace {

class node_name final : public plugin {
 public:
  node_name(const cluster::view& view, pod_id pod)
      : objects_(view.objects), wanted_(view.objects[pod].node) {}

  status filter(node_id node) override {
    if (wanted_ == cluster::no_name || wanted_ == objects_[node].name) return {};
    return {status_code::unschedulable_and_unresolvable,
            {"node(s) didn't match the requested node name"}};
  }

 private:
  const cluster::store& objects_;
  cluster::name_id wanted_;
};

}  // namespace

std::unique_ptr<plugin> make_node_name(const cluster::view& view, const profile&, pod_id pod) {
  return std::make_unique<node_name>(view, pod);
}

}  // namespace crosstie::schedule::plugins
