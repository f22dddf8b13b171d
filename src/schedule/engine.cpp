#include "schedule/engine.hpp"

#include <algorithm>
#include <bit>
#include <crosstie/flat_map.hpp>

#include "cluster/operation_meter.hpp"
#include "schedule/bucket_table.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/node_order.hpp"
#include "schedule/nominated_pods.hpp"
#include "schedule/plugins/volume_claims.hpp"
#include "schedule/pod_counters.hpp"
#include "schedule/pod_rules.hpp"
#include "schedule/preemption.hpp"
#include "schedule/rejection_events.hpp"
#include "schedule/rule_trial.hpp"
#include "schedule/score_table.hpp"
#include "schedule/shape.hpp"
#include "schedule/static_table.hpp"
#include "schedule/volume_table.hpp"

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

// How many bits of a cell the resource scores take, in whatever profile.
std::uint32_t find_score_bits(const configuration& settings) {
  std::uint32_t bits = 1;
  for (const profile& each : settings.profiles) {
    const std::uint32_t own = bucket_table::count_score_bits(weigh(each));
    if (own <= bucket_table::most_score_bits) bits = std::max(bits, own);
  }
  return bits;
}

}  // namespace

class engine::implementation {
 public:
  implementation(const cluster::store& objects, const cluster::usage_table& usage,
                 cluster::pods_by_node& pods, const configuration& settings,
                 const engine_options& options)
      : objects_(&objects),
        usage_(&usage),
        pods_(&pods),
        settings_(&settings),
        options_(options),
        nodes_(objects, usage, std::bit_ceil(std::max(options.block_nodes, 1u))),
        shapes_(objects, usage, settings),
        static_(objects, usage, pods, nodes_, settings),
        nominated_(objects, usage, pods, settings),
        rows_(usage, nodes_, nominated_, options.ties.by_name),
        preemptor_({objects, usage, pods}, nominated_, nodes_),
        order_(objects),
        topology_(objects),
        counters_(objects, pods, topology_),
        rules_({objects, usage, pods}, settings, topology_, counters_),
        buckets_(usage, nodes_, nominated_, topology_, counters_, options.coarse_domains,
                 find_score_bits(settings)),
        trial_(objects, rules_, counters_, topology_, nominated_),
        volumes_({objects, usage, pods}, settings, nodes_, nominated_) {
    for (const profile& each : settings.profiles) {
      shape_filters_.push_back(keep_shape_filters(each, false));
      rule_filters_.push_back(keep_shape_filters(each, true));
    }
    reset();
  }

  void reset() {
    nodes_.reset();
    drop_rows();
    forget_rules();
    bound_by_priority_.clear();
    nominated_.reset();
    know_nominated_terms();
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
        found.node = own_.node;
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
        take(own_.node);
      } else if (row->ties > 0) {
        row->bucketed ? buckets_.for_each_best(*row, take) : rows_.for_each_best(*row, take);
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
    counters_.node_changed(node);
    rules_.node_changed();
    if (nodes_.refresh(node, true)) drop_rows();
    nominated_.node_changed(node);
    volumes_.node_changed(node);
    if (options_.sample) order_.node_changed(node);
  }
  void pod_bound(pod_id pod, node_id node) {
    counters_.pod_bound(pod, node);
    volumes_.pod_bound(pod, node);
    count_priority(pod, true);
    waiting_pod_gone(pod);
    nodes_.refresh(node, false);
  }
  void pod_unbound(pod_id pod, node_id node) {
    counters_.pod_unbound(pod, node);
    volumes_.pod_unbound(pod, node);
    count_priority(pod, false);
    nodes_.refresh(node, false);
  }
  void waiting_pod_changed(pod_id pod) {
    if ((*objects_)[pod].nominated_node != cluster::no_name) counters_.know_terms(pod);
    nominated_.pod_changed(pod, [&](node_id node) { nodes_.refresh(node, false); });
  }
  void waiting_pod_gone(pod_id pod) {
    nominated_.pod_gone(pod, [&](node_id node) { nodes_.refresh(node, false); });
  }
  void bound_pod_changed(node_id node) { nodes_.refresh(node, false); }
  void object_changed(const cluster::object_reference& which) {
    using cluster::kind_of;
    if (which.kind == kind_of<cluster::namespace_object> ||
        which.kind == kind_of<cluster::service> || which.kind == kind_of<cluster::workload>) {
      rules_.forget_answers();
    }
    if (which.kind == kind_of<cluster::pod_disruption_budget>) preemptor_.objects_changed();
    if (which.kind == kind_of<cluster::resource_claim>) claims_changed();
    volumes_.object_changed(which);
  }
  void objects_changed() {
    rules_.forget_answers();
    preemptor_.objects_changed();
    claims_changed();
    volumes_.reset();
  }
  std::vector<nomination> nominations() const { return nominated_.list(); }
  std::span<const pod_id> nominated_to(node_id node) const {
    return nominated_.at(cluster::index(node));
  }

