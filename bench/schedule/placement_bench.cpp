#include "schedule/placement_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "harness/allocation.hpp"
#include "schedule/cycle.hpp"

namespace crosstie::bench {
namespace {

using cluster::node_id;
using cluster::pod_id;
using clock_type = std::chrono::steady_clock;

constexpr std::int64_t second_ns = 1'000'000'000;

class listed_world final : public cluster::world {
 public:
  cluster::timestamp now() override { return now_; }
  std::optional<cluster::event> poll() override {
    if (events.empty()) return std::nullopt;
    cluster::event next = std::move(events.front());
    events.pop_front();
    return next;
  }
  bool wait(std::optional<cluster::timestamp>) override { return false; }
  bool stopping() override { return false; }
  std::expected<void, std::string> bind(pod_id, node_id) override { return {}; }
  std::expected<void, std::string> evict(pod_id, pod_id) override { return {}; }

  std::deque<cluster::event> events;

 private:
  cluster::timestamp now_ = second_ns;
};

struct setting {
  std::uint32_t nodes = 5000, pods = 30000, shapes = 1;
  bool departures = false, twin = false;
};

class scene {
 public:
  explicit scene(const setting& s) : setting_(s), random_(7) {
    cluster::name_table& names = objects_.names();
    cpu_ = names.intern("cpu"), memory_ = names.intern("memory"), pods_ = names.intern("pods");
    zone_ = names.intern("topology.kubernetes.io/zone");
    for (std::uint32_t i = 0; i < s.nodes; ++i) objects_.put(make_node(i, 0));
    for (std::uint32_t i = 0; i < s.shapes; ++i) specs_.push_back(objects_.intern(make_spec(i)));
    double sum = 0;
    for (std::uint32_t i = 0; i < s.shapes; ++i) shares_.push_back(sum += 1.0 / (i + 1));
    state_.load();
  }

  cluster::store& objects() { return objects_; }
  cluster::basic_state<cluster::assigned_bindings>& state() { return state_; }

