#include "cluster/dump.hpp"

#include <gtest/gtest.h>

#include "cluster/input_fixture.hpp"

namespace crosstie::cluster {
namespace {

class dumps : public ::testing::Test {
 protected:
  // The error's text without the scratch directory; empty where the dump was read.
  std::string read(std::vector<std::string> texts, bool strict = false) {
    std::vector<std::string> paths;
    for (const std::string& text : texts) {
      const auto digit = static_cast<char>('0' + paths.size());
      paths.push_back(scratch_.write({'f', digit, '.', 'j', 's', 'o', 'n'}, text));
    }
    auto result = read_dump(paths, into_, {.strict = strict, .input = {}});
    if (result) {
      summary_ = std::move(*result);
      return {};
    }
    std::string problem = to_string(result.error());
    const std::size_t at = problem.find(scratch_.path() + "/");
    return at == std::string::npos ? problem : problem.erase(at, scratch_.path().size() + 1);
  }
  std::string_view text(name_id name) const { return into_.text(name); }

  scratch_directory scratch_;
  store into_;
  dump_summary summary_;
};

std::string node_named(std::string_view name) {
  return R"({"apiVersion":"v1","kind":"Node","metadata":{"name":")" + std::string(name) + R"("}})";
}
std::string pod_named(std::string_view name, std::string_view spec = "{}") {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"a","name":")" +
         std::string(name) + R"("},"spec":)" + std::string(spec) + "}";
}

TEST_F(dumps, counts_by_kind) {
  EXPECT_EQ(
      read(
          {"{\"items\":[" + node_named("n") + "," + pod_named("p", R"({"nodeName":"n"})") + "," +
               pod_named("q") +
               R"(,{"apiVersion":"v1","kind":"ConfigMap"},{"kind":"Secret"},{"kind":"ConfigMap"}],"kind":"List"})",
           R"({"kind":"Service","apiVersion":"v1","metadata":{"name":"s"}})"}),
      "");
  EXPECT_EQ(summary_.objects, 7u);
  ASSERT_EQ(summary_.kinds.size(), 3u);
  EXPECT_EQ(summary_.kinds[1].kind, "Pod");
  EXPECT_EQ(summary_.kinds[1].count, 2u);
  EXPECT_EQ(describe_other_kinds(summary_),
            "passed over 3 objects of kinds that placing does not read: 2 ConfigMap, 1 Secret");
  EXPECT_EQ(into_.node_count(), 1u);
  EXPECT_EQ(into_.pod_count(), 2u);
  EXPECT_EQ(into_.services.all().size(), 1u);
  EXPECT_TRUE(summary_.warnings.empty());
}

TEST_F(dumps, raw_lists_of_the_api_need_no_kinds_in_items) {
  EXPECT_EQ(
      read(
          {R"({"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"p"}}]})",
           R"({"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"n"}}]})",
           R"({"kind":"ServiceList","apiVersion":"serving.knative.dev/v1","items":[{"metadata":{"name":"n"}}]})"}),
      "");
  EXPECT_EQ(into_.pod_count(), 1u);
  EXPECT_EQ(into_.node_count(), 1u);
  EXPECT_EQ(summary_.other.size(), 1u);
}

// ---- bad input: a clear error, and nothing half applied ----

TEST_F(dumps, truncated) {
  const std::string whole = "{\"items\":[" + node_named("n") + ",\n" + node_named("m") + "]}";
  EXPECT_EQ(read({whole}), "");
  into_ = {};
  EXPECT_EQ(read({whole.substr(0, whole.size() - 10)}),
            "f0.json:2: item 1: expected '}', found the end inside an object");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(read({whole.substr(0, size)}), "") << size;
    EXPECT_EQ(into_.node_count(), 0u);
  }
}

TEST_F(dumps, not_utf8) {
  EXPECT_EQ(read({"{\"items\":[" + node_named("n") +
                  ",\n{\"kind\":\"Node\",\n\"metadata\":{\"name\":\"\xC0\x80\"}}]}"}),
            "f0.json:3: item 1: expected text in UTF-8");
  EXPECT_EQ(read({"kind: Node\nmetadata: {name: \"\xff\"}\n"}),
            "f0.json:2: expected text in UTF-8");
}

TEST_F(dumps, wrong_type_in_a_field) {
  EXPECT_EQ(read({"{\"items\":[\n" + pod_named("p", "\n{\"priority\":\n\"high\"}") + "]}"}),
            "f0.json:4: item 0: Pod a/p: spec.priority: expected a 32-bit integer, found \"high\"");
  EXPECT_EQ(read({"kind: Pod\nmetadata:\n  name: p\nspec:\n  nodeSelector:\n    disk: 7\n"}),
            "f0.json:6: Pod p: spec.nodeSelector.disk: expected a string, found 7");
  EXPECT_EQ(read({"kind: Pod\nmetadata:\n  name: p\n  labels: {a: true}\n"}),
            "f0.json:4: Pod p: metadata.labels.a: expected a string, found true");
}

TEST_F(dumps, negative_quantity) {
  EXPECT_EQ(
      read({pod_named("p", R"({"containers":[{"resources":{"requests":{"cpu":"-1"}}}]})")}),
      "f0.json:1: Pod a/p: spec.containers[0].resources.requests.cpu: expected a quantity that "
      "is not negative, found \"-1\"");
}