  const engine_statistics& statistics() {
    statistics_.rebuilt_rows = rows_.rebuilt() + buckets_.rebuilt();
    statistics_.replayed_nodes = rows_.replayed() + buckets_.replayed();
    statistics_.dropped_rows = rows_.dropped() + buckets_.dropped();
    return statistics_;
  }
  std::size_t memory_bytes() const {
    return nodes_.memory_bytes() + shapes_.memory_bytes() + static_.memory_bytes() +
           rows_.memory_bytes() + topology_.memory_bytes() + counters_.memory_bytes() +
           rules_.memory_bytes() + buckets_.memory_bytes() + nominated_.memory_bytes() +
           preemptor_.memory_bytes() + volumes_.memory_bytes();
  }
  const configuration& settings() const { return *settings_; }

 private:
  std::uint32_t row_limit() const {
    // A row of totals and classes, and the static cells that most rows share.
    constexpr std::size_t bytes_per_cell = sizeof(std::int32_t) + 2 * sizeof(std::uint16_t);
    std::size_t limit = options_.row_bytes / (bytes_per_cell * std::max(nodes_.slots(), 1u));
    limit = std::clamp<std::size_t>(limit, 16, 1u << 20);
    if (options_.row_limit != 0) limit = std::min(limit, options_.row_limit);
    return static_cast<std::uint32_t>(limit);
  }
  void drop_rows() {
    static_.reset(row_limit());
    rows_.reset(row_limit());
    buckets_.reset(row_limit());
    volumes_.reset();
    preemptor_.reset(options_.row_limit != 0 ? 1 : options_.row_bytes / 4);
  }

  // Counters and rules start anew; rows are by the rules' numbers.
  void forget_rules() {
    rules_.reset();
    trial_.reset();
    counters_.reset();
    buckets_.reset(row_limit());
    know_nominated_terms();
  }
  // Those of nominated pods are among the rules of others, like those of pods on nodes.
  void know_nominated_terms() {
    nominated_.all_of([&](pod_id pod, node_id) {
      counters_.know_terms(pod);
      return true;
    });
  }

  void claims_changed() {
    nominated_.claims_changed([&](node_id node) { nodes_.refresh(node, false); });
  }

  void count_priority(pod_id pod, bool comes) {
    const std::int32_t priority = objects_->spec(pod).priority;
    std::uint32_t& pods = bound_by_priority_[priority];
    pods += comes ? 1u : ~0u;
    if (pods == 0) bound_by_priority_.erase(priority);
  }

  struct found_row : score_table::row {
    std::uint32_t shape_id, rules_id;
    bool bucketed;  // of buckets_, else of rows_
  };

