#include "simulate/object_parts.hpp"

#include <algorithm>

namespace crosstie::simulate {

using cluster::store;

cluster::label_set make_labels(store& objects, std::vector<text_pair> pairs) {
  cluster::label_set labels;
  labels.reserve(pairs.size());
  for (const text_pair& pair : pairs) {
    labels.push_back({objects.names().intern(pair.key), objects.names().intern(pair.value)});
  }
  std::ranges::sort(labels, {}, &cluster::label::key);
  return labels;
}

cluster::resource_list make_resources(store& objects, std::vector<text_amount> amounts) {
  cluster::resource_list list;
  list.reserve(amounts.size());
  for (const text_amount& amount : amounts) {
    list.push_back({objects.names().intern(amount.name), amount.amount});
  }
  std::ranges::sort(list, {}, &cluster::resource_amount::name);
  return list;
}

}  // namespace crosstie::simulate
