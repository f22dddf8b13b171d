// What a pod's rules say of one node were other pods put there or taken away: the verdicts of
// PodTopologySpread and InterPodAffinity from counts, for nominated pods and preemption.
//
// Promise: judge() answers as those two plugins do when the pods have been added to and removed
// from a node: once with the nominated pods of its priority or a higher one there, and once
// without.
// Cost: look_at and judge O(rules + nominated pods of the node); put, take and concerns one lookup
// for a pod like one seen before, and O(rules). mark_touched O(pods that the rules count). No
// allocation once the vectors have grown.
// Invariant: reset() is called when rules get other numbers.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <cstdint>
#include <span>
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

  void reset() {
    effects_.clear();
    shares_.clear();
  }
  // Who asks; its rules refuse.
  void ask(pod_id pod, std::uint32_t rules);
  // Might the nominated pod, put on a node, change whether the rules refuse it? No is certain.
  bool concerns(pod_id nominated);
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
  std::size_t memory_bytes() const {
    return effects_.memory_bytes() + shares_.capacity() * sizeof shares_[0] + touched_.capacity();
  }

 private:
  // Pods that the rules take for equals.
  struct likeness {
    std::uint32_t rules;
    cluster::spec_id spec;
    cluster::name_id ns;
    std::uint32_t labels;
    bool operator==(const likeness&) const = default;
  };

  const pod_rules& rules() const { return (*rules_)[rules_id_]; }
  // What one such pod adds to the counts of the hard, far and kept-off rules, one after the other,
  // and of all near terms alike.
  std::span<const std::int64_t> effect_of(pod_id pod);
  void make_effect(pod_id pod);
  void count(pod_id pod, std::int64_t by);
  bool counts(const hard_spread& rule, pod_id pod) const;
  answer judge_now() const;
  answer judge_affinity() const;
  bool nobody_near() const;
  bool has_somebody(const std::vector<near_or_far>& terms, std::size_t first_change) const;
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
  crosstie::flat_map<likeness, std::uint32_t> effects_;  // where in shares_
  std::vector<std::int64_t> shares_;

  // Who asks.
  pod_id pod_ = cluster::no_pod;
  std::uint32_t rules_id_ = 0;
  std::int32_t priority_ = 0;
  bool asks_affinity_ = false;  // else InterPodAffinity is skipped, whatever else comes
  std::size_t far_at_ = 0, kept_off_at_ = 0, near_at_ = 0;  // in an effect
  std::vector<std::uint8_t> touched_;

  // Of the node.
  std::uint32_t slot_ = 0;
  std::vector<std::int64_t> changes_;  // of the rules' counts, as in an effect
};

}  // namespace crosstie::schedule
