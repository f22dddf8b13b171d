#include "schedule/plugins/inter_pod_affinity.hpp"

#include <algorithm>
#include <crosstie/flat_map.hpp>

#include "schedule/plugins/affinity_term.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::label;
using cluster::label_set;
using cluster::name_id;

// A topology domain: (label key, label value) -> a count of terms, or a sum of weights.
using domain_sums = crosstie::flat_map<label, std::int64_t>;

constexpr std::string_view affinity_unmet = "node(s) didn't match pod affinity rules";
constexpr std::string_view anti_affinity_unmet = "node(s) didn't match pod anti-affinity rules";
constexpr std::string_view existing_unmet =
    "node(s) didn't satisfy existing pods anti-affinity rules";

class inter_pod_affinity final : public plugin {
 public:
  inter_pod_affinity(const cluster::view& view, const profile& by, pod_id pod)
      : view_(view), objects_(view.objects), args_(by.inter_pod_affinity), pod_(pod) {}

  pre_filter_result pre_filter() override;
  status filter(node_id node) override;
  status pre_score(std::span<const node_id> feasible) override;
  std::int64_t score(node_id node) override;
  void normalize(std::span<std::int64_t> scores) override;
  void pod_added(pod_id pod, node_id node) override { count(pod, node, 1); }
  void pod_removed(pod_id pod, node_id node) override { count(pod, node, -1); }

 private:
  void resolve_terms();
  template <class Visit>
  void for_each_pod(Visit&& visit) const;

  // Does a term of the incoming pod select `pod`? Upstream asks the namespace selector about no
  // labels at all here, so that one of negative requirements selects pods of every namespace.
  bool selects(const affinity_term& term, pod_id pod) const;
  // Does a term of a pod on a node select the incoming pod?
  bool selects_incoming(const affinity_term& term) const;
  bool selects_by_all(const std::vector<affinity_term>& terms, pod_id pod) const;

  void count(pod_id pod, node_id node, std::int64_t change);
  static void add(domain_sums& counts, const affinity_term& term, const label_set& node_labels,
                  std::int64_t change);

  bool meets_affinity(const label_set& node_labels) const;
  bool meets_anti_affinity(const label_set& node_labels) const;
  bool meets_existing(const label_set& node_labels) const;

  void weigh(pod_id pod, node_id node);
  void weigh(const affinity_term& term, const label_set& node_labels, std::int64_t weight);

  const cluster::view view_;
  const cluster::store& objects_;
  const inter_pod_affinity_args& args_;
  const pod_id pod_;
  affinity_terms terms_;
  label_set ns_labels_;  // of the incoming pod's namespace
  domain_sums near_, far_, existing_far_;
  domain_sums scores_;
};

template <class Visit>
void inter_pod_affinity::for_each_pod(Visit&& visit) const {
  std::vector<pod_id> pods;
  for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
    const node_id node{slot};
    if (!objects_.alive(node)) continue;
    pods.clear();
    view_.pods.append_pods(node, pods);
    for (const pod_id pod : pods) visit(pod, node);
  }
}

void inter_pod_affinity::resolve_terms() {
  terms_ = resolve_incoming(objects_, pod_);
  const auto* ns = objects_.namespaces.find({cluster::no_name, objects_[pod_].ns});
  if (ns) ns_labels_ = ns->labels;
}

bool inter_pod_affinity::selects(const affinity_term& term, pod_id pod) const {
  return term.selects(objects_, objects_[pod].ns, {}, objects_.labels(pod));
}

bool inter_pod_affinity::selects_incoming(const affinity_term& term) const {
  return term.selects(objects_, objects_[pod_].ns, ns_labels_, objects_.labels(pod_));
}

bool inter_pod_affinity::selects_by_all(const std::vector<affinity_term>& terms, pod_id pod) const {
  return !terms.empty() &&
         std::ranges::all_of(terms, [&](const auto& term) { return selects(term, pod); });
}

void inter_pod_affinity::add(domain_sums& counts, const affinity_term& term,
                             const label_set& node_labels, std::int64_t change) {
  const name_id key = term.term->topology_key;
  const auto value = cluster::find_label(node_labels, key);
  if (!value) return;
  std::int64_t& count = counts[label{key, *value}];
  count += change;
  if (count == 0) counts.erase(label{key, *value});
}

void inter_pod_affinity::count(pod_id pod, node_id node, std::int64_t change) {
  const label_set& labels = objects_[node].labels;
  for (const affinity_term& term : resolve_existing(objects_, pod).far_required) {
    if (selects_incoming(term)) add(existing_far_, term, labels, change);
  }
  if (selects_by_all(terms_.near_required, pod)) {
    for (const affinity_term& term : terms_.near_required) add(near_, term, labels, change);
  }
  for (const affinity_term& term : terms_.far_required) {
    if (selects(term, pod)) add(far_, term, labels, change);
  }
}

