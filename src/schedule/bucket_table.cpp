#include "schedule/bucket_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace crosstie::schedule {

using key_id = topology_table::key_id;

bucket_table::bucket_table(const cluster::usage_table& usage, const node_columns& nodes,
                           const nominated_pods& nominated, topology_table& topology,
                           const pod_counters& counters, std::uint32_t most_groups,
                           std::uint32_t score_bits)
    : nodes_(&nodes),
      topology_(&topology),
      counters_(&counters),
      scorer_(usage, nodes, nominated),
      groups_(topology, most_groups),
      score_bits_(score_bits) {}

std::uint32_t bucket_table::count_score_bits(const plugin_weights& weights) {
  const std::int64_t most = std::int64_t{max_node_score} * (weights.fit + weights.balance);
  return static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(most)));
}

void bucket_table::reset(std::uint32_t limit) {
  recent_.reset(limit);
  row_keys_.clear();
  narrowed_cells_.clear();
  cells_ = crosstie::matrix<std::uint32_t>(0, nodes_->slots());
  rows_.clear();
  plans_.clear();
  groups_.reset();
  scorer_.reset();
  scores_.assign(nodes_->block_nodes(), 0);
  constexpr std::size_t numbered_tuples = 4096;
  known_buckets_.assign(numbered_tuples, no_bucket);
}

score_table::row bucket_table::refresh(const question& asked) {
  widen();
  const plan& how = plan_for(asked);
  const std::uint32_t slot = row_of(asked);
  row_state& state = rows_[slot];
  task t{asked, how, groups_[how.grouping], state, cells_.row(slot)};
  const bool kept =
      state.complete && state.version == asked.part.version && state.epoch == topology_->epoch();
  if (!kept || !replay(t)) rebuild(t);
  judge_buckets(t);
  return choose(t, slot);
}

score_table::row bucket_table::narrow(const question& asked, const row& of,
                                      std::span<const refusal> nodes) {
  row_state& state = rows_[of.slot];
  const plan& how = plans_[asked.rules_id];
  task t{asked, how, groups_[how.grouping], state, cells_.row(of.slot)};
  narrowed_row_ = of.slot;
  for (const refusal& each : nodes) {
    std::uint32_t& cell = t.cells[each.slot];
    if (cell & rejected) continue;
    narrowed_cells_.emplace_back(each.slot, cell);
    take(t.state, cell);
    cell = rejected | each.bits;
  }
  if (narrowed_cells_.empty()) return of;
  judge_buckets(t);
  return choose(t, of.slot);
}

void bucket_table::widen() {
  if (narrowed_cells_.empty()) return;
  const std::span<std::uint32_t> cells = cells_.row(narrowed_row_);
  for (const auto& [slot, cell] : narrowed_cells_) {
    cells[slot] = cell;
    enter(rows_[narrowed_row_], cell);
  }
  narrowed_cells_.clear();
}

bool bucket_table::takes(const row& of, std::uint32_t slot) const {
  const std::uint32_t cell = cells_.row(of.slot)[slot];
  return !(cell & rejected) && std::ranges::find(fitting_, cell >> score_bits_,
                                                 &bucket_verdict::bucket) != fitting_.end();
}

std::uint32_t bucket_table::row_of(const question& asked) {
  const auto key = row_keys_.try_emplace(std::pair(asked.shape_id, asked.rules_id),
                                         static_cast<std::uint32_t>(row_keys_.size()));
  const auto [slot, fresh] = recent_.touch(key.first->second);
  if (slot == rows_.size()) {
    rows_.emplace_back();
    cells_.resize_rows(slot + 1);
  } else if (fresh) {
    ++dropped_;
  }
  if (fresh) rows_[slot].complete = false;
  return slot;
}

// ---- where counts are read ------------------------------------------------------------------

const bucket_table::plan& bucket_table::plan_for(const question& asked) {
  if (asked.rules_id >= plans_.size()) plans_.resize(asked.rules_id + 1);
  plan& made = plans_[asked.rules_id];
  if (made.epoch == topology_->epoch()) return made;
  made = {};
  made.epoch = topology_->epoch();
  const pod_rules& rules = asked.rules;
  std::vector<key_id> keys;
  for (const hard_spread& each : rules.hard) keys.push_back(each.key);
  for (const soft_spread& each : rules.soft) {
    if (!each.per_host) keys.push_back(each.key);
  }
  for (const auto* list : {&rules.near, &rules.far, &rules.kept_off}) {
    for (const near_or_far& each : *list) keys.push_back(each.key);
  }
  for (const weighted_term& each : rules.scored) keys.push_back(each.key);
  made.grouping = groups_.plan(keys);
  plan_sources(made, rules);
  return made;
}

