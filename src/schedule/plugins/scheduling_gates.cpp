#include "schedule/plugins/scheduling_gates.hpp"

namespace crosstie::schedule::plugins {
namespace {

class scheduling_gates final : public plugin {
 public:
  scheduling_gates(const cluster::view& view, pod_id pod) : objects_(view.objects), pod_(pod) {}

  status pre_enqueue() override {
    std::string gates;
    for (const cluster::name_id gate : objects_.spec(pod_).scheduling_gates) {
      if (!gates.empty()) gates += ' ';
      gates += objects_.text(gate);
    }
    if (gates.empty()) return {};
    return {status_code::unschedulable_and_unresolvable,
            {"waiting for scheduling gates: [" + gates + "]"}};
  }

 private:
  const cluster::store& objects_;
  pod_id pod_;
};

}  // namespace

std::unique_ptr<plugin> make_scheduling_gates(const cluster::view& view, const profile&,
                                              pod_id pod) {
  return std::make_unique<scheduling_gates>(view, pod);
}

}  // namespace crosstie::schedule::plugins
