#include "schedule/plugins/node_affinity.hpp"

#include <algorithm>

#include "cluster/selector.hpp"
#include "schedule/plugins/normalization.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;
using cluster::node_selector_term;
using cluster::preferred_node_term;

class node_affinity final : public plugin {
 public:
  node_affinity(const cluster::view& view, const profile& by, pod_id pod)
      : objects_(view.objects),
        spec_(view.objects.spec(pod)),
        added_(by.node_affinity.added_affinity) {}

  pre_filter_result pre_filter() override {
    const bool required = spec_.affinity && spec_.affinity->required;
    if (!required && !added_required() && spec_.selector.empty()) {
      return {{status_code::skip, {}}, {}};
    }
    if (!required || spec_.affinity->required->terms.empty()) return {};
    auto names = find_named_nodes();
    if (names && names->empty()) {
      return {{status_code::unschedulable_and_unresolvable, {"pod affinity terms conflict"}}, {}};
    }
    return {{}, std::move(names)};
  }

  status filter(node_id node) override {
    if (added_required() &&
        !cluster::matches(*added_->required, objects_[node], objects_.names())) {
      return {status_code::unschedulable_and_unresolvable,
              {"node(s) didn't match scheduler-enforced node affinity"}};
    }
    if (!cluster::matches_required_affinity(spec_, objects_[node], objects_.names())) {
      return {status_code::unschedulable_and_unresolvable,
              {"node(s) didn't match Pod's node affinity/selector"}};
    }
    return {};
  }

  status pre_score(std::span<const node_id>) override {
    if (spec_.affinity) {
      if (auto problem = collect(spec_.affinity->preferred)) {
        return {status_code::error, {*std::move(problem)}};
      }
    }
    const bool asks = spec_.affinity && !spec_.affinity->preferred.empty();
    const bool added = added_ && !added_->preferred.empty();
    if (!asks && !added) return {status_code::skip, {}};
    if (added) {
      if (auto problem = collect(added_->preferred)) {
        return {status_code::error, {*std::move(problem)}};
      }
    }
    return {};
  }

  std::int64_t score(node_id node) override {
    return cluster::sum_matching_weights(preferred_, objects_[node], objects_.names());
  }

  void normalize(std::span<std::int64_t> scores) override { normalize_by_maximum(scores, false); }

 private:
  bool added_required() const { return added_ && added_->required; }

  // The nodes that the terms name, where every term names some; terms that conflict name none.
  std::optional<std::vector<name_id>> find_named_nodes() const {
    std::vector<name_id> names;
    for (const node_selector_term& term : spec_.affinity->required->terms) {
      const auto named = find_named_nodes(term);
      if (!named) return std::nullopt;
      names.insert(names.end(), named->begin(), named->end());
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
  }

  std::optional<std::vector<name_id>> find_named_nodes(const node_selector_term& term) const {
    std::optional<std::vector<name_id>> names;
    for (const cluster::requirement& wanted : term.match_fields) {
      if (wanted.op != cluster::selector_operator::in ||
          objects_.text(wanted.key) != "metadata.name") {
        continue;
      }
      if (!names) {
        names = wanted.values;
      } else {
        std::erase_if(*names, [&](name_id name) {
          return std::ranges::find(wanted.values, name) == wanted.values.end();
        });
      }
    }
    return names;
  }

  // Takes over the terms that count; says what is wrong with one that does not parse.
  std::optional<std::string> collect(std::span<const preferred_node_term> terms) {
    for (const preferred_node_term& term : terms) {
      if (term.weight == 0 || cluster::is_empty(term.preference)) continue;
      if (auto problem = cluster::find_syntax_error(term.preference, objects_.names())) {
        return problem;
      }
      preferred_.push_back(term);
    }
    return std::nullopt;
  }

  const cluster::store& objects_;
  const cluster::pod_spec& spec_;
  const std::optional<cluster::node_affinity>& added_;
  std::vector<preferred_node_term> preferred_;
};

}  // namespace

std::unique_ptr<plugin> make_node_affinity(const cluster::view& view, const profile& by,
                                           pod_id pod) {
  return std::make_unique<node_affinity>(view, by, pod);
}

}  // namespace crosstie::schedule::plugins
