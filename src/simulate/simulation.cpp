#include "simulate/simulation.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cluster/operation_meter.hpp"
#include "schedule/configuration_reader.hpp"
#include "schedule/cycle.hpp"
#include "schedule/support.hpp"
#include "simulate/loading.hpp"
#include "simulate/recorder.hpp"
#include "simulate/summary.hpp"
#include "simulate/worlds.hpp"

namespace crosstie::simulate {
namespace {

using cluster::error;
using cluster::timestamp;
using steady = std::chrono::steady_clock;

std::int64_t ns_between(steady::time_point from, steady::time_point to) {
  return std::chrono::nanoseconds(to - from).count();
}

std::int64_t peak_memory() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return std::int64_t{use.ru_maxrss} * 1024;  // Linux counts KiB
}

// How long pods are tried again after the last change. Where nothing moves, once is enough.
timestamp settle_time(const options& what) {
  const bool moves =
      what.arrive.when != arrivals::mode::flat_out || !what.events_path.empty() || what.preemption;
  return moves ? 60'000'000'000 : 0;
}

schedule::cycle_options cycle_options_of(const options& what) {
  schedule::cycle_options settings;
  settings.engine.ties = {what.ties.by_name, what.ties.seed};
  settings.engine.sample = what.sample_nodes;
  settings.preemption = what.preemption;
  // Here nothing changes unnoticed, so that time alone makes no pod schedulable.
  settings.retry_unschedulable_ns = 0;
  return settings;
}

std::int64_t count_bound(const cluster::store& objects) {
  std::int64_t bound = 0;
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (!objects.alive(id) || objects[id].finished()) continue;
    bound += objects[id].node != cluster::no_name ? 1 : 0;
  }
  return bound;
}

// Of a file with several mistakes, the first is told.
std::expected<schedule::configuration, error> read_settings(const options& what,
                                                            cluster::name_table& names) {
  if (what.configuration_text.empty()) return schedule::default_configuration();
  auto settings =
      schedule::read_configuration(what.configuration_text, what.configuration_file, names);
  if (!settings) return std::unexpected(std::move(settings.error().front()));
  return std::move(*settings);
}

// Calls the progress report at most ten times a second.
class reporter {
 public:
  explicit reporter(const std::function<void(const progress&)>& report) : report_(report) {}

  template <class Describe>
  void offer(steady::time_point now, Describe describe) {
    if (!report_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    report_(describe());
  }

 private:
  const std::function<void(const progress&)>& report_;
  steady::time_point next_{};
};

class run {
 public:
  run(const options& what, schedule::configuration&& settings, loaded_input&& input,
      event_feed&& feed, timestamp start, steady::time_point begun)
      : what_(what),
        settings_(std::move(settings)),
        input_(std::move(input)),
        feed_(std::move(feed)),
        unplaced_(*input_.objects, input_.other_kinds, settings_),
        world_(make_world(start)),
        state_(*input_.objects),
        begun_(begun) {
    result_.summary.already_bound = count_bound(*input_.objects);
    state_.load();
  }

  std::expected<outcome, error> finish() {
    schedule::cycle cycle(*world_, *input_.objects, state_, settings_, cycle_options_of(what_));
    initial_ = static_cast<std::int64_t>(cycle.waiting().size());
    result_.summary.started = world_->now();
    result_.timing.load_ns = ns_between(begun_, steady::now());
    if (what_.loaded) what_.loaded();
    if (what_.profile) {
      const cluster::operation_meter meter(
          [] { return ns_between(steady::time_point{}, steady::now()); });
      loop(cycle);
      add_profile(meter);
    } else {
      loop(cycle);
    }
    if (feed_.failure()) return std::unexpected(*feed_.failure());
    sum_up(cycle);
    return std::move(result_);
  }

 private:
  std::unique_ptr<simulated_world> make_world(timestamp start) {
    const timestamp settle = settle_time(what_);
    if (what_.arrive.when == arrivals::mode::pace) {
      return std::make_unique<paced_world>(feed_, *input_.objects, start, settle, what_.stop,
                                           &unplaced_);
    }
    return std::make_unique<virtual_world>(feed_, *input_.objects, start, settle, what_.stop,
                                           &unplaced_);
  }

  // cycle.run() with a clock around each step.
  void loop(schedule::cycle& cycle) {
    recorder record(result_, *input_.objects);
    reporter report(what_.report);
    const steady::time_point loop_begun = steady::now();
    while (!world_->stopping()) {
      const steady::time_point before = steady::now();
      const auto made = cycle.step();
      const steady::time_point after = steady::now();
      report.offer(after, [&] { return describe_progress(cycle); });
      if (!made) {
        if (!world_->wait(cycle.next_wake())) break;
        continue;
      }
      result_.timing.decision_ns.record(ns_between(before, after));
      record.add(*made, cycle);
      if (made->what != schedule::verdict::bound) {
        result_.timing.explain_ns += ns_between(after, steady::now());
      }
      record.sample({record.decisions(), world_->counted().placed_now,
                     static_cast<std::int64_t>(cycle.waiting().size()), made->at},
                    ns_between(loop_begun, after));
    }
    result_.timing.wall_ns = ns_between(loop_begun, steady::now());
    record.finish({record.decisions(), world_->counted().placed_now,
                   static_cast<std::int64_t>(cycle.waiting().size()), world_->now()},
                  result_.timing.wall_ns);
    record.add_waiting(cycle);
    if (what_.report) what_.report(describe_progress(cycle));
  }

