// crosstie simulate, end to end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/sample.hpp"

namespace crosstie::cli::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

result simulate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"simulate", "-f", "-"});
  return run(std::move(arguments), sample_cluster());
}

TEST(simulate, json_holds_placements_decisions_summary_and_timing) {
  const result got = simulate({"-o", "json"});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const auto all = parse_json(got.out);
  EXPECT_EQ(keys_of(all),
            (std::set<std::string>{"placements", "waiting", "decisions", "summary", "timing"}));
  EXPECT_THAT(keys_of(all["placements"]), ElementsAre("default/tiny", "web/front"));
  EXPECT_EQ(all["placements"]["web/front"], "big");
  EXPECT_EQ(all["summary"]["placed"], 2);
  EXPECT_EQ(all["summary"]["unschedulable"], 1);
  EXPECT_EQ(all["summary"]["gated"], 1);
  EXPECT_EQ(all["summary"]["alreadyBound"], 1);
  EXPECT_EQ(all["summary"]["nodes"], 3);
  EXPECT_GT(all["timing"]["peakMemoryBytes"], 0);
  EXPECT_GT(all["timing"]["explainNs"], 0);
}

TEST(simulate, json_says_why_pods_wait) {
  const auto all = parse_json(simulate({"-o", "json"}).out);
  const auto& waiting = all["waiting"];
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0]["pod"], "web/gated");
  EXPECT_EQ(waiting[0]["why"], "gated");
  EXPECT_EQ(waiting[1]["pod"], "web/huge");
  EXPECT_THAT(waiting[1]["message"].get<std::string>(), HasSubstr("0/3 nodes are available: "));
  std::set<std::string> reasons;
  for (const auto& one : all["summary"]["reasons"]) {
    reasons.insert(one["reason"]);
  }
  EXPECT_THAT(reasons, testing::Contains("Insufficient cpu"));
}

TEST(simulate, without_timing_the_same_seed_gives_the_same_bytes) {
  const std::vector<std::string> arguments{"simulate", "--generate", "nodes=60,pods=500,seed=3",
                                           "--no-timing"};
  for (const char* format : {"json", "yaml", "summary", "wide", "name"}) {
    auto more = arguments;
    more.insert(more.end(), {"-o", format});
    const result first = run(more), second = run(more);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_GT(first.out.size(), 20u);
    EXPECT_EQ(first.out, second.out) << format;
    EXPECT_THAT(first.out, Not(HasSubstr("timing")));
  }
  auto other = arguments;
  other.insert(other.end(), {"-o", "json", "--tie-break", "seed=2"});
  auto same = arguments;
  same.insert(same.end(), {"-o", "json", "--tie-break", "seed=1"});
  EXPECT_NE(run(other).out, run(same).out);
}

TEST(simulate, json_is_the_same_with_timing_but_for_timing) {
  const auto with = parse_json(simulate({"-o", "json"}).out);
  const auto without = parse_json(simulate({"-o", "json", "--no-timing"}).out);
  EXPECT_FALSE(without.contains("timing"));
  for (const char* key : {"placements", "waiting", "decisions", "summary"}) {
    EXPECT_EQ(with[key], without[key]) << key;
  }
}

TEST(simulate, paced_runs_keep_their_clock_readings_under_timing) {
  const auto all = parse_json(simulate({"-o", "json", "--pace", "10000/s"}).out);
  for (const auto& one : all["decisions"]) EXPECT_FALSE(one.contains("at"));
  EXPECT_FALSE(all["summary"].contains("started"));
  EXPECT_EQ(all["timing"]["decidedAt"].size(), all["decisions"].size());
  EXPECT_TRUE(all["timing"].contains("started"));
}

TEST(simulate, yaml_says_the_same_as_json) {
  const YAML::Node all = YAML::Load(simulate({"-o", "yaml", "--no-timing"}).out);
  EXPECT_EQ(all["placements"]["web/front"].as<std::string>(), "big");
  EXPECT_EQ(all["summary"]["placed"].as<int>(), 2);
  EXPECT_FALSE(all["summary"]["stopped"].as<bool>());
}

TEST(simulate, summary_is_for_people) {
  const std::string text = simulate({}).out;
  EXPECT_THAT(text, HasSubstr("Placed 2 of 4 pods on 3 nodes\n"));
  EXPECT_THAT(text, HasSubstr("1  unschedulable\n"));
  EXPECT_THAT(text, HasSubstr("1  Insufficient cpu\n"));
  EXPECT_THAT(text, testing::ContainsRegex("\n  cpu +17 +2\\.6 +15\\.3 %"));
  EXPECT_THAT(text, testing::ContainsRegex("[0-9] decisions/s\n"));
  EXPECT_THAT(text, HasSubstr("(p99)"));
  EXPECT_THAT(text, HasSubstr("peak memory"));
}

