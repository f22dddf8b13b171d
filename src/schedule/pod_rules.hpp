// What PodTopologySpread and InterPodAffinity ask about a pod, as questions about counters.
//
// Promise: rules_of answers `none` only where neither plugin has a say about the pod, `plain` where
// one of them must be asked itself because it ends in an error; pods with equal rules (not just
// equal specs) have the same number. The terms of pods on nodes that select the pod are among its
// rules.
// Cost: a lookup for a pod whose spec, labels, namespace and controller were seen, plus a look at
// terms that have appeared since; else what resolving takes, and counting where a counter is new.
// Invariants: rules of a number never change, until reset(). forget_answers() is called when
// namespaces, services or workloads change.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <crosstie/interner.hpp>
#include <cstdint>
#include <vector>

#include "schedule/configuration.hpp"
#include "schedule/plugins/spread_constraint.hpp"
#include "schedule/pod_counters.hpp"

namespace crosstie::schedule {

struct hard_spread {
  std::uint32_t counter;
  topology_table::key_id key;
  std::int64_t max_skew, min_domains;
  bool itself;  // the pod would count
  bool blind;   // counts no pod on a node, but nominated ones
};
struct soft_spread {
  std::uint32_t counter;
  topology_table::key_id key;  // of the label; where per_host, the counter's is node_key
  std::int64_t max_skew;
  bool per_host;
};
struct near_or_far {
  std::uint32_t counter;
  topology_table::key_id key;
};
struct weighted_term {
  std::uint32_t counter;
  topology_table::key_id key;
  std::int64_t weight;
};

struct pod_rules {
  std::vector<hard_spread> hard;
  std::vector<soft_spread> soft;
  bool all_keys = false;  // soft spread leaves out nodes that lack a key
  // Some pod in the domain must match all near terms, or none anywhere while the pod itself does.
  std::vector<near_or_far> near;
  bool near_itself = false;
  std::vector<near_or_far> far;       // nobody in the domain that an anti-affinity term selects
  std::vector<near_or_far> kept_off;  // nobody in the domain whose anti-affinity selects the pod
  std::vector<weighted_term> scored;

  // May they keep the pod off a node, or do they only score?
  bool refuse() const {
    return !hard.empty() || !near.empty() || !far.empty() || !kept_off.empty();
  }
};

class rule_table {
 public:
  static constexpr std::uint32_t none = 0, plain = 0xFFFFFFFFu;

  rule_table(const cluster::view& view, const configuration& settings, topology_table& topology,
             pod_counters& counters);

  void reset();  // before the counters' reset
  void forget_answers() { answers_.clear(); }
  void node_changed();
  // The number of the pod's rules under this profile (its number in the configuration).
  std::uint32_t rules_of(pod_id pod, std::uint32_t profile);
  const pod_rules& operator[](std::uint32_t rules) const { return rules_[rules]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(rules_.size()); }
  std::size_t memory_bytes() const;

 private:
  // The profile follows from the spec's schedulerName.
  struct asker {
    cluster::spec_id spec;
    cluster::name_id ns;
    std::uint32_t labels, controller;
    bool operator==(const asker&) const = default;
  };
  struct answer {
    std::uint32_t rules, seen_terms;
  };

  std::uint32_t count_known_keys() const;
  bool is_selected(pod_id pod, std::uint32_t first_term) const;
  std::uint32_t make(pod_id pod, const profile& by);
  bool add_spread(pod_rules& to, pod_id pod, const profile& by);
  std::uint32_t count_spread(const plugins::spread_constraint& rule, pod_id pod,
                             topology_table::key_id key,
                             const std::vector<topology_table::key_id>& keys, bool hard);
  void add_own_terms(pod_rules& to, pod_id pod);
  void add_carried_terms(pod_rules& to, pod_id pod, const profile& by);
  std::uint32_t count_selected(const std::vector<plugins::affinity_term>& terms,
                               topology_table::key_id key);
  std::uint32_t intern(pod_rules&& made);
  const cluster::label_set& namespace_labels(pod_id pod) const;

  const cluster::view view_;
  const configuration* settings_;
  topology_table* topology_;
  pod_counters* counters_;
  std::vector<pod_rules> rules_;
  crosstie::interner<std::string_view> bytes_;
  crosstie::flat_map<asker, answer> answers_;
  std::uint32_t known_keys_ = 0;  // of the system's default constraints
};

}  // namespace crosstie::schedule
