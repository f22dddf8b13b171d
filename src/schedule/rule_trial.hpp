// What a pod's rules say of one node were other pods put there or taken away: the verdicts of
// PodTopologySpread and InterPodAffinity from counts, for nominated pods and preemption.
//
// Promise: judge() answers as those two plugins do when the pods have been added to and removed
// from a node: once with the nominated pods of its priority or a higher one there, and once
// without.
// Cost: look_at and judge O(rules + nominated pods of the node); put and take O(rules).
// mark_touched O(pods that the rules count). No allocation once the vectors have grown.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/nominated_pods.hpp"
#include "schedule/pod_rules.hpp"

namespace crosstie::schedule {

class rule_trial {
 public:
  // Why not, in the order in which it is asked; fits: it may go there.
  enum class answer : std::uint8_t { fits, lacks_spread_key, skewed, not_near, too_near, kept_off };

  rule_trial(const cluster::store& objects, const rule_table& rules, pod_counters& counters,
             topology_table& topology, const nominated_pods& nominated)
      : objects_(&objects),
        rules_(&rules),
        counters_(&counters),
        topology_(&topology),
        nominated_(&nominated) {}

  // Who asks; its rules refuse.
  void ask(pod_id pod, std::uint32_t rules);
  // Might the nominated pod, put on a node, change whether the rules refuse it? No is certain.
  bool concerns(pod_id nominated) const;
  // Which node: as it is.
  void look_at(std::uint32_t slot);
  // On that node one pod more, or one of its own less.
  void put(pod_id pod) { count(pod, 1); }
  void take(pod_id pod) { count(pod, -1); }
  answer judge();

  // Finds the nodes where taking pods away, or nominated ones, may change the verdict.
  void mark_touched();
  bool is_touched(std::uint32_t slot) const {
    return slot < touched_.size() && touched_[slot] != 0;
  }

  // Evictions change nothing about it.
  static bool lasts(answer why) {
    return why == answer::lacks_spread_key || why == answer::not_near;
  }
  // As rejection bit.
  static std::uint32_t bit_of(answer why);

 private:
  void count(pod_id pod, std::int64_t by);
  bool counts(const hard_spread& rule, pod_id pod) const;
  answer judge_now() const;
  answer judge_affinity() const;
  bool nobody_near() const;
  bool has_somebody(const std::vector<near_or_far>& terms,
                    const std::vector<std::int64_t>& changes) const;
  void mark_counted(std::uint32_t counter);
  void mark_carriers(const near_or_far& rule);
  // The domain has the bit `missing` where the node lacks the key.
  std::uint32_t domain_of(topology_table::key_id key) const {
    return topology_->domain_of(key, slot_);
  }

  const cluster::store* objects_;
  const rule_table* rules_;
  pod_counters* counters_;
  topology_table* topology_;
  const nominated_pods* nominated_;

  // Who asks.
  pod_id pod_ = cluster::no_pod;
  std::uint32_t rules_id_ = 0;
  std::int32_t priority_ = 0;
  bool asks_affinity_ = false;  // else InterPodAffinity is skipped, whatever else comes
  std::vector<std::uint8_t> touched_;

  // Of the node.
  std::uint32_t slot_ = 0;
  std::vector<std::int64_t> hard_, far_, kept_off_;  // changes of the rules' counts
  std::int64_t near_ = 0;                            // of all near terms' alike
};

}  // namespace crosstie::schedule
