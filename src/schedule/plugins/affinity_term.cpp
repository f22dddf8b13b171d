#include "schedule/plugins/affinity_term.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace crosstie::schedule::plugins {
namespace {

using cluster::pod_affinity;
using cluster::pod_affinity_term;
using cluster::store;

affinity_term resolve(const pod_affinity_term& term, std::int32_t weight, cluster::name_id own) {
  affinity_term resolved{&term, weight, term.namespaces};
  if (term.namespaces.empty() && !term.namespace_selector) resolved.namespaces.push_back(own);
  return resolved;
}

void resolve(const std::optional<pod_affinity>& affinity, cluster::name_id own,
             std::vector<affinity_term>& required, std::vector<affinity_term>& preferred) {
  if (!affinity) return;
  for (const auto& each : affinity->required) required.push_back(resolve(each, 0, own));
  for (const auto& each : affinity->preferred) {
    preferred.push_back(resolve(each.term, each.weight, own));
  }
}

void find_namespaces(const store& objects, std::vector<affinity_term>& terms) {
  for (affinity_term& each : terms) {
    const auto& selector = each.term->namespace_selector;
    if (!selector || selector->requirements.empty()) continue;
    for (const cluster::namespace_object& ns : objects.namespaces.all()) {
      if (cluster::matches(*selector, ns.labels, objects.names())) {
        each.namespaces.push_back(ns.name);
      }
    }
  }
}

std::optional<std::string> find_syntax_error(const pod_affinity_term& term,
                                             const cluster::name_table& names) {
  for (const auto* selector : {&term.selector, &term.namespace_selector}) {
    if (!*selector) continue;
    if (auto problem = cluster::find_syntax_error(**selector, names)) return problem;
  }
  return std::nullopt;
}

}  // namespace

bool affinity_term::selects(const store& objects, cluster::name_id ns,
                            const cluster::label_set& ns_labels,
                            const cluster::label_set& labels) const {
  const cluster::name_table& names = objects.names();
  const bool there = std::ranges::find(namespaces, ns) != namespaces.end() ||
                     cluster::matches(term->namespace_selector, ns_labels, names);
  return there && cluster::matches(term->selector, labels, names);
}

affinity_terms resolve_existing(const store& objects, cluster::pod_id pod) {
  const cluster::pod_spec& spec = objects.spec(pod);
  const cluster::name_id own = objects[pod].ns;
  affinity_terms terms;
  resolve(spec.pods_near, own, terms.near_required, terms.near_preferred);
  resolve(spec.pods_far, own, terms.far_required, terms.far_preferred);
  return terms;
}

affinity_terms resolve_incoming(const store& objects, cluster::pod_id pod) {
  affinity_terms terms = resolve_existing(objects, pod);
  for (auto* list :
       {&terms.near_required, &terms.near_preferred, &terms.far_required, &terms.far_preferred}) {
    find_namespaces(objects, *list);
  }
  return terms;
}

std::optional<std::string> find_syntax_error(const store& objects, cluster::pod_id pod) {
  const cluster::pod_spec& spec = objects.spec(pod);
  if (!spec.pods_near && !spec.pods_far) return std::nullopt;
  const affinity_terms all = resolve_existing(objects, pod);
  std::vector<std::string> problems;  // the first of each list
  const auto look = [&](std::string_view name, const std::vector<affinity_term>& terms) {
    for (const affinity_term& each : terms) {
      if (const auto problem = find_syntax_error(*each.term, objects.names())) {
        problems.push_back(fmt::format("{}: {}", name, *problem));
        return;
      }
    }
  };
  look("requiredAffinityTerms", all.near_required);
  look("requiredAntiAffinityTerms", all.far_required);
  look("preferredAffinityTerms", all.near_preferred);
  look("preferredAntiAffinityTerms", all.far_preferred);
  if (problems.empty()) return std::nullopt;
  return problems.size() == 1 ? problems.front() : fmt::format("[{}]", fmt::join(problems, ", "));
}

}  // namespace crosstie::schedule::plugins
