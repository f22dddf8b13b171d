#include "schedule/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "schedule/allocation_counter.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/random_objects.hpp"

namespace crosstie::schedule {
namespace {

using cluster::name_id;

// A cluster that changes at random, and an engine that is told so.
class changing_cluster {
 public:
  changing_cluster(std::uint64_t seed, const engine_options& options, bool simple_specs)
      : make(objects, seed), options_(options) {
    for (std::uint32_t i = 0; i < 12; ++i) {
      specs.push_back(objects.intern(make.make_spec(simple_specs || i < 8)));
    }
    for (std::uint32_t i = 0; i < 14; ++i) objects.put(make.make_node(make.name("node-", i)));
    for (std::uint32_t i = 0; i < 6; ++i) {
      const pod_id pod = objects.put(make.make_pod(make.name("waiting-", i), specs[2 * i]));
      waiting.push_back(pod);
    }
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options_);
  }

  void change() {
    const std::uint32_t kind = make.below(100);
    if (kind < 45) {
      add_pod();
    } else if (kind < 75) {
      remove_pod();
    } else if (kind < 92) {
      put_node();
    } else {
      remove_node();
    }
  }

  // Any of the pods that wait, of every shape.
  pod_id ask() {
    const pod_id pod = waiting[make.below(static_cast<std::uint32_t>(waiting.size()))];
    cluster::pod changed = objects[pod];
    changed.spec = specs[make.below(static_cast<std::uint32_t>(specs.size()))];
    return objects.put(changed);
  }

  evaluation answer(pod_id pod, bool preemption = false) {
    return evaluate(state.look(), settings.profiles[0], pod, {.preemption = preemption});
  }

  cluster::store objects;
  cluster::state state{objects};
  configuration settings = default_configuration();
  random_objects make;
  std::vector<cluster::spec_id> specs;
  std::vector<pod_id> waiting;
  std::optional<engine> chooser;

 private:
  std::vector<node_id> live_nodes() const {
    std::vector<node_id> live;
    for (std::uint32_t i = 0; i < objects.node_slots(); ++i) {
      if (objects.alive(node_id{i})) live.push_back(node_id{i});
    }
    return live;
  }

  void add_pod() {
    const std::vector<node_id> live = live_nodes();
    if (live.empty()) return;
    const node_id node = live[make.below(static_cast<std::uint32_t>(live.size()))];
    cluster::pod object = make.make_pod(
        make.name("bound-", next_++), specs[make.below(static_cast<std::uint32_t>(specs.size()))]);
    object.node = objects[node].name;
    const pod_id pod = objects.put(object);
    state.bind(pod, node);
    chooser->pod_bound(pod, node);
    bound_.push_back(pod);
  }
  void remove_pod() {
    if (bound_.empty()) return;
    const std::uint32_t at = make.below(static_cast<std::uint32_t>(bound_.size()));
    const pod_id pod = bound_[at];
    bound_.erase(bound_.begin() + at);
    take_off(pod);
    objects.remove_pod({objects[pod].ns, objects[pod].name});
  }
  void take_off(pod_id pod) {
    const node_id node = *state.bindings().node_of(pod);
    state.unbind(pod);
    chooser->pod_unbound(pod, node);
  }
  void put_node() {
    const name_id name = make.name("node-", make.below(18));
    const std::optional<node_id> known = objects.find_node(name);
    cluster::node object = make.make_node(name);
    // Often only one thing changes.
    if (known && make.chance(50)) {
      const cluster::node before = objects[*known];
      object.allocatable = before.allocatable;
      object.images = before.images;
      if (make.chance(50)) object.labels = before.labels;
      if (make.chance(50)) object.taints = before.taints;
    }
    const node_id node = objects.put(object);
    state.add_node(node);
    chooser->node_changed(node);
  }
  void remove_node() {
    const std::vector<node_id> live = live_nodes();
    if (live.size() < 2) return;
    const node_id node = live[make.below(static_cast<std::uint32_t>(live.size()))];
    std::erase_if(bound_, [&](pod_id pod) {
      if (state.bindings().node_of(pod) != node) return false;
      take_off(pod);
      objects.remove_pod({objects[pod].ns, objects[pod].name});
      return true;
    });
    state.remove_node(node);
    objects.remove_node(objects[node].name);
    chooser->node_changed(node);
  }

