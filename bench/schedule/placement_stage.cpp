#include "schedule/placement_stage.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <variant>

#include "harness/allocation.hpp"
#include "harness/results.hpp"
#include "schedule/evaluation.hpp"

namespace crosstie::bench {
namespace {

using clock_type = std::chrono::steady_clock;

std::int64_t ns_between(clock_type::time_point from, clock_type::time_point to) {
  return std::chrono::nanoseconds(to - from).count();
}

std::uint64_t mixed(std::uint64_t digest, std::uint64_t value) {
  return (digest ^ value) * 0x9E3779B97F4A7C15u + (digest >> 29);
}

bool contains(const std::vector<cluster::node_id>& nodes, cluster::node_id node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

}  // namespace

// ---- the world ----------------------------------------------------------------------------------

std::optional<cluster::event> played_world::poll() {
  std::deque<cluster::event>& from = evictions_.empty() ? events_ : evictions_;
  if (from.empty() || from.front().at > now_) return std::nullopt;
  cluster::event next = std::move(from.front());
  from.pop_front();
  return next;
}

bool played_world::wait(std::optional<cluster::timestamp> until) {
  if (!events_.empty() && (!until || events_.front().at < *until)) until = events_.front().at;
  if (!until) return false;
  now_ = std::max(now_, *until);
  return true;
}

std::expected<void, std::string> played_world::evict(cluster::pod_id victim, cluster::pod_id) {
  cluster::pod gone{};
  gone.ns = (*objects_)[victim].ns;
  gone.name = (*objects_)[victim].name;
  evictions_.push_back({cluster::event_kind::remove, now_, gone});
  return {};
}

// ---- the stage ----------------------------------------------------------------------------------

stage::stage(const simulate::workload_script& script, const std::vector<std::string>& places)
    : script_(&script), reader_(script, objects_), state_(objects_), world_(objects_) {
  reader_.load(places);
  state_.load();
  schedule::cycle_options options;
  options.retry_unschedulable_ns = 0;
  cycle_.emplace(world_, objects_, state_, settings_, options);
}

void stage::decode_ahead() {
  constexpr std::size_t window = 4096;
  while (world_.left() < window && next_event_ < script_->events.size()) {
    const simulate::workload_event& next = script_->events[next_event_++];
    cluster::event event = reader_.read(next);
    event.at += world_.start();
    if (next.measured) measured_.insert(cluster::key_of(std::get<cluster::pod>(event.object)));
    world_.push(std::move(event));
  }
}

lap stage::play(const lap_setting& how) {
  lap all;
  std::optional<allocation_meter> meter;
  if (how.count_allocations) meter.emplace();
  std::int64_t next_check_ns = how.check_every_ns;
  std::vector<std::int64_t> allocated_by_pod;
  while (how.pods == 0 || all.placed < how.pods || all.spent_ns < how.least_ns) {
    if (world_.left() < 64) decode_ahead();
    const allocation_figures before = meter ? meter->read() : allocation_figures{};
    const clock_type::time_point begun = clock_type::now();
    const std::optional<schedule::decision> made = cycle_->step();
    const clock_type::time_point ended = clock_type::now();
    const std::int64_t ns = ns_between(begun, ended);
    all.spent_ns += ns;
    if (meter) {
      const allocation_figures after = meter->read();
      all.allocations += after.calls - before.calls;
      all.allocated_bytes += after.bytes - before.bytes;
    }
    if (!made) {
      if (world_.wait(cycle_->next_wake())) continue;
      over_ = true;
      break;
    }
    note(*made, ns, all);
    if (meter) allocated_by_pod.resize(static_cast<std::size_t>(all.placed), all.allocations);
    const bool due = how.check_every > 0 && all.decisions % how.check_every == 0;
    const bool due_by_time = how.check_every_ns > 0 && all.spent_ns >= next_check_ns;
    if (due || due_by_time) {
      check(*made);
      ++all.checked;
      next_check_ns = all.spent_ns + how.check_every_ns;
    }
  }
  if (!allocated_by_pod.empty()) {
    all.late_allocations =
        allocated_by_pod.back() - allocated_by_pod[(allocated_by_pod.size() - 1) / 2];
  }
  return all;
}

void stage::note(const schedule::decision& made, std::int64_t ns, lap& into) {
  ++into.decisions;
  into.digest = mixed(into.digest, (std::uint64_t{index(made.pod)} << 34) ^
                                       (std::uint64_t{index(made.node)} << 2) ^
                                       static_cast<std::uint64_t>(made.what));
  const auto slot = static_cast<std::size_t>(index(made.pod));
  if (slot >= spent_ns_.size()) spent_ns_.resize(2 * slot + 1024);
  spent_ns_[slot] += ns;
  switch (made.what) {
    case schedule::verdict::failed:
      throw wrong_answer("placement: " + cycle_->message());
    case schedule::verdict::unschedulable:
      ++into.unschedulable;
      return;
    case schedule::verdict::nominated:
      ++into.nominated;
      return;
    case schedule::verdict::bound:
      break;
  }
  const std::int64_t spent = std::exchange(spent_ns_[slot], 0);
  if (measured_.erase(cluster::key_of(objects_[made.pod])) == 0) return;
  ++into.placed;
  into.latency_ns.push_back(spent);
}

std::size_t stage::state_bytes() const {
  return objects_.memory_bytes() + state_.memory_bytes() + cycle_->placing().memory_bytes() +
         cycle_->waiting().memory_bytes();
}

// ---- checking -----------------------------------------------------------------------------------

void stage::check(const schedule::decision& made) {
  made.what == schedule::verdict::bound ? check_bound(made) : check_rejected(made);
}

// Asks the plain evaluation about the cluster as it was before the binding.
void stage::check_bound(const schedule::decision& made) {
  state_.unbind(made.pod);
  objects_.set_node(made.pod, cluster::no_name);
  const std::vector<schedule::nomination> nominated = cycle_->placing().nominations();
  const schedule::evaluation plain = schedule::evaluate(
      state_.look(), *cycle_->placing().profile_of(made.pod), made.pod, {.nominations = nominated});
  std::int64_t total = 0;
  for (const schedule::scored_node& each : plain.scores) {
    if (each.node == made.node) total = each.total;
  }
  if (!contains(plain.best, made.node) || plain.best.size() != made.ties ||
      plain.feasible.size() != made.feasible || total != made.score) {
    throw wrong_answer("placement: " + objects_.full_name(made.pod) +
                       ": the plain evaluation disagrees");
  }
  state_.bind(made.pod, made.node);
}

// The same for a pod that no node takes, and for whom others may have to go. Whom an earlier
// attempt has nominated is asked no more than whether there is room.
void stage::check_rejected(const schedule::decision& made) {
  const cluster::name_id nominated_now = objects_[made.pod].nominated_node;
  objects_.set_nominated_node(made.pod, cluster::no_name);
  const std::vector<schedule::nomination> nominated = cycle_->placing().nominations();
  const schedule::evaluation plain =
      schedule::evaluate(state_.look(), *cycle_->placing().profile_of(made.pod), made.pod,
                         {.nominations = nominated, .preemption = true});
  objects_.set_nominated_node(made.pod, nominated_now);
  bool agrees = plain.feasible.empty();
  const bool asks_more = agrees && made.attempt == 1;
  if (asks_more && !plain.preemption) {
    agrees = made.what == schedule::verdict::unschedulable;
  } else if (asks_more && made.what == schedule::verdict::nominated) {
    const auto& candidates = plain.preemption->candidates;
    const auto found =
        std::ranges::find(candidates, made.node, &schedule::preemption_victims::node);
    agrees = contains(plain.preemption->best, made.node) && found != candidates.end() &&
             std::ranges::equal(found->victims, cycle_->victims());
  } else if (asks_more) {
    agrees = plain.preemption->best.empty();
  }
  if (!agrees) {
    throw wrong_answer("placement: " + objects_.full_name(made.pod) +
                       ": the plain evaluation finds another way out");
  }
}

}  // namespace crosstie::bench
