// crosstie explain, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/sample.hpp"

namespace crosstie::cli::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

result explain(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"explain", "-f", "-"});
  return run(std::move(arguments), sample_cluster());
}

// The answer about one pod.
nlohmann::json explain_json(const std::string& pod, const std::string& more = "--strict") {
  const result got = explain({pod, "-o", "json", more});
  EXPECT_EQ(got.exit_code, 0) << got.err;
  const nlohmann::json all = parse_json(got.out);
  EXPECT_EQ(all["pods"].size(), 1u);
  return all["pods"][0];
}

TEST(explain, json_says_where_a_pod_fits_and_why_not_elsewhere) {
  const auto pod = explain_json("web/front");
  EXPECT_EQ(keys_of(pod),
            (std::set<std::string>{"pod", "profile", "rejected", "feasible", "best", "chosen"}));
  EXPECT_EQ(pod["pod"], "web/front");
  EXPECT_EQ(pod["profile"], "default-scheduler");
  EXPECT_THAT(texts_of(pod["feasible"]), ElementsAre("big"));
  EXPECT_THAT(texts_of(pod["best"]), ElementsAre("big"));
  EXPECT_EQ(pod["chosen"], "big");
  const auto& small = pod["rejected"]["small"];
  EXPECT_EQ(small["plugin"], "NodeResourcesFit");
  EXPECT_EQ(small["code"], "UnschedulableAndUnresolvable");
  EXPECT_THAT(texts_of(small["reasons"]), ElementsAre("Insufficient cpu"));
  EXPECT_EQ(pod["rejected"]["closed"]["plugin"], "NodeUnschedulable");
}

TEST(explain, json_scores_where_two_nodes_are_feasible) {
  const auto pod = explain_json("tiny");
  EXPECT_THAT(keys_of(pod["scores"]), ElementsAre("big", "small"));
  for (const auto& node : pod["scores"].items()) {
    std::int64_t sum = 0;
    for (const auto& plugin : node.value().items()) sum += plugin.value().get<std::int64_t>();
    EXPECT_EQ(pod["totals"][node.key()], sum);
  }
  EXPECT_FALSE(pod.contains("message"));
  EXPECT_FALSE(pod.contains("plugins"));
}

TEST(explain, json_has_the_event_message_of_a_pod_that_fits_nowhere) {
  const auto pod = explain_json("web/huge");
  EXPECT_THAT(pod["message"].get<std::string>(), StartsWith("0/3 nodes are available: "));
  EXPECT_FALSE(pod.contains("feasible"));
  EXPECT_FALSE(pod.contains("best"));
}

TEST(explain, json_of_a_gated_pod_holds_the_gate_alone) {
  const auto pod = explain_json("web/gated");
  EXPECT_EQ(keys_of(pod), (std::set<std::string>{"pod", "profile", "gate"}));
  EXPECT_EQ(pod["gate"]["plugin"], "SchedulingGates");
}

TEST(explain, plugins_are_asked_alone) {
  const auto pod = explain_json("web/front", "--plugins");
  const auto& plugins = pod["plugins"];
  EXPECT_THAT(keys_of(plugins), testing::Contains("NodeResourcesFit"));
  EXPECT_EQ(plugins["NodeName"], nlohmann::json::object());
  EXPECT_THAT(keys_of(plugins["NodeUnschedulable"]["rejected"]), ElementsAre("closed"));
  EXPECT_FALSE(plugins["NodeUnschedulable"]["rejected"]["closed"].contains("plugin"));
  EXPECT_THAT(keys_of(plugins["NodeResourcesFit"]["raw"]), ElementsAre("big"));
  EXPECT_THAT(keys_of(plugins["TaintToleration"]["normal"]), ElementsAre("big"));
}

TEST(explain, all_asks_pending_pods_in_queue_order) {
  const auto all = parse_json(explain({"--all", "-o", "json"}).out);
  std::vector<std::string> pods;
  for (const auto& one : all["pods"]) pods.push_back(one["pod"]);
  EXPECT_THAT(pods, ElementsAre("default/tiny", "web/front", "web/gated", "web/huge"));
}

