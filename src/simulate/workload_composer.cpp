#include "simulate/workload_composer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace crosstie::simulate {
namespace {

using cluster::timestamp;

timestamp spaced(double per_second, std::int64_t position) {
  return static_cast<timestamp>(std::floor(1e9 / per_second * static_cast<double>(position)));
}

// Bound both ways before the pod comes, as upstream's fake volume controller leaves them.
workload_part volume_part(claimed_volume kind, const std::string& ns) {
  const std::string_view source =
      kind == claimed_volume::aws ? R"("awsElasticBlockStore":{"volumeID":"$ns-vol-$i"})"
                                  : R"("csi":{"driver":"ebs.csi.aws.com","volumeHandle":"$name"})";
  return {.name = ns + "-pv-",
          .ns = ns,
          .text = fmt::format(
              R"({{"apiVersion":"v1","kind":"PersistentVolume","metadata":{{"name":"$name",)"
              R"("uid":"$uid"}},"spec":{{"accessModes":["ReadOnlyMany"],)"
              R"("capacity":{{"storage":"1Gi"}},)"
              R"("claimRef":{{"kind":"PersistentVolumeClaim","namespace":"$ns",)"
              R"("name":"pvc-$number"}},{},"persistentVolumeReclaimPolicy":"Retain",)"
              R"("volumeMode":"Filesystem"}},"status":{{"phase":"Bound"}}}})",
              source)};
}

workload_part claim_part(claimed_volume kind, const std::string& ns) {
  return {.name = "pvc-",
          .ns = ns,
          .text = fmt::format(
              R"({{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{{)"
              R"("name":"pvc-$number","namespace":"$ns","uid":"$uid",)"
              R"("annotations":{{"pv.kubernetes.io/bind-completed":"true"}}}},"spec":{{)"
              R"("accessModes":["{}"],"resources":{{"requests":{{"storage":"1Gi"}}}},)"
              R"("volumeMode":"Filesystem","volumeName":"{}-pv-$number"}},)"
              R"("status":{{"phase":"Bound"}}}})",
              kind == claimed_volume::csi_once_per_pod ? "ReadWriteOncePod" : "ReadOnlyMany", ns)};
}

}  // namespace

std::uint32_t workload_composer::add_part(workload_part part) {
  script_.parts.push_back(std::move(part));
  return static_cast<std::uint32_t>(script_.parts.size() - 1);
}

std::uint32_t workload_composer::take_numbers(const workload_part& part, std::int64_t count) {
  std::uint32_t& next = next_number_[{part.ns, part.name}];
  return std::exchange(next, next + static_cast<std::uint32_t>(count));
}

void workload_composer::add_event(timestamp at, change what, workload_object object,
                                  bool measured) {
  script_.events.push_back({at, object, what, measured});
}

void workload_composer::create(const object_group& made) {
  ++ops_;
  for (std::uint32_t i = 0; i < made.count; ++i) {
    const workload_object object{made.part, made.first + i};
    if (measuring_) {
      add_event(now_, change::add, object, false);
    } else {
      script_.objects.push_back(object);
    }
  }
}

object_group workload_composer::create(workload_part part, std::int64_t count) {
  object_group made{0, take_numbers(part, count), static_cast<std::uint32_t>(count)};
  made.part = add_part(std::move(part));
  create(made);
  return made;
}

void workload_composer::create_beside(const object_group& which, workload_part part) {
  create(object_group{add_part(std::move(part)), which.first, which.count});
}

void workload_composer::create_namespace(std::string name) {
  create(namespace_part(std::move(name), "", false), 1);
}

object_group workload_composer::create_nodes(std::int64_t count, const node_template& like) {
  return create(node_part(like), count);
}

void workload_composer::create_namespaces(std::string_view prefix, std::int64_t count,
                                          std::string_view labels) {
  for (std::int64_t i = 0; i < count; ++i) {
    create(namespace_part(fmt::format("{}-{}", prefix, i), labels, false), 1);
  }
  ops_ -= static_cast<int>(count) - 1;  // one op
}