  // The up-to-date row of the pod's shape and rules; absent: the pod needs the plain evaluation.
  std::optional<found_row> find_row(pod_id pod) {
    if (!options_.incremental || !nodes_.exact() || objects_->node_count() == 0) {
      return std::nullopt;
    }
    const std::optional<std::uint32_t> profile = profile_number(pod);
    if (!profile) return std::nullopt;
    const std::uint32_t shape_id = shapes_.shape_of((*objects_)[pod].spec, *profile);
    if (shape_id == shape_table::none) return std::nullopt;
    // Rules that nobody has any more only go all together.
    if (counters_.count_bytes() > options_.counter_bytes) forget_rules();
    const std::uint32_t rules_id = rules_.rules_of(pod, *profile);
    if (rules_id == rule_table::plain) return std::nullopt;
    const volume_table::answer allowed = ask_volumes(pod, *profile);
    if (allowed == volume_table::answer::plain) return std::nullopt;
    const shape& wanted = shapes_[shape_id];
    const std::optional<static_table::part> part = static_.refresh(wanted, pod);
    if (!part) return std::nullopt;
    if (options_.ties.by_name) nodes_.sort_names();
    const plugin_weights& weights = shapes_.weights(*profile);
    const bucket_table::question asked{shape_id, rules_id, wanted,
                                       weights,  *part,    rules_[rules_id]};
    const bool refuses = asked.rules.refuse();
    if (refuses) trial_.ask(pod, rules_id);
    judge_own(pod, asked);
    const bool somewhere = allowed == volume_table::answer::somewhere;
    if (somewhere && own_.node != cluster::no_node) return std::nullopt;
    if (rules_id != rule_table::none && (refuses || !takes_own())) {
      if (bucket_table::count_score_bits(weights) > bucket_table::most_score_bits) {
        return std::nullopt;
      }
      const found_row row = find_bucketed(pod, asked, somewhere);
      if (row.feasible > 0) return row;
      if (refuses) return somewhere ? std::nullopt : std::optional(row);
    }
    // Rules that only score have no say about a nominated node, nor where nothing is feasible.
    found_row row{rows_.refresh(shape_id, wanted, weights, *part), shape_id, rules_id, false};
    if (!somewhere) return row;
    static_cast<score_table::row&>(row) = rows_.narrow(row, volumes_.refused(), weights, *part);
    // Why nodes refuse where none is left is the plugins' to say.
    return row.feasible > 0 ? std::optional(row) : std::nullopt;
  }

  // The row of buckets without the nodes that volumes or nominated pods refuse.
  found_row find_bucketed(pod_id pod, const bucket_table::question& asked, bool somewhere) {
    found_row row{buckets_.refresh(asked), asked.shape_id, asked.rules_id, true};
    refusals_.clear();
    apart_.clear();
    if (asked.rules.refuse()) ask_nominated(pod);
    if (somewhere) {
      const std::span<const std::uint8_t> refused = volumes_.refused();
      for (std::uint32_t slot = 0; slot < refused.size(); ++slot) {
        if (refused[slot]) refusals_.push_back({slot, 0});
      }
    }
    static_cast<score_table::row&>(row) = buckets_.narrow(asked, row, refusals_);
    return row;
  }

  // Where a nominated pod that this one may not pass is the rules' concern, they are asked with it
  // on its node.
  void ask_nominated(pod_id pod) {
    const std::int32_t priority = objects_->spec(pod).priority;
    nominated_.all_of([&](pod_id each, node_id node) {
      const std::uint32_t slot = cluster::index(node);
      if (each == pod || objects_->spec(each).priority < priority || !trial_.concerns(each)) {
        return true;
      }
      apart_.push_back(slot);
      trial_.look_at(slot);
      if (const std::uint32_t bits = rule_trial::bit_of(trial_.judge())) {
        refusals_.push_back({slot, bits});
      }
      return true;
    });
  }

  volume_table::answer ask_volumes(pod_id pod, std::uint32_t profile) {
    const bool asks = std::ranges::any_of(objects_->spec(pod).volumes, plugins::needs_claim);
    return asks ? volumes_.ask(pod, profile) : volume_table::answer::everywhere;
  }