TEST_F(dumps, a_node_or_a_pod_twice) {
  EXPECT_EQ(read({"{\"items\":[" + node_named("n") + ",\n" + node_named("n") + "]}"}),
            "f0.json:2: item 1: Node n: expected each object once, found it a second time");
  EXPECT_EQ(read({node_named("n"), node_named("n")}),
            "f1.json:1: Node n: expected each object once, found it a second time");
  EXPECT_EQ(read({pod_named("p") + "\n" + pod_named("p")}),
            "f0.json:2: Pod a/p: expected each object once, found it a second time");
  EXPECT_EQ(into_.node_count() + into_.pod_count(), 0u);
}

TEST_F(dumps, a_hundred_megabytes_of_brackets) {
  const std::string brackets(100'000'000, '[');
  EXPECT_EQ(read({brackets}), "f0.json:1: item 0: expected an object, found '['");
  EXPECT_EQ(read({"{\"kind\":\"Node\",\"spec\":" + brackets}),
            "f0.json:1: expected at most 512 brackets inside each other");
  EXPECT_EQ(read({"spec: " + brackets}), "f0.json: expected YAML values of at most 2097152 bytes");
}

TEST_F(dumps, an_error_leaves_the_store_untouched) {
  ASSERT_EQ(read({node_named("before")}), "");
  EXPECT_NE(read({node_named("n") + pod_named("p", "7")}), "");
  EXPECT_EQ(into_.node_count(), 1u);
  EXPECT_TRUE(into_.find_node(into_.names().intern("before")));
}

// ---- what does not fit together ----

TEST_F(dumps, warns_of_kinds_that_were_not_asked_for) {
  const std::string claiming =
      pod_named("p", R"({"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]})");
  const std::string controlled =
      R"({"kind":"Pod","metadata":{"name":"q","namespace":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"u","controller":true}]},"spec":{}})";
  ASSERT_EQ(read({claiming + controlled}), "");
  ASSERT_EQ(summary_.warnings.size(), 2u);
  EXPECT_EQ(to_string(summary_.warnings[0]),
            "1 pod is in want of PersistentVolumeClaims, of which the dump has none (the first is "
            "a/p: data)");
  EXPECT_EQ(to_string(summary_.warnings[1]),
            "1 pod is of controllers without Services, ReplicaSets, StatefulSets and "
            "ReplicationControllers in the dump: default spreading is left out (the first is a/q: "
            "ReplicaSet web)");

  into_ = {};
  const std::string claim = R"({"kind":"PersistentVolumeClaim","metadata":{"name":"of-another"}})";
  const std::string service =
      R"({"kind":"Service","apiVersion":"v1","metadata":{"name":"s","namespace":"a"}})";
  ASSERT_EQ(read({claiming + controlled + claim + service}), "");
  EXPECT_TRUE(summary_.warnings.empty());
}

TEST_F(dumps, warns_of_what_is_missing) {
  const std::string pods = pod_named("p", R"({"nodeName":"gone"})") +
                           pod_named("q", R"({"nodeName":"n"})") +
                           pod_named("r", R"({"nodeName":"gone too","priorityClassName":"none"})");
  const std::string finished =
      R"({"kind":"Pod","metadata":{"name":"f","namespace":"b"},"spec":{"nodeName":"gone"},"status":{"phase":"Failed"}})";
  ASSERT_EQ(read({pods + node_named("n") + finished}), "");
  ASSERT_EQ(summary_.warnings.size(), 2u) << "without any Namespace none is missing";
  EXPECT_EQ(to_string(summary_.warnings[0]),
            "1 pod is of priority classes that the dump lacks (the first is a/r: none)");
  EXPECT_EQ(to_string(summary_.warnings[1]),
            "2 pods are bound to nodes that the dump lacks (the first is a/p: gone)");

  const std::string space = R"({"kind":"Namespace","metadata":{"name":"b"}})";
  ASSERT_EQ(read({pod_named("p") + pod_named("q") + space}), "");
  ASSERT_EQ(summary_.warnings.size(), 1u);
  EXPECT_EQ(to_string(summary_.warnings[0]),
            "2 pods are in namespaces that the dump lacks (the first is a/p: a)");
  EXPECT_EQ(read({pod_named("p") + space}, true),
            "f0.json: 1 pod is in namespaces that the dump lacks (the first is a/p: a)");
}

TEST_F(dumps, priorities_come_from_classes_wherever_they_stand) {
  ASSERT_EQ(read({pod_named("p", R"({"priorityClassName":"high"})") + pod_named("q") +
                  pod_named("r", R"({"priority":1,"priorityClassName":"high"})") +
                  R"({"kind":"PriorityClass","metadata":{"name":"high"},"value":9}
                     {"kind":"PriorityClass","metadata":{"name":"usual"},"value":4,"globalDefault":true})"}),
            "");
  auto priority = [&](std::string_view name) {
    name_table& names = into_.names();
    return into_.spec(*into_.find_pod({names.intern("a"), names.intern(name)})).priority;
  };
  EXPECT_EQ(priority("p"), 9);
  EXPECT_EQ(priority("q"), 4);
  EXPECT_EQ(priority("r"), 1);
}

}  // namespace
}  // namespace crosstie::cluster
