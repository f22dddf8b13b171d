// before-after: the report's scheduler and ours under one load (R1 to R5, sizes of R23).
//
//   before   for each pod: is it on this node? asked of the bindings table once a node; then every
//            plugin is asked about every node; the table's keys are names, its layout changes
//   after    Crosstie's engine with its own tables: nothing is asked once a node
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>
#include <thread>

#include "harness/allocation.hpp"
#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "lab/experiments.hpp"
#include "lab/layout.hpp"
#include "lab/table_load.hpp"
#include "schedule/engine.hpp"
#include "simulate/generator.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

using cluster::node_id;
using cluster::pod_id;
using clock_type = std::chrono::steady_clock;
using seconds_type = std::chrono::duration<double>;

struct way {
  const char *name, *layout, *library;
  bool plain;
};
constexpr way ways[] = {{"nested map", "nested map", "std", true},
                        {"concatenated string", "concatenated string", "std", true},
                        {"struct key", "struct key", "std", true},
                        {"16-byte digest", "16-byte digest", "crosstie", true},
                        {"ours: interned assignment", "interned assignment", "crosstie", true},
                        {"ours: dense assignment", "assignment", "crosstie", true},
                        {"Crosstie's engine", "assignment", "crosstie", false}};

// Which pod is on which node, asked as the report's scheduler asked; keys are names or ids.
class binding_table {
 public:
  virtual ~binding_table() = default;
  virtual std::uint64_t ask_all_nodes(pod_id pod) = 0;  // on how many is it?
  virtual void bind(pod_id pod, node_id node) = 0;
  virtual bool unbind(pod_id pod, node_id node) = 0;
};

template <class Key>
class keyed_bindings final : public binding_table {
 public:
  keyed_bindings(const cluster::store& objects, const layout<Key>& how, std::size_t nodes)
      : objects_(objects), table_(how.make()) {
    for (std::uint32_t p = 0; p < objects.pod_slots(); ++p) {
      names_.push_back(objects.full_name(pod_id{p}));
    }
    for (std::uint32_t n = 0; n < nodes; ++n) questions_.push_back(key_of(pod_id{0}, node_id{n}));
  }
  std::uint64_t ask_all_nodes(pod_id pod) override {
    const Key of_pod = key_of(pod, node_id{0});
    for (Key& key : questions_) key.column = of_pod.column;
    return table_->has(questions_);
  }
  void bind(pod_id pod, node_id node) override {
    const Key key = key_of(pod, node);
    table_->put({&key, 1});
  }
  bool unbind(pod_id pod, node_id node) override {
    const Key key = key_of(pod, node);
    return table_->drop({&key, 1}) == 1;
  }

 private:
  Key key_of(pod_id pod, node_id node) const {
    if constexpr (std::is_same_v<Key, number_key>) {
      return {index(node), index(pod)};
    } else {
      return {objects_.text(objects_[node].name), names_[index(pod)]};
    }
  }
  const cluster::store& objects_;
  std::unique_ptr<table<Key>> table_;
  std::vector<std::string> names_;  // of pods, "namespace/name"
  std::vector<Key> questions_;
};

template <class Key>
const layout<Key>* find_layout(const std::vector<layout<Key>>& all, const way& by) {
  const auto at = std::ranges::find_if(
      all, [&](const auto& one) { return one.name == by.layout && one.library == by.library; });
  return at == all.end() ? nullptr : &*at;
}

