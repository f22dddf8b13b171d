#include "simulate/simulation.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "simulate/event_writer.hpp"
#include "simulate/generator.hpp"
#include "simulate/openb.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

outcome run(const options& what) {
  auto result = simulate(what);
  if (!result) throw std::runtime_error(to_string(result.error()));
  return std::move(*result);
}

options generated(generate_spec spec) {
  options what;
  what.from = spec;
  return what;
}

std::map<std::string, std::string> placements_of(const outcome& result) {
  std::map<std::string, std::string> placed;
  for (const placement& one : result.placements) {
    placed[result.full_name(one.pod)] = result.text(one.node);
  }
  return placed;
}

// Everything but the clocks.
std::string describe(const outcome& result) {
  std::ostringstream out;
  for (const auto& [pod, node] : placements_of(result)) out << pod << " " << node << "\n";
  for (const decision& one : result.decisions) {
    out << result.full_name(one.pod) << " " << result.text(one.node) << " " << one.at << " "
        << one.attempt << " " << result.messages[one.message] << " " << static_cast<int>(one.what)
        << "\n";
  }
  for (const waiting_pod& one : result.waiting) {
    out << result.full_name(one.pod) << " " << static_cast<int>(one.why) << " "
        << result.messages[one.message] << "\n";
  }
  for (const sample& one : result.series) {
    out << one.decisions << " " << one.placed << " " << one.waiting << " " << one.at << "\n";
  }
  const summary& sums = result.summary;
  out << sums.nodes << " " << sums.pods << " " << sums.placed << " " << sums.unschedulable << " "
      << sums.gated << " " << sums.decisions << " " << sums.events << " " << sums.ended << "\n";
  for (const auto& one : sums.reasons) out << one.reason << " " << one.pods << "\n";
  for (const auto& one : sums.resources) {
    out << one.name << " " << one.requested << " " << one.utilisation << " " << one.fragmentation
        << "\n";
  }
  for (const auto& one : sums.per_node) {
    out << result.text(one.node);
    for (const std::int64_t amount : one.requested) out << " " << amount;
    out << "\n";
  }
  for (const auto& warning : result.warnings) out << warning << "\n";
  return out.str();
}

// ---- what every outcome keeps to ---------------------------------------------------------------

std::int64_t amount_of(const outcome& result, const cluster::resource_list& amounts,
                       std::string_view name) {
  for (const auto& one : amounts) {
    if (result.text(one.name) == name) {
      return name == "cpu" ? one.amount.milli_value() : one.amount.value();
    }
  }
  return 0;
}

// Counts again, pod by pod, what each node has given.
void expect_capacity_kept(const outcome& result) {
  const cluster::store& objects = *result.objects;
  for (const std::string_view resource : {"cpu", "memory", "nvidia.com/gpu", "pods"}) {
    std::map<std::string_view, std::int64_t> used;
    for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
      const cluster::pod_id id{slot};
      if (!objects.alive(id) || objects[id].node == cluster::no_name) continue;
      std::int64_t asked = resource == "pods" ? 1 : 0;
      std::int64_t most = 0;
      for (const auto& one : objects.spec(id).containers) {
        asked += amount_of(result, one.requests, resource);
      }
      for (const auto& one : objects.spec(id).init_containers) {
        most = std::max(most, amount_of(result, one.requests, resource));
      }
      used[objects.text(objects[id].node)] += std::max(asked, most);
    }
    for (const auto& [name, amount] : used) {
      const auto node = objects.find_node(*objects.names().find(name));
      ASSERT_TRUE(node);
      EXPECT_LE(amount, amount_of(result, objects[*node].allocatable, resource))
          << name << " " << resource;
    }
  }
}

void expect_counts_agree(const outcome& result) {
  const summary& sums = result.summary;
  EXPECT_EQ(sums.placed_now, static_cast<std::int64_t>(result.placements.size()));
  EXPECT_EQ(sums.decisions, static_cast<std::int64_t>(result.decisions.size()));
  EXPECT_EQ(sums.unschedulable + sums.gated + sums.untried,
            static_cast<std::int64_t>(result.waiting.size()));
  EXPECT_EQ(result.timing.decision_ns.count(), sums.decisions);
  EXPECT_EQ(result.series.size(), result.timing.sample_wall_ns.size());
  ASSERT_FALSE(result.series.empty());
  EXPECT_EQ(result.series.back().decisions, sums.decisions);
  EXPECT_EQ(result.series.back().placed, sums.placed_now);
  EXPECT_LE(result.series.size(), 1024u);
  EXPECT_EQ(sums.per_node.size(), static_cast<std::size_t>(sums.nodes));
}

