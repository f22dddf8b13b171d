// The (anti-)affinity terms of pods that are on nodes: does any of them select a pod to be placed?
//
// Promise: false means that InterPodAffinity has no say about a pod without terms of its own.
// Cost: a pod that comes or goes without terms O(1); the question is one lookup where it was asked
// before about the same namespace and labels, and no new kind of terms has come or gone since;
// else O(distinct kinds of terms).
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <cstdint>
#include <vector>

#include "cluster/store.hpp"
#include "schedule/plugins/affinity_term.hpp"

namespace crosstie::schedule {

class terms_in_use {
 public:
  explicit terms_in_use(const cluster::store& objects) : objects_(&objects) {}

  void clear();
  void add(cluster::pod_id pod);               // it is on a node now
  void remove(cluster::pod_id pod);            // it is no more; with the spec it had
  void forget_answers() { answers_.clear(); }  // labels of namespaces may have changed
  bool select(cluster::pod_id pod);
  std::size_t memory_bytes() const;

 private:
  // Pods of equal spec in one namespace have equal terms.
  struct kind {
    cluster::spec_id spec;
    cluster::name_id ns;
    bool operator==(const kind&) const = default;
  };
  struct use {
    plugins::affinity_terms terms;
    std::uint32_t pods = 0;
  };
  struct asker {
    cluster::name_id ns;
    std::uint32_t labels;
    bool operator==(const asker&) const = default;
  };

  bool has_terms(cluster::pod_id pod) const;
  bool selected_by_any(const cluster::pod& pod) const;

  const cluster::store* objects_;
  crosstie::flat_map<kind, use> uses_;
  crosstie::flat_map<asker, bool> answers_;
};

}  // namespace crosstie::schedule
