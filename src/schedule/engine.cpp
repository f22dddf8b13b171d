#include "schedule/engine.hpp"

#include <algorithm>
#include <crosstie/flat_map.hpp>

#include "cluster/operation_meter.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/node_order.hpp"
#include "schedule/pod_rows.hpp"
#include "schedule/preemption.hpp"
#include "schedule/rejection_events.hpp"

namespace crosstie::schedule {

namespace {

// Numbered draws: the n-th depends on the seed and n alone (splitmix64's finaliser).
std::uint64_t draw(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t x = seed + (n + 1) * 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

std::uint32_t below(std::uint32_t limit, std::uint64_t drawn) {
  return static_cast<std::uint32_t>(((drawn >> 32) * limit) >> 32);
}

}  // namespace

class engine::implementation {
  using found_row = pod_rows::row;

 public:
  implementation(const cluster::store& objects, const cluster::usage_table& usage,
                 cluster::pods_by_node& pods, const configuration& settings,
                 const engine_options& options)
      : objects_(&objects),
        usage_(&usage),
        pods_(&pods),
        settings_(&settings),
        options_(options),
        rows_({objects, usage, pods}, settings, options),
        preemptor_({objects, usage, pods}, rows_.nominated(), rows_.nodes()),
        order_(objects) {
    for (const profile& each : settings.profiles) {
      shape_filters_.push_back(keep_shape_filters(each, false));
      rule_filters_.push_back(keep_shape_filters(each, true));
    }
    reset();
  }

  void reset() {
    rows_.reset();
    drop_victims();
    bound_by_priority_.clear();
    if (options_.sample) order_.reset();
    preemptor_.objects_changed();
    std::vector<pod_id> bound;
    for (std::uint32_t i = 0; i < objects_->node_slots(); ++i) {
      if (objects_->alive(node_id{i})) pods_->append_pods(node_id{i}, bound);
    }
    for (const pod_id pod : bound) count_priority(pod, true);
  }

  std::optional<std::uint32_t> profile_number(pod_id pod) const {
    const std::string_view wanted = objects_->text(objects_->spec(pod).scheduler_name);
    for (std::uint32_t i = 0; i < settings_->profiles.size(); ++i) {
      if (settings_->profiles[i].scheduler_name == wanted) return i;
    }
    return std::nullopt;
  }

  placement place(pod_id pod) {
    const std::uint64_t drawn = draw(options_.ties.seed, draws_++);
    if (const std::optional<found_row> row = options_.sample ? std::nullopt : find_row(pod)) {
      ++statistics_.incremental;
      placement found = describe(*row);
      if (found.nominated) {
        found.node = rows_.own().node;
      } else if (found.ties > 0) {
        found.node = choose(*row, drawn);
      }
      return found;
    }
    placement found = evaluate_plainly(pod, best_);
    if (!best_.empty()) found.node = choose(best_, drawn);
    return found;
  }

  placement find_best(pod_id pod, std::vector<node_id>& best) {
    best.clear();
    if (const std::optional<found_row> row = options_.sample ? std::nullopt : find_row(pod)) {
      ++statistics_.incremental;
      const placement found = describe(*row);
      const auto take = [&](node_id node) { best.push_back(node); };
      if (found.nominated) {
        take(rows_.own().node);
      } else if (row->ties > 0) {
        rows_.for_each_best(*row, take);
      }
      return found;
    }
    return evaluate_plainly(pod, best);
  }

  std::optional<room> find_room(pod_id pod) {
    const std::optional<std::uint32_t> profile = profile_number(pod);
    if (!profile || !preempts(settings_->profiles[*profile])) return std::nullopt;
    ++statistics_.searches;
    room found;
    const std::optional<found_row> row = find_row(pod);
    if (row && row->feasible == 0) {
      const preemptor::question asked = make_question(pod, *row);
      if (preemptor_.find(asked, found)) {
        if (!found.best.empty()) preemptor_.choose(asked, break_tie(found.best), found);
        return found;
      }
    }
    ++statistics_.plain_searches;
    found = {};
    found.plain = true;
    evaluation all = evaluate(pod, *profile, true);
    found.error = std::move(all.error);
    if (!all.preemption) return found;
    found.ineligible = std::move(all.preemption->ineligible);
    found.best = std::move(all.preemption->best);
    std::sort(found.best.begin(), found.best.end());
    if (found.best.empty()) return found;
    found.node = break_tie(found.best);
    for (preemption_victims& each : all.preemption->candidates) {
      if (each.node == found.node) found.victims = std::move(each.victims);
    }
    return found;
  }

  std::string explain_failure(pod_id pod, bool preemption) {
    const std::optional<std::uint32_t> profile = profile_number(pod);
    if (!profile) return {};
    const std::optional<found_row> row = find_row(pod);
    if (row && row->feasible == 0) {
      auto text =
          explain_row(pod, *profile, *row, preemption && preempts(settings_->profiles[*profile]));
      if (text) return *std::move(text);
    }
    evaluation all = evaluate(pod, *profile, preemption);
    return all.error.empty() ? std::move(all.message) : std::move(all.error);
  }

