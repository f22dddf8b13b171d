#include "schedule/static_table.hpp"

#include <algorithm>

#include "cluster/selector.hpp"

namespace crosstie::schedule {

namespace {

bool tolerates_unschedulable(const cluster::pod_spec& spec, const cluster::name_table& names) {
  const auto key = names.find("node.kubernetes.io/unschedulable");
  // A key that no object mentions is tolerated by those who tolerate every key.
  const cluster::name_id unmentioned{0xFFFFFFFFu};
  return cluster::tolerates(spec.tolerations,
                            cluster::taint{key.value_or(unmentioned), cluster::no_name,
                                           cluster::taint_effect::no_schedule});
}

// Upstream scores with those tolerations alone that could be meant for PreferNoSchedule.
std::int64_t count_unwelcome(const cluster::pod_spec& spec, const cluster::node& node) {
  std::int64_t count = 0;
  for (const cluster::taint& taint : node.taints) {
    if (taint.effect != cluster::taint_effect::prefer_no_schedule) continue;
    const bool welcome =
        std::any_of(spec.tolerations.begin(), spec.tolerations.end(), [&](const auto& t) {
          return (t.effect == cluster::taint_effect::any ||
                  t.effect == cluster::taint_effect::prefer_no_schedule) &&
                 cluster::tolerates(t, taint);
        });
    if (!welcome) ++count;
  }
  return count;
}

std::uint32_t reject(const cluster::pod_spec& spec, const cluster::node& node,
                     const cluster::name_table& names) {
  if (node.unschedulable && !tolerates_unschedulable(spec, names)) return node_unschedulable;
  if (cluster::find_untolerated(node.taints, spec.tolerations, cluster::keeps_off) != nullptr) {
    return node_taint;
  }
  if (!cluster::matches_required_affinity(spec, node, names)) return node_affinity_mismatch;
  return 0;
}

}  // namespace

static_table::static_table(const cluster::store& objects, const cluster::usage_table& usage,
                           cluster::pods_by_node& pods, const node_columns& nodes,
                           const configuration& settings)
    : objects_(&objects), usage_(&usage), pods_(&pods), nodes_(&nodes), settings_(&settings) {}

void static_table::reset(std::uint32_t limit) {
  recent_.reset(limit);
  cells_ = crosstie::matrix<std::uint16_t>(0, nodes_->slots());
  parts_.clear();
}

std::optional<static_table::part> static_table::refresh(const shape& wanted, pod_id pod) {
  const auto [slot, fresh] = recent_.touch(wanted.static_part);
  if (slot == parts_.size()) {
    parts_.emplace_back();
    cells_.resize_rows(slot + 1);
  }
  part_state& state = parts_[slot];
  if (fresh) state.complete = false;
  const std::span<std::uint16_t> cells = cells_.row(slot);
  const change_log& changes = nodes_->object_changes();
  if (!state.complete || state.image_epoch != nodes_->image_epoch() ||
      !changes.reaches(state.seen)) {
    if (!rebuild(state, cells, wanted, pod)) return std::nullopt;
  } else if (changes.missed(state.seen) > 0) {
    const std::unique_ptr<plugin> images = image_scorer(wanted, pod);
    changes.since(state.seen, [&](node_id node) {
      cells[cluster::index(node)] = judge(state, node, wanted, images.get());
    });
    state.seen = changes.head();
    state.complete = state.classes.size() <= most_classes;
    if (!state.complete) return std::nullopt;
  }
  return part{cells, state.classes, state.version};
}

bool static_table::rebuild(part_state& state, std::span<std::uint16_t> cells, const shape& wanted,
                           pod_id pod) {
  state.classes.clear();
  const std::unique_ptr<plugin> images = image_scorer(wanted, pod);
  for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
    cells[slot] = judge(state, node_id{slot}, wanted, images.get());
  }
  state.seen = nodes_->object_changes().head();
  state.image_epoch = nodes_->image_epoch();
  state.version = next_version_++;
  state.complete = state.classes.size() <= most_classes;
  return state.complete;
}

std::uint16_t static_table::judge(part_state& state, node_id id, const shape& wanted,
                                  plugin* images) const {
  if (!objects_->alive(id)) return rejected | no_such_node;
  const cluster::node& node = (*objects_)[id];
  const cluster::pod_spec& spec = objects_->spec(wanted.spec);
  const cluster::name_table& names = objects_->names();
  if (const std::uint32_t why = reject(spec, node, names)) {
    return static_cast<std::uint16_t>(rejected | why);
  }
  static_class mine;
  mine.taints = count_unwelcome(spec, node);
  if (spec.affinity) {
    mine.affinity = cluster::sum_matching_weights(spec.affinity->preferred, node, names);
  }
  if (images != nullptr) mine.images = images->score(id);
  const auto found = std::find(state.classes.begin(), state.classes.end(), mine);
  const auto index = static_cast<std::size_t>(found - state.classes.begin());
  if (found == state.classes.end()) state.classes.push_back(mine);
  return static_cast<std::uint16_t>(std::min(index, most_classes));
}

std::unique_ptr<plugin> static_table::image_scorer(const shape& wanted, pod_id pod) const {
  if (nodes_->image_epoch() == 0) return nullptr;  // no node has ever had an image
  const plugin_kind* kind = find_plugin("ImageLocality");
  return kind->make({*objects_, *usage_, *pods_}, settings_->profiles[wanted.profile], pod);
}

std::size_t static_table::memory_bytes() const {
  std::size_t bytes = cells_.memory_bytes() + recent_.memory_bytes();
  for (const part_state& state : parts_) {
    bytes += sizeof state + state.classes.capacity() * sizeof(static_class);
  }
  return bytes;
}

}  // namespace crosstie::schedule
