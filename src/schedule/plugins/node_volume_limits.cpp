#include "schedule/plugins/node_volume_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "schedule/plugins/attached_volumes.hpp"
#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::csi_node;
using cluster::no_name;
using cluster::pod_volume;

// "driver/handle" -> driver
using volume_drivers = std::map<std::string, std::string_view>;

class node_volume_limits final : public plugin {
 public:
  node_volume_limits(const cluster::view& view, pod_id pod)
      : view_(view), objects_(view.objects), pod_(pod) {}

  pre_filter_result pre_filter() override {
    const auto counts = [](const pod_volume& volume) {
      return needs_claim(volume) || find_in_tree_plugin(volume.kind) != nullptr;
    };
    if (std::ranges::none_of(objects_.spec(pod_).volumes, counts)) {
      return {{status_code::skip, {}}, {}};
    }
    return {};
  }

  status filter(node_id node) override {
    const csi_node* limits = objects_.csi_nodes.find({no_name, objects_[node].name});
    volume_drivers wanted;
    if (status problem = collect(pod_, limits, wanted); !problem.ok()) return problem;
    if (wanted.empty() || !has_limits(limits)) return {};

    volume_drivers held;
    std::vector<pod_id> pods;
    view_.pods.append_pods(node, pods);
    for (const pod_id other : pods) {
      if (status problem = collect(other, limits, held); !problem.ok()) return problem;
    }
    for (const auto& [name, driver] : held) wanted.erase(name);
    collect_attachments(objects_[node].name, held);
    for (const cluster::csi_node_driver& driver : limits->drivers) {
      if (exceeds(driver, wanted, held)) {
        return {status_code::unschedulable, {"node(s) exceed max volume count"}};
      }
    }
    return {};
  }

 private:
  static bool has_limits(const csi_node* limits) {
    return limits && std::ranges::any_of(limits->drivers, [](const auto& driver) {
             return driver.allocatable_count.has_value();
           });
  }

  bool exceeds(const cluster::csi_node_driver& driver, const volume_drivers& wanted,
               const volume_drivers& held) const {
    const auto count = [name = objects_.text(driver.name)](const volume_drivers& volumes) {
      return std::ranges::count_if(volumes, [&](const auto& each) { return each.second == name; });
    };
    const auto more = count(wanted);
    return driver.allocatable_count && more > 0 && count(held) + more > *driver.allocatable_count;
  }

  status collect(pod_id pod, const csi_node* limits, volume_drivers& into) {
    found_.clear();
    status problem = append_attached(objects_, pod, pod == pod_, limits, found_);
    add_found(into);
    return problem;
  }

  void collect_attachments(cluster::name_id node, volume_drivers& into) {
    found_.clear();
    for (const cluster::volume_attachment& each : objects_.volume_attachments.all()) {
      if (each.node == node) append_attached(objects_, each, found_);
    }
    add_found(into);
  }

  void add_found(volume_drivers& into) const {
    for (const attached_volume& each : found_) {
      into.emplace(fmt::format("{}/{}", each.driver, each.handle), each.driver);
    }
  }

  const cluster::view view_;
  const cluster::store& objects_;
  const pod_id pod_;
  std::vector<attached_volume> found_;
};

}  // namespace

std::unique_ptr<plugin> make_node_volume_limits(const cluster::view& view, const profile&,
                                                pod_id pod) {
  return std::make_unique<node_volume_limits>(view, pod);
}

}  // namespace crosstie::schedule::plugins