TEST(simulation, placements_respect_capacity) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const std::int64_t pods : {100, 400, 1000}) {  // from half empty to far too many
      const outcome result =
          run(generated({.nodes = 20, .pods = pods, .bound = 100, .seed = seed}));
      expect_capacity_kept(result);
      expect_counts_agree(result);
      EXPECT_EQ(result.summary.pods, pods);
      EXPECT_EQ(result.summary.placed + static_cast<std::int64_t>(result.waiting.size()), pods);
    }
  }
}

TEST(simulation, a_generated_cluster_mostly_fits) {
  const outcome result = run(generated({.nodes = 500, .pods = 3000}));
  EXPECT_GT(result.summary.placed, 2700);
  EXPECT_GT(result.summary.unschedulable, 0);
  EXPECT_GT(result.summary.gated, 0);
  std::set<std::string> reasons;
  for (const auto& one : result.summary.reasons) reasons.insert(one.reason);
  EXPECT_TRUE(reasons.contains("Insufficient cpu"));
  EXPECT_TRUE(reasons.contains("node(s) didn't match Pod's node affinity/selector"));
}

TEST(simulation, a_static_dump_tries_every_pod_once) {
  const outcome result = run(generated({.nodes = 30, .pods = 1500}));
  EXPECT_EQ(result.summary.decisions, 1500 - result.summary.gated);
  EXPECT_EQ(result.summary.ended, result.summary.started);
  for (const decision& one : result.decisions) EXPECT_EQ(one.attempt, 1u);
}

TEST(simulation, equal_runs_are_equal_and_seeds_matter) {
  options what = generated({.nodes = 40, .pods = 500, .bound = 50});
  const std::string once = describe(run(what));
  EXPECT_EQ(once, describe(run(what)));
  what.ties.seed = 2;
  EXPECT_NE(once, describe(run(what)));
  what.ties.by_name = true;
  const std::string by_name = describe(run(what));
  EXPECT_EQ(by_name, describe(run(what)));
  EXPECT_NE(once, by_name);
}

TEST(simulation, equal_runs_at_a_rate_are_equal) {
  options what = generated({.nodes = 10, .pods = 300});
  what.arrive = {arrivals::mode::rate, 7};
  EXPECT_EQ(describe(run(what)), describe(run(what)));
}

// ---- inputs ------------------------------------------------------------------------------------

TEST(simulation, a_written_dump_is_placed_as_the_generated_cluster) {
  const temporary_folder folder;
  const generate_spec spec{.nodes = 60, .pods = 900, .bound = 200, .seed = 5};
  std::ostringstream out;
  write_generated_dump(spec, true, out);
  options from_file;
  from_file.from = dump_input{{folder.write("dump.json", out.str())}};
  from_file.strict = true;
  for (const bool by_name : {false, true}) {
    options in_process = generated(spec);
    in_process.ties.by_name = from_file.ties.by_name = by_name;
    EXPECT_EQ(placements_of(run(from_file)), placements_of(run(in_process)));
  }
}

TEST(simulation, written_arrivals_are_placed_as_arrivals_at_a_rate) {
  const temporary_folder folder;
  const generate_spec spec{.nodes = 20, .pods = 400, .bound = 50};
  std::ostringstream dump, events;
  write_generated_dump(spec, false, dump);
  write_generated_arrivals(spec, 3, events);
  options replayed;
  replayed.from = dump_input{{folder.write("dump.json", dump.str())}};
  replayed.events_path = folder.write("events.jsonl", events.str());
  options in_process = generated(spec);
  in_process.arrive = {arrivals::mode::rate, 3};
  const outcome a = run(replayed);
  const outcome b = run(in_process);
  EXPECT_EQ(placements_of(a), placements_of(b));
  EXPECT_EQ(a.summary.pods, 400);
  EXPECT_EQ(a.summary.ended - a.summary.started, b.summary.ended - b.summary.started);
}