std::string workload_composer::fresh_namespace() {
  std::string name = fmt::format("namespace-{}", ops_);
  script_.objects.push_back({add_part(namespace_part(name, "", false)), 0});
  return name;
}

std::vector<std::uint32_t> workload_composer::volume_parts(claimed_volume kind,
                                                           const std::string& ns) {
  if (kind == claimed_volume::none) return {};
  return {add_part(volume_part(kind, ns)), add_part(claim_part(kind, ns))};
}

object_group workload_composer::create_pods(std::int64_t count, const pod_template& like,
                                            std::string ns, const pod_manner& how) {
  if (ns.empty()) ns = fresh_namespace();
  ++ops_;
  pod_template made_like = like;
  if (how.volume != claimed_volume::none || how.shares_claims) {
    made_like.spec +=
        R"("volumes":[{"name":"vol","persistentVolumeClaim":{"claimName":"pvc-$number"}}],)";
  }
  const auto with = volume_parts(how.volume, ns);
  workload_part part = pod_part(made_like, ns);
  object_group made{0, take_numbers(part, count), static_cast<std::uint32_t>(count)};
  made.part = add_part(std::move(part));
  for (std::uint32_t i = 0; i < made.count; ++i) {
    const std::uint32_t number = made.first + i;
    if (measuring_) {
      const timestamp at = now_ + spaced(how.pace, i);
      for (const std::uint32_t other : with) add_event(at, change::add, {other, number}, false);
      add_event(at, change::add, {made.part, number}, how.measured);
    } else {
      for (const std::uint32_t other : with) script_.objects.push_back({other, number});
      script_.early.push_back({{made.part, number}});
    }
  }
  if (measuring_) now_ += spaced(how.pace, made.count);
  return made;
}

void workload_composer::delete_pods(const object_group& which, double per_second) {
  ++ops_;
  for (std::uint32_t i = 0; i < which.count; ++i) {
    add_event(now_ + spaced(per_second, i + 1), change::remove, {which.part, which.first + i},
              false);
  }
}

void workload_composer::update_beside(const object_group& which, workload_part like,
                                      double per_second) {
  ++ops_;
  const std::uint32_t part = add_part(std::move(like));
  for (std::uint32_t i = 0; i < which.count; ++i) {
    add_event(now_ + spaced(per_second, i + 1), change::update, {part, which.first + i}, false);
  }
}

void workload_composer::update(const object_group& which, workload_part like, double per_second) {
  update_beside(which, std::move(like), per_second);
  now_ += spaced(per_second, which.count);
}

void workload_composer::churn(std::vector<workload_part> parts, double seconds, bool recreate) {
  ++ops_;
  churning begun{{}, now_, static_cast<timestamp>(seconds * 1e9), recreate};
  for (workload_part& part : parts) begun.parts.push_back(add_part(std::move(part)));
  churns_.push_back(std::move(begun));
}

void workload_composer::end_churn() {
  for (const churning& one : churns_) {
    std::uint32_t tick = 0;
    for (timestamp at = one.begin + one.every; at < now_; at += one.every, ++tick) {
      const bool removes = one.recreate && tick % 2 == 1;
      const std::uint32_t number = one.recreate ? tick / 2 : tick;
      for (const std::uint32_t part : one.parts) {
        add_event(at, removes ? change::remove : change::add, {part, number}, false);
      }
    }
  }
  churns_.clear();
}

workload_script workload_composer::finish() && {
  // By time, then in the order of the script; clang refuses the buffer of stable_sort.
  std::vector<std::pair<cluster::timestamp, std::size_t>> order;
  for (const workload_event& event : script_.events) order.emplace_back(event.at, order.size());
  std::ranges::sort(order);
  std::vector<workload_event> events;
  events.reserve(order.size());
  for (const auto& [at, from] : order) events.push_back(std::move(script_.events[from]));
  script_.events = std::move(events);
  return std::move(script_);
}

}  // namespace crosstie::simulate
