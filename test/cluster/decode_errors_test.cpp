// Objects that are refused: where, and what was expected there.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "cluster/decode_fixture.hpp"

namespace crosstie::cluster {
namespace {

TEST_F(decode_objects, words_that_the_api_server_does_not_know_are_errors) {
  EXPECT_EQ(fail(R"({"kind":"Node","metadata":{"name":"a"},"spec":{
      "taints":[{"effect":"Noschedule"}]}})"),
            "x.json:2: Node a: spec.taints[0].effect: expected NoSchedule, PreferNoSchedule or "
            "NoExecute, found \"Noschedule\"");
  EXPECT_EQ(
      fail(R"({"kind":"PriorityClass","metadata":{"name":"c"},"preemptionPolicy":"never"})"),
      "x.json:1: PriorityClass c: preemptionPolicy: expected PreemptLowerPriority or Never, found "
      "\"never\"");
  struct pod_fault {
    std::string_view spec, field, expected;
  };
  for (const auto& [spec, field, expected] : {
           pod_fault{R"({"tolerations":[{"effect":"Noexecute"}]})", "spec.tolerations[0].effect",
                     "NoSchedule, PreferNoSchedule or NoExecute, found \"Noexecute\""},
           pod_fault{R"({"tolerations":[{"operator":"exists"}]})", "spec.tolerations[0].operator",
                     "Equal, Exists, Lt or Gt, found \"exists\""},
           pod_fault{R"({"preemptionPolicy":"never"})", "spec.preemptionPolicy",
                     "PreemptLowerPriority or Never, found \"never\""},
           pod_fault{
               R"({"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{
                     "nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"in"}]}]}}}})",
               "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
               "nodeSelectorTerms[0].matchExpressions[0].operator",
               "In, NotIn, Exists, DoesNotExist, Gt or Lt, found \"in\""},
           pod_fault{R"({"initContainers":[{"restartPolicy":"Sometimes"}]})",
                     "spec.initContainers[0].restartPolicy",
                     "Always, OnFailure or Never, found \"Sometimes\""},
           pod_fault{R"({"topologySpreadConstraints":[{"whenUnsatisfiable":"Maybe"}]})",
                     "spec.topologySpreadConstraints[0].whenUnsatisfiable",
                     "DoNotSchedule or ScheduleAnyway, found \"Maybe\""},
           pod_fault{R"({"topologySpreadConstraints":[{"maxSkew":0}]})",
                     "spec.topologySpreadConstraints[0].maxSkew",
                     "an integer from 1 to 2147483647, found 0"},
           pod_fault{R"({"topologySpreadConstraints":[{"minDomains":0}]})",
                     "spec.topologySpreadConstraints[0].minDomains",
                     "an integer from 1 to 2147483647, found 0"},
       }) {
    const auto line = 1 + std::ranges::count(spec, '\n');
    EXPECT_EQ(fail_spec(spec), "x.json:" + std::to_string(line) + ": Pod n/p: " +
                                   std::string(field) + ": expected " + std::string(expected));
  }
}

TEST_F(decode_objects, errors_name_object_field_and_what_was_found) {
  EXPECT_EQ(
      fail_spec(R"({"containers":[{},{"resources":{"requests":{"cpu":"1x"}}}]})"),
      "x.json:1: Pod n/p: spec.containers[1].resources.requests.cpu: expected a quantity such "
      "as 100m or 1Gi, found \"1x\"");
  EXPECT_EQ(fail_spec(R"({"containers":[{"resources":{"requests":{"example.com/gpu":"-1"}}}]})"),
            "x.json:1: Pod n/p: spec.containers[0].resources.requests[example.com/gpu]: expected a "
            "quantity that is not negative, found \"-1\"");
  EXPECT_EQ(fail_spec(R"({"priority":"high"})"),
            "x.json:1: Pod n/p: spec.priority: expected a 32-bit integer, found \"high\"");
  EXPECT_EQ(fail_spec(R"({"priority":2147483648})"),
            "x.json:1: Pod n/p: spec.priority: expected a 32-bit integer, found 2147483648");
  EXPECT_EQ(fail_spec(R"({"priority":1.5})"),
            "x.json:1: Pod n/p: spec.priority: expected a 32-bit integer, found 1.5");
  EXPECT_EQ(fail_spec("{\n\n\"nodeName\":\n7}"),
            "x.json:4: Pod n/p: spec.nodeName: expected a string, found 7");
  EXPECT_EQ(fail_spec(R"({"hostNetwork":"true"})"),
            "x.json:1: Pod n/p: spec.hostNetwork: expected true or false, found \"true\"");
  EXPECT_EQ(fail_spec(R"({"containers":{}})"),
            "x.json:1: Pod n/p: spec.containers: expected a list, found an object");
  EXPECT_EQ(fail_spec(R"({"nodeSelector":["a"]})"),
            "x.json:1: Pod n/p: spec.nodeSelector: expected an object, found a list");
  EXPECT_EQ(fail_spec(R"({"nodeSelector":{"a":1}})"),
            "x.json:1: Pod n/p: spec.nodeSelector.a: expected a string, found 1");
  EXPECT_EQ(
      fail_spec(R"({"containers":[{"ports":[{"hostPort":70000}]}]})"),
      "x.json:1: Pod n/p: spec.containers[0].ports[0].hostPort: expected an integer from 0 to "
      "65535, found 70000");
  EXPECT_EQ(fail(R"({"kind":"Node","metadata":{}})"),
            "x.json:1: Node: metadata.name: expected a name, found none");
  EXPECT_EQ(fail(R"({"kind":"Pod","metadata":{"name":"p","creationTimestamp":"soon"}})"),
            "x.json:1: Pod p: metadata.creationTimestamp: expected a time such as "
            "2026-01-31T12:00:00Z, found \"soon\"");
  EXPECT_EQ(fail(R"({"metadata":{"name":"p"}})"),
            "x.json:1: kind: expected a kind such as Pod, found none");
  EXPECT_EQ(fail(R"({"kind":"PodList","items":[]})"),
            "x.json:1: PodList: kind: expected a single object, found \"PodList\"");
  EXPECT_EQ(fail(R"([])"), "x.json:1: expected an object with a kind");
}

TEST_F(decode_objects, what_is_not_json_is_an_error) {
  for (const char* text :
       {"", "{", "{}", R"({"kind":"Node","metadata":{"name":"n"})",
        R"({"kind":"Node" "metadata":{}})", R"({"kind":"Node","metadata":{"name":"n"},})",
        R"({"kind":"Node","metadata":{"name":n}})",
        R"({"kind":"Node","metadata":{"name":"n"},"spec":{"taints":[}]}})",
        "{\"kind\":\"Node\",\"metadata\":{\"name\":\"\xff\"}}",
        "{\"kind\":\"Node\",\"metadata\":{\"name\":\"a\nb\"}}",
        R"({"kind":"Node","metadata":{"name":"\ud800"}})"}) {
    EXPECT_NE(fail(text), "no error") << text;
  }
}

TEST_F(decode_objects, what_is_passed_over_is_checked_too) {
  for (const char* text :
       {R"({"kind":"Node","metadata":{"name":"n"},"x":tru})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":[1 2]})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":{"a"}})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":01})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":{"a":[}]})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":-})",
        R"({"kind":"Node","metadata":{"name":"n","managedFields":[{"a":1,}]}})",
        R"({"kind":"ConfigMap","data":{"a":nul}})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":{"a":"b":{"c":1}}})",
        R"({"kind":"Node","metadata":{"name":"n"},"status":{"capacity":{"cpu":"1":2}}})",
        R"({"kind":"Pod","metadata":{"name":"n","creationTimestamp":"2026-01-31T12:00:00Z":2}})",
        R"({"kind":"Node","metadata":{"name":"n"},"x":"\q"})"}) {
    EXPECT_NE(fail(text), "no error") << text;
  }
  read<node>(
      R"({"kind":"Node","metadata":{"name":"n"},"x":[-0.5e+7,"\u00e4\\\"",{},[],{"a":[null,true,false,0]}]})");
}

}  // namespace
}  // namespace crosstie::cluster