void bucket_table::plan_sources(plan& made, const pod_rules& rules) {
  const std::vector<key_id>& coarse = groups_[made.grouping].keys;
  const auto share = [&](key_id key, bool counts_missing) {
    if (!topology_->shares(key)) return;
    const auto known = std::ranges::find(made.shared, key, &shared_key::key);
    if (known == made.shared.end()) {
      made.shared.push_back({key, counts_missing});
    } else {
      known->counts_missing |= counts_missing;
    }
  };
  const auto find = [&](key_id key) -> source {
    const auto found = std::ranges::find(coarse, key);
    if (found == coarse.end()) return {true, 0};
    return {false, static_cast<std::uint32_t>(found - coarse.begin())};
  };
  for (const hard_spread& each : rules.hard) {
    made.hard.push_back(find(each.key));
    if (!made.hard.back().fine) continue;
    made.hard.back().at = made.width++;
    share(each.key, false);
  }
  for (const soft_spread& each : rules.soft) {
    made.soft.push_back(each.per_host ? source{true, 0} : find(each.key));
    if (!made.soft.back().fine) continue;
    made.soft.back().at = made.width++;
    if (!each.per_host) share(each.key, !rules.all_keys);
  }
  const auto plan_terms = [&](const auto& terms, std::vector<source>& sources) {
    bool any = false;
    for (const auto& each : terms) {
      sources.push_back(find(each.key));
      if (!sources.back().fine) continue;
      any = true;
      share(each.key, false);
    }
    return any;
  };
  const bool fine_near = plan_terms(rules.near, made.near);
  const bool fine_far = plan_terms(rules.far, made.far);
  const bool fine_kept_off = plan_terms(rules.kept_off, made.kept_off);
  if (fine_near || fine_far || fine_kept_off) made.flags_at = made.width++;
  if (plan_terms(rules.scored, made.scored)) {
    made.sum_at = made.width;  // two halves
    made.width += 2;
  }
}

// ---- keeping a row --------------------------------------------------------------------------

void bucket_table::rebuild(task& t) {
  ++rebuilt_;
  row_state& state = t.state;
  state.complete = true;
  state.seen = nodes_->use_changes().head();
  state.version = t.asked.part.version;
  state.epoch = topology_->epoch();
  state.width = t.how.width;
  state.live = 0;
  state.tuples.clear();
  state.nodes.clear();
  state.top.clear();
  state.histogram.clear();
  std::ranges::fill(state.index, no_bucket);
  std::ranges::fill(known_buckets_, no_bucket);
  const std::uint32_t step = nodes_->block_nodes();
  for (std::uint32_t block = 0; block < nodes_->blocks(); ++block) {
    scorer_.score_block(t.asked.wanted, t.asked.weights, t.asked.part, block, scores_.data());
    for (std::uint32_t i = 0; i < step; ++i) {
      const std::uint32_t slot = block * step + i;
      if (scores_[i] < 0) {
        t.cells[slot] = rejected | static_cast<std::uint32_t>(-scores_[i]);
      } else {
        read_tuple(t, slot);
        enter(t, slot, scores_[i], find_known_bucket(t));
      }
    }
  }
}

// False where the whole row is better computed anew.
bool bucket_table::replay(task& t) {
  row_state& state = t.state;
  const change_log& changes = nodes_->use_changes();
  const std::uint64_t limit = nodes_->slots() / 10 + 1;
  if (!changes.reaches(state.seen) || changes.missed(state.seen) > limit) return false;
  // Buckets that nobody is in any more only go that way.
  if (state.nodes.size() > 64 + 8 * std::size_t{state.live}) return false;
  std::uint64_t nodes = 0;
  const auto visit_all = [&](auto&& visit) {
    changes.since(state.seen, [&](node_id node) {
      const std::uint32_t slot = cluster::index(node);
      visit(std::span(&slot, 1));
      for (const shared_key& each : t.how.shared) {
        const std::uint32_t domain = topology_->domain_of(each.key, slot);
        if (domain & topology_table::missing && !each.counts_missing) continue;
        visit(topology_->members(each.key, domain & ~topology_table::missing));
      }
    });
  };
  visit_all([&](std::span<const std::uint32_t> slots) { nodes += slots.size(); });
  if (nodes > limit) return false;
  visit_all([&](std::span<const std::uint32_t> slots) {
    for (const std::uint32_t slot : slots) {
      take(t.state, t.cells[slot]);
      put(t, slot, scorer_.score_node(t.asked.wanted, t.asked.weights, t.asked.part, slot));
    }
  });
  replayed_ += nodes;
  state.seen = changes.head();
  return true;
}

void bucket_table::put(task& t, std::uint32_t slot, std::int32_t score) {
  if (score < 0) {
    t.cells[slot] = rejected | static_cast<std::uint32_t>(-score);
    return;
  }
  read_tuple(t, slot);
  enter(t, slot, score, find_bucket(t.state));
}

