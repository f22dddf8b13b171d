#include "schedule/preemptor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>

#include "sanitized.hpp"
#include "schedule/engine.hpp"
#include "schedule/plain_answer.hpp"
#include "schedule/random_objects.hpp"
#include "schedule/random_rules.hpp"

namespace crosstie::schedule {
namespace {

using cluster::name_id;

struct seen_cases {
  int cleared = 0, none = 0, ineligible = 0, tied = 0, violated = 0, own_taken = 0, refused_own = 0;
};

// What the rules of a cluster's pods do.
enum class rules_that { are_not, score, refuse };

// A cluster that is full, of pods of several priorities, with nominated pods and budgets; and an
// engine that is told what happens.
class crowded_cluster {
 public:
  crowded_cluster(std::uint64_t seed, const engine_options& options, rules_that what)
      : make(objects, seed) {
    for (std::uint32_t i = 0; i < 10; ++i) {
      cluster::pod_spec spec = make.make_spec();
      if (what == rules_that::refuse && i >= 5) rules.add_rules(spec);
      // Which counts nominated pods alone.
      for (auto& each : spec.spread)
        if (make.chance(25)) each.selector.emplace();
      if (what == rules_that::score && i >= 4) rules.add_scoring_rules(spec);
      spec.priority = static_cast<std::int32_t>(make.below(4)) * 10 - 10;
      if (make.chance(60)) spec.selector.clear(), spec.affinity.reset();
      specs.push_back(objects.intern(spec));
    }
    for (std::uint32_t i = 0; i < 9; ++i) put_node(i);
    for (std::uint32_t i = 0; i < 6; ++i) {
      waiting.push_back(objects.put(make.make_pod(make.name("waiting-", i), any_spec())));
    }
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options);
    for (int i = 0; i < 30; ++i) add_pod();
  }

  void change() {
    const std::uint32_t kind = make.below(100);
    if (kind < 40) {
      add_pod();
    } else if (kind < 52) {
      remove_pod();
    } else if (kind < 60) {
      put_node(make.below(12));
    } else if (kind < 63) {
      remove_node();
    } else if (kind < 75) {
      touch_pod();
    } else if (kind < 90) {
      nominate();
    } else {
      put_budget();
    }
  }

  // A pod that waits, of a spec that may be another than before.
  pod_id ask() {
    const pod_id pod = waiting[make.below(static_cast<std::uint32_t>(waiting.size()))];
    if (make.chance(50)) return pod;
    cluster::pod changed = objects[pod];
    changed.spec = any_spec();
    objects.put(changed);
    chooser->waiting_pod_changed(pod);
    return pod;
  }

  evaluation answer(pod_id pod, bool preemption) {
    return evaluate_plainly(*this, pod, preemption);
  }

  cluster::store objects;
  cluster::state state{objects};
  configuration settings = default_configuration();
  random_objects make;
  random_rules rules{objects, make};
  std::vector<cluster::spec_id> specs;
  std::vector<pod_id> waiting;
  std::optional<engine> chooser;

 private:
  cluster::spec_id any_spec() {
    return specs[make.below(static_cast<std::uint32_t>(specs.size()))];
  }
  std::optional<node_id> any_node() {
    std::vector<node_id> live;
    for (std::uint32_t i = 0; i < objects.node_slots(); ++i) {
      if (objects.alive(node_id{i})) live.push_back(node_id{i});
    }
    if (live.empty()) return std::nullopt;
    return live[make.below(static_cast<std::uint32_t>(live.size()))];
  }

