#include "schedule/engine.hpp"

#include <algorithm>
#include <bit>
#include <crosstie/flat_map.hpp>

#include "schedule/evaluation.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/plugins/spread_constraint.hpp"
#include "schedule/score_table.hpp"
#include "schedule/shape.hpp"
#include "schedule/static_table.hpp"
#include "schedule/terms_in_use.hpp"

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

event_set events_for(std::uint32_t rejections) {
  event_set events = no_event;
  if (rejections & node_unschedulable) events |= events_that_help("NodeUnschedulable");
  if (rejections & node_taint) events |= events_that_help("TaintToleration");
  if (rejections & node_affinity_mismatch) events |= events_that_help("NodeAffinity");
  if (rejections & ports_taken) events |= events_that_help("NodePorts");
  if (rejections >= too_many_pods) events |= events_that_help("NodeResourcesFit");
  // No node at all: only a new one helps.
  return events == no_event ? node_added : events;
}

// What decides whether default spreading applies to a pod without constraints of its own.
struct spread_key {
  cluster::name_id ns;
  std::uint32_t labels, controller;
  bool operator==(const spread_key&) const = default;
};

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
        terms_(objects) {
    for (const profile& each : settings.profiles) {
      shape_filters_.push_back(keep_shape_filters(each));
    }
    reset();
  }

  void reset() {
    nodes_.reset();
    drop_rows();
    terms_.clear();
    bound_by_priority_.clear();
    nominated_.reset();
    preemptor_.objects_changed();
    spreads_.clear();
    std::vector<pod_id> bound;
    for (std::uint32_t i = 0; i < objects_->node_slots(); ++i) {
      if (objects_->alive(node_id{i})) pods_->append_pods(node_id{i}, bound);
    }
    for (const pod_id pod : bound) count_bound(pod, true);
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
    if (const std::optional<score_table::row> row = find_row(pod)) {
      ++statistics_.incremental;
      placement found = describe(*row);
      if (found.nominated) {
        found.node = asked_.own;
      } else if (found.ties > 0) {
        found.node = options_.ties.by_name ? rows_.first_best(*row)
                                           : rows_.nth_best(*row, below(found.ties, drawn));
      }
      return found;
    }
    placement found = evaluate_plainly(pod, best_);
    if (!best_.empty()) found.node = choose(best_, drawn);
    return found;
  }

  placement find_best(pod_id pod, std::vector<node_id>& best) {
    best.clear();
    if (const std::optional<score_table::row> row = find_row(pod)) {
      ++statistics_.incremental;
      const placement found = describe(*row);
      if (found.nominated) {
        best.push_back(asked_.own);
      } else if (row->ties > 0) {
        rows_.for_each_best(*row, [&](node_id node) { best.push_back(node); });
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
    const std::optional<score_table::row> row = find_row(pod);
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
    const std::optional<score_table::row> row = find_row(pod);
    if (row && row->feasible == 0) {
      auto text =
          explain_row(pod, *profile, *row, preemption && preempts(settings_->profiles[*profile]));
      if (text) return *std::move(text);
    }
    evaluation all = evaluate(pod, *profile, preemption);
    return all.error.empty() ? std::move(all.message) : std::move(all.error);
  }

  void node_changed(node_id node) {
    if (nodes_.refresh(node, true)) drop_rows();
    nominated_.node_changed(node);
  }
  void pod_bound(pod_id pod, node_id node) {
    count_bound(pod, true);
    waiting_pod_gone(pod);
    nodes_.refresh(node, false);
  }
  void pod_unbound(pod_id pod, node_id node) {
    count_bound(pod, false);
    nodes_.refresh(node, false);
  }
  void waiting_pod_changed(pod_id pod) {
    nominated_.pod_changed(pod, [&](node_id node) { nodes_.refresh(node, false); });
  }
  void waiting_pod_gone(pod_id pod) {
    nominated_.pod_gone(pod, [&](node_id node) { nodes_.refresh(node, false); });
  }
  void bound_pod_changed(node_id node) { nodes_.refresh(node, false); }
  void objects_changed() {
    spreads_.clear();
    terms_.forget_answers();
    preemptor_.objects_changed();
    nominated_.claims_changed([&](node_id node) { nodes_.refresh(node, false); });
  }
  std::span<const pod_id> nominated_to(node_id node) const {
    return nominated_.at(cluster::index(node));
  }

  const engine_statistics& statistics() {
    statistics_.rebuilt_rows = rows_.rebuilt();
    statistics_.replayed_nodes = rows_.replayed();
    statistics_.dropped_rows = rows_.dropped();
    return statistics_;
  }
  std::size_t memory_bytes() const {
    return nodes_.memory_bytes() + shapes_.memory_bytes() + static_.memory_bytes() +
           rows_.memory_bytes() + spreads_.memory_bytes() + terms_.memory_bytes() +
           nominated_.memory_bytes() + preemptor_.memory_bytes();
  }
  const configuration& settings() const { return *settings_; }

 private:
  void drop_rows() {
    // A row of totals and classes, and the static cells that most rows share.
    constexpr std::size_t bytes_per_cell = sizeof(std::int32_t) + 2 * sizeof(std::uint16_t);
    std::size_t limit = options_.row_bytes / (bytes_per_cell * std::max(nodes_.slots(), 1u));
    limit = std::clamp<std::size_t>(limit, 16, 1u << 20);
    if (options_.row_limit != 0) limit = std::min(limit, options_.row_limit);
    static_.reset(static_cast<std::uint32_t>(limit));
    rows_.reset(static_cast<std::uint32_t>(limit));
    preemptor_.reset(options_.row_limit != 0 ? 1 : options_.row_bytes / 4);
  }

  void count_bound(pod_id pod, bool comes) {
    comes ? terms_.add(pod) : terms_.remove(pod);
    const std::int32_t priority = objects_->spec(pod).priority;
    std::uint32_t& pods = bound_by_priority_[priority];
    pods += comes ? 1u : ~0u;
    if (pods == 0) bound_by_priority_.erase(priority);
  }

  // The up-to-date row of the pod's shape; absent: the pod needs the plain evaluation.
  std::optional<score_table::row> find_row(pod_id pod) {
    if (!options_.incremental || !nodes_.exact() || objects_->node_count() == 0) {
      return std::nullopt;
    }
    const std::optional<std::uint32_t> profile = profile_number(pod);
    if (!profile || may_spread(pod) || terms_.select(pod)) return std::nullopt;
    const std::uint32_t shape_id = shapes_.shape_of((*objects_)[pod].spec, *profile);
    if (shape_id == shape_table::none) return std::nullopt;
    const shape& wanted = shapes_[shape_id];
    const std::optional<static_table::part> part = static_.refresh(wanted, pod);
    if (!part) return std::nullopt;
    if (options_.ties.by_name) nodes_.sort_names();
    asked_ = {shape_id, cluster::no_node, 0};
    const cluster::name_id own = (*objects_)[pod].nominated_node;
    if (own != cluster::no_name) judge_own(pod, own, wanted, *part);
    return rows_.refresh(shape_id, wanted, shapes_.weights(*profile), *part);
  }

  // The row counts every nomination, so the pod's own node is asked apart, without the pod's own.
  void judge_own(pod_id pod, cluster::name_id name, const shape& wanted,
                 const static_table::part& part) {
    const std::optional<node_id> node = objects_->find_node(name);
    if (!node) return;
    const std::uint16_t cell = part.cells[cluster::index(*node)];
    asked_.own = *node;
    asked_.own_bits = cell & static_table::rejected
                          ? cell & ~std::uint32_t{static_table::rejected}
                          : nominated_.refuse(wanted, cluster::index(*node), pod);
  }

  placement describe(const score_table::row& row) const {
    placement found;
    if (asked_.own != cluster::no_node && asked_.own_bits == 0) {
      const bool counted = rows_.totals(row)[cluster::index(asked_.own)] >= 0;
      found.feasible = row.feasible + (counted ? 0 : 1);
      found.ties = 1;
      found.nominated = true;
      return found;
    }
    found.feasible = row.feasible;
    found.ties = row.ties;
    found.total = row.feasible > 1 ? row.best : 0;
    if (row.ties == 0) {
      found.helpful = events_for(rows_.rejections(row, asked_.own) | asked_.own_bits);
    }
    return found;
  }

  preemptor::question make_question(pod_id pod, const score_table::row& row) const {
    return {.pod = pod,
            .shape_id = asked_.shape_id,
            .wanted = shapes_[asked_.shape_id],
            .totals = rows_.totals(row),
            .own = asked_.own,
            .own_bits = asked_.own_bits,
            .finds_lower = may_preempt(pod)};
  }

  std::optional<std::string> explain_row(pod_id pod, std::uint32_t profile,
                                         const score_table::row& row, bool preemption) {
    const preemptor::question asked = make_question(pod, row);
    room found;
    if (preemption && !preemptor_.find(asked, found)) return std::nullopt;
    const bool none = preemption && found.ineligible.empty() && found.best.empty();
    const no_room told = none ? preemptor_.describe(asked) : no_room{};
    rows_.group_rejections(row, asked.wanted, asked.own, groups_);
    const std::vector<nomination> nominated = nominated_.list();
    auto text = schedule::explain_failure({*objects_, *usage_, *pods_}, shape_filters_[profile],
                                          pod, nominated, groups_, none ? &told : nullptr);
    if (text && !found.ineligible.empty()) *text += " preemption: " + found.ineligible;
    return text;
  }

  bool may_preempt(pod_id pod) const {
    const std::int32_t own = objects_->spec(pod).priority;
    return std::any_of(bound_by_priority_.begin(), bound_by_priority_.end(),
                       [&](const auto& each) { return each.first < own; });
  }

  evaluation evaluate(pod_id pod, std::uint32_t profile, bool preemption) const {
    const std::vector<nomination> nominated = nominated_.list();
    return schedule::evaluate({*objects_, *usage_, *pods_}, settings_->profiles[profile], pod,
                              {.nominations = nominated, .preemption = preemption});
  }

  node_id break_tie(const std::vector<node_id>& best) {
    return choose(best, draw(options_.ties.seed, draws_++));
  }

  // Do the profile's default spread constraints apply to the pod?
  bool may_spread(pod_id id) {
    const cluster::pod& pod = (*objects_)[id];
    if (pod.controller == 0 && objects_->services.all().empty()) return false;
    constexpr std::size_t most_remembered = 1u << 16;
    if (spreads_.size() > most_remembered) spreads_.clear();
    const auto [found, added] =
        spreads_.try_emplace(spread_key{pod.ns, pod.labels, pod.controller}, false);
    if (added) {
      found->second = !plugins::deduce_selector(*objects_, pod).requirements.empty();
    }
    return found->second;
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
    const evaluation all = evaluate(pod, *profile, false);
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

  static event_set events_for(const evaluation& all) {
    if (all.gate) return events_that_help(all.gate->first);
    if (all.pre_filter) return events_that_help(all.pre_filter->first);
    event_set events = node_added;
    std::string_view last;
    for (const rejection& r : all.rejected) {
      if (r.plugin != last) events |= events_that_help(r.plugin);
      last = r.plugin;
    }
    // Nodes that were not looked at may come to be.
    if (all.node_names) events |= events_that_help("NodeAffinity");
    return events;
  }
  static event_set events_for(std::uint32_t rejections) { return schedule::events_for(rejections); }

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
  // What find_row() found beside the row.
  struct {
    std::uint32_t shape_id = 0;
    node_id own = cluster::no_node;  // the pod's nominated node
    std::uint32_t own_bits = 0;      // why it rejects the pod; 0: it does not
  } asked_;
  crosstie::flat_map<spread_key, bool> spreads_;
  std::vector<node_id> best_;
  std::vector<node_group> groups_;
  std::vector<profile> shape_filters_;  // by number of the profile
  terms_in_use terms_;
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
placement engine::place(pod_id pod) { return self_->place(pod); }
placement engine::find_best(pod_id pod, std::vector<node_id>& best) {
  return self_->find_best(pod, best);
}
void engine::node_changed(node_id node) { self_->node_changed(node); }
void engine::pod_bound(pod_id pod, node_id node) { self_->pod_bound(pod, node); }
void engine::pod_unbound(pod_id pod, node_id node) { self_->pod_unbound(pod, node); }
void engine::waiting_pod_changed(pod_id pod) { self_->waiting_pod_changed(pod); }
void engine::waiting_pod_gone(pod_id pod) { self_->waiting_pod_gone(pod); }
void engine::bound_pod_changed(node_id node) { self_->bound_pod_changed(node); }
std::optional<room> engine::find_room(pod_id pod) { return self_->find_room(pod); }
std::span<const pod_id> engine::nominated_to(node_id node) const {
  return self_->nominated_to(node);
}
std::string engine::explain_failure(pod_id pod, bool preemption) const {
  return self_->explain_failure(pod, preemption);
}
void engine::objects_changed() { self_->objects_changed(); }
const engine_statistics& engine::statistics() const { return self_->statistics(); }
std::size_t engine::memory_bytes() const { return self_->memory_bytes(); }

}  // namespace crosstie::schedule