  engine_options options_;
  std::vector<pod_id> bound_;
  std::uint32_t next_ = 0;
};

struct limits {
  std::size_t rows;
  std::uint32_t block;
  bool by_name;
};
std::ostream& operator<<(std::ostream& out, const limits& l) {
  return out << l.rows << " rows, blocks of " << l.block << (l.by_name ? ", by name" : ", by seed");
}

class engine_property : public testing::TestWithParam<limits> {
 protected:
  engine_options options() const {
    engine_options made;
    made.row_limit = GetParam().rows;
    made.block_nodes = GetParam().block;
    made.ties = {GetParam().by_name, 3};
    return made;
  }
};

// What may help is at least what may help against each plugin that rejected a node.
void expect_helpful(const evaluation& plain, const placement& fast) {
  for (const rejection& r : plain.rejected) {
    const event_set wanted = events_that_help(r.plugin);
    ASSERT_EQ(fast.helpful & wanted, wanted) << r.plugin;
  }
}

// What the plain evaluation says is what the engine says.
void expect_equal(changing_cluster& on, pod_id pod, bool by_name) {
  const evaluation plain = on.answer(pod);
  std::vector<node_id> best, expected = plain.best;
  const placement fast = on.chooser->find_best(pod, best);
  std::sort(best.begin(), best.end());
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(best, expected);
  ASSERT_EQ(fast.error, plain.error);
  ASSERT_EQ(fast.feasible, plain.feasible.size());
  ASSERT_EQ(fast.ties, plain.best.size());
  const placement placed = on.chooser->place(pod);
  if (expected.empty()) {
    ASSERT_EQ(placed.node, cluster::no_node);
    ASSERT_EQ(on.chooser->explain_failure(pod, false), plain.message);
    ASSERT_EQ(on.chooser->explain_failure(pod, true), on.answer(pod, true).message);
    expect_helpful(plain, fast);
    return;
  }
  for (const scored_node& node : plain.scores) {
    if (node.node == best.front()) {
      ASSERT_EQ(fast.total, node.total);
    }
  }
  ASSERT_TRUE(std::binary_search(expected.begin(), expected.end(), placed.node));
  ASSERT_EQ(placed.total, fast.total);
  if (by_name) {
    const auto before = [&](node_id a, node_id b) {
      return on.objects.text(on.objects[a].name) < on.objects.text(on.objects[b].name);
    };
    ASSERT_EQ(placed.node, *std::min_element(expected.begin(), expected.end(), before));
  }
}

TEST_P(engine_property, agrees_with_the_plain_evaluation) {
  engine_statistics seen;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    changing_cluster on(seed, options(), true);
    for (int i = 0; i < 120; ++i) {
      on.change();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, on.ask(), GetParam().by_name)) << "change " << i;
    }
    const engine_statistics& figures = on.chooser->statistics();
    ASSERT_EQ(figures.plain, 0u);
    seen.incremental += figures.incremental;
    seen.rebuilt_rows += figures.rebuilt_rows;
    seen.replayed_nodes += figures.replayed_nodes;
    seen.dropped_rows += figures.dropped_rows;
  }
  // Each way of keeping a row was taken.
  EXPECT_GT(seen.rebuilt_rows, 0u);
  EXPECT_GT(seen.replayed_nodes, 0u);
  EXPECT_LT(seen.rebuilt_rows, seen.incremental);
  EXPECT_EQ(seen.dropped_rows > 0, GetParam().rows == 2);
}

TEST_P(engine_property, agrees_where_pods_look_at_pods) {
  engine_statistics seen;
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    changing_cluster on(seed, options(), false);
    for (int i = 0; i < 60; ++i) {
      on.change();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, on.ask(), GetParam().by_name)) << "change " << i;
    }
    seen.plain += on.chooser->statistics().plain;
    seen.incremental += on.chooser->statistics().incremental;
  }
  // Not every pod is selected by the terms of those on nodes.
  EXPECT_GT(seen.plain, 0u);
  EXPECT_GT(seen.incremental, 0u);
}

INSTANTIATE_TEST_SUITE_P(limits, engine_property,
                         testing::Values(limits{0, 64, false}, limits{0, 4, true},
                                         limits{2, 4, false}, limits{2, 8, true}),
                         [](const auto& param) {
                           return "rows_" + std::to_string(param.param.rows) + "_block_" +
                                  std::to_string(param.param.block) +
                                  (param.param.by_name ? "_name" : "_seed");
                         });

// ---- ties -----------------------------------------------------------------------------------

