// What is wrong with an input: where it is, which field, and what was expected instead.
// A value type; "unschedulable" is a decision with reasons and never an error.
#pragma once

#include <cstdint>
#include <string>

namespace crosstie::cluster {

struct error {
  std::string file;        // as the user named it; "-" is standard input
  std::int64_t line = 0;   // 1-based; 0 where unknown
  std::int64_t item = -1;  // 0-based index inside a List; -1 where there is none
  std::string object;      // "Pod team-a/web-1"; empty where the object is not known yet
  std::string field;       // "spec.containers[0].resources.requests.cpu"
  std::string expected;    // "expected a quantity such as 100m or 1Gi, found \"1x\""
};

// "dump.json:12: item 3: Pod team-a/web-1: spec.priority: expected a 32-bit integer, found a
// string"
std::string to_string(const error& e);

}  // namespace crosstie::cluster
