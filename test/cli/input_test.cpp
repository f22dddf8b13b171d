// Bad input: exit code 2, where and what was expected on standard error, nothing on standard
// output.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "cli/process.hpp"
#include "cli/sample.hpp"

namespace crosstie::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct bad_row {
  const char* name;
  std::string start;
  std::string where;         // a regular expression of the error's text after the file's name
  std::size_t brackets = 0;  // follow the start

  std::string text() const { return start + std::string(brackets, '['); }
};

std::ostream& operator<<(std::ostream& out, const bad_row& row) { return out << row.name; }

std::vector<bad_row> bad_rows() {
  const std::string pod = sample_pod("web", "front", "2");
  const std::string node = sample_node("big", "8");
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  // The object where it is known, else at least the line.
  return {
      {"empty", "", ".*expected .*"},
      {"truncated", sample_cluster().substr(0, 900), ":[0-9]+: .*expected .*"},
      {"not_json", "{\"kind\": nonsense}", ":[0-9]+: .*expected .*"},
      {"not_utf_8", sample_list(changed(pod, "front", "fr\xff\xfent")), ":[0-9]+: .*UTF-8.*"},
      {"wrong_type",
       sample_list(node + "," +
                   changed(pod, "\"containers\":[", "\"priority\":\"high\",\"containers\":[")),
       ":[0-9]+: item 1: Pod web/front: spec\\.priority: expected .*"},
      {"object_for_list",
       sample_list(changed(pod, "\"containers\":[{", "\"tolerations\":{},\"containers\":[{")),
       ":[0-9]+: item 0: Pod web/front: spec\\.tolerations: expected .*"},
      {"negative_quantity", sample_list(changed(pod, "\"cpu\":\"2\"", "\"cpu\":\"-2\"")),
       ":[0-9]+: item 0: Pod web/front: spec\\.containers\\[0\\]\\.resources\\.requests\\.cpu: "
       "expected .*"},
      {"bad_quantity", sample_list(changed(pod, "\"cpu\":\"2\"", "\"cpu\":\"2x\"")),
       ":[0-9]+: item 0: Pod web/front: spec\\.containers\\[0\\]\\.resources\\.requests\\.cpu: "
       "expected .*"},
      {"node_twice", sample_list(node + "," + node), ":[0-9]+: item 1: Node big: .*"},
      {"pod_twice", sample_list(pod + "," + pod), ":[0-9]+: item 1: Pod web/front: .*"},
      {"deep_brackets", "", ".*expected .*", 100'000'000},
      {"deep_brackets_in_a_pod", R"({"kind":"Pod","apiVersion":"v1","spec":)", ".*expected .*",
       1'000'000},
  };
}

class bad_input : public testing::TestWithParam<bad_row> {};

void expect_refused(const result& got, const std::string& file, const std::string& where) {
  EXPECT_EQ(got.exit_code, 2);
  EXPECT_EQ(got.out, "");
  const std::string first = got.err.substr(0, got.err.find('\n'));
  const std::string start = "crosstie: error: " + file;
  ASSERT_TRUE(first.starts_with(start)) << first.substr(0, 300);
  EXPECT_TRUE(std::regex_match(first.substr(start.size()), std::regex(where)))
      << first.substr(0, 300);
}

TEST_P(bad_input, is_refused_by_explain) {
  const scratch files;
  const std::string path = files.write("dump.json", GetParam().text());
  expect_refused(run({"explain", "-f", path, "--all"}), path, GetParam().where);
}

TEST_P(bad_input, is_refused_by_simulate_from_standard_input) {
  expect_refused(run({"simulate", "-f", "-", "-o", "json"}, GetParam().text()), "-",
                 GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(rows, bad_input, testing::ValuesIn(bad_rows()),
                         [](const auto& row) { return row.param.name; });

TEST(input, a_bad_report_folder_is_a_failure_before_any_result) {
  const result got =
      run({"simulate", "-f", "-", "--report", "/nowhere/report.html"}, sample_cluster());
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr("/nowhere/report.html: No such file or directory"));
}

TEST(input, a_bad_events_file_is_named_with_its_line) {
  const scratch files;
  const std::string dump = files.write("dump.json", sample_cluster());
  const std::string events = files.write("events.jsonl", "{\"nonsense\": 1}\n");
  const result got = run({"simulate", "-f", dump, "--events", events});
  EXPECT_EQ(got.exit_code, 2);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr(events + ":1: "));
}

