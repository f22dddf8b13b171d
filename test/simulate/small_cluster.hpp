// A cluster of a few nodes and pods, written as text and run, for tests of what events do to it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "simulate/simulation.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {

inline outcome run(const options& what) {
  auto result = simulate(what);
  if (!result) throw std::runtime_error(to_string(result.error()));
  return std::move(*result);
}

inline std::map<std::string, std::string> placements_of(const outcome& result) {
  std::map<std::string, std::string> placed;
  for (const placement& one : result.placements) {
    placed[result.full_name(one.pod)] = result.text(one.node);
  }
  return placed;
}

inline void expect_counts_agree(const outcome& result) {
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

}  // namespace crosstie::simulate
