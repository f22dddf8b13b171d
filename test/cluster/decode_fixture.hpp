// Objects read from text, and what is said of those that cannot be.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "cluster/decode.hpp"

namespace crosstie::cluster {

class decode_objects : public ::testing::Test {
 protected:
  template <class T>
  T read(std::string_view json) {
    auto object = decode(json, into_, {.file = "x.json", .line = 1});
    if (!object) {
      ADD_FAILURE() << to_string(object.error());
      return {};
    }
    if (!std::holds_alternative<T>(*object)) {
      ADD_FAILURE() << "an object of another kind";
      return {};
    }
    return std::get<T>(*object);
  }
  const pod_spec& read_spec(std::string_view spec, std::string_view status = "{}") {
    return into_.spec(
        read<pod>(R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":)" +
                  std::string(spec) + R"(,"status":)" + std::string(status) + "}")
            .spec);
  }
  std::string fail(std::string_view json) {
    const auto object = decode(json, into_, {.file = "x.json", .line = 1});
    return object ? "no error" : to_string(object.error());
  }
  std::string fail_spec(std::string_view spec) {
    return fail(
        R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"n"},"spec":)" +
        std::string(spec) + "}");
  }
  name_id id(std::string_view text) { return into_.names().intern(text); }
  resource_list amounts(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
    resource_list result;
    for (const auto& [name, amount] : list) result.push_back({id(name), *parse_quantity(amount)});
    std::sort(result.begin(), result.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return result;
  }
  std::string_view text(name_id name) { return into_.text(name); }

  store into_;
};

}  // namespace crosstie::cluster