TEST(explain, yaml_says_the_same_as_json) {
  const YAML::Node all = YAML::Load(explain({"--all", "-o", "yaml"}).out);
  ASSERT_EQ(all["pods"].size(), 4u);
  EXPECT_EQ(all["pods"][1]["pod"].as<std::string>(), "web/front");
  EXPECT_EQ(all["pods"][1]["rejected"]["small"]["reasons"][0].as<std::string>(),
            "Insufficient cpu");
}

// ---- for people -------------------------------------------------------------------------------

TEST(explain, table_groups_nodes_by_reason_before_it_lists_them) {
  const std::string text = explain({"web/huge"}).out;
  EXPECT_THAT(text, HasSubstr("Pod:        web/huge\n"));
  EXPECT_THAT(text, HasSubstr("Event:      0/3 nodes are available: "));
  const std::size_t table = text.find("NODES"), list = text.find("\n  big\n");
  ASSERT_NE(table, std::string::npos);
  ASSERT_NE(list, std::string::npos);
  EXPECT_LT(table, list);
  EXPECT_LT(text.find("Insufficient cpu", table), list);
}

TEST(explain, table_lists_ten_nodes_of_a_group_and_wide_all) {
  std::string nodes;
  for (int i = 10; i < 40; ++i) nodes += sample_node("node-" + std::to_string(i), "1") + ",";
  const std::string dump = sample_list(nodes + sample_pod("web", "huge", "64"));
  const std::string table = run({"explain", "-f", "-", "huge"}, dump).out;
  EXPECT_THAT(table, HasSubstr("  node-19\n  ... and 20 more, see -o wide\n"));
  EXPECT_THAT(table, Not(HasSubstr("node-20")));
  const std::string wide = run({"explain", "-f", "-", "huge", "-o", "wide"}, dump).out;
  EXPECT_THAT(wide, HasSubstr("  node-39\n"));
  EXPECT_THAT(wide, Not(HasSubstr("more, see")));
}

TEST(explain, wide_has_a_column_for_each_score) {
  const std::string wide = explain({"tiny", "-o", "wide"}).out;
  EXPECT_THAT(wide, testing::ContainsRegex("NODE +TOTAL +.*NodeResourcesFit"));
  EXPECT_THAT(wide, testing::ContainsRegex("\n +\\* +big "));
}

TEST(explain, a_bound_pod_is_judged_as_if_it_were_on_no_node) {
  const std::string text = explain({"web/settled"}).out;
  EXPECT_THAT(text, HasSubstr("State:      bound to small\n"));
  EXPECT_THAT(text, HasSubstr("Today:      "));
  const auto pod = explain_json("web/settled");
  EXPECT_THAT(texts_of(pod["feasible"]), ElementsAre("big", "small"));

  // It counts neither against itself nor twice afterwards.
  const std::string full = sample_list(sample_node("only", "1") + "," +
                                       sample_pod("web", "one", "1", R"("nodeName":"only",)") +
                                       "," + sample_pod("web", "two", "1"));
  const auto both = parse_json(run({"explain", "-f", "-", "one", "two", "-o", "json"}, full).out);
  EXPECT_THAT(texts_of(both["pods"][0]["feasible"]), ElementsAre("only"));
  EXPECT_FALSE(both["pods"][1].contains("feasible"));
}

TEST(explain, a_bound_pod_that_would_be_refused_is_told_why) {
  const std::string dump = sample_list(sample_node("closed", "4", R"("unschedulable":true)") + "," +
                                       sample_pod("web", "one", "1", R"("nodeName":"closed",)"));
  EXPECT_THAT(run({"explain", "-f", "-", "one"}, dump).out,
              HasSubstr("Today:      it would be refused there, NodeUnschedulable: "));
}

// ---- which pod --------------------------------------------------------------------------------

