#include "schedule/placement_bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <vector>

#include "harness/progress.hpp"
#include "schedule/placement_oracle.hpp"
#include "schedule/placement_stage.hpp"

namespace crosstie::bench {
namespace {

using simulate::workload;
using simulate::workload_script;

// The real scheduler's cache took more than 21 GiB for the million bound pods of Scale.
constexpr std::size_t most_oracle_pods = 200'000;

struct scene {
  workload_script script;
  std::vector<std::string> places;

  explicit scene(const workload& what)
      : script(simulate::compose(what, 1)), places(simulate::place_early(script)) {}

  std::int64_t measured() const {
    return std::ranges::count_if(script.events, &simulate::workload_event::measured);
  }
};

// In proportion, so small that every decision can be compared with the plain evaluation.
workload small(const workload& what) {
  const bool by_nodes = !what.what->nodes.empty();
  std::string name(what.what->name);
  name += by_nodes ? "/60Nodes" : "/150Pods";
  return *simulate::parse_workload(name);
}

// A steady workload with as many pods as several rounds may take.
workload longer(workload what) {
  for (simulate::workload_parameter& each : what.size.parameters) {
    if (what.what->steady && each.name == what.what->pods) {
      each.value = std::max<std::int64_t>(each.value, 1'500'000);
    }
  }
  return what;
}

double resident_bytes() {
  std::ifstream from("/proc/self/statm");
  std::int64_t pages = 0, resident = 0;
  from >> pages >> resident;
  return static_cast<double>(resident * ::sysconf(_SC_PAGESIZE));
}

double quantile_us(std::vector<std::int64_t>& ns, double q) {
  if (ns.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(ns.size() - 1));
  std::ranges::nth_element(ns, ns.begin() + at);
  return static_cast<double>(ns[static_cast<std::size_t>(at)]) / 1000;
}

// What the timed rounds came to.
class rounds_taken {
 public:
  void add(std::int64_t placed, std::int64_t spent_ns, std::vector<std::int64_t>&& latency_ns) {
    rates_.push_back(static_cast<double>(placed) * 1e9 / static_cast<double>(spent_ns));
    p50_.push_back(quantile_us(latency_ns, 0.5));
    p99_.push_back(quantile_us(latency_ns, 0.99));
  }
  void report(const cli::case_fields& of, results& into) const {
    into.add("placement", of, "rate", "pods/s", summarize(rates_));
    into.add("placement", of, "p50", "us", summarize(p50_));
    into.add("placement", of, "p99", "us", summarize(p99_));
  }

 private:
  std::vector<double> rates_, p50_, p99_;
};

class measurement {
 public:
  measurement(const workload& what, const placement_setting& how, results& into)
      : what_(what), how_(how), into_(into), of_{{"workload", what.name()}} {}

  void run() {
    show("in small, every decision checked");
    check_small();
    if (how_.small_only) return;
    show("laying out");
    const scene on(longer(what_));
    what_.what->steady ? run_steady(on) : run_to_the_end(on);
    report();
    const bool fits = on.places.size() <= most_oracle_pods;
    if (!how_.oracle.empty() && what_.what->algorithm_alone && fits) ask(on);
  }

 private:
  void show(const std::string& doing) const {
    show_progress("placement", round_, how_.rounds + 2, fmt::format("{}: {}", what_.name(), doing));
  }

  void check_small() {
    const workload little = small(what_);
    const scene on(little);
    stage played(on.script, on.places);
    lap all = played.play({.pods = steady_pods(on), .check_every = 1});
    if (!how_.small_only) return;
    of_ = {{"workload", little.name()}};
    keep_counts(on, played, all);
    taken_.add(all.placed, all.spent_ns, std::move(all.latency_ns));
    report();
  }
  void report() const {
    taken_.report(of_, into_);
    for (const count& each : counts_) {
      into_.add("placement", of_, each.metric, each.unit, exactly(each.value));
    }
  }
  std::int64_t steady_pods(const scene& on) const {
    return what_.what->steady ? std::min<std::int64_t>(on.measured(), 200) : 0;
  }

