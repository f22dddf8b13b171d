#include "schedule/plugins/node_resources_fit.hpp"

#include <algorithm>

#include "cluster/wrapping.hpp"
#include "schedule/plugins/resource_score.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::resource_request;

class node_resources_fit final : public plugin {
 public:
  node_resources_fit(const cluster::view& view, const profile& by, pod_id pod)
      : view_(view),
        args_(by.fit),
        demand_(view.usage.demand(view.objects[pod].spec)),
        uses_(view, args_.resources, demand_.scored, true) {}

  pre_filter_result pre_filter() override {
    checked_.clear();
    for (const resource_request& each : demand_.wanted) {
      if (each.amount > 0 && !is_ignored(each)) checked_.push_back(each);
    }
    // Upstream takes the others in the random order of a Go map; by name, no order of objects
    // shows.
    const auto others = std::ranges::find_if(checked_, [](const resource_request& each) {
      return each.resource > cluster::ephemeral_storage;
    });
    std::sort(others, checked_.end(), [&](const resource_request& a, const resource_request& b) {
      return name_of(a) < name_of(b);
    });
    return {};
  }

  status filter(node_id node) override {
    status verdict;
    const auto reject = [&](std::string reason, status_code code) {
      verdict.reasons.push_back(std::move(reason));
      verdict.code = std::max(verdict.code, code);  // unresolvable outweighs unschedulable
    };
    const cluster::usage_table& usage = view_.usage;
    const std::uint32_t slot = index(node);
    if (usage.pod_count()[slot] + 1 > usage.allowed_pods()[slot]) {
      reject("Too many pods", status_code::unschedulable);
    }
    for (const auto& [id, amount] : checked_) {
      const std::int64_t allocatable = usage.allocatable(id)[slot];
      if (amount <= cluster::wrapping_subtract(allocatable, usage.requested(id)[slot])) continue;
      reject("Insufficient " + std::string(view_.objects.text(usage.resource_name(id))),
             amount > allocatable ? status_code::unschedulable_and_unresolvable
                                  : status_code::unschedulable);
    }
    return verdict;
  }

  std::int64_t score(node_id node) override {
    const std::span<const resource_use> uses = uses_.of(node);
    switch (args_.strategy) {
      case scoring_strategy::least_allocated:
        return score_least_allocated(uses, args_.resources);
      case scoring_strategy::most_allocated:
        return score_most_allocated(uses, args_.resources);
      case scoring_strategy::requested_to_capacity_ratio:
        return score_by_shape(uses, args_.resources, args_.shape);
    }
    return 0;
  }

 private:
  std::string_view name_of(const resource_request& request) const {
    return view_.objects.text(view_.usage.resource_name(request.resource));
  }

  // Extended resources can be left to others, by name or by what stands before the slash.
  bool is_ignored(const resource_request& request) const {
    const std::string_view name = name_of(request);
    if (!cluster::is_extended_resource(name)) return false;
    const std::string_view group = name.substr(0, name.find('/'));
    return std::ranges::find(args_.ignored_resources, name) != args_.ignored_resources.end() ||
           std::ranges::find(args_.ignored_resource_groups, group) !=
               args_.ignored_resource_groups.end();
  }

  cluster::view view_;
  const fit_args& args_;
  const cluster::pod_demand& demand_;
  std::vector<resource_request> checked_;
  resource_uses uses_;
};

}  // namespace

std::unique_ptr<plugin> make_node_resources_fit(const cluster::view& view, const profile& by,
                                                pod_id pod) {
  return std::make_unique<node_resources_fit>(view, by, pod);
}

}  // namespace crosstie::schedule::plugins
