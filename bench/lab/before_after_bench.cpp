// before-after: the report's scheduler and ours under one load (R1 to R5, sizes of R23).
//
//   before   the plain scheduler, its table of bindings asked once a (pod, node); the table's
//            layout changes from run to run
//   after    Crosstie's engine with its own tables: nothing is asked once a node
//
// See scheduling_scene.hpp for both. Flat out, they take turns lap by lap; paced by the wall clock,
// each has its own run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "harness/allocation.hpp"
#include "harness/progress.hpp"
#include "harness/rounds.hpp"
#include "harness/share_meter.hpp"
#include "lab/before_after.hpp"
#include "lab/scheduling_scene.hpp"
#include "lab/table_load.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

using clock_type = std::chrono::steady_clock;

// The engine is so much faster that its laps have so many more pods.
constexpr std::int64_t engine_laps = 50;

std::optional<asked_layout> asked_by(const scheduler_way& by) {
  if (by.layout.empty()) return std::nullopt;
  return asked_layout{by.layout, by.library, by.ids};
}

cli::case_fields fields_of(const scheduler_way& by) {
  return {{"scheduler", by.layout.empty() ? "engine" : "plain"}, {"table", std::string(by.name)}};
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

// ---- flat out -----------------------------------------------------------------------------------

struct racer {
  const scheduler_way* by;
  std::unique_ptr<scene> on;
  std::int64_t lap;                    // pods
  std::vector<std::uint64_t> digests;  // after each of the plain scheduler's laps
  std::vector<double> rates{}, shares{};
};

// A lap, noting the digest as often as the plain schedulers do.
void run_lap(racer& one, std::int64_t plain_lap) {
  for (std::int64_t done = 0; done < one.lap; done += plain_lap) {
    one.on->attempt(plain_lap);
    one.digests.push_back(one.on->digest());
  }
}

void time_lap(racer& one, std::int64_t plain_lap) {
  const std::int64_t before = one.on->placed();
  const share_meter meter;
  const double ns = time_ns([&] { run_lap(one, plain_lap); });
  one.rates.push_back(static_cast<double>(one.on->placed() - before) / ns * 1e9);
  one.shares.push_back(meter.share());
}

// All must have placed the same pods on the same nodes, as far as each has come.
void compare_digests(const std::vector<racer>& all) {
  for (const racer& one : all) {
    const std::size_t both = std::min(one.digests.size(), all.front().digests.size());
    if (!std::equal(one.digests.begin(), one.digests.begin() + static_cast<std::ptrdiff_t>(both),
                    all.front().digests.begin())) {
      throw wrong_answer(fmt::format("before-after: {} places otherwise than {}", one.by->name,
                                     all.front().by->name));
    }
  }
}

void record_flat_out(racer& one, std::int64_t plain_lap, results& into) {
  const cli::case_fields of = fields_of(*one.by);
  const summary rate = summarize(one.rates);
  const std::int64_t before = one.on->placed();
  const allocation_meter meter;
  one.on->attempt(plain_lap);
  const double calls = static_cast<double>(meter.read().calls) /
                       static_cast<double>(std::max<std::int64_t>(1, one.on->placed() - before));
  into.add("before-after", of, "throughput", "pods/s", rate);
  into.add("before-after", of, "in the table", "share", summarize(one.shares));
  into.add("before-after", of, "allocations", "calls/s", exactly(calls * rate.value));
  into.add("before-after", of, "allocations a pod", "calls", exactly(calls));
  into.add("before-after", of, "table", "bytes",
           exactly(static_cast<double>(one.on->table_bytes())));
}

void race(const bench_options& options, const before_after_options& own, results& into) {
  const std::int64_t plain_lap = options.quick ? 20 : 200;
  scene_setting how{.nodes = own.nodes, .bound = own.bound, .pace = own.pace};
  const std::int64_t laps = options.rounds + 3;  // warm-up, allocations, and pods nowhere to place
  how.arrivals = laps * engine_laps * plain_lap;
  std::vector<racer> all;
  for (const scheduler_way& by : scheduler_ways) {
    const bool plain = !by.layout.empty();
    how.kept = plain ? laps * plain_lap : how.arrivals;
    show_progress("before-after", std::ssize(all), std::size(scheduler_ways), "preparing");
    all.push_back(
        {&by, make_scene(how, asked_by(by)), plain ? plain_lap : engine_laps * plain_lap, {}});
    run_lap(all.back(), plain_lap);
  }
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      racer& now = all[(i + static_cast<std::size_t>(round)) % all.size()];
      show_progress("before-after, flat out", round * std::ssize(all) + static_cast<int>(i),
                    options.rounds * std::ssize(all), now.by->name);
      time_lap(now, plain_lap);
    }
  }
  compare_digests(all);
  for (racer& one : all) record_flat_out(one, plain_lap, into);
}

