// Small parts of objects from text and numbers, for those who make objects: generators and traces.
//
// Promise: lists come out sorted as objects.hpp wants them; each key must be given once.
// Thread safety: none; they intern into the store.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::simulate {

inline constexpr cluster::timestamp one_second = 1'000'000'000;
inline cluster::quantity milli(std::int64_t amount) {
  return {static_cast<cluster::quantity::int128>(amount) * 1'000'000};
}
inline cluster::quantity units(std::int64_t amount) {
  return {static_cast<cluster::quantity::int128>(amount) * 1'000'000'000};
}
inline constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

// Sorted lists from text, as objects.hpp wants them.
struct text_pair {
  std::string_view key, value;
};
cluster::label_set make_labels(cluster::store& objects, std::vector<text_pair> pairs);
struct text_amount {
  std::string_view name;
  cluster::quantity amount;
};
cluster::resource_list make_resources(cluster::store& objects, std::vector<text_amount> amounts);

}  // namespace crosstie::simulate
