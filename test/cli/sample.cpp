#include "cli/sample.hpp"

#include <fmt/format.h>

#include <vector>

namespace crosstie::cli::test {

std::string sample_node(const std::string& name, const std::string& cpu,
                        const std::string& more_spec) {
  return fmt::format(
      R"({{"apiVersion":"v1","kind":"Node","metadata":{{"name":"{0}","labels":{{
"kubernetes.io/hostname":"{0}","topology.kubernetes.io/zone":"zone-a"}}}},"spec":{{{2}}},
"status":{{"allocatable":{{"cpu":"{1}","memory":"16Gi","pods":"110"}}}}}})",
      name, cpu, more_spec);
}

std::string sample_pod(const std::string& ns, const std::string& name, const std::string& cpu,
                       const std::string& more_spec) {
  return fmt::format(
      R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"namespace":"{}","name":"{}",
"creationTimestamp":"2026-01-02T03:04:05Z"}},"spec":{{{}"containers":[{{"name":"c","image":"i",
"resources":{{"requests":{{"cpu":"{}","memory":"1Gi"}}}}}}]}},"status":{{"phase":"Pending"}}}})",
      ns, name, more_spec, cpu);
}

std::string sample_list(const std::string& items) {
  return R"({"apiVersion":"v1","kind":"List","items":[)" + items + "]}";
}

std::string sample_cluster() {
  const auto ns = [](const std::string& name) {
    return R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" + name + R"("}})";
  };
  const std::string closed =
      R"("unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable",)"
      R"("effect":"NoSchedule"}])";
  const std::vector<std::string> items{
      ns("default"),
      ns("web"),
      sample_node("big", "8"),
      sample_node("small", "1"),
      sample_node("closed", "8", closed),
      sample_pod("web", "front", "2"),
      sample_pod("web", "huge", "64"),
      sample_pod("default", "tiny", "100m"),
      sample_pod("web", "gated", "1", R"("schedulingGates":[{"name":"quota"}],)"),
      sample_pod("web", "settled", "500m", R"("nodeName":"small",)")};
  return sample_list(fmt::format("{}", fmt::join(items, ",\n")));
}

}  // namespace crosstie::cli::test