  void add_profile(const cluster::operation_meter& meter) {
    for (std::size_t t = 0; t < cluster::metered_count; ++t) {
      for (std::size_t o = 0; o < cluster::operation_count; ++o) {
        const auto table = static_cast<cluster::metered>(t);
        const auto done = static_cast<cluster::operation>(o);
        const auto& [calls, ns] = meter.of(table, done);
        if (calls == 0) continue;
        result_.timing.profile.push_back({to_text(table), to_text(done), calls, ns});
      }
    }
  }

  progress describe_progress(const schedule::cycle& cycle) const {
    const traffic& seen = world_->counted();
    return {result_.timing.decision_ns.count(), seen.placed,
            static_cast<std::int64_t>(cycle.waiting().size()),
            initial_ + seen.arrived + feed_.arrivals_left()};
  }

  void sum_up(const schedule::cycle& cycle) {
    add_placements();
    sum_up_counts(cycle);
    sum_up_nodes(*input_.objects, state_.usage(), result_.summary);
    result_.summary.reasons = count_reasons(result_.waiting, result_.messages);
    add_warnings();
    timing& times = result_.timing;
    if (const std::int64_t spent_ns = times.decision_ns.sum(); spent_ns > 0) {
      times.decisions_per_second =
          static_cast<double>(times.decision_ns.count()) * 1e9 / static_cast<double>(spent_ns);
    }
    times.p50_ns = times.decision_ns.quantile(0.5);
    times.p99_ns = times.decision_ns.quantile(0.99);
    times.max_ns = times.decision_ns.max();
    times.peak_memory_bytes = peak_memory();
    result_.objects = std::move(input_.objects);
  }

  void add_placements() {
    const cluster::store& objects = *input_.objects;
    for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
      const cluster::pod_id id{slot};
      if (!objects.alive(id) || !world_->placed(id)) continue;
      result_.placements.push_back({cluster::key_of(objects[id]), objects[id].node});
    }
    sort_by_name(objects, result_.placements);
  }

  void sum_up_counts(const schedule::cycle& cycle) {
    summary& sums = result_.summary;
    const traffic& seen = world_->counted();
    sums.nodes = input_.objects->node_count();
    sums.pods = initial_ + seen.arrived;
    sums.placed = seen.placed;
    sums.placed_now = seen.placed_now;
    const auto count = [&](waiting_pod::reason why) {
      return std::ranges::count(result_.waiting, why, &waiting_pod::why);
    };
    sums.unschedulable = count(waiting_pod::reason::unschedulable);
    sums.gated = count(waiting_pod::reason::gated);
    sums.untried = count(waiting_pod::reason::untried);
    sums.departed = seen.departed;
    sums.preempted = seen.preempted;
    sums.already_bound += seen.bound;
    sums.homeless = count_homeless();
    sums.decisions = static_cast<std::int64_t>(result_.decisions.size());
    sums.events = static_cast<std::int64_t>(cycle.events_applied());
    sums.ended = world_->now();
    sums.stopped = world_->stopping();
  }

  std::int64_t count_homeless() const {
    const cluster::store& objects = *input_.objects;
    std::int64_t pods = 0;
    for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
      if (!objects.alive(cluster::pod_id{slot})) continue;
      const cluster::pod& object = objects[cluster::pod_id{slot}];
      pods +=
          object.node != cluster::no_name && !object.finished() && !objects.find_node(object.node);
    }
    return pods;
  }

  void add_warnings() {
    result_.warnings = std::move(input_.warnings);
    // Not before the end: pods may arrive, and what they ask for as well.
    unplaced_.add_all();
    for (const auto& one : unplaced_.found()) {
      result_.warnings.push_back(schedule::to_string(one));
    }
    const auto warn = [&](std::int64_t events, std::string_view one, std::string_view several) {
      if (events == 0) return;
      result_.warnings.push_back(std::to_string(events) + std::string(events == 1 ? one : several));
    };
    warn(world_->counted().missing, " event deletes a pod that was not there",
         " events delete pods that were not there");
    warn(feed_.unknown_classes(),
         " event names a PriorityClass that is not known: the pod has priority 0",
         " events name a PriorityClass that is not known: the pods have priority 0");
    warn(feed_.passed_over(), " event of a kind that placing does not read was passed over",
         " events of kinds that placing does not read were passed over");
  }

  const options& what_;
  schedule::configuration settings_;
  loaded_input input_;
  event_feed feed_;
  schedule::unsupported_count unplaced_;
  std::unique_ptr<simulated_world> world_;
  cluster::state state_;
  steady::time_point begun_;
  std::int64_t initial_ = 0;
  outcome result_;
};

}  // namespace

std::expected<outcome, error> simulate(const options& what) {
  const steady::time_point begun = steady::now();
  auto input = load(what);
  if (!input) return std::unexpected(std::move(input.error()));
  auto settings = read_settings(what, input->objects->names());
  if (!settings) return std::unexpected(std::move(settings.error()));
  event_feed feed(withhold_arrivals(*input, what.arrive), std::move(input->departures));
  timestamp start = input->zero;
  if (!what.events_path.empty()) {
    auto file = event_reader::open(what.events_path, input->zero, *input->objects);
    if (!file) return std::unexpected(std::move(file.error()));
    if (auto followed = feed.follow(std::move(*file)); !followed) {
      return std::unexpected(std::move(followed.error()));
    }
  }
  if (const auto first = feed.next_at()) start = std::min(start, *first);
  return run(what, std::move(*settings), std::move(*input), std::move(feed), start, begun).finish();
}

}  // namespace crosstie::simulate