  void put_node(std::uint32_t number) {
    cluster::node object = make.make_node(make.name("node-", number));
    if (make.chance(70)) object.unschedulable = false, object.taints.clear();
    rules.add_labels(object);
    const node_id node = objects.put(object);
    if (!chooser) return;
    state.add_node(node);
    chooser->node_changed(node);
  }
  void remove_node() {
    const auto node = any_node();
    if (!node || objects.node_count() < 3) return;
    std::erase_if(bound_, [&](pod_id pod) {
      if (state.bindings().node_of(pod) != *node) return false;
      take_off(pod);
      return true;
    });
    state.remove_node(*node);
    objects.remove_node(objects[*node].name);
    chooser->node_changed(*node);
  }
  void add_pod() {
    const auto node = any_node();
    if (!node) return;
    cluster::pod object = make.make_pod(make.name("bound-", next_++), any_spec());
    object.node = objects[*node].name;
    object.started = make.below(2);
    const pod_id pod = objects.put(object);
    state.bind(pod, *node);
    chooser->pod_bound(pod, *node);
    bound_.push_back(pod);
  }
  void remove_pod() {
    if (bound_.empty()) return;
    const std::uint32_t at = make.below(static_cast<std::uint32_t>(bound_.size()));
    const pod_id pod = bound_[at];
    bound_.erase(bound_.begin() + at);
    take_off(pod);
  }
  void take_off(pod_id pod) {
    const node_id node = *state.bindings().node_of(pod);
    state.unbind(pod);
    chooser->pod_unbound(pod, node);
    objects.remove_pod({objects[pod].ns, objects[pod].name});
  }
  // Its start, its labels, its end.
  void touch_pod() {
    if (bound_.empty()) return;
    const pod_id pod = bound_[make.below(static_cast<std::uint32_t>(bound_.size()))];
    cluster::pod object = objects[pod];
    object.started = make.below(2);
    const node_id node = *state.bindings().node_of(pod);
    if (make.chance(50)) {
      objects.put(object);
      chooser->bound_pod_changed(node);
      return;
    }
    object.labels = make.make_pod(object.name, object.spec).labels;
    if (make.chance(20)) object.terminating = object.disrupted_by_scheduler = true;
    chooser->pod_unbound(pod, node);
    objects.put(object);
    chooser->pod_bound(pod, node);
  }
  void nominate() {
    const pod_id pod = waiting[make.below(static_cast<std::uint32_t>(waiting.size()))];
    // Sometimes to a node that is not there, or not yet.
    objects.set_nominated_node(
        pod, make.chance(30) ? cluster::no_name : make.name("node-", make.below(12)));
    chooser->waiting_pod_changed(pod);
  }
  void put_budget() {
    cluster::pod_disruption_budget budget{};
    budget.ns = make.name("team-", make.below(2));
    budget.name = make.name("budget-", make.below(3));
    budget.disruptions_allowed = static_cast<std::int32_t>(make.below(3));
    budget.selector.emplace();
    const name_id app = make.name("app");
    budget.selector->requirements = {
        {app, cluster::selector_operator::in, {make.name("app", make.below(3))}}};
    if (!bound_.empty()) budget.disrupted_pods = {objects[bound_.front()].name};
    if (make.chance(40)) {
      objects.pod_disruption_budgets.remove({budget.ns, budget.name});
    } else {
      objects.pod_disruption_budgets.put(budget);
    }
    chooser->objects_changed();
  }

  std::vector<pod_id> bound_;
  std::uint32_t next_ = 0;
};

std::string text_of(const evaluation& of) { return of.error.empty() ? of.message : of.error; }

void expect_room(crowded_cluster& on, pod_id pod, const evaluation& plain, seen_cases& seen) {
  const std::optional<room> found = on.chooser->find_room(pod);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->error, plain.error);
  if (!plain.error.empty()) return;
  ASSERT_TRUE(plain.preemption);
  const preemption_answer& wanted = *plain.preemption;
  ASSERT_EQ(found->ineligible, wanted.ineligible);
  std::vector<node_id> best = wanted.best;
  std::ranges::sort(best);
  ASSERT_EQ(found->best, best);
  seen.ineligible += !wanted.ineligible.empty();
  seen.none += best.empty();
  seen.tied += best.size() > 1;
  if (best.empty()) {
    ASSERT_EQ(found->node, cluster::no_node);
    return;
  }
  ++seen.cleared;
  ASSERT_TRUE(std::ranges::binary_search(best, found->node));
  const auto chosen = std::ranges::find(wanted.candidates, found->node, &preemption_victims::node);
  ASSERT_EQ(found->victims, chosen->victims);
  seen.violated += chosen->pdb_violations > 0;
}

