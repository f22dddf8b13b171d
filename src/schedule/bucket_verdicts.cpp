// The second half of bucket_table: what PodTopologySpread and InterPodAffinity say of each bucket,
// and which nodes are the best then.
#include <algorithm>
#include <cmath>
#include <limits>

#include "schedule/bucket_table.hpp"

namespace crosstie::schedule {

// As the tuple or the group's domain tells; lacks_key where the nodes lack the label.
std::int64_t bucket_table::count_at(const task& t, const source& from, std::uint32_t counter,
                                    const std::int32_t* tuple) const {
  if (from.fine) return tuple[from.at];
  const std::uint32_t domain = t.groups.domain(static_cast<std::uint32_t>(tuple[0]), from.at);
  return domain & topology_table::missing ? lacks_key : (*counters_)[counter].counts[domain];
}

void bucket_table::judge_buckets(const task& t) {
  const pod_rules& rules = t.asked.rules;
  lowest_.clear();
  for (const hard_spread& each : rules.hard) {
    const pod_counter& counter = (*counters_)[each.counter];
    lowest_.push_back(counter.known >= each.min_domains ? counter.lowest() : 0);
  }
  nobody_near_ = std::ranges::all_of(
      rules.near, [&](const near_or_far& each) { return (*counters_)[each.counter].total == 0; });
  fitting_.clear();
  feasible_ = ignored_ = 0;
  bucket_rejections_ = 0;
  const row_state& state = t.state;
  const std::int32_t* tuple = state.tuples.data();
  for (std::uint32_t bucket = 0; bucket < state.nodes.size(); ++bucket, tuple += state.width) {
    if (state.nodes[bucket] == 0) continue;
    if (!meets_spread(t, tuple)) {
      bucket_rejections_ |= spread_violated;
    } else if (!meets_affinity(t, tuple)) {
      bucket_rejections_ |= affinity_violated;
    } else {
      fitting_.push_back({bucket, 0, 0, false});
      feasible_ += state.nodes[bucket];
    }
  }
}

bool bucket_table::meets_spread(const task& t, const std::int32_t* tuple) const {
  const pod_rules& rules = t.asked.rules;
  for (std::size_t i = 0; i < rules.hard.size(); ++i) {
    const std::int64_t count = count_at(t, t.how.hard[i], rules.hard[i].counter, tuple);
    if (count == lacks_key) return false;
    if (count + (rules.hard[i].itself ? 1 : 0) - lowest_[i] > rules.hard[i].max_skew) return false;
  }
  return true;
}

bool bucket_table::meets_affinity(const task& t, const std::int32_t* tuple) const {
  const pod_rules& rules = t.asked.rules;
  const std::int32_t flags = t.how.flags_at != 0 ? tuple[t.how.flags_at] : 0;
  if (flags & (near_lacks_key | far_somebody | kept_off)) return false;
  bool all_there = !(flags & near_nobody);
  for (std::size_t i = 0; i < rules.near.size(); ++i) {
    if (t.how.near[i].fine) continue;
    const std::int64_t count = count_at(t, t.how.near[i], rules.near[i].counter, tuple);
    if (count == lacks_key) return false;
    all_there = all_there && count > 0;
  }
  // The first pod of a group that wants to be near itself would else wait for ever.
  if (!all_there && !(nobody_near_ && rules.near_itself)) return false;
  const auto nobody = [&](const std::vector<near_or_far>& terms,
                          const std::vector<source>& sources) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (!sources[i].fine && count_at(t, sources[i], terms[i].counter, tuple) > 0) return false;
    }
    return true;
  };
  return nobody(rules.far, t.how.far) && nobody(rules.kept_off, t.how.kept_off);
}

// ---- scores ---------------------------------------------------------------------------------

// Which buckets soft spread ignores, and what each of its rules weighs by the number of domains.
void bucket_table::weigh_domains(const task& t) {
  const pod_rules& rules = t.asked.rules;
  for (bucket_verdict& each : fitting_) {
    if (!rules.all_keys) break;
    const std::int32_t* tuple = t.state.tuples.data() + std::size_t{each.bucket} * t.state.width;
    for (std::size_t i = 0; i < rules.soft.size(); ++i) {
      each.ignored |= count_at(t, t.how.soft[i], rules.soft[i].counter, tuple) == lacks_key;
    }
    if (each.ignored) ignored_ += t.state.nodes[each.bucket];
  }
  domain_weights_.clear();
  for (std::size_t i = 0; i < rules.soft.size(); ++i) {
    const std::size_t size = rules.soft[i].per_host ? feasible_ - ignored_
                             : t.how.soft[i].fine   ? count_fine_domains(t, rules.soft[i].key)
                                                    : count_coarse_domains(t, t.how.soft[i].at);
    domain_weights_.push_back(std::log(static_cast<double>(size + 2)));
  }
}

// Of a key of the grouping, over the feasible nodes that are not ignored.
std::size_t bucket_table::count_coarse_domains(const task& t, std::uint32_t key) {
  domains_.clear();
  for (const bucket_verdict& each : fitting_) {
    if (each.ignored) continue;
    const std::int32_t* tuple = t.state.tuples.data() + std::size_t{each.bucket} * t.state.width;
    const std::uint32_t domain =
        t.groups.domain(static_cast<std::uint32_t>(tuple[0]), key) & ~topology_table::missing;
    if (std::ranges::find(domains_, domain) == domains_.end()) domains_.push_back(domain);
  }
  return domains_.size();
}

