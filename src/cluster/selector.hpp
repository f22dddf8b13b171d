// Selectors, node selectors and tolerations against labels, nodes and taints.
//
// Promise: the answers of apimachinery's labels.Selector and component-helpers' node affinity:
// `not_in` and `does_not_exist` match where the key is absent; `gt` and `lt` compare integers and
// never match a label that is none; a term with neither expressions nor fields matches nothing,
// and so does a term that does not parse.
// Cost: a binary search per requirement; node selector terms are checked for syntax each time.
// Invariants: label sets are sorted by key id (objects.hpp).
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cluster/objects.hpp"

namespace crosstie::cluster {

// The value of a label, if the set has its key.
std::optional<name_id> find_label(const label_set& labels, name_id key);
// Does `labels` hold every label of `wanted` (spec.nodeSelector, a Service's selector)?
bool contains_all(const label_set& labels, const label_set& wanted);

// What upstream's parser has against a selector; nothing where it parses. For people.
std::optional<std::string> find_syntax_error(const label_selector& selector,
                                             const name_table& names);
std::optional<std::string> find_syntax_error(const node_selector_term& term,
                                             const name_table& names);

// The selector must parse: callers for whom that is in doubt ask find_syntax_error first.
bool matches(const requirement& wanted, const label_set& labels, const name_table& names);
bool matches(const label_selector& selector, const label_set& labels, const name_table& names);
// A selector that is not set matches nothing.
bool matches(const std::optional<label_selector>& selector, const label_set& labels,
             const name_table& names);

bool matches(const node_selector_term& term, const node& node, const name_table& names);
bool matches(const node_selector& selector, const node& node, const name_table& names);
// The pod's spec.nodeSelector and required node affinity together.
bool matches_required_affinity(const pod_spec& spec, const node& node, const name_table& names);
// The sum of the weights of the matching terms. The terms must parse.
std::int64_t sum_matching_weights(std::span<const preferred_node_term> terms, const node& node,
                                  const name_table& names);

bool is_empty(const node_selector_term& term);

// The comparison operators Lt and Gt are an alpha feature, off: such a toleration tolerates
// nothing.
bool tolerates(const toleration& toleration, const taint& taint);
bool tolerates(std::span<const toleration> tolerations, const taint& taint);

// The effects that keep a pod off a node.
bool keeps_off(const taint& taint);
// The first taint with a true `filter` that none of the tolerations covers; null where there is
// none.
template <class Filter>
const taint* find_untolerated(std::span<const taint> taints,
                              std::span<const toleration> tolerations, Filter&& filter) {
  for (const taint& taint : taints) {
    if (filter(taint) && !tolerates(tolerations, taint)) return &taint;
  }
  return nullptr;
}

}  // namespace crosstie::cluster
