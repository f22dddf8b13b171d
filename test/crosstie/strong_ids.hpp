// Ids for tests: two of enumerations, and one that says itself how it is an index.
#pragma once

#include <crosstie/dense_id.hpp>
#include <cstdint>

namespace crosstie::test {

enum class node_id : std::uint32_t {};
enum class pod_id : std::uint32_t {};
struct strong_id {
  std::uint32_t value;
  friend bool operator==(strong_id, strong_id) = default;
};

}  // namespace crosstie::test

template <>
struct crosstie::id_traits<crosstie::test::strong_id> {
  static std::uint32_t to_index(test::strong_id id) noexcept { return id.value; }
  static test::strong_id from_index(std::uint32_t index) noexcept { return {index}; }
};