// The bucket of tuple_, by its number among tuples of small numbers where it is one.
std::uint32_t bucket_table::find_known_bucket(const task& t) {
  std::size_t number = static_cast<std::size_t>(tuple_[0]) * t.asked.part.classes.size() +
                       static_cast<std::size_t>(tuple_[1]);
  for (std::uint32_t i = 2; i < t.how.width; ++i) {
    const auto digit = static_cast<std::uint32_t>(tuple_[i] + 1);
    if (digit >= 16) return find_bucket(t.state);
    number = number * 16 + digit;
  }
  if (number >= known_buckets_.size()) return find_bucket(t.state);
  std::uint32_t& known = known_buckets_[number];
  if (known == no_bucket) known = find_bucket(t.state);
  return known;
}

void bucket_table::enter(task& t, std::uint32_t slot, std::int32_t score, std::uint32_t bucket) {
  t.cells[slot] = bucket << score_bits_ | static_cast<std::uint32_t>(score);
  enter(t.state, t.cells[slot]);
}

void bucket_table::enter(row_state& state, std::uint32_t cell) const {
  const std::uint32_t bucket = cell >> score_bits_;
  if (state.nodes[bucket]++ == 0) ++state.live;
  ++state.histogram[cell];
  state.top[bucket] =
      std::max(state.top[bucket], static_cast<std::int32_t>(cell & ((1u << score_bits_) - 1)));
}

void bucket_table::take(row_state& state, std::uint32_t cell) const {
  if (cell & rejected) return;
  const std::uint32_t bucket = cell >> score_bits_;
  if (--state.nodes[bucket] == 0) --state.live;
  if (--state.histogram[cell] > 0) return;
  std::int32_t& top = state.top[bucket];
  if (static_cast<std::uint32_t>(top) != (cell & ((1u << score_bits_) - 1))) return;
  const std::uint32_t* counts = state.histogram.data() + (std::size_t{bucket} << score_bits_);
  while (top >= 0 && counts[top] == 0) --top;
}

void bucket_table::read_tuple(const task& t, std::uint32_t slot) {
  const plan& how = t.how;
  const pod_rules& rules = t.asked.rules;
  tuple_.resize(how.width);
  tuple_[0] = t.groups.group_of[slot];
  tuple_[1] = t.asked.part.cells[slot];
  if (how.width == 2) return;
  const auto read = [&](key_id key, std::uint32_t counter) {
    const std::uint32_t domain = topology_->domain_of(key, slot);
    if (domain & topology_table::missing) return lacks_key;
    const pod_counter& counts = (*counters_)[counter];
    return counts.counts[counts.key == key ? domain : slot];  // else by node_key
  };
  for (std::size_t i = 0; i < rules.hard.size(); ++i) {
    const hard_spread& each = rules.hard[i];
    if (how.hard[i].fine) tuple_[how.hard[i].at] = read(each.key, each.counter);
  }
  for (std::size_t i = 0; i < rules.soft.size(); ++i) {
    const soft_spread& each = rules.soft[i];
    if (how.soft[i].fine) tuple_[how.soft[i].at] = read(each.key, each.counter);
  }
  std::int32_t flags = 0;
  for (std::size_t i = 0; i < rules.near.size(); ++i) {
    if (!how.near[i].fine) continue;
    const std::int32_t count = read(rules.near[i].key, rules.near[i].counter);
    flags |= count < 0 ? near_lacks_key : count == 0 ? near_nobody : 0;
  }
  const auto any_fine = [&](const std::vector<near_or_far>& terms,
                            const std::vector<source>& sources) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (sources[i].fine && read(terms[i].key, terms[i].counter) > 0) return true;
    }
    return false;
  };
  if (any_fine(rules.far, how.far)) flags |= far_somebody;
  if (any_fine(rules.kept_off, how.kept_off)) flags |= kept_off;
  if (how.flags_at != 0) tuple_[how.flags_at] = flags;
  if (how.sum_at == 0) return;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < rules.scored.size(); ++i) {
    const weighted_term& each = rules.scored[i];
    if (how.scored[i].fine) {
      sum += each.weight * std::max(read(each.key, each.counter), 0);
    }
  }
  tuple_[how.sum_at] = static_cast<std::int32_t>(sum & 0xFFFFFFFF);
  tuple_[how.sum_at + 1] = static_cast<std::int32_t>(sum >> 32);
}