  void node_changed(node_id node) {
    if (rows_.node_changed(node)) drop_victims();
    if (options_.sample) order_.node_changed(node);
  }
  void pod_bound(pod_id pod, node_id node) {
    count_priority(pod, true);
    rows_.pod_bound(pod, node);
  }
  void pod_unbound(pod_id pod, node_id node) {
    count_priority(pod, false);
    rows_.pod_unbound(pod, node);
  }
  void waiting_pod_changed(pod_id pod) { rows_.waiting_pod_changed(pod); }
  void waiting_pod_gone(pod_id pod) { rows_.waiting_pod_gone(pod); }
  void bound_pod_changed(node_id node) { rows_.node_used(node); }
  void object_changed(const cluster::object_reference& which) {
    if (which.kind == cluster::kind_of<cluster::pod_disruption_budget>) {
      preemptor_.objects_changed();
    }
    rows_.object_changed(which);
  }
  void objects_changed() {
    preemptor_.objects_changed();
    rows_.objects_changed();
  }
  std::vector<nomination> nominations() const { return rows_.nominated().list(); }
  std::span<const pod_id> nominated_to(node_id node) const {
    return rows_.nominated().at(cluster::index(node));
  }

  const engine_statistics& statistics() {
    rows_.add_figures(statistics_);
    return statistics_;
  }
  std::size_t memory_bytes() const { return rows_.memory_bytes() + preemptor_.memory_bytes(); }
  const configuration& settings() const { return *settings_; }

 private:
  void drop_victims() { preemptor_.reset(options_.row_limit != 0 ? 1 : options_.row_bytes / 4); }

  void count_priority(pod_id pod, bool comes) {
    const std::int32_t priority = objects_->spec(pod).priority;
    std::uint32_t& pods = bound_by_priority_[priority];
    pods += comes ? 1u : ~0u;
    if (pods == 0) bound_by_priority_.erase(priority);
  }

  // Absent: the pod needs the plain evaluation.
  std::optional<found_row> find_row(pod_id pod) {
    const std::optional<std::uint32_t> profile = profile_number(pod);
    return profile ? rows_.find(pod, *profile) : std::nullopt;
  }

  node_id choose(const found_row& row, std::uint64_t drawn) const {
    return options_.ties.by_name ? rows_.first_best(row)
                                 : rows_.nth_best(row, below(row.ties, drawn));
  }

  placement describe(const found_row& row) const {
    placement found;
    if (const pod_rows::own_node& own = rows_.own(); own.accepts()) {
      const bool counted = rows_.takes(row, cluster::index(own.node));
      found.feasible = row.feasible + (counted ? 0 : 1);
      found.ties = 1;
      found.nominated = true;
      return found;
    }
    found.feasible = row.feasible;
    found.ties = row.ties;
    found.total = row.feasible > 1 ? row.best : 0;
    if (row.ties == 0) found.helpful = events_for(rows_.rejections(row));
    return found;
  }

  // Preemption is asked by the rows of shapes, and by rules where they refuse.
  preemptor::question make_question(pod_id pod, const found_row& row) {
    return {.pod = pod,
            .shape_id = row.shape_id,
            .wanted = rows_.shape_of(row),
            .totals = rows_.find_totals(pod, row),
            .own = rows_.own().node,
            .own_bits = rows_.own().bits,
            .finds_lower = may_preempt(pod),
            .rules = rows_.rules_of(row)};
  }

  // Absent: the row does not tell.
  std::optional<std::string> explain_row(pod_id pod, std::uint32_t profile, const found_row& row,
                                         bool preemption) {
    const cluster::view view{*objects_, *usage_, *pods_};
    room found;
    no_room none{.finds_lower = preemption && may_preempt(pod)};
    if (preemption) {
      const preemptor::question asked = make_question(pod, row);
      if (!preemptor_.find(asked, found)) return std::nullopt;
      if (none.finds_lower && found.ineligible.empty() && found.best.empty()) {
        none = preemptor_.describe(asked);
      }
    }
    const bool adds = preemption && found.ineligible.empty() && found.best.empty();
    rows_.group_rejections(row, groups_);
    const auto& filters = row.bucketed ? rule_filters_ : shape_filters_;
    const std::vector<nomination> nominated = rows_.nominated().list();
    auto text = schedule::explain_failure(view, filters[profile], pod, nominated, groups_,
                                          adds ? &none : nullptr);
    if (text && !found.ineligible.empty()) *text += " preemption: " + found.ineligible;
    return text;
  }

  bool may_preempt(pod_id pod) const {
    const std::int32_t own = objects_->spec(pod).priority;
    return std::any_of(bound_by_priority_.begin(), bound_by_priority_.end(),
                       [&](const auto& each) { return each.first < own; });
  }