void expect_equal(crowded_cluster& on, pod_id pod, seen_cases& seen) {
  const evaluation plain = on.answer(pod, true);
  std::vector<node_id> best, expected = plain.best;
  const placement fast = on.chooser->find_best(pod, best);
  std::ranges::sort(best);
  std::ranges::sort(expected);
  ASSERT_EQ(best, expected);
  ASSERT_EQ(fast.feasible, plain.feasible.size());
  ASSERT_EQ(fast.ties, expected.size());
  ASSERT_EQ(fast.nominated, plain.nominated.has_value());
  seen.own_taken += fast.nominated;
  const placement placed = on.chooser->place(pod);
  ASSERT_EQ(placed.total, plain.scores.empty() ? 0 : fast.total);
  if (!expected.empty()) {
    ASSERT_TRUE(std::ranges::binary_search(expected, placed.node));
    if (!plain.scores.empty()) {
      const auto scored = std::ranges::find(plain.scores, placed.node, &scored_node::node);
      ASSERT_EQ(placed.total, scored->total);
    }
    return;
  }
  ASSERT_EQ(placed.node, cluster::no_node);
  seen.refused_own += on.objects.find_node(on.objects[pod].nominated_node).has_value();
  for (const rejection& r : plain.rejected) {
    const event_set helps = events_that_help(r.plugin);
    ASSERT_EQ(fast.helpful & helps, helps) << r.plugin;
  }
  ASSERT_EQ(on.chooser->explain_failure(pod, true), text_of(plain));
  ASSERT_EQ(on.chooser->explain_failure(pod, false), text_of(on.answer(pod, false)));
  ASSERT_NO_FATAL_FAILURE(expect_room(on, pod, plain, seen));
}

struct limits {
  std::size_t rows;
  std::uint32_t block;
};
std::ostream& operator<<(std::ostream& out, const limits& l) {
  return out << l.rows << " rows, blocks of " << l.block;
}

class preemptor_property : public testing::TestWithParam<limits> {};

TEST_P(preemptor_property, agrees_with_the_plain_search) {
  engine_options options;
  options.row_limit = GetParam().rows;
  options.block_nodes = GetParam().block;
  seen_cases seen;
  engine_statistics refusing;
  for (std::uint64_t seed = 1; seed <= (test::sanitized ? 24 : 60); ++seed) {
    SCOPED_TRACE(seed);
    const rules_that what = std::array{rules_that::refuse, rules_that::are_not, rules_that::score,
                                       rules_that::are_not}[seed % 4];
    crowded_cluster on(seed, options, what);
    for (int i = 0; i < 100; ++i) {
      on.change();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, on.ask(), seen)) << "change " << i;
    }
    const engine_statistics& figures = on.chooser->statistics();
    if (what != rules_that::refuse) {
      ASSERT_EQ(figures.plain, 0u);
      ASSERT_EQ(figures.plain_searches, 0u);
      continue;
    }
    refusing.plain += figures.plain;
    refusing.incremental += figures.incremental;
    refusing.plain_searches += figures.plain_searches;
  }
  // Everything that can be said was said.
  EXPECT_GT(seen.cleared, 50);
  EXPECT_GT(seen.none, 50);
  EXPECT_GT(seen.ineligible, 10);
  EXPECT_GT(seen.tied, 1);
  EXPECT_GT(seen.violated, 5);
  EXPECT_GT(seen.own_taken, 10);
  EXPECT_GT(seen.refused_own, 10);
  // Only selectors that do not parse are left to the plain evaluation.
  EXPECT_GT(refusing.plain, 0u);
  EXPECT_GT(refusing.incremental, 20 * refusing.plain);
  EXPECT_LE(refusing.plain_searches, refusing.plain);
}

// Whether a nominated pod concerns the rules of another is rarely decisive, so many are asked
// about.
TEST(preemptor, rules_see_the_nominated_pods_that_concern_them) {
  seen_cases seen;
  for (std::uint64_t seed = 1; seed <= 1200 / test::few_of_them / test::few_of_them; ++seed) {
    SCOPED_TRACE(seed);
    crowded_cluster on(seed, {}, rules_that::refuse);
    for (int i = 0; i < 100; ++i) {
      on.change();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, on.ask(), seen)) << "change " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(limits, preemptor_property,
                         testing::Values(limits{0, 64}, limits{0, 4}, limits{2, 4}),
                         [](const auto& param) {
                           return "rows_" + std::to_string(param.param.rows) + "_block_" +
                                  std::to_string(param.param.block);
                         });

}  // namespace
}  // namespace crosstie::schedule
