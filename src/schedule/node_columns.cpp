#include "schedule/node_columns.hpp"

#include <algorithm>
#include <cmath>

namespace crosstie::schedule {

using cluster::cpu;
using cluster::memory;

namespace {

// Upstream's balancedResourceScore for two resources.
std::int32_t balance_of(double cpu_used, double cpu_all, double memory_used, double memory_all) {
  if (cpu_all == 0 || memory_all == 0) return 100;
  const double cpu_share = std::min(1.0, cpu_used / cpu_all);
  const double memory_share = std::min(1.0, memory_used / memory_all);
  return static_cast<std::int32_t>((1 - std::abs((cpu_share - memory_share) / 2)) * 100);
}

std::uint64_t mix(std::uint64_t digest, std::uint64_t value) {
  digest = (digest ^ value) * 0x9E3779B97F4A7C15u;
  return digest ^ (digest >> 29);
}

std::uint64_t digest_of(const std::vector<cluster::node_image>& images) {
  if (images.empty()) return 0;
  std::uint64_t digest = 0x1234567;
  for (const cluster::node_image& image : images) {
    digest = mix(digest, static_cast<std::uint64_t>(image.size_bytes));
    for (const cluster::name_id name : image.names) digest = mix(digest, cluster::index(name));
  }
  return digest | 1;
}

}  // namespace

node_columns::node_columns(const cluster::store& objects, const cluster::usage_table& usage,
                           std::uint32_t block_nodes)
    : objects_(&objects), usage_(&usage), block_nodes_(block_nodes) {}

bool node_columns::reset() {
  const bool grown = grow();
  for (std::uint32_t slot = 0; slot < objects_->node_slots(); ++slot) {
    read_object(slot);
    read_use(slot);
  }
  return grown;
}

bool node_columns::refresh(node_id node, bool object) {
  const bool grown = cluster::index(node) >= slots_ && grow();
  if (object) {
    read_object(cluster::index(node));
    object_changes_.note(node);
  }
  read_use(cluster::index(node));
  use_changes_.note(node);
  return grown;
}

bool node_columns::grow() {
  if (objects_->node_slots() <= slots_) return false;
  const std::uint32_t wanted = objects_->node_slots() + objects_->node_slots() / 8;
  slots_ = (wanted + block_nodes_ - 1) / block_nodes_ * block_nodes_;
  if (values_.row_count() == 0) values_.resize_rows(column_count);
  values_.resize_columns(slots_);
  if (nodes_.column_count() == 0) nodes_.resize_columns(column_count);
  nodes_.resize_rows(slots_);
  large_.resize(slots_, 0);
  balance_.resize(slots_, 100);
  names_.resize(slots_, cluster::no_name);
  inexact_.resize(slots_, 0);
  image_digest_.resize(slots_, 0);
  rank_.resize(slots_, 0);
  // A reader that missed more than this computes everything anew.
  use_changes_ = change_log(std::max<std::size_t>(slots_ / 4, 64));
  object_changes_ = change_log(std::max<std::size_t>(slots_ / 4, 64));
  return true;
}

void node_columns::read_use(std::uint32_t slot) {
  double most = 0;
  const auto set = [&](column c, std::int64_t value) {
    const auto number = static_cast<double>(value);
    values_(c, slot) = number;
    most = std::max(most, number);
    return value >= 0 && number < exact_limit;
  };
  const auto inverse = [&](column c) { return values_(c, slot) > 0 ? 1 / values_(c, slot) : 0; };
  const auto of = [&](std::span<const std::int64_t> column) {
    return slot < column.size() ? column[slot] : 0;
  };
  const std::int64_t cpu_all = of(usage_->allocatable(cpu)), cpu_used = of(usage_->requested(cpu));
  const std::int64_t memory_all = of(usage_->allocatable(memory)),
                     memory_used = of(usage_->requested(memory));
  bool exact = set(cpu_allocatable, cpu_all);
  exact &= set(memory_allocatable, memory_all);
  exact &= set(cpu_requested, cpu_used);
  exact &= set(memory_requested, memory_used);
  exact &= set(cpu_nonzero, of(usage_->nonzero_milli_cpu()));
  exact &= set(memory_nonzero, of(usage_->nonzero_memory()));
  values_(cpu_free, slot) = values_(cpu_allocatable, slot) - values_(cpu_requested, slot);
  values_(memory_free, slot) = values_(memory_allocatable, slot) - values_(memory_requested, slot);
  values_(pods_free, slot) = static_cast<double>(of(usage_->allowed_pods())) -
                             static_cast<double>(of(usage_->pod_count()));
  values_(cpu_inverse, slot) = inverse(cpu_allocatable);
  values_(memory_inverse, slot) = inverse(memory_allocatable);
  for (std::uint32_t c = 0; c < column_count; ++c) nodes_(slot, c) = values_(c, slot);
  balance_[slot] = balance_of(values_(cpu_requested, slot), values_(cpu_allocatable, slot),
                              values_(memory_requested, slot), values_(memory_allocatable, slot));
  inexact_count_ += (exact ? 0u : 1u) - inexact_[slot];
  inexact_[slot] = !exact;
  const bool large = most >= large_limit;
  large_count_ += (large ? 1u : 0u) - large_[slot];
  large_[slot] = large;
}

void node_columns::read_object(std::uint32_t slot) {
  const bool alive = objects_->alive(node_id{slot});
  const std::uint64_t digest = alive ? digest_of((*objects_)[node_id{slot}].images) : 0;
  with_images_ += (digest != 0 ? 1u : 0u) - (image_digest_[slot] != 0 ? 1u : 0u);
  const cluster::name_id name = alive ? (*objects_)[node_id{slot}].name : cluster::no_name;
  const bool counted = names_[slot] != cluster::no_name;
  if (digest != image_digest_[slot] || (alive != counted && with_images_ > 0)) ++image_epoch_;
  image_digest_[slot] = digest;
  if (name != names_[slot]) names_sorted_ = false;
  names_[slot] = name;
}

void node_columns::sort_names() {
  if (names_sorted_) return;
  names_sorted_ = true;
  by_name_.clear();
  for (std::uint32_t slot = 0; slot < objects_->node_slots(); ++slot) {
    if (names_[slot] != cluster::no_name) by_name_.push_back(slot);
  }
  std::sort(by_name_.begin(), by_name_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return objects_->text(names_[a]) < objects_->text(names_[b]);
  });
  for (std::uint32_t i = 0; i < by_name_.size(); ++i) rank_[by_name_[i]] = i;
}

std::size_t node_columns::memory_bytes() const {
  return values_.memory_bytes() + nodes_.memory_bytes() +
         balance_.capacity() * sizeof(std::int32_t) + inexact_.capacity() + large_.capacity() +
         names_.capacity() * sizeof(cluster::name_id) +
         image_digest_.capacity() * sizeof(std::uint64_t) +
         (by_name_.capacity() + rank_.capacity()) * sizeof(std::uint32_t) +
         use_changes_.memory_bytes() + object_changes_.memory_bytes();
}

}  // namespace crosstie::schedule