  evaluation evaluate(pod_id pod, std::uint32_t number, bool preemption, bool samples = false) {
    const std::vector<nomination> nominated = rows_.nominated().list();
    const profile& by = settings_->profiles[number];
    evaluation_options how{.nominations = nominated, .preemption = preemption};
    node_sample sample;
    if (samples && options_.sample) {
      const std::int32_t percentage = settings_->percentage_of_nodes_to_score.value_or(0);
      sample = {order_.nodes(), sample_start_,
                by.percentage_of_nodes_to_score.value_or(percentage)};
      how.sample = &sample;
    }
    return schedule::evaluate({*objects_, *usage_, *pods_}, by, pod, how);
  }

  node_id break_tie(const std::vector<node_id>& best) {
    return choose(best, draw(options_.ties.seed, draws_++));
  }

  placement evaluate_plainly(pod_id pod, std::vector<node_id>& best) {
    ++statistics_.plain;
    best.clear();
    placement found;
    const std::optional<std::uint32_t> profile = profile_number(pod);
    if (!profile) {
      found.error = "no profile has the pod's schedulerName";
      return found;
    }
    const evaluation all = evaluate(pod, *profile, false, true);
    if (options_.sample && objects_->node_count() > 0) {
      sample_start_ = (sample_start_ + all.moved) % objects_->node_count();
    }
    found.error = all.error;
    found.feasible = static_cast<std::uint32_t>(all.feasible.size());
    found.nominated = all.nominated.has_value();
    best = all.best;
    std::sort(best.begin(), best.end());
    found.ties = static_cast<std::uint32_t>(best.size());
    for (const scored_node& node : all.scores) {
      if (!best.empty() && node.node == best.front()) found.total = node.total;
    }
    if (best.empty()) found.helpful = events_for(all);
    return found;
  }

  node_id choose(const std::vector<node_id>& best, std::uint64_t drawn) const {
    if (!options_.ties.by_name) {
      return best[below(static_cast<std::uint32_t>(best.size()), drawn)];
    }
    return *std::min_element(best.begin(), best.end(), [&](node_id a, node_id b) {
      return objects_->text((*objects_)[a].name) < objects_->text((*objects_)[b].name);
    });
  }

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  cluster::pods_by_node* pods_;
  const configuration* settings_;
  engine_options options_;
  pod_rows rows_;
  preemptor preemptor_;
  node_order order_;  // where nodes are sampled
  std::size_t sample_start_ = 0;
  std::vector<node_id> best_;
  std::vector<node_group> groups_;
  std::vector<profile> shape_filters_, rule_filters_;                  // by number of the profile
  crosstie::flat_map<std::int32_t, std::uint32_t> bound_by_priority_;  // how many pods
  std::uint64_t draws_ = 0;
  engine_statistics statistics_;
};

engine::engine(const cluster::store& objects, const cluster::usage_table& usage,
               cluster::pods_by_node& pods, const configuration& settings,
               const engine_options& options)
    : self_(std::make_unique<implementation>(objects, usage, pods, settings, options)) {}
engine::~engine() = default;
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;

void engine::reset() { self_->reset(); }
const profile* engine::profile_of(pod_id pod) const {
  const std::optional<std::uint32_t> number = self_->profile_number(pod);
  return number ? &self_->settings().profiles[*number] : nullptr;
}
placement engine::place(pod_id pod) {
  const cluster::timed watch(cluster::metered::score_rows, cluster::operation::find);
  return self_->place(pod);
}
placement engine::find_best(pod_id pod, std::vector<node_id>& best) {
  return self_->find_best(pod, best);
}
void engine::node_changed(node_id node) {
  const cluster::timed watch(cluster::metered::score_rows, cluster::operation::note);
  self_->node_changed(node);
}
void engine::pod_bound(pod_id pod, node_id node) {
  const cluster::timed watch(cluster::metered::score_rows, cluster::operation::note);
  self_->pod_bound(pod, node);
}
void engine::pod_unbound(pod_id pod, node_id node) {
  const cluster::timed watch(cluster::metered::score_rows, cluster::operation::note);
  self_->pod_unbound(pod, node);
}
void engine::waiting_pod_changed(pod_id pod) { self_->waiting_pod_changed(pod); }
void engine::waiting_pod_gone(pod_id pod) { self_->waiting_pod_gone(pod); }
void engine::bound_pod_changed(node_id node) { self_->bound_pod_changed(node); }
std::optional<room> engine::find_room(pod_id pod) { return self_->find_room(pod); }
std::span<const pod_id> engine::nominated_to(node_id node) const {
  return self_->nominated_to(node);
}
std::vector<nomination> engine::nominations() const { return self_->nominations(); }
std::string engine::explain_failure(pod_id pod, bool preemption) const {
  return self_->explain_failure(pod, preemption);
}
void engine::object_changed(const cluster::object_reference& which) {
  self_->object_changed(which);
}
void engine::objects_changed() { self_->objects_changed(); }
const engine_statistics& engine::statistics() const { return self_->statistics(); }
std::size_t engine::memory_bytes() const { return self_->memory_bytes(); }

}  // namespace crosstie::schedule
