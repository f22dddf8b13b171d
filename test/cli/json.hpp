// Documents of the command line, parsed by another library than the one that wrote them where it
// matters (YAML), and shorthands to look into them.
#pragma once

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <set>
#include <string>
#include <vector>

namespace crosstie::cli::test {

inline rapidjson::Document parse_json(const std::string& text) {
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  EXPECT_FALSE(parsed.HasParseError())
      << rapidjson::GetParseError_En(parsed.GetParseError()) << " at " << parsed.GetErrorOffset();
  return parsed;
}

inline std::set<std::string> keys_of(const rapidjson::Value& object) {
  std::set<std::string> keys;
  for (const auto& member : object.GetObject()) keys.insert(member.name.GetString());
  return keys;
}

inline std::vector<std::string> texts_of(const rapidjson::Value& array) {
  std::vector<std::string> texts;
  for (const auto& one : array.GetArray()) texts.emplace_back(one.GetString());
  return texts;
}

}  // namespace crosstie::cli::test
