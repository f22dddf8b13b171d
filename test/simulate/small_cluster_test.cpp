// What events and arrivals do to a small cluster, told second by second.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "simulate/small_cluster.hpp"

namespace crosstie::simulate {
namespace {

TEST_F(small_cluster, a_departure_makes_room_for_a_pod_that_waits) {
  const outcome result =
      run(with(node("a", 2) + pod("first", 2),
               line(1, "add", pod("second", 2)) + line(20, "delete", pod("first", 2))));
  // The second comes at 1 s, finds no room, and is tried again when the first has gone.
  EXPECT_EQ(decisions_of(result), "first@0->a second@1000-> second@20000->a ");
  EXPECT_EQ(result.decisions[2].attempt, 2u);
  EXPECT_EQ(result.messages[result.decisions[1].message],
            "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
            "1 No preemption victims found for incoming pod.");
  EXPECT_EQ(result.summary.placed, 2);
  EXPECT_EQ(result.summary.placed_now, 1);
  EXPECT_EQ(result.summary.departed, 1);
  EXPECT_EQ(result.summary.events, 2);
  EXPECT_EQ(placements_of(result), (std::map<std::string, std::string>{{"n/second", "a"}}));
}

TEST_F(small_cluster, a_pod_backs_off_before_it_is_tried_again) {
  // The departure comes half a second after the failure: the back-off lasts a whole second.
  const outcome result =
      run(with(node("a", 2) + pod("first", 2),
               line(1, "add", pod("second", 2)) + line(1.5, "delete", pod("first", 2))));
  EXPECT_EQ(decisions_of(result), "first@0->a second@1000-> second@2000->a ");
}

TEST_F(small_cluster, a_new_node_wakes_a_pod) {
  const outcome result = run(with(node("a", 1) + pod("p", 4), line(30, "add", node("b", 4))));
  EXPECT_EQ(decisions_of(result), "p@0-> p@30000->b ");
  EXPECT_EQ(result.summary.nodes, 2);
}

// As in kube-scheduler: without any node the attempt is an error, and errors are tried again.
TEST_F(small_cluster, without_nodes_a_pod_is_tried_again_after_each_back_off) {
  const outcome result = run(with(pod("p", 1), line(5, "add", node("a", 1))));
  EXPECT_EQ(decisions_of(result), "p@0-> p@1000-> p@3000-> p@7000->a ");
  EXPECT_EQ(result.decisions[0].what, verdict::unschedulable);
  EXPECT_EQ(result.messages[result.decisions[0].message], "no nodes available to schedule pods");
}

TEST_F(small_cluster, a_finished_pod_frees_its_node) {
  const outcome result =
      run(with(node("a", 2) + pod("first", 2),
               line(1, "add", pod("second", 2)) +
                   line(9, "MODIFIED", pod("first", 2, "", R"("phase":"Succeeded")"))));
  EXPECT_EQ(decisions_of(result), "first@0->a second@1000-> second@9000->a ");
}

TEST_F(small_cluster, a_recorded_update_does_not_move_a_pod) {
  const outcome result = run(
      with(node("a", 2) + pod("p", 1),
           line(1, "add", node("b", 2)) + line(2, "update", pod("p", 1, R"("nodeName":"b",)"))));
  EXPECT_EQ(placements_of(result).at("n/p"), "a");
}

TEST_F(small_cluster, a_lifted_gate_lets_a_pod_in) {
  const std::string gated = pod("p", 1, R"("schedulingGates":[{"name":"g"}],)");
  const outcome before = run(with(node("a", 2) + gated, ""));
  EXPECT_EQ(before.summary.gated, 1);
  EXPECT_EQ(before.summary.decisions, 0);
  EXPECT_EQ(before.waiting.at(0).why, waiting_pod::reason::gated);
  EXPECT_NE(before.waiting.at(0).message, 0u);
  const outcome after = run(with(node("a", 2) + gated, line(5, "update", pod("p", 1))));
  EXPECT_EQ(decisions_of(after), "p@5000->a ");
}

TEST_F(small_cluster, a_bad_event_ends_the_run_with_its_place) {
  const auto result =
      simulate(with(node("a", 2), line(1, "add", pod("p", 1)) + line(2, "never", pod("p", 1))));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().line, 2);
  EXPECT_EQ(result.error().field, "event");
}

TEST_F(small_cluster, deletes_of_what_is_not_there_are_told) {
  const outcome result = run(with(node("a", 2), line(1, "delete", pod("p", 1))));
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_EQ(result.warnings[0], "1 event deletes a pod that was not there");
}

TEST_F(small_cluster, a_finished_pod_that_is_deleted_was_there) {
  const std::string done = pod("done", 1, "", R"("phase":"Succeeded")");
  const std::string old = pod("old", 1, "", R"("phase":"Failed")");
  const outcome result =
      run(with(node("a", 2) + pod("p", 1) + old,
               line(1, "add", done) + line(2, "delete", done) + line(3, "delete", old) +
                   line(4, "update", pod("p", 1, "", R"("phase":"Succeeded")")) +
                   line(5, "delete", pod("p", 1)) + line(6, "delete", done)));
  EXPECT_EQ(result.summary.pods, 1);
  EXPECT_EQ(result.summary.departed, 1) << "the others had finished before they came";
  EXPECT_EQ(result.warnings, std::vector<std::string>{"1 event deletes a pod that was not there"})
      << "that of 6 s";
}

TEST_F(small_cluster, a_pod_that_waits_and_is_deleted_slowly_is_gone) {
  const std::string p = pod("p", 9);
  const outcome result = run(with(
      node("a", 2), line(1, "add", p) + line(5, "update", terminating(p)) + line(9, "delete", p)));
  EXPECT_EQ(result.summary.pods, 1);
  EXPECT_TRUE(result.waiting.empty());
  EXPECT_EQ(result.summary.departed, 1);
  EXPECT_TRUE(result.warnings.empty());
}

TEST_F(small_cluster, a_pod_that_waits_and_is_bound_elsewhere_counts_as_bound) {
  const outcome result =
      run(with(node("a", 2), line(1, "add", pod("p", 9)) +
                                 line(5, "update", pod("p", 9, R"("nodeName":"a",)")) +
                                 line(6, "update", pod("p", 9, R"("nodeName":"a",)"))));
  EXPECT_EQ(result.summary.pods, 1);
  EXPECT_EQ(result.summary.placed, 0);
  EXPECT_EQ(result.summary.already_bound, 1);
  EXPECT_TRUE(result.waiting.empty());
}

TEST_F(small_cluster, pods_of_a_node_that_went_are_counted) {
  const outcome result = run(with(node("a", 2) + pod("old", 1, R"("nodeName":"a",)"),
                                  line(1, "add", pod("new", 1)) + line(2, "delete", node("a", 2))));
  EXPECT_EQ(result.summary.placed_now, 1);
  EXPECT_EQ(result.summary.homeless, 2);
}

TEST_F(small_cluster, a_dump_that_does_not_fit_together_is_a_warning_or_an_error) {
  options what = with(node("a", 2) + pod("p", 1, R"("nodeName":"gone",)"), "");
  EXPECT_EQ(run(what).warnings.size(), 1u);
  what.strict = true;
  EXPECT_FALSE(simulate(what));
}

// ---- when pods arrive --------------------------------------------------------------------------

// Pods of which some are not for us: whenever they come, they count alike and are told of.
class mixed_pods : public small_cluster {
 protected:
  mixed_pods() {
    pods_.push_back(pod("plain", 1));
    pods_.push_back(pod("large", 9));
    pods_.push_back(
        pod("claims", 1, R"("resourceClaims":[{"name":"g","resourceClaimName":"c"}],)"));
    pods_.push_back(pod("asks", 1,
                        R"("initContainers":[{"name":"i","resources":{"requests":)"
                        R"({"example.com/gpu":"1"}}}],)"));
    pods_.push_back(pod("other", 1, R"("schedulerName":"volcano",)"));
    pods_.push_back(pod("done", 1, "", R"("phase":"Succeeded")"));
    pods_.push_back(terminating(pod("ends", 1)));
  }

