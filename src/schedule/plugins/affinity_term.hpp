// Pod (anti-)affinity terms, resolved for the pod that carries them.
//
// Promise: which pods a term selects, exactly as upstream's AffinityTerm does. The namespaces of an
// incoming pod's term are looked up once; an existing pod's namespace selector is asked about the
// labels of the other pod's namespace.
// Cost: resolving is O(namespaces) for a term with a namespace selector; matching O(requirements).
// Thread safety: pure values; the terms point into the store's interned specs.
#pragma once

#include <vector>

#include "cluster/selector.hpp"
#include "cluster/store.hpp"

namespace crosstie::schedule::plugins {

struct affinity_term {
  const cluster::pod_affinity_term* term;
  std::int32_t weight;                       // of preferred terms
  std::vector<cluster::name_id> namespaces;  // listed, found by selector, or the pod's own

  // Does the term select a pod with these labels, in a namespace of this name and labels?
  bool selects(const cluster::store& objects, cluster::name_id ns,
               const cluster::label_set& ns_labels, const cluster::label_set& labels) const;
};

struct affinity_terms {
  std::vector<affinity_term> near_required, near_preferred, far_required, far_preferred;
};

// As upstream keeps the terms of a pod on a node.
affinity_terms resolve_existing(const cluster::store& objects, cluster::pod_id pod);
// As upstream keeps those of the pod being placed: with the namespaces that its selectors find.
affinity_terms resolve_incoming(const cluster::store& objects, cluster::pod_id pod);

// What upstream's parser has against a selector of the pod's terms.
std::optional<std::string> find_syntax_error(const cluster::store& objects, cluster::pod_id pod);

}  // namespace crosstie::schedule::plugins
