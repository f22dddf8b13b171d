#include "schedule/plugins/dynamic_resources.hpp"

#include <fmt/format.h>

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;
using cluster::pod_resource_claim;
using cluster::resource_claim;

class dynamic_resources final : public plugin {
 public:
  dynamic_resources(const cluster::view& view, pod_id pod)
      : objects_(view.objects), pod_(view.objects[pod]), spec_(view.objects.spec(pod)) {}

  status pre_enqueue() override {
    std::size_t found = 0;
    return find_claims(found);
  }

  pre_filter_result pre_filter() override {
    std::size_t found = 0;
    if (status missing = find_claims(found); !missing.ok()) return {std::move(missing), {}};
    if (found == 0) return {{status_code::skip, {}}, {}};
    return {{status_code::error,
             {fmt::format("pod {} has resource claims: allocating devices is not supported yet",
                          quote(full_name(pod_.ns, pod_.name)))}},
            {}};
  }

 private:
  // Counts the claims there are; not ok where one cannot be used.
  status find_claims(std::size_t& found) const {
    for (const pod_resource_claim& wanted : spec_.resource_claims) {
      std::string problem;
      if (wanted.claim != cluster::no_name) {
        problem = check(wanted.claim, false);
      } else if (wanted.claim_template == cluster::no_name) {
        problem = fmt::format("pod {}, spec.resourceClaim {}: none of the supported fields are set",
                              quote(full_name(pod_.ns, pod_.name)), quote(text(wanted.name)));
      } else if (!wanted.made) {
        problem = fmt::format("pod {}: ResourceClaim not created yet",
                              quote(full_name(pod_.ns, pod_.name)));
      } else if (wanted.made_claim == cluster::no_name) {
        continue;  // the template turned out to need no claim
      } else {
        problem = check(wanted.made_claim, true);
      }
      if (!problem.empty()) {
        return {status_code::unschedulable_and_unresolvable, {std::move(problem)}};
      }
      ++found;
    }
    return {};
  }

  // Why the claim of this name cannot be used; empty where it can.
  std::string check(name_id name, bool made_for_pod) const {
    const resource_claim* claim = objects_.resource_claims.find({pod_.ns, name});
    if (!claim) {
      return fmt::format("could not find ResourceClaim {}", quote(full_name(pod_.ns, name)));
    }
    if (claim->terminating) {
      return fmt::format("resourceclaim {} is being deleted", quote(text(name)));
    }
    if (made_for_pod && claim->controller.uid != pod_.uid) {
      return fmt::format("ResourceClaim {} was not created for Pod {} (Pod is not owner)",
                         full_name(claim->ns, claim->name), full_name(pod_.ns, pod_.name));
    }
    return {};
  }

  std::string_view text(name_id id) const { return objects_.text(id); }
  std::string full_name(name_id ns, name_id name) const {
    return fmt::format("{}/{}", text(ns), text(name));
  }
  static std::string quote(std::string_view text) { return fmt::format("\"{}\"", text); }

  const cluster::store& objects_;
  const cluster::pod& pod_;
  const cluster::pod_spec& spec_;
};

}  // namespace

std::unique_ptr<plugin> make_dynamic_resources(const cluster::view& view, const profile&,
                                               pod_id pod) {
  return std::make_unique<dynamic_resources>(view, pod);
}

}  // namespace crosstie::schedule::plugins
