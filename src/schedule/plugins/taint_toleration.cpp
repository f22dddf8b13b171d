#include "schedule/plugins/taint_toleration.hpp"

#include <algorithm>

#include "cluster/selector.hpp"
#include "schedule/plugins/normalization.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::taint;
using cluster::taint_effect;
using cluster::toleration;

class taint_toleration final : public plugin {
 public:
  taint_toleration(const cluster::view& view, pod_id pod)
      : objects_(view.objects), tolerations_(view.objects.spec(pod).tolerations) {}

  status filter(node_id node) override {
    if (!find_untolerated(objects_[node].taints, tolerations_, cluster::keeps_off)) return {};
    return {status_code::unschedulable_and_unresolvable, {"node(s) had untolerated taint(s)"}};
  }

  status pre_score(std::span<const node_id>) override {
    for (const toleration& each : tolerations_) {
      if (each.effect == taint_effect::any || each.effect == taint_effect::prefer_no_schedule) {
        soft_tolerations_.push_back(each);
      }
    }
    return {};
  }

  std::int64_t score(node_id node) override {
    return std::ranges::count_if(objects_[node].taints, [&](const taint& each) {
      return each.effect == taint_effect::prefer_no_schedule &&
             !cluster::tolerates(soft_tolerations_, each);
    });
  }

  void normalize(std::span<std::int64_t> scores) override { normalize_by_maximum(scores, true); }

 private:
  const cluster::store& objects_;
  std::span<const toleration> tolerations_;
  std::vector<toleration> soft_tolerations_;
};

}  // namespace

std::unique_ptr<plugin> make_taint_toleration(const cluster::view& view, const profile&,
                                              pod_id pod) {
  return std::make_unique<taint_toleration>(view, pod);
}

}  // namespace crosstie::schedule::plugins