std::size_t bucket_table::count_fine_domains(const task& t, topology_table::key_id key) {
  counted_buckets_.assign(t.state.nodes.size(), 0);
  for (const bucket_verdict& each : fitting_) counted_buckets_[each.bucket] = !each.ignored;
  marks_.assign(topology_->domain_limit(key), 0);
  std::size_t size = 0;
  for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) {
    const std::uint32_t cell = t.cells[slot];
    if (cell & rejected || !counted_buckets_[cell >> score_bits_]) continue;
    std::uint8_t& mark = marks_[topology_->domain_of(key, slot) & ~topology_table::missing];
    size += 1u - mark;
    mark = 1;
  }
  return size;
}

void bucket_table::score_spread(const task& t) {
  const pod_rules& rules = t.asked.rules;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max(), highest = 0;
  for (bucket_verdict& each : fitting_) {
    if (each.ignored) continue;
    const std::int32_t* tuple = t.state.tuples.data() + std::size_t{each.bucket} * t.state.width;
    double sum = 0;
    for (std::size_t i = 0; i < rules.soft.size(); ++i) {
      const std::int64_t count = count_at(t, t.how.soft[i], rules.soft[i].counter, tuple);
      if (count == lacks_key) continue;
      const double weighted = static_cast<double>(count) * domain_weights_[i];
      sum += weighted + static_cast<double>(rules.soft[i].max_skew - 1);
    }
    each.spread = static_cast<std::int64_t>(std::round(sum));
    lowest = std::min(lowest, each.spread);
    highest = std::max(highest, each.spread);
  }
  for (bucket_verdict& each : fitting_) {
    if (each.ignored) {
      each.spread = 0;
    } else if (highest == 0) {
      each.spread = max_node_score;
    } else {
      each.spread = max_node_score * (highest + lowest - each.spread) / highest;
    }
  }
}

void bucket_table::score_affinity(const task& t) {
  const pod_rules& rules = t.asked.rules;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max(),
               highest = std::numeric_limits<std::int64_t>::min();
  for (bucket_verdict& each : fitting_) {
    const std::int32_t* tuple = t.state.tuples.data() + std::size_t{each.bucket} * t.state.width;
    std::int64_t sum = 0;
    if (t.how.sum_at != 0) {
      sum = static_cast<std::int64_t>(tuple[t.how.sum_at + 1]) * (std::int64_t{1} << 32) +
            static_cast<std::uint32_t>(tuple[t.how.sum_at]);
    }
    for (std::size_t i = 0; i < rules.scored.size(); ++i) {
      if (t.how.scored[i].fine) continue;
      const std::int64_t count = count_at(t, t.how.scored[i], rules.scored[i].counter, tuple);
      if (count != lacks_key) sum += count * rules.scored[i].weight;
    }
    each.affinity = sum;
    lowest = std::min(lowest, sum);
    highest = std::max(highest, sum);
  }
  const double range = static_cast<double>(highest - lowest);
  for (bucket_verdict& each : fitting_) {
    const double share = range > 0 ? static_cast<double>(each.affinity - lowest) / range : 0;
    each.affinity = static_cast<std::int64_t>(static_cast<double>(max_node_score) * share);
  }
}

// The totals of the buckets' best nodes, then which cells have the greatest.
score_table::row bucket_table::choose(const task& t, std::uint32_t slot) {
  const pod_rules& rules = t.asked.rules;
  const plugin_weights& weights = t.asked.weights;
  targets_.clear();
  row result{slot, feasible_, std::numeric_limits<std::int32_t>::min(), 0};
  if (fitting_.empty()) return result;
  if (!rules.soft.empty()) {
    weigh_domains(t);
    score_spread(t);
  }
  if (!rules.scored.empty()) score_affinity(t);
  const auto class_of = [&](const bucket_verdict& each) -> const static_class& {
    const std::int32_t c = t.state.tuples[std::size_t{each.bucket} * t.state.width + 1];
    return t.asked.part.classes[static_cast<std::size_t>(c)];
  };
  raw_maxima most;
  for (const bucket_verdict& each : fitting_) most.see(class_of(each));
  totals_.clear();
  for (const bucket_verdict& each : fitting_) {
    const std::int64_t added = weigh_class(class_of(each), most, weights) +
                               each.spread * weights.spread + each.affinity * weights.pods;
    totals_.push_back(static_cast<std::int32_t>(added) + t.state.top[each.bucket]);
    result.best = std::max(result.best, totals_.back());
  }
  for (std::size_t i = 0; i < fitting_.size(); ++i) {
    if (totals_[i] != result.best) continue;
    const std::uint32_t bucket = fitting_[i].bucket;
    const auto top = static_cast<std::uint32_t>(t.state.top[bucket]);
    const std::uint32_t cell = bucket << score_bits_ | top;
    targets_.push_back(cell);
    result.ties += t.state.histogram[cell];
  }
  return result;
}

}  // namespace crosstie::schedule
