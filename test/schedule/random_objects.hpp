// Random nodes, pod specs and pods over a small vocabulary, so that rare coincidences are common.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include "cluster/state.hpp"

namespace crosstie::schedule {

class random_objects {
 public:
  random_objects(cluster::store& objects, std::uint64_t seed) : objects_(objects), random_(seed) {}

  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  cluster::name_id name(const std::string& text) { return objects_.names().intern(text); }
  cluster::name_id name(const char* prefix, std::uint32_t number) {
    return name(prefix + std::to_string(number));
  }

  cluster::node make_node(cluster::name_id called) {
    cluster::node made;
    made.name = called;
    add_label(made.labels, "zone", below(3));
    if (chance(60)) add_label(made.labels, "disk", below(3));
    if (chance(15)) made.unschedulable = true;
    while (chance(30) && made.taints.size() < 3) made.taints.push_back(make_taint());
    if (chance(95)) add(made.allocatable, "cpu", below(8), 500'000'000);
    if (chance(95)) add(made.allocatable, "memory", below(9), 700'000'000 * billion);
    add(made.allocatable, "pods", below(12), billion);
    if (chance(30)) add(made.allocatable, "example.com/gpu", below(5), billion);
    if (chance(30)) add(made.allocatable, "ephemeral-storage", below(5), 10'000 * billion);
    for (std::uint32_t i = 0; i < 4; ++i) {
      if (!chance(20)) continue;
      made.images.push_back({{name("registry/image-", i), name("alias-", i)},
                             std::int64_t{100} * (1 + below(20)) * 1024 * 1024});
      made.images.back().names[0] = name("registry/image-" + std::to_string(i) + ":latest");
    }
    return made;
  }

  // Without rules about other pods: those are random_rules.hpp's.
  cluster::pod_spec make_spec() {
    cluster::pod_spec spec;
    spec.scheduler_name = name("default-scheduler");
    spec.priority = static_cast<std::int32_t>(below(3)) * 10;
    spec.preempts_lower_priority = !chance(20);
    const std::uint32_t containers = 1 + below(2);
    for (std::uint32_t i = 0; i < containers; ++i) spec.containers.push_back(make_container());
    if (chance(15)) spec.init_containers.push_back(make_container());
    if (chance(20)) add_label(spec.selector, chance(50) ? "zone" : "disk", below(3));
    while (chance(35) && spec.tolerations.size() < 3) spec.tolerations.push_back(make_toleration());
    if (chance(40)) {
      spec.affinity.emplace();
      if (chance(40)) spec.affinity->required.emplace().terms = {make_term(), make_term()};
      while (chance(60) && spec.affinity->preferred.size() < 3) {
        spec.affinity->preferred.push_back(
            {static_cast<std::int32_t>(1 + below(100)), make_term()});
      }
    }
    return spec;
  }

  cluster::pod make_pod(cluster::name_id called, cluster::spec_id spec) {
    cluster::pod made{};
    made.ns = name("team-", below(2));
    made.name = called;
    made.spec = spec;
    cluster::label_set labels;
    add_label(labels, "app", below(3));
    made.labels = objects_.intern(labels);
    return made;
  }

 private:
  static constexpr cluster::quantity::int128 billion = 1'000'000'000;

  void add_label(cluster::label_set& to, const char* key, std::uint32_t value) {
    to.push_back({name(key), name(key, value)});
    std::sort(to.begin(), to.end());
  }
  void add(cluster::resource_list& to, const char* resource, std::uint32_t times,
           cluster::quantity::int128 unit) {
    to.push_back({name(resource), {unit * times}});
    std::sort(to.begin(), to.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  cluster::taint make_taint() {
    using cluster::taint_effect;
    constexpr taint_effect effects[] = {taint_effect::no_schedule, taint_effect::prefer_no_schedule,
                                        taint_effect::prefer_no_schedule, taint_effect::no_execute};
    return {name("taint-", below(3)), chance(50) ? cluster::no_name : name("on"),
            effects[below(4)]};
  }
  cluster::toleration make_toleration() {
    const cluster::taint like = make_taint();
    if (chance(10)) {
      return {cluster::no_name, cluster::no_name, cluster::toleration_operator::exists,
              cluster::taint_effect::any};
    }
    return {like.key, like.value,
            chance(50) ? cluster::toleration_operator::exists : cluster::toleration_operator::equal,
            chance(50) ? cluster::taint_effect::any : like.effect};
  }
  cluster::node_selector_term make_term() {
    using cluster::selector_operator;
    constexpr selector_operator operators[] = {selector_operator::in, selector_operator::not_in,
                                               selector_operator::exists,
                                               selector_operator::does_not_exist};
    const char* key = chance(50) ? "zone" : "disk";
    cluster::requirement wanted{name(key), operators[below(4)], {}};
    if (wanted.op == selector_operator::in || wanted.op == selector_operator::not_in) {
      wanted.values = {name(key, below(3))};
    }
    return {{wanted}, {}};
  }
  cluster::container make_container() {
    cluster::container made{};
    made.name = name("c");
    made.image = name("registry/image-", below(6));
    if (chance(70)) add(made.requests, "cpu", below(5), 130'000'000);
    if (chance(70)) add(made.requests, "memory", below(5), 170'000'000 * billion);
    if (chance(10)) add(made.requests, "example.com/gpu", below(3), billion);
    if (chance(10)) add(made.requests, "ephemeral-storage", below(3), 3'000 * billion);
    if (chance(15)) {
      made.ports.push_back({static_cast<std::int32_t>(8000 + below(2)), name("TCP"),
                            chance(50) ? cluster::no_name : name("10.0.0.1")});
    }
    return made;
  }

  cluster::store& objects_;
  std::mt19937_64 random_;
};

}  // namespace crosstie::schedule
