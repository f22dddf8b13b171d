#include "schedule/plugins/node_ports.hpp"

namespace crosstie::schedule::plugins {
namespace {

class node_ports final : public plugin {
 public:
  node_ports(const cluster::view& view, pod_id pod)
      : usage_(view.usage), demand_(view.usage.demand(view.objects[pod].spec)) {}

  pre_filter_result pre_filter() override {
    if (demand_.host_ports.empty()) return {{status_code::skip, {}}, {}};
    return {};
  }

  status filter(node_id node) override {
    if (!usage_.ports_conflict(demand_, node)) return {};
    return {status_code::unschedulable,
            {"node(s) didn't have free ports for the requested pod ports"}};
  }

 private:
  const cluster::usage_table& usage_;
  const cluster::pod_demand& demand_;
};

}  // namespace

std::unique_ptr<plugin> make_node_ports(const cluster::view& view, const profile&, pod_id pod) {
  return std::make_unique<node_ports>(view, pod);
}

}  // namespace crosstie::schedule::plugins