  std::string objects() const {
    return node("a", 2) +
           R"({"kind":"ResourceClaim","apiVersion":"resource.k8s.io/v1","metadata":)"
           R"({"namespace":"n","name":"c"}})"
           R"({"kind":"DeviceClass","apiVersion":"resource.k8s.io/v1","metadata":{"name":"d"}})";
  }
  std::string all_pods() const {
    std::string text;
    for (const std::string& one : pods_) text += one;
    return text;
  }
  std::string arrivals() const {
    std::string text;
    for (const std::string& one : pods_) text += line(1, "add", one);
    return text;
  }

  static void expect_told(const outcome& result) {
    const auto tells = [&](std::string_view what) {
      return std::ranges::count_if(
          result.warnings, [&](const std::string& warning) { return warning.contains(what); });
    };
    EXPECT_EQ(tells("claim devices (spec.resourceClaims), which this version does not allocate, "
                    "are not placed: 1, the first n/claims"),
              1);
    EXPECT_EQ(tells("which this version does not read, are not placed: 1, the first n/asks"), 1);
    EXPECT_EQ(tells("a scheduler that no profile has are not placed: 1, the first n/other"), 1);
    EXPECT_EQ(tells("was not there"), 0);
  }
  static void expect_counted(const outcome& result) {
    expect_counts_agree(result);
    EXPECT_EQ(result.summary.pods, 4) << "plain, large, claims and asks";
    EXPECT_EQ(result.summary.placed, 1);
    EXPECT_EQ(result.waiting.size(), 3u);
  }

