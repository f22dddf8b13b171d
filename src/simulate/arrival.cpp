#include "simulate/arrival.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace crosstie::simulate {

bool waits_for_node(const cluster::pod& pod) {
  return pod.node == cluster::no_name && !pod.finished() && !pod.terminating;
}

std::vector<cluster::pod_id> waiting_pods(const cluster::store& objects) {
  std::vector<cluster::pod_id> waiting;
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id pod{slot};
    if (objects.alive(pod) && waits_for_node(objects[pod])) waiting.push_back(pod);
  }
  const auto order = [&](cluster::pod_id id) {
    const cluster::pod& pod = objects[id];
    return std::tuple(pod.created, objects.text(pod.ns), objects.text(pod.name));
  };
  std::ranges::sort(waiting, {}, order);
  return waiting;
}

cluster::timestamp arrival_offset(std::int64_t position, double per_second) {
  return std::llround(static_cast<double>(position) * 1e9 / per_second);
}

}  // namespace crosstie::simulate