  // The workload from its beginning, as often as a round needs.
  void run_to_the_end(const scene& on) {
    ++round_;
    show("counting and checking");
    lap first;
    {
      stage played(on.script, on.places);
      const std::int64_t samples = 40;
      first = played.play({.count_allocations = true,
                           .check_every = std::max<std::int64_t>(1, on.measured() / samples)});
      keep_counts(on, played, first);
    }
    for (int i = 0; i < how_.rounds; ++i) {
      ++round_;
      show("timing");
      std::int64_t placed = 0, spent_ns = 0;
      std::vector<std::int64_t> latency_ns;
      do {
        stage played(on.script, on.places);
        lap again = played.play({});
        if (again.digest != first.digest) throw wrong_answer("placement: runs differ");
        placed += again.placed;
        spent_ns += again.spent_ns;
        latency_ns.insert(latency_ns.end(), again.latency_ns.begin(), again.latency_ns.end());
      } while (spent_ns < how_.least_ns);
      taken_.add(placed, spent_ns, std::move(latency_ns));
    }
  }

  // Arrivals and departures that could go on for ever: rounds are stretches of one run.
  void run_steady(const scene& on) {
    ++round_;
    show("warming up");
    stage played(on.script, on.places);
    const std::int64_t pods = on.measured() / 20;
    played.play({.pods = pods, .check_every_ns = 100'000'000});
    for (int i = 0; i < how_.rounds; ++i) {
      ++round_;
      show("timing");
      lap next = played.play({.pods = 1, .least_ns = how_.least_ns, .check_every_ns = 100'000'000});
      if (played.over()) throw std::runtime_error("placement: the workload ended too early");
      taken_.add(next.placed, next.spent_ns, std::move(next.latency_ns));
    }
    // By now most of what is rare has come once.
    show("counting and checking");
    keep_counts(
        on, played,
        played.play({.pods = pods, .count_allocations = true, .check_every_ns = 50'000'000}));
  }

  void keep_counts(const scene& on, const stage& played, const lap& all) {
    const auto add = [&](const char* metric, const char* unit, double value) {
      counts_.push_back({metric, unit, value});
    };
    const auto pods = static_cast<double>(std::max<std::int64_t>(all.placed, 1));
    const schedule::engine_statistics& asked = played.statistics();
    if (!how_.small_only) {
      add("allocations", "calls", static_cast<double>(all.allocations) / pods);
      add("allocated", "bytes", static_cast<double>(all.allocated_bytes) / pods);
      add("late allocations", "calls", 2 * static_cast<double>(all.late_allocations) / pods);
    }
    add("plain", "share",
        static_cast<double>(asked.plain) /
            std::max(1.0, static_cast<double>(asked.plain + asked.incremental)));
    if (!what_.what->steady) {
      add("unplaced", "pods", static_cast<double>(on.measured() - all.placed));
    }
    const auto state = static_cast<double>(played.state_bytes());
    add("state", "bytes", state);
    add("state per node", "bytes", state / std::max(1u, played.nodes()));
    add("state per pod", "bytes", state / std::max(1u, played.pods()));
    add("rss", "bytes", resident_bytes());
  }

  void ask(const scene& on) {
    ++round_;
    show("the real algorithm");
    double best = 0, best_of_all_nodes = 0;
    for (const oracle_figure& each :
         ask_oracle(how_.oracle, on.script, on.places, how_.oracle_pods)) {
      best = std::max(best, each.rate);
      if (each.setting.percentage == 100) {
        best_of_all_nodes = std::max(best_of_all_nodes, each.rate);
      }
    }
    into_.add("placement", of_, "kube-scheduler", "pods/s", exactly(best));
    into_.add("placement", of_, "kube-scheduler, all nodes", "pods/s", exactly(best_of_all_nodes));
  }

  const workload& what_;
  const placement_setting& how_;
  results& into_;
  cli::case_fields of_;
  struct count {
    const char* metric;
    const char* unit;
    double value;
  };
  rounds_taken taken_;
  std::vector<count> counts_;
  int round_ = 0;
};

}  // namespace

void measure_placement(const workload& what, const placement_setting& how, results& into) {
  measurement(what, how, into).run();
}

}  // namespace crosstie::bench