pre_filter_result inter_pod_affinity::pre_filter() {
  if (const auto problem = find_syntax_error(objects_, pod_)) {
    return {{status_code::unschedulable_and_unresolvable, {"parsing pod: " + *problem}}, {}};
  }
  resolve_terms();
  for_each_pod([&](pod_id pod, node_id node) { count(pod, node, 1); });
  if (existing_far_.empty() && terms_.near_required.empty() && terms_.far_required.empty()) {
    return {{status_code::skip, {}}, {}};
  }
  return {};
}

bool inter_pod_affinity::meets_affinity(const label_set& node_labels) const {
  bool all_there = true;
  for (const affinity_term& term : terms_.near_required) {
    const name_id key = term.term->topology_key;
    const auto value = cluster::find_label(node_labels, key);
    if (!value) return false;
    const std::int64_t* count = near_.find_value(label{key, *value});
    if (!count || *count <= 0) all_there = false;
  }
  // The first pod of a group that wants to be near itself would else wait for ever.
  return all_there || (near_.empty() && selects_by_all(terms_.near_required, pod_));
}

bool inter_pod_affinity::meets_anti_affinity(const label_set& node_labels) const {
  return std::ranges::none_of(terms_.far_required, [&](const affinity_term& term) {
    const name_id key = term.term->topology_key;
    const auto value = cluster::find_label(node_labels, key);
    const std::int64_t* count = value ? far_.find_value(label{key, *value}) : nullptr;
    return count && *count > 0;
  });
}

bool inter_pod_affinity::meets_existing(const label_set& node_labels) const {
  return std::ranges::none_of(node_labels, [&](const label& each) {
    const std::int64_t* count = existing_far_.find_value(each);
    return count && *count > 0;
  });
}

status inter_pod_affinity::filter(node_id node) {
  const label_set& labels = objects_[node].labels;
  if (!meets_affinity(labels)) {
    return {status_code::unschedulable_and_unresolvable, {std::string(affinity_unmet)}};
  }
  if (!meets_anti_affinity(labels)) {
    return {status_code::unschedulable, {std::string(anti_affinity_unmet)}};
  }
  if (!meets_existing(labels)) return {status_code::unschedulable, {std::string(existing_unmet)}};
  return {};
}

void inter_pod_affinity::weigh(const affinity_term& term, const label_set& node_labels,
                               std::int64_t weight) {
  const name_id key = term.term->topology_key;
  if (const auto value = cluster::find_label(node_labels, key)) {
    scores_[label{key, *value}] += weight;
  }
}

void inter_pod_affinity::weigh(pod_id pod, node_id node) {
  const label_set& labels = objects_[node].labels;
  for (const affinity_term& term : terms_.near_preferred) {
    if (selects(term, pod)) weigh(term, labels, term.weight);
  }
  for (const affinity_term& term : terms_.far_preferred) {
    if (selects(term, pod)) weigh(term, labels, -term.weight);
  }
  const affinity_terms theirs = resolve_existing(objects_, pod);
  if (args_.hard_pod_affinity_weight > 0) {
    for (const affinity_term& term : theirs.near_required) {
      if (selects_incoming(term)) weigh(term, labels, args_.hard_pod_affinity_weight);
    }
  }
  for (const affinity_term& term : theirs.near_preferred) {
    if (selects_incoming(term)) weigh(term, labels, term.weight);
  }
  for (const affinity_term& term : theirs.far_preferred) {
    if (selects_incoming(term)) weigh(term, labels, -term.weight);
  }
}

status inter_pod_affinity::pre_score(std::span<const node_id>) {
  resolve_terms();
  const bool prefers = !terms_.near_preferred.empty() || !terms_.far_preferred.empty();
  if (args_.ignore_preferred_terms_of_existing_pods && !prefers) return {status_code::skip, {}};
  for_each_pod([&](pod_id pod, node_id node) { weigh(pod, node); });
  if (scores_.empty()) return {status_code::skip, {}};
  return {};
}

std::int64_t inter_pod_affinity::score(node_id node) {
  std::int64_t sum = 0;
  for (const label& each : objects_[node].labels) {
    if (const std::int64_t* weight = scores_.find_value(each)) sum += *weight;
  }
  return sum;
}

void inter_pod_affinity::normalize(std::span<std::int64_t> scores) {
  if (scores.empty()) return;
  const auto [lowest, highest] = std::ranges::minmax(scores);
  const double range = static_cast<double>(highest - lowest);
  for (std::int64_t& score : scores) {
    const double share = range > 0 ? static_cast<double>(score - lowest) / range : 0;
    score = static_cast<std::int64_t>(static_cast<double>(max_node_score) * share);
  }
}

}  // namespace

std::unique_ptr<plugin> make_inter_pod_affinity(const cluster::view& view, const profile& by,
                                                pod_id pod) {
  return std::make_unique<inter_pod_affinity>(view, by, pod);
}

}  // namespace crosstie::schedule::plugins