  // Rows count every nomination, so the pod's own node is asked apart, without the pod's own.
  void judge_own(pod_id pod, const bucket_table::question& asked) {
    own_ = {};
    const cluster::name_id name = (*objects_)[pod].nominated_node;
    if (name == cluster::no_name) return;
    const std::optional<node_id> node = objects_->find_node(name);
    if (!node) return;
    own_.node = *node;
    const std::uint32_t slot = cluster::index(*node);
    const std::uint16_t cell = asked.part.cells[slot];
    own_.bits = cell & static_table::rejected ? cell & ~std::uint32_t{static_table::rejected}
                                              : nominated_.refuse(asked.wanted, slot, pod);
    if (!asked.rules.refuse()) return;
    trial_.look_at(slot);
    own_.rule_bits = rule_trial::bit_of(trial_.judge());
  }
  bool takes_own() const {
    return own_.node != cluster::no_node && (own_.bits | own_.rule_bits) == 0;
  }

  node_id choose(const found_row& row, std::uint64_t drawn) const {
    if (options_.ties.by_name) {
      return row.bucketed ? buckets_.first_best(row) : rows_.first_best(row);
    }
    const std::uint32_t n = below(row.ties, drawn);
    return row.bucketed ? buckets_.nth_best(row, n) : rows_.nth_best(row, n);
  }

  placement describe(const found_row& row) const {
    placement found;
    if (takes_own()) {
      const std::uint32_t slot = cluster::index(own_.node);
      const bool counted = row.bucketed ? buckets_.takes(row, slot) : rows_.totals(row)[slot] >= 0;
      found.feasible = row.feasible + (counted ? 0 : 1);
      found.ties = 1;
      found.nominated = true;
      return found;
    }
    found.feasible = row.feasible;
    found.ties = row.ties;
    found.total = row.feasible > 1 ? row.best : 0;
    if (row.ties == 0) {
      found.helpful =
          events_for(own_.bits | own_.rule_bits |
                     (row.bucketed ? buckets_.rejections(row) : rows_.rejections(row, own_.node)));
    }
    return found;
  }

  // Preemption is asked by the rows of shapes, and by rules where they refuse.
  preemptor::question make_question(pod_id pod, const found_row& row) {
    const shape& wanted = shapes_[row.shape_id];
    preemptor::question asked{.pod = pod,
                              .shape_id = row.shape_id,
                              .wanted = wanted,
                              .totals = {},
                              .own = own_.node,
                              .own_bits = own_.bits,
                              .finds_lower = may_preempt(pod)};
    if (row.bucketed) {
      asked.rules = &trial_;
      const std::optional<static_table::part> part = static_.refresh(wanted, pod);
      asked.totals =
          rows_.totals(rows_.refresh(row.shape_id, wanted, shapes_.weights(wanted.profile), *part));
    } else {
      asked.totals = rows_.totals(row);
    }
    return asked;
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
    const shape& wanted = shapes_[row.shape_id];
    if (own_.node != cluster::no_node) apart_.push_back(cluster::index(own_.node));
    row.bucketed ? buckets_.group_rejections(row, wanted, apart_, groups_)
                 : rows_.group_rejections(row, wanted, own_.node, groups_);
    const auto& filters = row.bucketed ? rule_filters_ : shape_filters_;
    const std::vector<nomination> nominated = nominated_.list();
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
    const std::vector<nomination> nominated = nominated_.list();
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
  node_columns nodes_;
  shape_table shapes_;
  static_table static_;
  nominated_pods nominated_;
  score_table rows_;
  preemptor preemptor_;
  node_order order_;  // where nodes are sampled
  std::size_t sample_start_ = 0;
  topology_table topology_;
  pod_counters counters_;
  rule_table rules_;
  bucket_table buckets_;
  rule_trial trial_;  // of the pod that find_row() was asked about
  volume_table volumes_;
  std::vector<node_id> best_;
  std::vector<node_group> groups_;
  std::vector<bucket_table::refusal> refusals_;
  std::vector<std::uint32_t> apart_;  // slots whose nominated pods concern the rules
  std::vector<profile> shape_filters_, rule_filters_;                  // by number of the profile
  crosstie::flat_map<std::int32_t, std::uint32_t> bound_by_priority_;  // how many pods
  struct {
    node_id node = cluster::no_node;
    std::uint32_t bits = 0;       // why it rejects the pod's shape; 0: it does not
    std::uint32_t rule_bits = 0;  // the same of its rules
  } own_;                         // nominated node of the pod that find_row() was asked about
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