TEST(explain, an_unknown_pod_is_answered_with_near_names) {
  expect_refused(explain({"web/frnt"}),
                 "pod \"web/frnt\" is not in the dump; did you mean web/front?");
  expect_refused(explain({"setled"}), "did you mean settled?");
  expect_refused(explain({"web/entirely-different"}),
                 "\"web/entirely-different\" is not in the dump\n");
}

TEST(explain, a_bare_name_means_default_or_the_only_one) {
  EXPECT_EQ(explain_json("front")["pod"], "web/front");
  const std::string dump =
      sample_list(sample_node("big", "8") + "," + sample_pod("a", "same", "1") + "," +
                  sample_pod("b", "same", "1"));
  expect_refused(run({"explain", "-f", "-", "same"}, dump), "several namespaces: a/same, b/same");
  const std::string with_default =
      sample_list(sample_pod("a", "same", "1") + "," + sample_pod("default", "same", "1"));
  EXPECT_THAT(run({"explain", "-f", "-", "same"}, with_default).out,
              HasSubstr("Pod:        default/same\n"));
}

TEST(explain, a_pod_of_another_scheduler_is_not_ours) {
  const std::string dump = sample_list(sample_node("big", "8") + "," +
                                       sample_pod("web", "other", "1", R"("schedulerName":"x",)"));
  expect_refused(run({"explain", "-f", "-", "other"}, dump), "left to the scheduler \"x\"");
  EXPECT_EQ(run({"explain", "-f", "-", "--all"}, dump).out, "No pod is pending.\n");
}

TEST(explain, a_pod_that_is_being_deleted_is_not_tried) {
  const auto deleted = [](std::string pod) {
    const std::string_view before = R"("metadata":{)";
    return pod.insert(pod.find(before) + before.size(),
                      R"("deletionTimestamp":"2026-01-02T03:04:06Z",)");
  };
  const std::string dump =
      sample_list(sample_node("big", "8") + "," + deleted(sample_pod("web", "waits", "1")) + "," +
                  deleted(sample_pod("web", "runs", "1", R"("nodeName":"big",)")));
  expect_refused(run({"explain", "-f", "-", "waits"}, dump),
                 "pod web/waits is on no node and being deleted: the scheduler does not try it");
  EXPECT_EQ(run({"explain", "-f", "-", "runs"}, dump).exit_code, 0);
}

TEST(explain, label_keys_of_affinity_are_merged_as_the_api_server_does) {
  const auto labelled = [](std::string pod, const std::string& version) {
    const std::string_view before = R"("metadata":{)";
    return pod.insert(pod.find(before) + before.size(),
                      R"("labels":{"app":"a","version":")" + version + R"("},)");
  };
  const std::string far =
      R"("affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[)"
      R"({"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"a"}},)"
      R"("matchLabelKeys":["version"]}]}},)";
  const auto ask = [&](const std::string& version) {
    const std::string dump =
        sample_list(sample_node("big", "8") + "," +
                    labelled(sample_pod("web", "old", "1", R"("nodeName":"big",)"), "1") + "," +
                    labelled(sample_pod("web", "new", "1", far), version));
    return parse_json(run({"explain", "-f", "-", "new", "-o", "json"}, dump).out)["pods"][0];
  };
  EXPECT_EQ(ask("2")["chosen"], "big") << "pods of another version do not matter";
  EXPECT_FALSE(ask("1").contains("chosen"));
}

TEST(explain, a_configuration_changes_the_answer) {
  const scratch files;
  const std::string config =
      files.write("config.yaml", R"(apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
  plugins:
    filter: {disabled: [{name: NodeUnschedulable}]}
    multiPoint: {disabled: [{name: NodeUnschedulable}, {name: TaintToleration}]}
)");
  const auto pod = parse_json(explain({"front", "--config", config, "-o", "json"}).out);
  EXPECT_THAT(texts_of(pod["pods"][0]["feasible"]), ElementsAre("big", "closed"));
}

}  // namespace
}  // namespace crosstie::cli::test
