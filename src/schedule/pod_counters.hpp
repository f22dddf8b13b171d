// How many pods of a kind each topology domain holds, kept by increments.
//
//   counter   (which pods, key, which nodes) -> pods by domain     which pods: a predicate over
//                                                                  namespace and labels, or those
//                                                                  that carry a term
//   pods of equal namespace and labels are chained, so that a new counter finds those it counts
//
// Promise: after each call a counter equals what counting all pods of its nodes would give.
// Cost: a pod that comes or goes O(counters that count it); a node whose object changed O(its pods
// + counters), or O(1) where neither domains nor the choice of nodes change; a new counter O(the
// pods it counts
// + domains). 12 bytes for each pod.
// Invariants: told of every pod that is bound or unbound, and of every node that comes, changes or
// goes, before the next question. Predicates, counters and terms are only added, until reset().
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <crosstie/interner.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/canonical_bytes.hpp"
#include "schedule/plugins/affinity_term.hpp"
#include "schedule/topology_table.hpp"

namespace crosstie::schedule {

using cluster::pod_id;

// Which pods: those that fulfil every clause.
struct pod_predicate {
  struct clause {
    bool everywhere = false;  // in all namespaces, else in those listed
    std::vector<cluster::name_id> namespaces;
    std::optional<cluster::label_selector> selector;  // not set: no pod
  };
  bool live_only = false;  // not those that are being deleted
  std::vector<clause> clauses;
};

// Which nodes: those with all the keys that the spec's required affinity and tolerations allow.
struct node_choice {
  std::vector<topology_table::key_id> keys;
  const cluster::pod_spec* affinity = nullptr;  // null: not asked
  const cluster::pod_spec* tolerations = nullptr;
};

struct pod_counter {
  topology_table::key_id key = 0;
  std::uint32_t choice = 0;          // of nodes
  std::uint32_t predicate = 0;       // of pods; none where it counts those that carry a term
  std::vector<std::int32_t> counts;  // by domain
  std::int64_t total = 0;

  // Of counters that keep the lowest count: over the domains with a chosen node.
  bool keeps_lowest = false;
  std::vector<std::uint32_t> nodes;       // chosen, by domain
  std::vector<std::uint32_t> with_count;  // domains, by count
  std::uint32_t known = 0;                // domains
  mutable std::uint32_t lowest_hint = 0;  // no domain has a smaller count

  // Upstream's "infinite" count where there is no domain at all.
  std::int64_t lowest() const;
  // Over the other domains; `domain` has a chosen node.
  std::int64_t lowest_but(std::uint32_t domain) const;
};

// A term of pods on nodes.
struct carried_term {
  enum class category : std::uint8_t { near_required, near_preferred, far_required, far_preferred };
  plugins::affinity_term term;
  category what;
  std::uint32_t counter;  // of the pods that carry it
};

class pod_counters {
 public:
  pod_counters(const cluster::store& objects, cluster::pods_by_node& pods,
               topology_table& topology);

  void reset();  // and counts all pods anew
  void pod_bound(pod_id pod, node_id node);
  void pod_unbound(pod_id pod, node_id node);
  void node_changed(node_id node);

  // The counter of these pods by domain of the key, over the chosen nodes; made where it is new.
  std::uint32_t intern(const pod_predicate& which, topology_table::key_id key,
                       const node_choice& nodes, bool keeps_lowest);
  const pod_counter& operator[](std::uint32_t counter) const { return counters_[counter]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(counters_.size()); }
  // Would the counter, made by intern(), count the pod on a node, were it not being deleted? And
  // does it count pods of the namespace, so far as that matters?
  bool selects(std::uint32_t counter, pod_id pod);
  bool selects_namespace(std::uint32_t counter, cluster::name_id ns) const;
  // Does it count on the node?
  bool looks_at(std::uint32_t counter, std::uint32_t slot) const {
    return choices_[counters_[counter].choice].chosen[slot] != 0;
  }
  // Calls visit(slot) for every pod on a node that it counts, or would, were it not being deleted.
  template <class Visitor>
  void for_each_counted(std::uint32_t counter, Visitor&& visit) const {
    for (const std::uint32_t each : predicates_[counters_[counter].predicate].identities) {
      for (std::uint32_t i = identities_[each].first_pod; i != no_pod; i = links_[i].next) {
        visit(links_[i].slot);
      }
    }
  }
  // The terms of a pod on no node are known from now on.
  void know_terms(pod_id pod);
  // How often the pod carries the term that this counter counts.
  std::int64_t count_carried(pod_id pod, std::uint32_t counter);

  // Terms that pods on nodes carry or once carried, in order of appearance.
  const std::vector<carried_term>& terms() const { return terms_; }
  // What the counts take: the part that grows with every new rule.
  std::size_t count_bytes() const { return cells_ * sizeof(std::int32_t); }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t no_pod = 0xFFFFFFFFu;
  struct identity_key {
    cluster::name_id ns;
    std::uint32_t labels;
    bool operator==(const identity_key&) const = default;
  };
  struct identity {
    identity_key key;
    std::vector<std::uint32_t> predicates;  // that it fulfils
    std::uint32_t first_pod = no_pod;       // on some node
  };
  struct predicate_state {
    pod_predicate rule;
    std::vector<std::uint32_t> counters, identities;
  };
  // A pod on a node, in the chain of its identity.
  struct link {
    std::uint32_t next = no_pod, previous = no_pod, slot = 0;
  };
  // Pods of equal spec in one namespace have equal terms.
  struct carrier_key {
    cluster::spec_id spec;
    cluster::name_id ns;
    bool operator==(const carrier_key&) const = default;
  };
  struct choice_state {
    node_choice rule;
    std::vector<std::uint8_t> chosen;  // by slot
  };

  bool holds(const pod_predicate& rule, const identity_key& of) const;
  bool judge(const node_choice& rule, node_id node) const;
  identity& identify(const cluster::pod& pod);
  const std::vector<std::uint32_t>& find_terms(pod_id pod);
  std::uint32_t intern_predicate(const pod_predicate& which);
  std::uint32_t intern_choice(const node_choice& nodes);
  std::uint32_t add_counter(topology_table::key_id key, std::uint32_t choice, bool keeps_lowest);
  void add_term(const plugins::affinity_term& term, carried_term::category what,
                std::vector<std::uint32_t>& to);

  void count(pod_id pod, std::uint32_t slot, std::int32_t by);
  void add(pod_counter& to, std::uint32_t slot, std::int32_t by) const;
  void register_node(pod_counter& of, std::uint32_t slot, std::int32_t by) const;
  void fill(std::uint32_t predicate, pod_counter& counter);

  const cluster::store* objects_;
  cluster::pods_by_node* pods_;
  topology_table* topology_;
  std::vector<pod_counter> counters_;
  std::vector<std::uint32_t> lowest_counters_;  // those that keep it
  std::vector<std::uint32_t> numbered_;         // by number in counter_bytes_
  std::vector<predicate_state> predicates_;
  std::vector<choice_state> choices_;
  std::vector<identity> identities_;
  std::vector<link> links_;  // by pod
  std::vector<carried_term> terms_;
  crosstie::interner<std::string_view> predicate_bytes_, choice_bytes_, counter_bytes_, term_bytes_;
  crosstie::flat_map<identity_key, std::uint32_t> identity_ids_;
  crosstie::flat_map<carrier_key, std::vector<std::uint32_t>> carried_;
  std::vector<pod_id> on_node_;
  std::size_t cells_ = 0;  // of all counters
};

}  // namespace crosstie::schedule
