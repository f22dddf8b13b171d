// Documents of the command line, parsed by another library than the one that wrote them, and
// shorthands to look into them.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace crosstie::cli::test {

inline nlohmann::json parse_json(const std::string& text) {
  nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << "not JSON: " << text;
  return parsed;
}

inline std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& member : object.items()) keys.insert(member.key());
  return keys;
}

inline std::vector<std::string> texts_of(const nlohmann::json& array) {
  return array.get<std::vector<std::string>>();
}

}  // namespace crosstie::cli::test
