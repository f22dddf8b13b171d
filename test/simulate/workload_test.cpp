#include "simulate/workload.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "cluster/dump.hpp"
#include "simulate/simulation.hpp"
#include "simulate/temporary_file.hpp"
#include "simulate/workload_store.hpp"

namespace crosstie::simulate {
namespace {

workload must_parse(std::string_view name) {
  auto found = parse_workload(name);
  if (!found) throw std::runtime_error(to_string(found.error()));
  return *std::move(found);
}

// Each case so small that all of them run in a second.
std::vector<std::string> small_names() {
  std::vector<std::string> names;
  for (const workload_case& each : workload_cases()) {
    names.push_back(std::string(each.name) + (each.nodes.empty() ? "/30Pods" : "/12Nodes"));
  }
  return names;
}

std::string dump_of(const workload_script& script, bool arrivals) {
  std::ostringstream out;
  write_workload_dump(script, arrivals, out);
  return out.str();
}
std::string events_of(const workload_script& script) {
  std::ostringstream out;
  write_workload_events(script, out);
  return out.str();
}

std::int64_t count_measured(const workload_script& script) {
  return std::ranges::count_if(script.events, &workload_event::measured);
}

outcome replay(const workload_script& script, const temporary_folder& files) {
  options what;
  what.from = dump_input{{files.write("dump.json", dump_of(script, false))}};
  what.events_path = files.write("events.jsonl", events_of(script));
  what.strict = true;
  auto result = simulate(what);
  if (!result) throw std::runtime_error(to_string(result.error()));
  return std::move(*result);
}

// What comes to wait for ever, by design of the case or for want of room at this size.
const std::map<std::string, std::int64_t>& left_waiting() {
  static const std::map<std::string, std::int64_t> waiting{
      {"SchedulingGatedPodsWithPodAffinityImpactForThroughput/30Pods", 15},  // gated
      {"SchedulingWhileGated/30Pods", 15},                                   // gated
      // A hard zone constraint, and nodes with taints in one of four groups of three.
      {"Scale/12Nodes", 1},
      // One pod for each of twelve nodes: 100 namespaces have one each before.
      {"SchedulingRequiredPodAntiAffinityWithNSSelector/12Nodes", 88 + 4},
  };
  return waiting;
}

TEST(workload, each_case_in_small_loads_and_replays_with_the_counts_it_must_have) {
  for (const std::string& name : small_names()) {
    const workload_script script = compose(must_parse(name), 1);
    const std::int64_t measured = count_measured(script);
    EXPECT_GT(measured, 0) << name;
    const temporary_folder files;
    const outcome result = replay(script, files);
    EXPECT_EQ(result.summary.events,
              static_cast<std::int64_t>(script.events.size()) + result.summary.preempted)
        << name;
    const auto waiting = left_waiting().find(name);
    const std::int64_t expected = waiting == left_waiting().end() ? 0 : waiting->second;
    std::int64_t churned = 0;  // pods of 9 cores
    for (const workload_event& each : script.events) {
      churned += !each.measured && script.parts[each.object.part].name == "pod-h-" &&
                 each.what == change::add;
      churned -= script.parts[each.object.part].name == "pod-h-" && each.what == change::remove;
    }
    EXPECT_EQ(static_cast<std::int64_t>(result.waiting.size()), expected + churned) << name;
    EXPECT_TRUE(result.warnings.empty()) << name << ": " << result.warnings.front();
  }
}

TEST(workload, the_same_seed_gives_the_same_bytes) {
  const std::vector<std::string> names = small_names();
  for (std::size_t i = 0; i < names.size(); i += 5) {
    const std::string& name = names[i];
    const workload_script once = compose(must_parse(name), 1), again = compose(must_parse(name), 1);
    EXPECT_EQ(dump_of(once, true), dump_of(again, true)) << name;
    EXPECT_EQ(events_of(once), events_of(again)) << name;
    const workload_script other = compose(must_parse(name), 2);
    EXPECT_NE(dump_of(once, true), dump_of(other, true)) << name;
  }
}

TEST(workload, what_is_loaded_directly_is_what_the_dump_holds) {
  for (const char* name : {"Mixed/9Nodes_40Pods", "SchedulingMigratedInTreePVs/9Nodes",
                           "EventHandlingPodDelete/9Nodes"}) {
    const workload_script script = compose(must_parse(name), 1);
    const std::vector<std::string> places = place_early(script);
    cluster::store direct;
    script_reader(script, direct).load(places);
    const temporary_folder files;
    const std::string dump = files.write("dump.json", dump_of(script, false));
    cluster::store read;
    ASSERT_TRUE(cluster::read_dump({&dump, 1}, read));
    ASSERT_EQ(direct.pod_count(), read.pod_count()) << name;
    ASSERT_EQ(direct.node_count(), read.node_count()) << name;
    EXPECT_EQ(direct.persistent_volumes.all().size(), read.persistent_volumes.all().size());
    EXPECT_EQ(direct.csi_nodes.all().size(), read.csi_nodes.all().size());
    for (std::uint32_t i = 0; i < direct.pod_slots(); ++i) {
      const cluster::pod_id id{i};
      EXPECT_EQ(direct.full_name(id), read.full_name(id));
      EXPECT_EQ(direct.text(direct[id].node), read.text(read[id].node));
    }
  }
}

TEST(workload, early_pods_are_where_their_constraints_let_them_be) {
  const workload_script script = compose(must_parse("SchedulingPodAntiAffinity/40Nodes"), 1);
  const std::vector<std::string> places = place_early(script);
  EXPECT_EQ(std::set<std::string>(places.begin(), places.end()).size(), places.size());
  EXPECT_EQ(std::ranges::count(places, ""), 0);
}

TEST(workload, mixed_matches_each_arrival_by_a_departure_and_constrains_half_its_shapes) {
  const workload_script script = compose(must_parse("Mixed/50Nodes_2500Pods"), 1);
  std::int64_t arrivals = 0, departures = 0, updates = 0;
  for (const workload_event& each : script.events) {
    arrivals += each.what == change::add;
    departures += each.what == change::remove;
    updates += each.what == change::update;
  }
  EXPECT_EQ(arrivals, 2500);
  EXPECT_EQ(departures, 2500);
  EXPECT_EQ(updates, 2);
  int shapes = 0, constrained = 0;
  for (const workload_part& part : script.parts) {
    if (!part.pod) continue;
    ++shapes;
    constrained += part.text.find("topologySpread") != std::string::npos ||
                   part.text.find("podAffinity") != std::string::npos ||
                   part.text.find("podAntiAffinity") != std::string::npos;
  }
  EXPECT_EQ(shapes, 2000);
  EXPECT_EQ(constrained, 1000);
}

TEST(workload, shapes_of_mixed_have_zipf_shares) {
  const workload_script script = compose(must_parse("Mixed/500Nodes_20000Pods"), 1);
  std::map<std::uint32_t, int> pods;
  for (const workload_event& each : script.events) {
    if (each.measured) ++pods[each.object.part];
  }
  // Of 20,000 pods the first of 2,000 shapes has 1 / (1 + 1/2 + ... + 1/2000) = 1 / 8.178, the
  // second half of that.
  const std::uint32_t first = pods.begin()->first;
  EXPECT_NEAR(pods[first], 2446, 150);
  EXPECT_NEAR(pods[first + 1], 1223, 110);
  EXPECT_GT(pods.size(), 1500u);
}

TEST(workload, a_dump_with_arrivals_holds_what_comes_and_stays) {
  const workload_script churn = compose(must_parse("SchedulingWithMixedChurn/12Nodes_600Pods"), 1);
  const temporary_folder files;
  const std::string dump = files.write("dump.json", dump_of(churn, true));
  cluster::store read;
  ASSERT_TRUE(cluster::read_dump({&dump, 1}, read));
  EXPECT_EQ(read.pod_count(), 600u);
  EXPECT_EQ(read.node_count(), 12u);
  EXPECT_EQ(count_beyond_dump(churn), 6u);  // a node, a pod, a service that come and go
}

// The API server's own validation, where its program is at hand.
TEST(workload, the_api_server_would_accept_the_objects_of_each_case) {
  const char* oracle = std::getenv("CROSSTIE_ORACLE");
  if (oracle == nullptr) GTEST_SKIP() << "CROSSTIE_ORACLE names no oracle program";
  const temporary_folder folder;
  std::string command = std::string("'") + oracle + "' -validate";
  for (std::size_t i = 0; const std::string& name : small_names()) {
    const std::string scenario = R"({"name":"workload","mode":"sequence","cluster":)" +
                                 dump_of(compose(must_parse(name), 1), true) + "}";
    command += " '" + folder.write(std::to_string(i++) + ".json", scenario) + "'";
  }
  command += " > '" + folder.path("said") + "' 2>&1";
  const int exit = std::system(command.c_str());
  std::ostringstream said;
  said << std::ifstream(folder.path("said")).rdbuf();
  EXPECT_EQ(exit, 0) << said.str().substr(0, 4000);
}

// ---- names --------------------------------------------------------------------------------------

TEST(workload, a_listed_size_has_its_parameters_and_a_name_alone_is_the_first) {
  EXPECT_EQ(must_parse("PreemptionBasic/1000Nodes").size.get("initPods"), 4000);
  EXPECT_EQ(must_parse("SchedulingBasic").name(), "SchedulingBasic/5000Nodes_10000Pods");
  EXPECT_EQ(must_parse("Unschedulable/5kNodes/20kInit/10kPods").size.get("initPods"), 20000);
}

TEST(workload, twins_under_feature_gates_are_the_same_workload) {
  const workload twin = must_parse("SchedulingBasic/5000Nodes_50000Pods_QueueingHintsEnabled");
  EXPECT_EQ(twin.name(), "SchedulingBasic/5000Nodes_50000Pods");
}

TEST(workload, other_sizes_are_in_proportion) {
  const workload half = must_parse("SchedulingBasic/2500Nodes");
  EXPECT_EQ(half.size.get("initPods"), 500);
  EXPECT_EQ(half.size.get("measurePods"), 5000);
  const workload given = must_parse("SchedulingBasic/2500Nodes_7Pods");
  EXPECT_EQ(given.size.get("initPods"), 500);
  EXPECT_EQ(given.size.get("measurePods"), 7);
  EXPECT_EQ(must_parse("Mixed/1000Nodes_77Bound").size.get("boundPods"), 77);
  EXPECT_EQ(must_parse("Mixed/1000Nodes").size.get("shapes"), 2000);
  EXPECT_EQ(must_parse("SchedulingWhileGated/100Pods").size.get("gatedPods"), 50);
}

TEST(workload, wrong_names_are_errors_that_say_which_part_is_wrong) {
  for (const char* name : {"", "Basic", "schedulingbasic/5000Nodes", "/5000Nodes"}) {
    const auto found = parse_workload(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().field, "NAME");
  }
  for (const char* size :
       {"", "5000", "Nodes", "0Nodes", "-1Nodes", "5Nodes_", "5Nodes_5", "5Pods_5Nodes", "5Nodess",
        "99999999999999999999Nodes", "5Nodes_5Bound", "5kNodes", "5Nodes_5Pods_"}) {
    const auto found = parse_workload("SchedulingBasic/" + std::string(size));
    ASSERT_FALSE(found) << size;
    EXPECT_EQ(found.error().field, "SIZE");
  }
}

TEST(workload, every_name_of_the_list_is_known_once) {
  std::set<std::string> names;
  for (const workload_case& each : workload_cases()) {
    for (const workload_size& size : each.sizes) {
      const std::string name = workload{&each, size}.name();
      EXPECT_TRUE(names.insert(name).second) << name;
      EXPECT_EQ(must_parse(name).size.parameters.size(), size.parameters.size()) << name;
    }
  }
  for (const missing_workload& each : missing_workloads()) {
    EXPECT_FALSE(parse_workload(each.name)) << each.name;
  }
}

}  // namespace
}  // namespace crosstie::simulate