  std::vector<std::string> pods_;
};

TEST_F(mixed_pods, count_and_are_told_of_when_they_are_there) {
  const outcome result = run(with(objects() + all_pods(), ""));
  expect_told(result);
  expect_counted(result);
}

TEST_F(mixed_pods, count_and_are_told_of_when_they_come_at_a_rate) {
  options what = with(objects() + all_pods(), "");
  what.arrive = {arrivals::mode::rate, 1};
  const outcome result = run(what);
  expect_told(result);
  expect_counted(result);
}

TEST_F(mixed_pods, count_and_are_told_of_when_they_come_by_events) {
  const outcome result = run(with(objects(), arrivals()));
  expect_told(result);
  expect_counted(result);
}

TEST_F(mixed_pods, are_told_of_though_they_leave) {
  std::string leave;
  for (const std::string& one : pods_) leave += line(5, "delete", one);
  const outcome result = run(with(objects(), arrivals() + leave));
  expect_told(result);
  EXPECT_EQ(result.summary.pods, 4);
  EXPECT_TRUE(result.waiting.empty());
  EXPECT_EQ(result.summary.departed, 5) << "other's scheduler has lost it, too";
}

TEST_F(mixed_pods, are_told_of_when_they_come_by_the_clock) {
  options what = with(node("a", 2) + pod("p", 1) + pods_[4], "");
  what.arrive = {arrivals::mode::pace, 1000};
  const outcome result = run(what);
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_TRUE(result.warnings[0].contains("not placed: 1, the first n/other"));
  EXPECT_EQ(result.summary.pods, 1);
}

TEST_F(small_cluster, arrivals_at_a_rate_are_evenly_spaced) {
  options what = with(node("a", 9) + pod("x", 1) + pod("y", 1) + pod("z", 1), "");
  what.arrive = {arrivals::mode::rate, 4};
  const outcome result = run(what);
  EXPECT_EQ(decisions_of(result), "x@0->a y@250->a z@500->a ");
  EXPECT_EQ(result.summary.pods, 3);
  EXPECT_EQ(result.summary.events, 3);
}

TEST_F(small_cluster, paced_arrivals_come_no_earlier_than_their_time) {
  options what = with(node("a", 9) + pod("x", 1) + pod("y", 1) + pod("z", 1), "");
  what.arrive = {arrivals::mode::pace, 200};
  const outcome result = run(what);
  ASSERT_EQ(result.decisions.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GE(result.decisions[i].at - result.summary.started,
              static_cast<cluster::timestamp>(i) * 5'000'000 - 5'000'000);
  }
  EXPECT_EQ(placements_of(result).size(), 3u);
}

TEST_F(small_cluster, recorded_arrivals_need_a_trace) {
  options what = with(node("a", 9), "");
  what.arrive.when = arrivals::mode::recorded;
  const auto result = simulate(what);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "arrivals");
}

TEST_F(small_cluster, a_trace_is_replayed_as_recorded) {
  options what;
  what.from = trace_input{
      folder_.write("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\na,2000,1024,0,\n"),
      folder_.write("pods.csv",
                    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,"
                    "creation_time,deletion_time,scheduled_time\n"
                    "p,2000,1,0,0,,LS,Running,10,40,10\nq,2000,1,0,0,,LS,Running,20,50,20\n")};
  // All at once, and nobody leaves.
  EXPECT_EQ(decisions_of(run(what)), "p@0->a q@0-> ");
  what.arrive.when = arrivals::mode::recorded;
  const outcome recorded = run(what);
  EXPECT_EQ(decisions_of(recorded), "p@10000->a q@20000-> q@40000->a ");
  EXPECT_EQ(recorded.summary.departed, 2);
  EXPECT_EQ(recorded.summary.placed_now, 0);
}

}  // namespace
}  // namespace crosstie::simulate