// Equal nodes, and one pod that fits on all of them.
class equal_nodes {
 public:
  equal_nodes(std::uint32_t nodes, const engine_options& options) : make(objects, 1) {
    cluster::node object;
    object.allocatable = {{make.name("cpu"), {8'000'000'000}},
                          {make.name("memory"), {cluster::quantity::int128{1} << 70}},
                          {make.name("pods"), {110'000'000'000}}};
    std::sort(object.allocatable.begin(), object.allocatable.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (std::uint32_t i = 0; i < nodes; ++i) {
      object.name = make.name("node-", i);
      objects.put(object);
    }
    cluster::pod_spec spec;
    spec.scheduler_name = make.name("default-scheduler");
    cluster::container one{};
    one.image = make.name("image");
    one.requests = {{make.name("cpu"), {100'000'000}}};
    spec.containers = {one};
    pod = objects.put(make.make_pod(make.name("pod"), objects.intern(spec)));
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options);
  }

  cluster::store objects;
  random_objects make;
  cluster::state state{objects};
  configuration settings = default_configuration();
  pod_id pod{};
  std::optional<engine> chooser;
};

engine_options seeded(std::uint64_t seed) {
  engine_options options;
  options.ties.seed = seed;
  return options;
}

TEST(engine_ties, equal_seeds_choose_equally_and_others_do_not) {
  equal_nodes a(100, seeded(5)), b(100, seeded(5)), c(100, seeded(6));
  int different = 0;
  for (int i = 0; i < 50; ++i) {
    const node_id chosen = a.chooser->place(a.pod).node;
    ASSERT_EQ(chosen, b.chooser->place(b.pod).node);
    different += chosen != c.chooser->place(c.pod).node;
  }
  EXPECT_GT(different, 25);
}

TEST(engine_ties, every_best_node_is_chosen_about_as_often) {
  constexpr std::uint32_t nodes = 70;  // more than a block
  equal_nodes on(nodes, seeded(5));
  std::vector<int> chosen(nodes, 0);
  for (std::uint32_t i = 0; i < nodes * 100; ++i) {
    const placement found = on.chooser->place(on.pod);
    ASSERT_EQ(found.ties, nodes);
    ++chosen[cluster::index(found.node)];
  }
  for (const int times : chosen) {
    EXPECT_GT(times, 50);
    EXPECT_LT(times, 160);
  }
}

TEST(engine_ties, the_plain_evaluation_draws_the_same_nodes) {
  engine_options plain = seeded(9);
  plain.incremental = false;
  equal_nodes a(30, seeded(9)), b(30, plain);
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(a.chooser->place(a.pod).node, b.chooser->place(b.pod).node);
  }
  EXPECT_EQ(a.chooser->statistics().plain, 0u);
  EXPECT_EQ(b.chooser->statistics().incremental, 0u);
}

// ---- limits ---------------------------------------------------------------------------------

TEST(engine_limits, amounts_that_doubles_cannot_hold_go_to_the_plain_evaluation) {
  equal_nodes on(3, seeded(1));
  cluster::node object = on.objects[node_id{0}];
  for (cluster::resource_amount& r : object.allocatable) {
    if (r.name == on.make.name("memory")) r.amount = {cluster::quantity::int128{1} << 90};
  }
  on.objects.put(object);
  on.state.add_node(node_id{0});
  on.chooser->node_changed(node_id{0});
  EXPECT_NE(on.chooser->place(on.pod).node, cluster::no_node);
  EXPECT_EQ(on.chooser->statistics().plain, 1u);
}

TEST(engine_limits, large_amounts_are_divided) {
  equal_nodes on(2, seeded(1));
  // Less than 67 percent are free by so little that (p + 1/2) * (1 / q) takes it for 67.
  const std::int64_t all = 64'335'846'160'803, asked = all - 43'105'016'927'738;
  for (std::uint32_t i = 0; i < 2; ++i) {
    cluster::node object = on.objects[node_id{i}];
    for (cluster::resource_amount& r : object.allocatable) {
      if (r.name == on.make.name("memory")) {
        r.amount = {cluster::quantity::int128{all} * 1'000'000'000};
      }
    }
    on.objects.put(object);
    on.state.add_node(node_id{i});
    on.chooser->node_changed(node_id{i});
  }
  cluster::pod_spec spec = on.objects.spec(on.pod);
  spec.containers[0].requests = {
      {on.make.name("cpu"), {200'000'000}},  // 97 percent are free: one more of memory shows
      {on.make.name("memory"), {cluster::quantity::int128{asked} * 1'000'000'000}}};
  cluster::pod changed = on.objects[on.pod];
  changed.spec = on.objects.intern(spec);
  on.objects.put(changed);
  const evaluation plain = evaluate(on.state.look(), on.settings.profiles[0], on.pod, {});
  EXPECT_EQ(on.chooser->place(on.pod).total, plain.scores[0].total);
  EXPECT_EQ(on.chooser->statistics().plain, 0u);
}

// ---- what tells pods apart --------------------------------------------------------------------

// Places a pod of the spec, and says how it differs from the plain evaluation, if it does.
void expect_same_total(equal_nodes& on, const cluster::pod_spec& spec) {
  cluster::pod changed = on.objects[on.pod];
  changed.spec = on.objects.intern(spec);
  on.objects.put(changed);
  const evaluation plain = evaluate(on.state.look(), on.settings.profiles[0], on.pod, {});
  const placement found = on.chooser->place(on.pod);
  EXPECT_EQ(found.feasible, plain.feasible.size());
  EXPECT_EQ(found.total, plain.scores.empty() ? 0 : plain.scores[0].total);
  EXPECT_EQ(on.chooser->statistics().plain, 0u);
}

TEST(engine_shapes, pods_that_differ_in_a_host_port_differ) {
  equal_nodes on(3, seeded(1));
  cluster::pod_spec spec = on.objects.spec(on.pod);
  spec.containers[0].ports = {{8080, on.make.name("TCP"), cluster::no_name}};
  cluster::pod holder = on.objects[on.pod];
  holder.name = on.make.name("holder");
  holder.spec = on.objects.intern(spec);
  const pod_id held = on.objects.put(holder);
  on.state.bind(held, node_id{1});
  on.chooser->pod_bound(held, node_id{1});
  spec.containers[0].ports[0].host_port = 9090;
  expect_same_total(on, spec);
  spec.containers[0].ports[0].host_port = 8080;
  expect_same_total(on, spec);
}

TEST(engine_shapes, pods_that_differ_in_where_they_ask_differ) {
  equal_nodes on(3, seeded(1));
  cluster::pod_spec spec = on.objects.spec(on.pod);
  const cluster::resource_list four_cores = {{on.make.name("cpu"), {4'000'000'000}}};
  spec.containers[0].requests = four_cores;
  expect_same_total(on, spec);
  spec.containers[0].requests.clear();
  spec.resources.emplace().requests = four_cores;  // the fit score does not see these
  expect_same_total(on, spec);
}

TEST(engine_shapes, a_pod_that_terms_select_is_looked_at_plainly_while_they_are_there) {
  equal_nodes on(3, seeded(1));
  cluster::pod_spec spec = on.objects.spec(on.pod);
  cluster::label_selector everybody;
  spec.pods_far.emplace().required = {{everybody, {}, {}, on.make.name("zone")}};
  cluster::pod loner = on.objects[on.pod];
  loner.name = on.make.name("loner");
  loner.spec = on.objects.intern(spec);
  const pod_id bound = on.objects.put(loner);
  // Terms that select nobody, and stay.
  cluster::pod_spec harmless = on.objects.spec(on.pod);
  everybody.requirements = {{on.make.name("nobody"), cluster::selector_operator::exists, {}}};
  harmless.pods_far.emplace().required = {{everybody, {}, {}, on.make.name("zone")}};
  cluster::pod other = loner;
  other.name = on.make.name("other");
  other.spec = on.objects.intern(harmless);
  const pod_id stays = on.objects.put(other);
  on.state.bind(stays, node_id{2});
  on.chooser->pod_bound(stays, node_id{2});
  on.chooser->place(on.pod);
  EXPECT_EQ(on.chooser->statistics().plain, 0u);
  on.state.bind(bound, node_id{1});
  on.chooser->pod_bound(bound, node_id{1});
  on.chooser->place(on.pod);
  EXPECT_EQ(on.chooser->statistics().plain, 1u);
  on.state.unbind(bound);
  on.chooser->pod_unbound(bound, node_id{1});
  on.chooser->place(on.pod);
  EXPECT_EQ(on.chooser->statistics().plain, 1u);
}

TEST(engine_limits, no_node_at_all_is_an_error_as_upstream) {
  equal_nodes on(0, seeded(1));
  const placement found = on.chooser->place(on.pod);
  EXPECT_EQ(found.node, cluster::no_node);
  EXPECT_FALSE(found.error.empty());
}

TEST(engine_limits, the_steady_state_allocates_nothing) {
  equal_nodes on(300, seeded(1));
  // A node's list of pods is given back when the last one leaves, so somebody stays on each.
  for (std::uint32_t i = 0; i < 300; ++i) {
    cluster::pod stays = on.objects[on.pod];
    stays.name = on.make.name("stays-", i);
    on.state.bind(on.objects.put(stays), node_id{i});
  }
  on.chooser->reset();
  const auto place_and_leave = [&] {
    const node_id node = on.chooser->place(on.pod).node;
    on.state.bind(on.pod, node);
    on.chooser->pod_bound(on.pod, node);
    on.state.unbind(on.pod);
    on.chooser->pod_unbound(on.pod, node);
  };
  for (int i = 0; i < 10; ++i) place_and_leave();
  const std::size_t before = test::allocation_count();
  for (int i = 0; i < 1000; ++i) place_and_leave();
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(on.chooser->statistics().plain, 0u);
}

}  // namespace
}  // namespace crosstie::schedule
