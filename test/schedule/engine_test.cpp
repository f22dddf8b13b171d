#include "schedule/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "schedule/allocation_counter.hpp"
#include "schedule/changing_cluster.hpp"
#include "schedule/equal_nodes.hpp"
#include "schedule/evaluation.hpp"

namespace crosstie::schedule {
namespace {

class engine_property : public testing::TestWithParam<limits> {};

TEST_P(engine_property, agrees_with_the_plain_evaluation) {
  engine_statistics seen;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    changing_cluster on(seed, GetParam());
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

INSTANTIATE_TEST_SUITE_P(limits, engine_property,
                         testing::Values(limits{0, 64, false}, limits{0, 4, true},
                                         limits{2, 4, false}, limits{2, 8, true}),
                         [](const auto& param) { return name_of(param.param); });

// ---- ties -----------------------------------------------------------------------------------

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

TEST(engine_limits, requests_that_overflow_go_to_the_plain_evaluation) {
  equal_nodes on(3, seeded(1));
  cluster::pod_spec spec = on.objects.spec(on.pod);
  spec.containers[0].requests = {
      {on.make.name("cpu"), *cluster::parse_quantity("9223372036854775807")}};
  cluster::pod changed = on.objects[on.pod];
  changed.spec = on.objects.intern(spec);
  on.objects.put(changed);
  const evaluation plain = evaluate(on.state.look(), on.settings.profiles[0], on.pod, {});
  EXPECT_FALSE(plain.error.empty());  // a score of less than nothing
  EXPECT_EQ(on.chooser->place(on.pod).node, cluster::no_node);
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

TEST(engine_limits, no_node_at_all_is_an_error_as_upstream) {
  equal_nodes on(0, seeded(1));
  const placement found = on.chooser->place(on.pod);
  EXPECT_EQ(found.node, cluster::no_node);
  EXPECT_FALSE(found.error.empty());
}

TEST(engine_limits, the_steady_state_allocates_nothing) {
  equal_nodes on(300, seeded(1));
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