// The bucket of tuple_; a new one where there is none.
std::uint32_t bucket_table::find_bucket(row_state& state) {
  if (state.index.size() <= 2 * state.nodes.size()) grow_index(state);
  const std::size_t mask = state.index.size() - 1;
  for (std::size_t at = hash(tuple_) & mask;; at = (at + 1) & mask) {
    const std::uint32_t bucket = state.index[at];
    if (bucket == no_bucket) {
      const auto made = static_cast<std::uint32_t>(state.nodes.size());
      state.index[at] = made;
      state.tuples.insert(state.tuples.end(), tuple_.begin(), tuple_.end());
      state.nodes.push_back(0);
      state.top.push_back(-1);
      state.histogram.resize(state.histogram.size() + (std::size_t{1} << score_bits_), 0);
      return made;
    }
    const std::int32_t* theirs = state.tuples.data() + std::size_t{bucket} * state.width;
    std::uint32_t equal = 0;
    while (equal < state.width && tuple_[equal] == theirs[equal]) ++equal;
    if (equal == state.width) return bucket;
  }
}

std::uint64_t bucket_table::hash(std::span<const std::int32_t> tuple) {
  std::uint64_t mixed = 0;
  for (const std::int32_t each : tuple) {
    mixed = (mixed ^ static_cast<std::uint32_t>(each)) * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 32;
  }
  return mixed;
}

void bucket_table::grow_index(row_state& state) {
  state.index.assign(std::max<std::size_t>(state.index.size() * 2, 16), no_bucket);
  const std::size_t mask = state.index.size() - 1;
  for (std::uint32_t bucket = 0; bucket < state.nodes.size(); ++bucket) {
    const std::span tuple(state.tuples.data() + std::size_t{bucket} * state.width, state.width);
    std::size_t at = hash(tuple) & mask;
    while (state.index[at] != no_bucket) at = (at + 1) & mask;
    state.index[at] = bucket;
  }
}

// ---- picking --------------------------------------------------------------------------------

node_id bucket_table::nth_best(const row& of, std::uint32_t n) const {
  const std::span<const std::uint32_t> cells = cells_.row(of.slot);
  const std::uint32_t step = nodes_->block_nodes();
  for (std::uint32_t first = 0; first < cells.size(); first += step) {
    std::uint32_t count = 0;
    for (const std::uint32_t target : targets_) {
      for (std::uint32_t i = first; i < first + step; ++i) count += cells[i] == target;
    }
    if (n >= count) {
      n -= count;
      continue;
    }
    for (std::uint32_t slot = first;; ++slot) {
      if (is_target(cells[slot]) && n-- == 0) return node_id{slot};
    }
  }
  assert(!"fewer ties than counted");
  return cluster::no_node;
}

node_id bucket_table::first_best(const row& of) const {
  node_id first = cluster::no_node;
  for_each_best(of, [&](node_id node) { first = nodes_->first_by_name(first, node); });
  return first;
}

bool bucket_table::is_target(std::uint32_t cell) const {
  return std::ranges::find(targets_, cell) != targets_.end();
}

std::uint32_t bucket_table::rejections(const row& of) const {
  std::uint32_t all = bucket_rejections_;
  for (const std::uint32_t cell : cells_.row(of.slot))
    all |= cell & rejected ? cell & ~rejected : 0;
  return all;
}

void bucket_table::group_rejections(const row& of, const shape& wanted,
                                    std::span<const std::uint32_t> apart,
                                    std::vector<node_group>& groups) const {
  groups.clear();
  crosstie::flat_map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
  const std::span<const std::uint32_t> cells = cells_.row(of.slot);
  for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
    const bool is_rejected = (cells[slot] & rejected) != 0;
    const std::uint32_t why = is_rejected ? cells[slot] & ~rejected : 0;
    if (why & no_such_node) continue;
    if (std::ranges::find(apart, slot) != apart.end()) {
      groups.push_back({node_id{slot}, 1});
      continue;
    }
    const std::uint32_t told = !is_rejected            ? cells[slot] >> score_bits_
                               : why & lacks_resources ? scorer_.find_lacking(wanted, slot)
                                                       : 0;
    const auto [group, fresh] =
        known.try_emplace(std::pair(why, told), static_cast<std::uint32_t>(groups.size()));
    if (fresh) groups.push_back({node_id{slot}, 0});
    ++groups[group->second].nodes;
  }
}

std::size_t bucket_table::memory_bytes() const {
  std::size_t bytes = cells_.memory_bytes() + recent_.memory_bytes() + row_keys_.memory_bytes() +
                      groups_.memory_bytes() + plans_.capacity() * sizeof(plan);
  for (const row_state& each : rows_) {
    bytes += sizeof each + (each.tuples.capacity() + each.nodes.capacity() + each.top.capacity() +
                            each.histogram.capacity() + each.index.capacity()) *
                               sizeof(std::uint32_t);
  }
  return bytes;
}

}  // namespace crosstie::schedule
