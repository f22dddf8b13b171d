// crosstie generate, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(generate, a_rate_needs_an_events_file) {
  const result got = run({"generate", spec, "--rate", "50/s"});
  EXPECT_EQ(got.exit_code, 2);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr("--events"));
}

TEST(generate, a_file_that_cannot_be_written_is_a_failure) {
  const result got = run({"generate", spec, "--dump", "/nowhere/dump.json"});
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_THAT(got.err, HasSubstr("/nowhere/dump.json: No such file or directory"));
}

}  // namespace
}  // namespace crosstie::cli::test