TEST(simulate, wide_lists_pods_and_nodes) {
  const std::string text = simulate({"-o", "wide"}).out;
  EXPECT_THAT(text, testing::ContainsRegex("\n  web/huge +unschedulable +0/3 nodes"));
  EXPECT_THAT(text, testing::ContainsRegex("\n  web/front +placed +big"));
  EXPECT_THAT(text, testing::ContainsRegex("\n  closed +zone-a +yes "));
}

TEST(simulate, evicted_pods_are_named) {
  const std::string low = R"("nodeName":"only","priority":1,)";
  const std::string dump = sample_list(
      sample_node("only", "4") + "," + sample_pod("web", "less", "2", low) + "," +
      sample_pod("web", "more", "2", R"("nodeName":"only","priority":2,)") + "," +
      sample_pod("web", "high", "4", R"("priority":9,)") + "," + sample_pod("web", "huge", "64"));
  const auto all = parse_json(run({"simulate", "-f", "-", "-o", "json"}, dump).out);
  EXPECT_EQ(all["summary"]["preempted"], 2);
  std::size_t nominated = 0;
  for (const auto& one : all["decisions"]) {
    EXPECT_EQ(one.contains("victims"), one["verdict"] == "nominated");
    if (!one.contains("victims")) continue;
    ++nominated;
    EXPECT_EQ(one["pod"], "web/high");
    EXPECT_EQ(one["node"], "only");
    EXPECT_THAT(texts_of(one["victims"]), testing::UnorderedElementsAre("web/less", "web/more"));
  }
  EXPECT_EQ(nominated, 1u);
  const std::string wide = run({"simulate", "-f", "-", "-o", "wide"}, dump).out;
  EXPECT_THAT(wide, HasSubstr("\nEvicted\n"));
  EXPECT_THAT(wide, testing::ContainsRegex("\n  web/less +only +web/high\n"));
  EXPECT_THAT(wide, testing::ContainsRegex("\n  web/more +only +web/high\n"));
  EXPECT_THAT(simulate({"-o", "wide"}).out, Not(HasSubstr("Evicted")));
}

TEST(simulate, ties_go_to_the_smallest_name_where_asked) {
  std::string items;
  for (const char* name : {"c", "a", "b"}) items += sample_node(name, "4") + ",";
  const auto all = parse_json(run({"simulate", "-f", "-", "-o", "json", "--tie-break", "name"},
                                  sample_list(items + sample_pod("web", "one", "1")))
                                  .out);
  EXPECT_EQ(all["placements"]["web/one"], "a");
}

std::string event_line(double time, const std::string& what, std::string object) {
  std::erase(object, '\n');
  return fmt::format("{{\"time\":{},\"event\":\"{}\",\"object\":{}}}\n", time, what, object);
}

TEST(simulate, events_arrive_and_depart) {
  const scratch files;
  const std::string dump = files.write("dump.json", sample_list(sample_node("only", "1")));
  const std::string one = sample_pod("web", "one", "1"), two = sample_pod("web", "two", "1");
  const std::string events =
      files.write("events.jsonl", event_line(1, "add", one) + event_line(2, "add", two) +
                                      event_line(3, "delete", one));
  const result got = run({"simulate", "-f", dump, "--events", events, "-o", "json"});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const auto all = parse_json(got.out);
  EXPECT_EQ(all["summary"]["pods"], 2);
  EXPECT_EQ(all["summary"]["placed"], 2);
  EXPECT_EQ(all["summary"]["departed"], 1);
  EXPECT_THAT(keys_of(all["placements"]), ElementsAre("web/two"));
}

TEST(simulate, a_configuration_is_heeded) {
  const scratch files;
  const std::string config =
      files.write("config.yaml", R"(apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles: [{schedulerName: another}]
)");
  EXPECT_EQ(simulate({"--config", config, "-o", "name"}).out, "");
}

