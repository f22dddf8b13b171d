#include "schedule/terms_in_use.hpp"

#include <algorithm>

namespace crosstie::schedule {

void terms_in_use::clear() {
  uses_.clear();
  answers_.clear();
}

void terms_in_use::add(cluster::pod_id pod) {
  if (!has_terms(pod)) return;
  const cluster::pod& object = (*objects_)[pod];
  const auto [found, added] = uses_.try_emplace(kind{object.spec, object.ns});
  if (added) {
    found->second.terms = plugins::resolve_existing(*objects_, pod);
    answers_.clear();
  }
  ++found->second.pods;
}

void terms_in_use::remove(cluster::pod_id pod) {
  if (!has_terms(pod)) return;
  const cluster::pod& object = (*objects_)[pod];
  const auto found = uses_.find(kind{object.spec, object.ns});
  if (found == uses_.end() || --found->second.pods > 0) return;
  uses_.erase(found);
  answers_.clear();
}

bool terms_in_use::select(cluster::pod_id pod) {
  if (uses_.empty()) return false;
  constexpr std::size_t most_remembered = 1u << 16;
  if (answers_.size() > most_remembered) answers_.clear();
  const cluster::pod& object = (*objects_)[pod];
  const auto [found, added] = answers_.try_emplace(asker{object.ns, object.labels}, false);
  if (added) found->second = selected_by_any(object);
  return found->second;
}

bool terms_in_use::has_terms(cluster::pod_id pod) const {
  const cluster::pod_spec& spec = objects_->spec(pod);
  return spec.pods_near.has_value() || spec.pods_far.has_value();
}

bool terms_in_use::selected_by_any(const cluster::pod& pod) const {
  const cluster::namespace_object* ns = objects_->namespaces.find({cluster::no_name, pod.ns});
  const cluster::label_set none;
  const cluster::label_set& ns_labels = ns ? ns->labels : none;
  const cluster::label_set& labels = objects_->labels(pod.labels);
  const auto any = [&](const std::vector<plugins::affinity_term>& terms) {
    return std::any_of(terms.begin(), terms.end(), [&](const plugins::affinity_term& term) {
      return term.selects(*objects_, pod.ns, ns_labels, labels);
    });
  };
  return std::any_of(uses_.begin(), uses_.end(), [&](const auto& each) {
    const plugins::affinity_terms& terms = each.second.terms;
    return any(terms.near_required) || any(terms.near_preferred) || any(terms.far_required) ||
           any(terms.far_preferred);
  });
}

std::size_t terms_in_use::memory_bytes() const {
  return uses_.memory_bytes() + answers_.memory_bytes();
}

}  // namespace crosstie::schedule
