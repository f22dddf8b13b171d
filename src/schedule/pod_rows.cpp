#include "schedule/pod_rows.hpp"

#include <algorithm>
#include <bit>

#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule {

namespace {

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

pod_rows::pod_rows(const cluster::view& view, const configuration& settings,
                   const engine_options& options)
    : view_(view),
      options_(options),
      nodes_(view.objects, view.usage, std::bit_ceil(std::max(options.block_nodes, 1u))),
      shapes_(view.objects, view.usage, settings),
      static_(view.objects, view.usage, view.pods, nodes_, settings),
      nominated_(view.objects, view.usage, view.pods, settings),
      rows_(view.usage, nodes_, nominated_, options.ties.by_name),
      topology_(view.objects),
      counters_(view.objects, view.pods, topology_),
      rules_(view, settings, topology_, counters_),
      buckets_(view.usage, nodes_, nominated_, topology_, counters_, options.coarse_domains,
               find_score_bits(settings)),
      trial_(view.objects, rules_, counters_, topology_, nominated_),
      volumes_(view, settings, nodes_, nominated_) {}

void pod_rows::reset() {
  nodes_.reset();
  drop_rows();
  nominated_.reset();
  forget_rules();
}

std::uint32_t pod_rows::row_limit() const {
  // A row of totals and classes, and the static cells that most rows share.
  constexpr std::size_t bytes_per_cell = sizeof(std::int32_t) + 2 * sizeof(std::uint16_t);
  std::size_t limit = options_.row_bytes / (bytes_per_cell * std::max(nodes_.slots(), 1u));
  limit = std::clamp<std::size_t>(limit, 16, 1u << 20);
  if (options_.row_limit != 0) limit = std::min(limit, options_.row_limit);
  return static_cast<std::uint32_t>(limit);
}

void pod_rows::drop_rows() {
  static_.reset(row_limit());
  rows_.reset(row_limit());
  buckets_.reset(row_limit());
  volumes_.reset();
}

// Counters and rules start anew; rows are by the rules' numbers. The terms of nominated pods are
// among the rules of others, like those of pods on nodes.
void pod_rows::forget_rules() {
  rules_.reset();
  trial_.reset();
  counters_.reset();
  buckets_.reset(row_limit());
  nominated_.all_of([&](pod_id pod, node_id) {
    counters_.know_terms(pod);
    return true;
  });
}

// ---- the row for a pod ----------------------------------------------------------------------

std::optional<pod_rows::row> pod_rows::find(pod_id pod, std::uint32_t profile) {
  if (!options_.incremental || !nodes_.exact() || view_.objects.node_count() == 0) {
    return std::nullopt;
  }
  const std::uint32_t shape_id = shapes_.shape_of(view_.objects[pod].spec, profile);
  if (shape_id == shape_table::none) return std::nullopt;
  // Rules that nobody has any more only go all together.
  if (counters_.count_bytes() > options_.counter_bytes) forget_rules();
  const std::uint32_t rules_id = rules_.rules_of(pod, profile);
  if (rules_id == rule_table::plain) return std::nullopt;
  const volume_table::answer allowed = ask_volumes(pod, profile);
  if (allowed == volume_table::answer::plain) return std::nullopt;
  const shape& wanted = shapes_[shape_id];
  const std::optional<static_table::part> part = static_.refresh(wanted, pod);
  if (!part) return std::nullopt;
  if (options_.ties.by_name) nodes_.sort_names();
  const plugin_weights& weights = shapes_.weights(profile);
  const bucket_table::question asked{shape_id, rules_id, wanted, weights, *part, rules_[rules_id]};
  const bool refuses = asked.rules.refuse();
  if (refuses) trial_.ask(pod, rules_id);
  judge_own(pod, asked);
  const bool somewhere = allowed == volume_table::answer::somewhere;
  if (somewhere && own_.node != cluster::no_node) return std::nullopt;
  // Rules that only score have no say about a nominated node, nor where nothing is feasible.
  if (rules_id == rule_table::none || (!refuses && own_.accepts())) {
    return find_of_shape(asked, somewhere);
  }
  if (bucket_table::count_score_bits(weights) > bucket_table::most_score_bits) return std::nullopt;
  const row found = find_bucketed(pod, asked, somewhere);
  if (found.feasible > 0) return found;
  if (!refuses) return find_of_shape(asked, somewhere);
  return somewhere ? std::nullopt : std::optional(found);
}

std::optional<pod_rows::row> pod_rows::find_of_shape(const bucket_table::question& asked,
                                                     bool somewhere) {
  row found{rows_.refresh(asked.shape_id, asked.wanted, asked.weights, asked.part), asked.shape_id,
            false};
  if (!somewhere) return found;
  static_cast<score_table::row&>(found) =
      rows_.narrow(found, volumes_.refused(), asked.weights, asked.part);
  // Why nodes refuse where none is left is the plugins' to say.
  return found.feasible > 0 ? std::optional(found) : std::nullopt;
}

// The row of buckets without the nodes that volumes or nominated pods refuse.
pod_rows::row pod_rows::find_bucketed(pod_id pod, const bucket_table::question& asked,
                                      bool somewhere) {
  row found{buckets_.refresh(asked), asked.shape_id, true};
  refusals_.clear();
  apart_.clear();
  if (own_.node != cluster::no_node) apart_.push_back(cluster::index(own_.node));
  if (asked.rules.refuse()) ask_nominated(pod);
  if (somewhere) {
    const std::span<const std::uint8_t> refused = volumes_.refused();
    for (std::uint32_t slot = 0; slot < refused.size(); ++slot) {
      if (refused[slot]) refusals_.push_back({slot, 0});
    }
  }
  static_cast<score_table::row&>(found) = buckets_.narrow(asked, found, refusals_);
  return found;
}

// Where a nominated pod that this one may not pass is the rules' concern, they are asked with it on
// its node.
void pod_rows::ask_nominated(pod_id pod) {
  const std::int32_t priority = view_.objects.spec(pod).priority;
  nominated_.all_of([&](pod_id each, node_id node) {
    const std::uint32_t slot = cluster::index(node);
    if (each == pod || view_.objects.spec(each).priority < priority || !trial_.concerns(each)) {
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

// Rows count every nomination, so the pod's own node is asked apart, without the pod's own.
void pod_rows::judge_own(pod_id pod, const bucket_table::question& asked) {
  own_ = {};
  const cluster::name_id name = view_.objects[pod].nominated_node;
  if (name == cluster::no_name) return;
  const std::optional<node_id> node = view_.objects.find_node(name);
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

volume_table::answer pod_rows::ask_volumes(pod_id pod, std::uint32_t profile) {
  const bool asks = std::ranges::any_of(view_.objects.spec(pod).volumes, plugins::needs_claim);
  return asks ? volumes_.ask(pod, profile) : volume_table::answer::everywhere;
}

// ---- of the row found last ------------------------------------------------------------------

bool pod_rows::takes(const row& of, std::uint32_t slot) const {
  return of.bucketed ? buckets_.takes(of, slot) : rows_.totals(of)[slot] >= 0;
}

node_id pod_rows::nth_best(const row& of, std::uint32_t n) const {
  return of.bucketed ? buckets_.nth_best(of, n) : rows_.nth_best(of, n);
}

node_id pod_rows::first_best(const row& of) const {
  return of.bucketed ? buckets_.first_best(of) : rows_.first_best(of);
}

std::uint32_t pod_rows::rejections(const row& of) const {
  return own_.bits | own_.rule_bits |
         (of.bucketed ? buckets_.rejections(of) : rows_.rejections(of, own_.node));
}

void pod_rows::group_rejections(const row& of, std::vector<node_group>& groups) const {
  const shape& wanted = shape_of(of);
  of.bucketed ? buckets_.group_rejections(of, wanted, apart_, groups)
              : rows_.group_rejections(of, wanted, own_.node, groups);
}

std::span<const std::int32_t> pod_rows::find_totals(pod_id pod, const row& of) {
  if (!of.bucketed) return rows_.totals(of);
  const shape& wanted = shape_of(of);
  // There is a part, for it was asked to find the row.
  const std::optional<static_table::part> part = static_.refresh(wanted, pod);
  return rows_.totals(
      rows_.refresh(of.shape_id, wanted, shapes_.weights(wanted.profile), part.value()));
}

// ---- what has happened ----------------------------------------------------------------------

bool pod_rows::node_changed(node_id node) {
  counters_.node_changed(node);
  rules_.node_changed();
  const bool grown = nodes_.refresh(node, true);
  if (grown) drop_rows();
  nominated_.node_changed(node);
  volumes_.node_changed(node);
  return grown;
}

void pod_rows::pod_bound(pod_id pod, node_id node) {
  counters_.pod_bound(pod, node);
  volumes_.pod_bound(pod, node);
  waiting_pod_gone(pod);
  node_used(node);
}

void pod_rows::pod_unbound(pod_id pod, node_id node) {
  counters_.pod_unbound(pod, node);
  volumes_.pod_unbound(pod, node);
  node_used(node);
}

void pod_rows::waiting_pod_changed(pod_id pod) {
  if (view_.objects[pod].nominated_node != cluster::no_name) counters_.know_terms(pod);
  nominated_.pod_changed(pod, [&](node_id node) { node_used(node); });
}

void pod_rows::waiting_pod_gone(pod_id pod) {
  nominated_.pod_gone(pod, [&](node_id node) { node_used(node); });
}

void pod_rows::claims_changed() {
  nominated_.claims_changed([&](node_id node) { node_used(node); });
}

void pod_rows::object_changed(const cluster::object_reference& which) {
  using cluster::kind_of;
  if (which.kind == kind_of<cluster::namespace_object> || which.kind == kind_of<cluster::service> ||
      which.kind == kind_of<cluster::workload>) {
    rules_.forget_answers();
  }
  if (which.kind == kind_of<cluster::resource_claim>) claims_changed();
  volumes_.object_changed(which);
}

void pod_rows::objects_changed() {
  rules_.forget_answers();
  claims_changed();
  volumes_.reset();
}

void pod_rows::add_figures(engine_statistics& to) const {
  to.rebuilt_rows = rows_.rebuilt() + buckets_.rebuilt();
  to.replayed_nodes = rows_.replayed() + buckets_.replayed();
  to.dropped_rows = rows_.dropped() + buckets_.dropped();
}

std::size_t pod_rows::memory_bytes() const {
  return nodes_.memory_bytes() + shapes_.memory_bytes() + static_.memory_bytes() +
         rows_.memory_bytes() + topology_.memory_bytes() + counters_.memory_bytes() +
         rules_.memory_bytes() + buckets_.memory_bytes() + trial_.memory_bytes() +
         nominated_.memory_bytes() + volumes_.memory_bytes();
}

}  // namespace crosstie::schedule