TEST(input, every_mistake_of_a_configuration_is_told) {
  const scratch files;
  const std::string path = files.write("config.yaml",
                                       "apiVersion: kubescheduler.config.k8s.io/v1\n"
                                       "kind: KubeSchedulerConfiguration\n"
                                       "parallelism: -1\npercentageOfNodesToScore: 101\n");
  for (const char* command : {"simulate", "explain"}) {
    std::vector<std::string> arguments{command, "-f", "-", "--config", path};
    if (arguments[0] == "explain") arguments.push_back("--all");
    const result got = run(arguments, sample_cluster());
    EXPECT_EQ(got.exit_code, 2);
    EXPECT_EQ(got.out, "");
    EXPECT_THAT(got.err, HasSubstr("parallelism"));
    EXPECT_THAT(got.err, HasSubstr("percentageOfNodesToScore"));
  }
}

// ---- good input, in every shape ---------------------------------------------------------------

const std::string expected_names = "default/tiny\nweb/front\n";

TEST(input, comes_from_standard_input_files_folders_and_gzip) {
  const scratch files;
  const std::string path = files.write("all.json", sample_cluster());
  const auto names = [](const std::vector<std::string>& paths) {
    std::vector<std::string> arguments{"simulate", "-o", "name"};
    for (const std::string& one : paths) arguments.insert(arguments.end(), {"-f", one});
    const result got = run(arguments);
    EXPECT_EQ(got.exit_code, 0) << got.err;
    return got.out;
  };
  EXPECT_EQ(names({path}), expected_names);
  EXPECT_EQ(run({"simulate", "-o", "name", "-f", "-"}, sample_cluster()).out, expected_names);
  ASSERT_EQ(run_bash("gzip -k " + path).exit_code, 0);
  EXPECT_EQ(names({path + ".gz"}), expected_names);

  const scratch parts;
  parts.write("nodes.json", sample_list(sample_node("big", "8")));
  parts.write("pods.json", sample_list(sample_pod("web", "front", "2")));
  EXPECT_EQ(names({parts.path("nodes.json"), parts.path("pods.json")}), "web/front\n");
  EXPECT_EQ(names({parts.path("")}), "web/front\n");
}

TEST(input, comes_as_yaml) {
  const std::string yaml = R"(apiVersion: v1
kind: Node
metadata: {name: big}
status: {allocatable: {cpu: 2, memory: 4Gi, pods: 10}}
---
apiVersion: v1
kind: Pod
metadata: {namespace: web, name: front}
spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}]}
)";
  EXPECT_EQ(run({"simulate", "-f", "-", "-o", "name"}, yaml).out, "web/front\n");
}

TEST(input, what_does_not_fit_together_is_a_warning_and_strictly_an_error) {
  const std::string torn = sample_list(sample_node("big", "8") + "," +
                                       sample_pod("web", "lost", "1", R"("nodeName":"gone",)") +
                                       "," + sample_pod("web", "front", "1"));
  const result loose = run({"simulate", "-f", "-", "-o", "name"}, torn);
  EXPECT_EQ(loose.exit_code, 0);
  EXPECT_EQ(loose.out, "web/front\n");
  EXPECT_THAT(loose.err, HasSubstr("crosstie: warning: "));
  EXPECT_THAT(loose.err, HasSubstr("web/lost"));
  for (const char* command : {"simulate", "explain"}) {
    std::vector<std::string> arguments{command, "-f", "-", "--strict"};
    if (arguments[0] == "explain") arguments.push_back("--all");
    const result strict = run(arguments, torn);
    EXPECT_EQ(strict.exit_code, 2);
    EXPECT_EQ(strict.out, "");
    EXPECT_THAT(strict.err, HasSubstr("web/lost"));
  }
}

}  // namespace
}  // namespace crosstie::cli::test