class small_cluster : public testing::Test {
 protected:
  static std::string node(std::string_view name, int cores) {
    return R"({"kind":"Node","apiVersion":"v1","metadata":{"name":")" + std::string(name) +
           R"("},"status":{"allocatable":{"cpu":")" + std::to_string(cores) +
           R"(","memory":"8Gi","pods":"10"}}})";
  }
  static std::string pod(std::string_view name, int cores, std::string_view more = "",
                         std::string_view status = "") {
    return R"({"kind":"Pod","apiVersion":"v1","metadata":{"namespace":"n","uid":"u-)" +
           std::string(name) + R"(","name":")" + std::string(name) +
           R"(","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{)" + std::string(more) +
           R"("containers":[{"name":"c","resources":{"requests":{"cpu":")" + std::to_string(cores) +
           R"("}}}]},"status":{)" + std::string(status) + "}}";
  }
  static std::string terminating(std::string pod) {
    const std::string_view before = R"("metadata":{)";
    return pod.insert(pod.find(before) + before.size(),
                      R"("deletionTimestamp":"2026-01-01T00:00:01Z",)");
  }
  static std::string line(double time, std::string_view event, const std::string& object) {
    std::ostringstream out;
    out << R"({"time":)" << time << R"(,"event":")" << event << R"(","object":)" << object << "}\n";
    return out.str();
  }
  options with(const std::string& objects, const std::string& events) {
    options what;
    what.from = dump_input{{folder_.write("dump.json", objects)}};
    if (!events.empty()) what.events_path = folder_.write("events.jsonl", events);
    return what;
  }
  static std::string decisions_of(const outcome& result) {
    std::string text;
    for (const decision& one : result.decisions) {
      text += std::string(result.text(one.pod.name)) + "@" +
              std::to_string((one.at - result.summary.started) / 1'000'000) + "->" +
              std::string(result.text(one.node)) + " ";
    }
    return text;
  }

  temporary_folder folder_;
};

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

TEST(simulation, the_published_trace_is_placed) {
  const std::filesystem::path data = std::filesystem::path(CROSSTIE_SHARED) / "data/openb";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not there";
  options what;
  what.from =
      trace_input{data / "openb_node_list_all_node.csv", data / "openb_pod_list_default.csv"};
  const outcome result = run(what);
  EXPECT_EQ(result.summary.nodes, 1523);
  EXPECT_EQ(result.summary.pods, 8152);
  EXPECT_EQ(result.summary.decisions, 8152);
  EXPECT_GT(result.summary.placed, 7500);
  expect_counts_agree(result);
  what.arrive.when = arrivals::mode::recorded;
  const outcome recorded = run(what);
  EXPECT_EQ(recorded.summary.departed, 8152);
  EXPECT_EQ(recorded.summary.placed_now, 0);
  EXPECT_TRUE(recorded.warnings.empty());
}

// ---- stopping and telling
// ------------------------------------------------------------------------

TEST(simulation, a_stop_keeps_what_is_done_so_far) {
  std::atomic<bool> stop = false;
  options what = generated({.nodes = 20, .pods = 500});
  what.stop = &stop;
  int reports = 0;
  what.report = [&](const progress&) {  // for the first time after the first decision
    ++reports;
    stop = true;
  };
  const outcome result = run(what);
  EXPECT_TRUE(result.summary.stopped);
  EXPECT_GT(reports, 0);
  EXPECT_EQ(result.summary.decisions, 1);
  EXPECT_EQ(result.summary.untried + result.summary.gated, 499);
  expect_counts_agree(result);
}

TEST(simulation, the_last_report_is_complete) {
  options what = generated({.nodes = 20, .pods = 200});
  progress last;
  what.report = [&](const progress& now) { last = now; };
  const outcome result = run(what);
  EXPECT_EQ(last.decisions, result.summary.decisions);
  EXPECT_EQ(last.placed, result.summary.placed);
  EXPECT_EQ(last.expected, 200);
  EXPECT_FALSE(result.summary.stopped);
}

TEST(simulation, many_decisions_are_sampled_evenly) {
  const outcome result = run(generated({.nodes = 200, .pods = 5000}));
  ASSERT_GT(result.series.size(), 300u);
  ASSERT_LE(result.series.size(), 1024u);
  const std::int64_t stride = result.series[1].decisions - result.series[0].decisions;
  for (std::size_t i = 1; i + 1 < result.series.size(); ++i) {
    EXPECT_EQ(result.series[i].decisions - result.series[i - 1].decisions, stride);
  }
}

TEST(simulation, an_empty_cluster_is_no_error) {
  const outcome result = run(generated({.nodes = 0, .pods = 3}));
  EXPECT_EQ(result.summary.placed, 0);
  const outcome nothing = run(generated({.nodes = 0, .pods = 0}));
  EXPECT_EQ(nothing.summary.decisions, 0);
}

}  // namespace
}  // namespace crosstie::simulate
