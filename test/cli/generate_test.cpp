// crosstie generate, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/json.hpp"
#include "cli/process.hpp"

namespace crosstie::cli::test {
namespace {

using testing::HasSubstr;

const std::string spec = "nodes=40,pods=300,bound=20,seed=5";

std::size_t count_kind(const nlohmann::json& list, const std::string& kind) {
  std::size_t count = 0;
  for (const auto& one : list["items"]) count += one["kind"] == kind;
  return count;
}

TEST(generate, writes_a_list_as_kubectl_does) {
  const result got = run({"generate", spec});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const auto list = parse_json(got.out);
  EXPECT_EQ(list["kind"], "List");
  EXPECT_EQ(list["apiVersion"], "v1");
  EXPECT_EQ(count_kind(list, "Node"), 40u);
  EXPECT_EQ(count_kind(list, "Pod"), 320u);
}

TEST(generate, the_same_seed_gives_the_same_bytes_and_another_one_others) {
  EXPECT_EQ(run({"generate", spec}).out, run({"generate", spec}).out);
  EXPECT_NE(run({"generate", "nodes=40,seed=1"}).out, run({"generate", "nodes=40,seed=2"}).out);
}

TEST(generate, simulating_the_dump_is_simulating_the_spec) {
  const scratch files;
  const std::string dump = files.path("dump.json");
  ASSERT_EQ(run({"generate", spec, "--dump", dump}).exit_code, 0);
  const result from_dump = run({"simulate", "-f", dump, "-o", "json", "--no-timing", "--strict"});
  const result direct = run({"simulate", "--generate", spec, "-o", "json", "--no-timing"});
  ASSERT_EQ(from_dump.exit_code, 0) << from_dump.err;
  EXPECT_EQ(parse_json(from_dump.out)["placements"], parse_json(direct.out)["placements"]);
}

TEST(generate, arrivals_go_to_the_events_file_and_leave_the_dump) {
  const scratch files;
  const std::string dump = files.path("dump.json"), events = files.path("events.jsonl");
  ASSERT_EQ(run({"generate", spec, "--dump", dump, "--events", events, "--rate", "50/s"}).exit_code,
            0);
  EXPECT_EQ(count_kind(parse_json(read_file(dump)), "Pod"), 20u);
  const std::string lines = read_file(events);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 300);
  const result got = run({"simulate", "-f", dump, "--events", events, "-o", "json"});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(parse_json(got.out)["summary"]["pods"], 300);
}

TEST(generate, dump_and_events_are_two_files) {
  const scratch files;
  const std::string same = files.path("same.json"), alias = files.path("./same.json");
  const auto refuse = [&](const std::string& events) {
    expect_refused(run({"generate", spec, "--dump", same, "--events", events}),
                   "expected two files for --dump and --events, found " + same + " for both");
  };
  refuse(same);
  refuse(alias);
  EXPECT_FALSE(std::filesystem::exists(same));
  std::filesystem::create_symlink(files.write("same.json", "kept"), files.path("link"));
  refuse(files.path("link"));
  EXPECT_EQ(read_file(same), "kept");
  EXPECT_EQ(run({"generate", spec, "--dump", "/dev/null", "--events", "/dev/null"}).exit_code, 0);
}

TEST(generate, without_its_events_there_is_no_dump) {
  const scratch files;
  const std::string dump = files.path("dump.json");
  const result got =
      run({"generate", spec, "--dump", dump, "--events", files.path("nowhere/events.jsonl")});
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_THAT(got.err, HasSubstr("nowhere/events.jsonl: No such file or directory"));
  EXPECT_TRUE(std::filesystem::is_empty(files.path(".")));
}

TEST(generate, a_rate_needs_an_events_file) {
  const result got = run({"generate", spec, "--rate", "50/s"});
  EXPECT_EQ(got.exit_code, 2);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr("--events"));
}

// ---- workloads ----------------------------------------------------------------------------------

TEST(generate, a_workload_goes_to_a_dump_and_an_events_file_that_simulate_replays) {
  const scratch files;
  const std::string dump = files.path("dump.json"), events = files.path("events.jsonl");
  const result made = run({"generate", "--workload", "TopologySpreading/20Nodes_50Pods", "--dump",
                           dump, "--events", events});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "");
  EXPECT_EQ(count_kind(parse_json(read_file(dump)), "Node"), 20u);
  const result got = run({"simulate", "-f", dump, "--events", events, "-o", "json", "--strict"});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(parse_json(got.out)["summary"]["placed"], 50);
}

TEST(generate, without_an_events_file_a_workload_s_arrivals_wait_in_the_dump) {
  const result plain = run({"generate", "--workload", "SchedulingBasic/20Nodes_50Pods"});
  EXPECT_EQ(count_kind(parse_json(plain.out), "Pod"), 54u);
  EXPECT_EQ(plain.err, "");
  const result mixed = run({"generate", "--workload", "Mixed/5Nodes_50Pods"});
  EXPECT_EQ(mixed.exit_code, 0);
  EXPECT_THAT(mixed.err, HasSubstr("50 deletions and updates of Mixed/5Nodes_50Pods are left out"));
}

TEST(generate, a_workload_depends_on_its_seed_alone) {
  const auto dump = [](const char* seed) {
    return run({"generate", "--workload", "Mixed/5Nodes", "--seed", seed}).out;
  };
  EXPECT_EQ(dump("3"), dump("3"));
  EXPECT_NE(dump("3"), dump("4"));
}

TEST(generate, an_unknown_workload_is_refused_with_a_suggestion) {
  const result got = run({"generate", "--workload", "SchedulingBasc/5Nodes"});
  EXPECT_EQ(got.exit_code, 2);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr("did you mean SchedulingBasic?"));
  const result size = run({"generate", "--workload", "SchedulingBasic/many"});
  EXPECT_EQ(size.exit_code, 2);
  EXPECT_THAT(size.err, HasSubstr("expected a size such as 5000Nodes_10000Pods"));
  const result missing = run({"generate", "--workload", "Partitionable"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("device claims"));
  EXPECT_EQ(run({"generate", "nodes=5", "--workload", "Mixed"}).exit_code, 2);
  EXPECT_EQ(run({"generate", "--seed", "5"}).exit_code, 2);
}

TEST(generate, lists_workloads_with_parameters_and_what_is_left_out) {
  const result got = run({"generate", "--list-workloads"});
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_THAT(got.out, HasSubstr("\nSchedulingBasic/5000Nodes_10000Pods initNodes=5000 "
                                 "initPods=1000 measurePods=10000 floor=270/s\n"));
  EXPECT_THAT(got.out, HasSubstr("SteadyStateClusterResourceClaimTemplate: device claims"));
}

TEST(generate, a_file_that_cannot_be_written_is_a_failure) {
  const result got = run({"generate", spec, "--dump", "/nowhere/dump.json"});
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_THAT(got.err, HasSubstr("/nowhere/dump.json: No such file or directory"));
}

}  // namespace
}  // namespace crosstie::cli::test