TEST(simulate, what_cannot_be_decided_yet_is_said_once_and_never_placed) {
  const std::string claim = R"("resourceClaims":[{"name":"gpu","resourceClaimName":"mine"}],)";
  const std::string mine = R"({"kind":"ResourceClaim","apiVersion":"resource.k8s.io/v1",)"
                           R"("metadata":{"namespace":"web","name":"mine"}})";
  const std::string dump =
      sample_list(mine + "," + sample_node("big", "8") + "," + sample_pod("web", "a", "1", claim) +
                  "," + sample_pod("web", "b", "1", claim) + "," + sample_pod("web", "c", "1"));
  const result got = run({"simulate", "-f", "-", "-o", "name"}, dump);
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_EQ(got.out, "web/c\n");
  EXPECT_THAT(got.err, HasSubstr("crosstie: warning: pods on no node that claim devices"));
  EXPECT_EQ(got.err.find("claim devices"), got.err.rfind("claim devices"));
  const result told = run({"explain", "-f", "-", "--all"}, dump);
  EXPECT_THAT(told.err, HasSubstr("crosstie: warning: pods on no node that claim devices"));
}

// ---- Ctrl-C -----------------------------------------------------------------------------------

void wait_until_it_catches(const process& child, int signal) {
  while (child.alive() && !child.catches(signal)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST(simulate, ctrl_c_stops_cleanly_with_what_is_done) {
  // At this pace the run would take days.
  process child(CROSSTIE_BINARY,
                {"simulate", "--generate", "nodes=5,pods=1000", "--pace", "1/m", "-o", "json"});
  wait_until_it_catches(child, SIGINT);
  child.send(SIGINT);
  const result got = child.wait();
  EXPECT_EQ(got.exit_code, 130) << got.err;
  EXPECT_THAT(got.err, HasSubstr("stopped before the end"));
  const auto all = parse_json(got.out);
  EXPECT_TRUE(all["summary"]["stopped"].get<bool>());
}

TEST(simulate, a_signal_before_the_input_is_read_ends_it) {
  const result got =
      run_bash("(sleep 2) | timeout --preserve-status -s INT 1 $crosstie simulate -f -");
  EXPECT_EQ(got.exit_code, 130);
  EXPECT_EQ(got.out, "");
}

TEST(simulate, pods_of_another_scheduler_are_told_of) {
  const std::string other = R"("schedulerName":"volcano",)";
  const result got =
      run({"simulate", "-f", "-", "-o=name"},
          sample_list(sample_node("big", "8") + "," + sample_pod("web", "a", "1", other) + "," +
                      sample_pod("web", "b", "1")));
  EXPECT_EQ(got.out, "web/b\n");
  EXPECT_THAT(got.err, HasSubstr("that name a scheduler that no profile has are not placed: 1"));
}

TEST(simulate, sigterm_stops_it_likewise) {
  process child(CROSSTIE_BINARY,
                {"simulate", "--generate", "nodes=5,pods=1000", "--pace", "1/m", "-o", "name"});
  wait_until_it_catches(child, SIGTERM);
  child.send(SIGTERM);
  EXPECT_EQ(child.wait().exit_code, 143);
}

TEST(simulate, no_output_is_written_over_an_input) {
  const scratch files;
  const std::string dump = files.write("dump.json", sample_cluster());
  for (const char* option : {"--report", "--profile"}) {
    const result got = run({"simulate", "-f", dump, option, dump});
    EXPECT_EQ(got.exit_code, 2);
    EXPECT_THAT(got.err, HasSubstr("would be written over the input"));
    EXPECT_EQ(read_file(dump), sample_cluster());
    EXPECT_EQ(run({"simulate", "-f", files.path("."), option, dump}).exit_code, 2);
    EXPECT_EQ(run({"simulate", "-f", dump, option, "-"}).exit_code, 2);
    const std::string page = files.path("page.html");
    EXPECT_EQ(run({"simulate", "-f", dump, option, page}).exit_code, 0);
    EXPECT_EQ(run({"simulate", "-f", files.path("."), option, page}).exit_code, 0)
        << "a page of before is no input";
  }
}

TEST(simulate, two_outputs_are_two_files) {
  const scratch files;
  const std::string both = files.path("both.x");
  expect_refused(
      run({"simulate", "-f", "-", "--report", both, "--profile", both}, sample_cluster()),
      "expected two files for --report and --profile, found " + both + " for both");
  EXPECT_FALSE(std::filesystem::exists(both));
  const result nowhere = run(
      {"simulate", "-f", "-", "--report", "/dev/null", "--profile", "/dev/null"}, sample_cluster());
  EXPECT_EQ(nowhere.exit_code, 0) << nowhere.err;
}

TEST(simulate, no_progress_bar_where_standard_error_is_no_terminal) {
  EXPECT_EQ(simulate({"-o", "name", "--pace", "100/s"}).err, "");
}

}  // namespace
}  // namespace crosstie::cli::test