// One cluster, one scheduler; pods come in order of creation and the oldest leaves.
class scene {
 public:
  scene(const way& by, const before_after_options& own) : by_(by), own_(own) {
    simulate::generate({.nodes = own.nodes, .pods = 20'000}, objects_);
    state_.load();
    schedule::engine_options options;
    options.incremental = !by.plain;
    engine_ =
        std::make_unique<schedule::engine>(objects_, state_.usage(), state_, settings_, options);
    engine_->reset();
    for (std::uint32_t i = 0; i < objects_.pod_slots(); ++i) waiting_.push_back(pod_id{i});
    const auto nodes = static_cast<std::size_t>(own.nodes);
    const auto numbers = all_layouts<number_key>();
    const auto texts = all_layouts<text_key>();
    if (const auto* how = find_layout(texts, by)) {
      table_ = std::make_unique<keyed_bindings<text_key>>(objects_, *how, nodes);
    } else {
      table_ =
          std::make_unique<keyed_bindings<number_key>>(objects_, *find_layout(numbers, by), nodes);
    }
  }

  // Places the next pod; the ns that the table took of it.
  double step() {
    const pod_id pod = waiting_.front();
    waiting_.pop_front();
    double in_table = 0;
    const auto timed = [&](auto&& ask) {
      const auto start = clock_type::now();
      ask();
      in_table += std::chrono::duration<double, std::nano>(clock_type::now() - start).count();
    };
    if (by_.plain) {
      timed([&] {
        if (table_->ask_all_nodes(pod) != 0) throw wrong_answer("before-after: already bound");
      });
    }
    const schedule::placement found = engine_->place(pod);
    ++attempts_;
    if (found.node == cluster::no_node) {
      waiting_.push_back(pod);
      return in_table;
    }
    sum_ = 31 * sum_ + index(found.node) + 7 * index(pod);
    state_.bind(pod, found.node);
    engine_->pod_bound(pod, found.node);
    if (by_.plain) timed([&] { table_->bind(pod, found.node); });
    on_node_.emplace_back(pod, found.node);
    if (on_node_.size() > own_.bound) leave(timed);
    return in_table;
  }

  std::uint64_t sum() const { return sum_; }  // of all placements in their order
  std::int64_t attempts() const { return attempts_; }

  // Fills the cluster as far as it stays filled, by the engine, whatever the way.
  void fill() {
    schedule::engine quick(objects_, state_.usage(), state_, settings_);
    quick.reset();
    for (std::size_t i = 0; i < own_.bound && !waiting_.empty(); ++i) {
      const pod_id pod = waiting_.front();
      waiting_.pop_front();
      const schedule::placement found = quick.place(pod);
      if (found.node == cluster::no_node) continue;
      state_.bind(pod, found.node);
      quick.pod_bound(pod, found.node);
      table_->bind(pod, found.node);
      on_node_.emplace_back(pod, found.node);
    }
    engine_->reset();
  }

 private:
  void leave(auto&& timed) {
    const auto [pod, node] = on_node_.front();
    on_node_.pop_front();
    state_.unbind(pod);
    engine_->pod_unbound(pod, node);
    objects_.set_node(pod, cluster::no_name);
    if (by_.plain) {
      timed([&] {
        if (!table_->unbind(pod, node)) throw wrong_answer("before-after: a binding was lost");
      });
    }
    waiting_.push_back(pod);
  }

  way by_;
  before_after_options own_;
  cluster::store objects_;
  cluster::basic_state<cluster::assigned_bindings> state_{objects_};
  schedule::configuration settings_ = schedule::default_configuration();
  std::unique_ptr<schedule::engine> engine_;
  std::unique_ptr<binding_table> table_;
  std::deque<pod_id> waiting_;
  std::deque<std::pair<pod_id, node_id>> on_node_;
  std::uint64_t sum_ = 0;
  std::int64_t attempts_ = 0;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

// As many pods as `limit`, as fast as they go; the placements' sum must agree among the ways.
void run_flat_out(const way& by, const before_after_options& own, std::int64_t limit,
                  const cli::case_fields& of, std::uint64_t& expected, results& into) {
  scene on(by, own);
  on.fill();
  double in_table = 0;
  const allocation_meter meter;
  const auto start = clock_type::now();
  while (on.attempts() < limit) in_table += on.step();
  const double taken = seconds_type(clock_type::now() - start).count();
  const auto pods = static_cast<double>(on.attempts());
  if (by.plain) {
    if (expected == 0) expected = on.sum();
    if (expected != on.sum()) throw wrong_answer("before-after: placements differ");
  }
  into.add("before-after", of, "throughput", "pods/s", exactly(pods / taken));
  into.add("before-after", of, "in the table", "share", exactly(in_table / 1e9 / taken));
  into.add("before-after", of, "allocations", "calls/s",
           exactly(static_cast<double>(meter.read().calls) / taken));
}

// Pods arrive by the wall clock; latency counts from the arrival.
void run_paced(const way& by, const before_after_options& own, const cli::case_fields& of,
               results& into) {
  scene on(by, own);
  on.fill();
  std::vector<double> latencies;
  double in_table = 0;
  const double cpu_before = cpu_seconds();
  const auto start = clock_type::now();
  const auto end =
      start + std::chrono::duration_cast<clock_type::duration>(seconds_type(own.seconds));
  std::int64_t due = 0;
  while (true) {
    const auto arrival = start + std::chrono::duration_cast<clock_type::duration>(
                                     seconds_type(static_cast<double>(due) / own.pace));
    if (arrival >= end || clock_type::now() >= end) break;
    std::this_thread::sleep_until(arrival);
    in_table += on.step();
    latencies.push_back(
        std::chrono::duration<double, std::milli>(clock_type::now() - arrival).count());
    ++due;
  }
  const double wall = seconds_type(clock_type::now() - start).count();
  const double cpu = cpu_seconds() - cpu_before;
  into.add("before-after", of, "paced cpu", "share", exactly(cpu / wall));
  into.add("before-after", of, "paced in the table", "share", exactly(in_table / 1e9 / cpu));
  into.add("before-after", of, "paced rate", "pods/s",
           exactly(static_cast<double>(on.attempts()) / wall));
  into.add("before-after", of, "paced p50", "ms", exactly(quantile(latencies, 0.5)));
  into.add("before-after", of, "paced p99", "ms", exactly(quantile(latencies, 0.99)));
}

// R23: 10,000 entries of a map of maps, and of 16-byte digests.
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
  std::uint64_t expected = 0;
  // Long enough for the clock, and the same for all, so that their placements can be compared.
  const std::int64_t plain_limit =
      options.quick ? 40 : std::max<std::int64_t>(100, static_cast<std::int64_t>(60 * own.seconds));
  std::int64_t done = 0;
  for (const way& by : ways) {
    const cli::case_fields of = {{"scheduler", by.plain ? "plain" : "engine"}, {"table", by.name}};
    show_progress("before-after", done++, 2 * std::size(ways), by.name);
    run_flat_out(by, own, by.plain ? plain_limit : 200 * plain_limit, of, expected, into);
    show_progress("before-after", done++, 2 * std::size(ways), by.name);
    run_paced(by, own, of, into);
  }
  measure_sizes(into);
}

void draw_before_after(const results& found, page& to) {
  struct drawn {
    const char *metric, *title, *unit;
    double factor;
  };
  constexpr drawn figures[] = {{"throughput", "Flat out: pods placed a second", "pods/s", 1},
                               {"in the table", "Flat out: time in the bindings table", "%", 100},
                               {"paced cpu", "Paced: share of one core", "%", 100},
                               {"paced p99", "Paced: P99 from arrival to binding", "ms", 1},
                               {"allocations", "Flat out: allocations a second", "calls/s", 1}};
  for (const drawn& figure : figures) {
    std::vector<bar> bars;
    for (const cli::measurement& one : found.all()) {
      if (one.bench != "before-after" || one.metric != figure.metric) continue;
      const std::string name = cli::to_text(one.of[1].second);
      bars.push_back({name, figure.factor * one.value, 0, 0, "", name == "Crosstie's engine"});
    }
    to.plot(draw_bars(figure.title, figure.unit, bars));
  }
  std::vector<bar> sizes;
  for (const cli::measurement& one : found.all()) {
    if (one.metric != "memory of 10,000 entries") continue;
    const std::string library = cli::to_text(one.of[1].second);
    sizes.push_back({cli::to_text(one.of[0].second) + ", " + library, one.value / 1e6, 0, 0, "",
                     library == "crosstie"});
  }
  to.plot(draw_bars("Memory of 10,000 entries, node name x pod UID", "MB", sizes));
}

void define_before_after(CLI::App& app) {
  const auto own = std::make_shared<before_after_options>();
  CLI::App& made = define_bench(
      app, "before-after", "the report's scheduler and ours under one load, table by table",
      [=](const bench_options& options, results& into) {
        measure_before_after(options, *own, into);
      },
      [](const results& found, page& to) {
        to.card("Before and after");
        draw_before_after(found, to);
      });
  made.add_option("--nodes", own->nodes)->check(CLI::Range(1, 100'000));
  made.add_option("--pace", own->pace, "pods a second of wall-clock time")
      ->check(CLI::Range(0.1, 1e6));
  made.add_option("--seconds", own->seconds, "of each paced run")->check(CLI::Range(0.01, 3600.0));
  made.add_option("--bound", own->bound, "pods on the nodes at a time; then the oldest leaves")
      ->check(CLI::Range(1, 19'000));
}

}  // namespace crosstie::bench
