#include "schedule/plugins/resource_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cluster/wrapping.hpp"
#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::resource_id;
using cluster::wrapping_add;
using cluster::wrapping_divide;
using cluster::wrapping_multiply;
using cluster::wrapping_subtract;

constexpr std::int64_t full_utilization = 100;
constexpr std::int64_t shape_score_scale = 10;  // shapes score 0..10

bool is_always_scored(resource_id id) {
  return id == cluster::cpu || id == cluster::memory || id == cluster::ephemeral_storage;
}

// The mean of the resources' scores by weight, each rounded down as is the mean.
template <class Score>
std::int64_t average(std::span<const resource_use> uses, std::span<const scored_resource> resources,
                     Score&& score) {
  std::int64_t sum = 0, weights = 0;
  for (std::size_t each = 0; each < uses.size(); ++each) {
    if (uses[each].allocatable == 0) continue;
    const std::int64_t weight = resources[each].weight;
    sum = wrapping_add(sum, wrapping_multiply(score(uses[each]), weight));
    weights += weight;
  }
  return weights == 0 ? 0 : sum / weights;
}

// The line through the shape's points at `utilization`, level beyond its ends.
std::int64_t interpolate(std::span<const utilization_shape_point> shape, std::int64_t utilization) {
  const auto score_at = [&](std::size_t point) { return shape[point].score * shape_score_scale; };
  for (std::size_t point = 0; point < shape.size(); ++point) {
    if (utilization > shape[point].utilization) continue;
    if (point == 0) return score_at(0);
    const std::int64_t from = shape[point - 1].utilization;
    return score_at(point - 1) + (score_at(point) - score_at(point - 1)) * (utilization - from) /
                                     (shape[point].utilization - from);
  }
  return score_at(shape.size() - 1);
}

// 100 where all resources are used to the same fraction, less by their standard deviation.
template <class Amount>
std::int64_t score_evenness(std::span<const resource_use> uses, Amount&& amount) {
  std::vector<double> fractions;
  double sum = 0;
  for (const resource_use& use : uses) {
    if (use.allocatable == 0) continue;
    const double fraction =
        std::min(1.0, static_cast<double>(amount(use)) / static_cast<double>(use.allocatable));
    sum += fraction;
    fractions.push_back(fraction);
  }
  double deviation = 0;
  if (fractions.size() == 2) {
    deviation = std::abs((fractions[0] - fractions[1]) / 2);
  } else if (fractions.size() > 2) {
    const double count = static_cast<double>(fractions.size());
    const double mean = sum / count;
    double squares = 0;
    for (const double fraction : fractions) squares += (fraction - mean) * (fraction - mean);
    deviation = std::sqrt(squares / count);
  }
  // What a sum beyond int64 made of it may be no int64 either; then Go answers the lowest.
  constexpr double lowest = static_cast<double>(std::numeric_limits<std::int64_t>::min());
  const double score = (1 - deviation) * static_cast<double>(max_node_score);
  return score > lowest ? static_cast<std::int64_t>(score)
                        : std::numeric_limits<std::int64_t>::min();
}

}  // namespace

resource_uses::resource_uses(const cluster::view& view, std::span<const scored_resource> resources,
                             std::span<const cluster::resource_request> asked, bool filled_in)
    : usage_(view.usage), filled_in_(filled_in), uses_(resources.size()) {
  for (const scored_resource& resource : resources) {
    tracked& each = tracked_.emplace_back();
    // A name that no object holds is of a resource that no node has.
    if (const auto name = view.objects.names().find(resource.name))
      each.id = usage_.resource(*name);
    if (each.id) each.asked = cluster::pod_demand::find(asked, *each.id);
  }
}

bool resource_uses::asks_nothing() const {
  return std::ranges::all_of(tracked_, [](const tracked& each) { return each.asked == 0; });
}

std::span<const resource_use> resource_uses::of(cluster::node_id node) {
  const std::uint32_t slot = index(node);
  for (std::size_t each = 0; each < tracked_.size(); ++each) {
    const auto& [id, asked] = tracked_[each];
    uses_[each] = {};
    if (!id || (asked == 0 && !is_always_scored(*id))) continue;
    const std::int64_t allocatable = usage_.allocatable(*id)[slot];
    if (allocatable == 0) continue;
    const std::int64_t allocated =
        filled_in_ && *id == cluster::cpu      ? usage_.nonzero_milli_cpu()[slot]
        : filled_in_ && *id == cluster::memory ? usage_.nonzero_memory()[slot]
                                               : usage_.requested(*id)[slot];
    uses_[each] = {wrapping_add(allocated, asked), allocated, allocatable};
  }
  return uses_;
}

std::int64_t score_least_allocated(std::span<const resource_use> uses,
                                   std::span<const scored_resource> resources) {
  return average(uses, resources, [](const resource_use& use) -> std::int64_t {
    if (use.requested > use.allocatable) return 0;
    const std::int64_t left = wrapping_subtract(use.allocatable, use.requested);
    return wrapping_divide(wrapping_multiply(left, max_node_score), use.allocatable);
  });
}

std::int64_t score_most_allocated(std::span<const resource_use> uses,
                                  std::span<const scored_resource> resources) {
  return average(uses, resources, [](const resource_use& use) {
    const std::int64_t taken = std::min(use.requested, use.allocatable);
    return wrapping_divide(wrapping_multiply(taken, max_node_score), use.allocatable);
  });
}

std::int64_t score_by_shape(std::span<const resource_use> uses,
                            std::span<const scored_resource> resources,
                            std::span<const utilization_shape_point> shape) {
  std::int64_t sum = 0, weights = 0;
  for (std::size_t each = 0; each < uses.size(); ++each) {
    const resource_use& use = uses[each];
    if (use.allocatable == 0) continue;
    const std::int64_t utilization =
        use.requested > use.allocatable
            ? full_utilization
            : wrapping_divide(wrapping_multiply(use.requested, full_utilization), use.allocatable);
    const std::int64_t score = interpolate(shape, utilization);
    if (score <= 0) continue;
    sum = wrapping_add(sum, wrapping_multiply(score, resources[each].weight));
    weights += resources[each].weight;
  }
  if (weights == 0) return 0;
  return static_cast<std::int64_t>(
      std::round(static_cast<double>(sum) / static_cast<double>(weights)));
}

std::int64_t score_balance(std::span<const resource_use> uses) {
  const std::int64_t with = score_evenness(uses, [](auto& use) { return use.requested; });
  const std::int64_t without = score_evenness(uses, [](auto& use) { return use.allocated; });
  constexpr std::int64_t half = max_node_score / 2;
  return half + wrapping_add(half, wrapping_subtract(with, without)) / 2;
}

}  // namespace crosstie::schedule::plugins
