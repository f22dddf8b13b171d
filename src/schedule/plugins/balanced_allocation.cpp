#include "schedule/plugins/balanced_allocation.hpp"

#include "schedule/plugins/resource_score.hpp"

namespace crosstie::schedule::plugins {
namespace {

class balanced_allocation final : public plugin {
 public:
  balanced_allocation(const cluster::view& view, const profile& by, pod_id pod)
      : uses_(view, by.balanced_allocation.resources,
              view.usage.demand(view.objects[pod].spec).requested, false) {}

  status pre_score(std::span<const node_id>) override {
    if (uses_.asks_nothing()) return {status_code::skip, {}};
    return {};
  }

  std::int64_t score(node_id node) override { return score_balance(uses_.of(node)); }

 private:
  resource_uses uses_;
};

}  // namespace

std::unique_ptr<plugin> make_balanced_allocation(const cluster::view& view, const profile& by,
                                                 pod_id pod) {
  return std::make_unique<balanced_allocation>(view, by, pod);
}

}  // namespace crosstie::schedule::plugins
