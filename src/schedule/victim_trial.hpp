// What it takes to clear one node for a pod of some shape: preemption's dry run as arithmetic.
//
// Promise: the victims, their order and their rank are find_preemption()'s (preemption.hpp) for a
// pod that has a shape: every filter but NodePorts and NodeResourcesFit, and those that its rules
// speak for, says the same whoever is on the node.
// Cost: O(pods of the node, sorted); of pods with host ports the state is changed and put back.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <span>
#include <tuple>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/nominated_pods.hpp"
#include "schedule/rule_trial.hpp"
#include "schedule/shape.hpp"

namespace crosstie::schedule {

struct clearing {
  enum class outcome : std::uint8_t {
    cleared,     // the pod fits once the victims are gone
    crowded,     // it does not fit even without all pods of lower priority
    no_victims,  // no pod of lower priority is there
    hopeless,    // the node rejects the pod for what evictions cannot change, or is none
    odd          // no victim is needed: only the plain search knows what to say of that
  };
  outcome what = outcome::hopeless;
  std::int32_t top = 0;         // priority of the first victim
  std::uint32_t victims = 0;    // how many
  std::uint32_t lacking = 0;    // of a crowded node: equal for equal reasons
  std::int64_t violations = 0;  // of PodDisruptionBudgets
  std::int64_t sum = 0;         // of the victims' priorities, each plus 2^31
  std::int64_t lateness = 0;    // minus the earliest start among victims of the highest priority

  // Upstream's order of candidates; the least is the best.
  auto rank() const {
    return std::tuple(what != outcome::cleared, violations, top, sum, victims, lateness);
  }
};

class victim_trial {
 public:
  victim_trial(const cluster::store& objects, const cluster::usage_table& usage,
               cluster::pods_by_node& pods, const nominated_pods& nominated)
      : objects_(&objects), usage_(&usage), pods_(&pods), nominated_(&nominated) {}

  // Can it tell at all? Not of pods that ask for very many resources.
  bool understands(const shape& wanted) const;
  // `bits`: why the node rejects the shape as it is. The nomination of `except` does not count.
  // `rules` has been asked for the pod; null: they do not refuse.
  clearing run(const shape& wanted, node_id node, std::uint32_t bits, pod_id except,
               rule_trial* rules = nullptr);
  // `lacking` of nodes that only rules keep the pod off.
  static std::uint32_t lacking_of(rule_trial::answer why) {
    return 0x80000000u | static_cast<std::uint32_t>(why);
  }
  std::span<const pod_id> victims() const { return victims_; }  // of the last run, in order
  // PodDisruptionBudgets may have changed; true where that may change answers.
  bool forget_budgets();

 private:
  struct lower_pod {
    pod_id pod;
    std::int32_t priority;
    cluster::timestamp started;
    bool violates = false;
    // Less for the more important.
    auto rank() const { return std::tuple(-std::int64_t{priority}, started); }
  };
  // Pods of equal labels in one namespace are selected by the same budgets.
  struct selected {
    cluster::name_id ns;
    std::uint32_t labels;
    bool operator==(const selected&) const = default;
  };

  void measure();
  bool is_hopeless(std::uint32_t bits) const;
  void collect(node_id node);
  bool has_room() const;
  bool fits() const;
  std::uint32_t find_lacking();
  void take(const lower_pod& pod);
  void put(const lower_pod& pod);
  void reprieve();
  bool mark_violators();
  std::span<const std::uint32_t> budgets_of(pod_id pod);
  clearing describe() const;

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  cluster::pods_by_node* pods_;
  const nominated_pods* nominated_;

  // ---- of one run ----
  const shape* wanted_ = nullptr;
  std::span<const cluster::resource_request> requests_;
  std::uint32_t slot_ = 0;
  pod_id except_ = cluster::no_pod;
  rule_trial* rules_ = nullptr;
  std::vector<std::int64_t> left_;  // of each resource asked for
  std::int64_t pods_left_ = 0, violations_ = 0;
  std::vector<lower_pod> lower_, leaving_;
  std::vector<pod_id> victims_, scratch_;

  crosstie::flat_map<selected, std::vector<std::uint32_t>> budgets_;
  std::vector<std::int32_t> allowed_;
  bool had_budgets_ = false;
};

}  // namespace crosstie::schedule