// ---- paced --------------------------------------------------------------------------------------

// Pods arrive by the wall clock. A decision's latency is its own; what a pod waited from its
// arrival is told apart, since a queue that only grows has no latency of its own.
void run_paced(const scheduler_way& by, const before_after_options& own, results& into) {
  scene_setting how{.nodes = own.nodes, .bound = own.bound, .pace = own.pace, .paced = true};
  // More than will come: who waits for no arrival waits for the end of a back-off.
  how.arrivals = how.kept = static_cast<std::int64_t>(own.pace * (own.seconds + 1)) + 1;
  const auto on = make_scene(how, asked_by(by));
  std::vector<double> latencies;
  latencies.reserve(static_cast<std::size_t>(how.arrivals));
  const share_meter meter;
  const double cpu_before = thread_cpu_seconds();
  const auto start = clock_type::now();
  const auto end = start + std::chrono::duration_cast<clock_type::duration>(
                               std::chrono::duration<double>(own.seconds));
  for (auto before = start; before < end; before = clock_type::now()) {
    if (on->step()) {
      latencies.push_back(
          std::chrono::duration<double, std::milli>(clock_type::now() - before).count());
    } else if (!on->wait()) {
      break;
    }
  }
  const double wall = std::chrono::duration<double>(clock_type::now() - start).count();
  const double cpu = thread_cpu_seconds() - cpu_before;
  const auto pods = static_cast<double>(std::max<std::int64_t>(1, on->placed()));
  const cli::case_fields of = fields_of(by);
  into.add("before-after", of, "paced cpu", "share", exactly(cpu / wall));
  into.add("before-after", of, "paced cpu a pod", "us", exactly(1e6 * cpu / pods));
  into.add("before-after", of, "paced in the table", "share", exactly(meter.share()));
  into.add("before-after", of, "paced rate", "pods/s", exactly(pods / wall));
  into.add("before-after", of, "paced p50", "ms", exactly(quantile(latencies, 0.5)));
  into.add("before-after", of, "paced p99", "ms", exactly(quantile(latencies, 0.99)));
  into.add("before-after", of, "paced p99 from arrival", "ms",
           exactly(quantile(on->waited_ms, 0.99)));
}

// ---- R23 ----------------------------------------------------------------------------------------

// 10,000 entries of a map of maps, and of 16-byte digests.
void measure_sizes(results& into) {
  const key_set<text_key> keys = make_text_keys("node x pod uid", 10'000);
  for (const layout<text_key>& one : all_layouts<text_key>()) {
    if (!fits(one, keys)) continue;
    into.add("before-after", {{"layout", one.name}, {"library", one.library}},
             "memory of 10,000 entries", "bytes", exactly(10'000 * measure_memory(one, keys)));
  }
}

}  // namespace

void measure_before_after(const bench_options& options, const before_after_options& asked,
                          results& into) {
  before_after_options own = asked;
  if (options.quick) own.nodes = 60, own.seconds = 0.05, own.bound = 100;
  into.run.emplace_back("time in the table by", std::string(share_method()));
  race(options, own, into);
  std::int64_t done = 0;
  for (const scheduler_way& by : scheduler_ways) {
    show_progress("before-after, paced", done++, std::size(scheduler_ways), by.name);
    run_paced(by, own, into);
  }
  clear_progress();
  measure_sizes(into);
}

void define_before_after(CLI::App& app) {
  const auto own = std::make_shared<before_after_options>();
  CLI::App& made = define_bench(
      app, "before-after", "the report's scheduler and ours under one load, table by table",
      [=](const bench_options& options, results& into) {
        measure_before_after(options, *own, into);
        into.notes = tell_before_after(into, own->pace);
      },
      [=](const results& found, page& to) {
        to.card("Before and after");
        draw_before_after(found, own->pace, to);
      });
  made.add_option("--nodes", own->nodes, "of the cluster (5000)")->check(CLI::Range(1, 100'000));
  made.add_option("--pace", own->pace, "pods a second of wall-clock time (1200)")
      ->check(CLI::Range(0.1, 1e6));
  made.add_option("--seconds", own->seconds, "of each paced run (30)")
      ->check(CLI::Range(0.01, 3600.0));
  made.add_option("--bound", own->bound,
                  "pods on the nodes at a time (15000); then the oldest leaves")
      ->check(CLI::Range(1, 1'000'000));
}

}  // namespace crosstie::bench