  cluster::node make_node(std::uint32_t i, int version) {
    cluster::name_table& names = objects_.names();
    char text[32];
    std::snprintf(text, sizeof text, "node-%06u", i);
    cluster::node made;
    made.name = names.intern(text);
    made.labels = {{zone_, names.intern("zone-" + std::to_string(i % 3))},
                   {names.intern("version"), names.intern(std::to_string(version))}};
    std::sort(made.labels.begin(), made.labels.end());
    const bool small = setting_.shapes == 1;
    made.allocatable = {{cpu_, whole(small ? 4 : 16 + 16 * (i % 3))},
                        {memory_, whole((small ? 32ll : 64ll + 64ll * (i % 4)) << 30)},
                        {pods_, whole(110)}};
    std::sort(made.allocatable.begin(), made.allocatable.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (!small && i % 20 == 0) {
      made.taints = {{names.intern("spot"), cluster::no_name, cluster::taint_effect::no_schedule}};
    }
    if (!small && i % 10 == 1) {
      made.taints = {
          {names.intern("old"), cluster::no_name, cluster::taint_effect::prefer_no_schedule}};
    }
    return made;
  }

  // The i-th pod; zipf-distributed shapes.
  cluster::pod make_pod(std::uint32_t i) {
    char text[32];
    std::snprintf(text, sizeof text, "pod-%08u", i);
    cluster::pod made{};
    made.ns = objects_.names().intern("default");
    made.name = objects_.names().intern(text);
    const double at = std::uniform_real_distribution<>(0, shares_.back())(random_);
    const auto shape = std::lower_bound(shares_.begin(), shares_.end(), at) - shares_.begin();
    made.spec = specs_[static_cast<std::size_t>(shape)];
    made.created = i;
    return made;
  }

 private:
  static cluster::quantity whole(std::int64_t value) {
    return {cluster::quantity::int128{value} * 1'000'000'000};
  }

  cluster::pod_spec make_spec(std::uint32_t i) {
    cluster::name_table& names = objects_.names();
    cluster::pod_spec spec{};
    spec.scheduler_name = names.intern("default-scheduler");
    cluster::container one{};
    one.name = names.intern("main");
    one.image = names.intern("registry.k8s.io/pause:3.10");
    const bool equal = setting_.shapes == 1;
    const std::int64_t milli = equal ? 100 : 50 + 10 * (i % 97);
    one.requests = {{cpu_, {cluster::quantity::int128{milli} * 1'000'000}},
                    {memory_, whole((equal ? 500ll : 64ll + 8 * (i % 331)) << 20)}};
    std::sort(one.requests.begin(), one.requests.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    spec.containers = {one};
    if (!equal && i % 4 == 1) {
      spec.selector = {{zone_, names.intern("zone-" + std::to_string(i % 3))}};
    }
    if (!equal && i % 4 == 2) {
      spec.affinity.emplace();
      spec.affinity->preferred = {
          {10, {{{zone_, cluster::selector_operator::in, {names.intern("zone-1")}}}, {}}}};
    }
    if (!equal && i % 5 == 3) {
      spec.tolerations = {{names.intern("spot"), cluster::no_name,
                           cluster::toleration_operator::exists, cluster::taint_effect::any}};
    }
    return spec;
  }

  setting setting_;
  std::mt19937_64 random_;
  cluster::store objects_;
  cluster::basic_state<cluster::assigned_bindings> state_{objects_};
  cluster::name_id cpu_, memory_, pods_, zone_;
  std::vector<cluster::spec_id> specs_;
  std::vector<double> shares_;
};

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "crosstie-bench: placement: %s\n", what);
  std::exit(1);
}

// What this process has used, whoever else wants the machine.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

void check(scene& on) {
  const auto& usage = on.state().usage();
  for (const cluster::resource_id r : {cluster::cpu, cluster::memory}) {
    for (std::uint32_t i = 0; i < on.objects().node_slots(); ++i) {
      if (usage.requested(r)[i] > usage.allocatable(r)[i]) fail("a node is asked for too much");
    }
  }
}

void report(const std::string& name, const setting& s, std::vector<std::int64_t>& times_ns,
            double seconds, double cpu_seconds, std::size_t allocated, const schedule::engine& by) {
  std::sort(times_ns.begin(), times_ns.end());
  const auto quantile = [&](double q) {
    return static_cast<double>(
               times_ns[static_cast<std::size_t>(q * static_cast<double>(times_ns.size() - 1))]) /
           1000;
  };
  const auto pods = static_cast<double>(times_ns.size());
  const schedule::engine_statistics figures = by.statistics();
  std::printf(
      "%-6s nodes %6u pods %7.0f shapes %5u: %9.0f pods/s (%.0f by cpu time)  p50 %.2f us  p99 "
      "%.2f us  "
      "max %.1f us  %.3f allocations/pod  plain %llu  rebuilt %.3f/pod  replayed %.2f/pod  "
      "rows dropped %llu  engine %.1f MiB\n",
      name.c_str(), s.nodes, pods, s.shapes, pods / seconds, pods / cpu_seconds, quantile(0.5),
      quantile(0.99), quantile(1), static_cast<double>(allocated) / pods,
      static_cast<unsigned long long>(figures.plain),
      static_cast<double>(figures.rebuilt_rows) / pods,
      static_cast<double>(figures.replayed_nodes) / pods,
      static_cast<unsigned long long>(figures.dropped_rows),
      static_cast<double>(by.memory_bytes()) / (1 << 20));
}

// The oldest pod leaves; every thousandth time a node is relabelled as well.
void push_departure(listed_world& outside, scene& on, const setting& s, std::uint32_t i,
                    std::deque<cluster::object_key>& bound) {
  cluster::pod leaving{};
  leaving.ns = bound.front().ns, leaving.name = bound.front().name;
  bound.pop_front();
  outside.events.push_back({cluster::event_kind::remove, 0, leaving});
  if (i % 1000 != 0) return;
  outside.events.push_back(
      {cluster::event_kind::put, 0, on.make_node(i / 1000 % s.nodes, static_cast<int>(i))});
}

// Asks the plain evaluation about the cluster as it was before the binding.
void compare_with(schedule::engine& plain, scene& on, const schedule::decision& made) {
  std::vector<node_id> best;
  on.state().unbind(made.pod);
  on.objects().set_node(made.pod, cluster::no_name);
  const schedule::placement answer = plain.find_best(made.pod, best);
  if (answer.total != made.score || answer.ties != made.ties || answer.feasible != made.feasible ||
      std::find(best.begin(), best.end(), made.node) == best.end()) {
    fail("the plain evaluation disagrees");
  }
  on.state().bind(made.pod, made.node);
}

void run(const std::string& name, const setting& s) {
  scene on(s);
  listed_world outside;
  const schedule::configuration settings = schedule::default_configuration();
  schedule::cycle_options options;
  options.preemption = false;
  schedule::cycle cycle(outside, on.objects(), on.state(), settings, options);
  schedule::engine_options plain_options;
  plain_options.incremental = false;
  schedule::engine plain(on.objects(), on.state().usage(), on.state(), settings, plain_options);

  std::vector<cluster::pod> arrivals;
  for (std::uint32_t i = 0; i < s.pods; ++i) arrivals.push_back(on.make_pod(i));
  std::vector<std::int64_t> times_ns;
  times_ns.reserve(s.pods);
  std::deque<cluster::object_key> bound;
  const std::uint32_t warm = s.departures ? s.pods / 2 : s.pods / 20;
  double seconds = 0, cpu_start = 0;
  std::size_t allocated = 0;
  const allocation_meter meter;
  for (std::uint32_t i = 0; i < s.pods; ++i) {
    if (s.departures && i >= warm) push_departure(outside, on, s, i, bound);
    outside.events.push_back({cluster::event_kind::put, 0, arrivals[i]});
    bound.push_back({arrivals[i].ns, arrivals[i].name});

    if (i == warm) cpu_start = cpu_seconds();
    const std::size_t allocated_before = static_cast<std::size_t>(meter.read().calls);
    const auto start = clock_type::now();
    const std::optional<schedule::decision> made = cycle.step();
    const auto end = clock_type::now();
    if (!made || made->what != schedule::verdict::bound) fail("a pod was not bound");
    if (i >= warm) {
      const std::int64_t spent = std::chrono::nanoseconds(end - start).count();
      times_ns.push_back(spent);
      seconds += static_cast<double>(spent) / second_ns;
      allocated += static_cast<std::size_t>(meter.read().calls) - allocated_before;
    }
    if (s.twin) compare_with(plain, on, *made);
  }
  const double cpu_spent = cpu_seconds() - cpu_start;  // with the driver's own, some percent
  check(on);
  report(name, s, times_ns, seconds, cpu_spent, allocated, cycle.placing());
}

}  // namespace

void measure_placement(const std::string& workload, const placement_setting& wanted) {
  setting s;
  s.nodes = wanted.nodes;
  if (workload == "basic") {
    s.pods = 150'000;
  } else {
    s.twin = workload == "twin";
    s.pods = s.twin ? 2'000 : 240'000;
    s.shapes = wanted.shapes;
    s.departures = true;
  }
  if (wanted.pods != 0) s.pods = wanted.pods;
  run(workload, s);
}

}  // namespace crosstie::bench
