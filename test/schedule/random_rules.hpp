// Random spread constraints, pod affinity and what they look at: labels, namespaces, services and
// controllers, over a vocabulary so small that they often concern each other.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "schedule/configuration.hpp"
#include "schedule/random_objects.hpp"

namespace crosstie::schedule {

class random_rules {
 public:
  random_rules(cluster::store& objects, random_objects& make) : objects_(objects), make_(make) {}

  // Topology labels: most nodes have a host and a zone of their own kind, some share or lack them.
  void add_labels(cluster::node& to) {
    if (make_.chance(90)) {
      const bool shares = make_.chance(15);
      add(to.labels, "kubernetes.io/hostname",
          shares ? make_.name("host-", make_.below(2)) : to.name);
    }
    if (make_.chance(85)) add(to.labels, "topology.kubernetes.io/zone", value("zone-"));
    if (make_.chance(85)) add(to.labels, "rack", value("rack-", 6));
  }

  void add_identity(cluster::pod& to) {
    to.ns = make_.name("team-", make_.below(3));
    to.labels = make_labels();
    to.controller = make_controller();
  }
  std::uint32_t make_labels() {
    cluster::label_set labels;
    if (make_.chance(90)) add(labels, "app", value("app"));
    if (make_.chance(40)) add(labels, "tier", value("tier", 2));
    return objects_.intern(labels);
  }
  std::uint32_t make_controller() {
    if (!make_.chance(40)) return 0;
    return objects_.intern(cluster::owner{make_.name("apps/v1"), make_.name("ReplicaSet"),
                                          make_.name("set-", make_.below(2)), make_.name("uid")});
  }

  void add_rules(cluster::pod_spec& to) {
    while (make_.chance(45) && to.spread.size() < 3) to.spread.push_back(make_constraint());
    if (make_.chance(40)) add_terms(to.pods_near.emplace());
    if (make_.chance(40)) add_terms(to.pods_far.emplace());
  }

  // Rules that keep no pod off any node, and no errors.
  void add_scoring_rules(cluster::pod_spec& to) {
    add_rules(to);
    const auto is_invalid = [](const std::optional<cluster::label_selector>& selector) {
      return selector && std::ranges::any_of(selector->requirements, [](const auto& each) {
               return each.op == cluster::selector_operator::invalid;
             });
    };
    std::erase_if(to.spread, [&](const cluster::topology_spread_constraint& each) {
      return each.when_unsatisfiable == cluster::unsatisfiable_action::do_not_schedule ||
             is_invalid(each.selector);
    });
    for (auto* terms : {&to.pods_near, &to.pods_far}) {
      if (!*terms) continue;
      (*terms)->required.clear();
      std::erase_if((*terms)->preferred, [&](const auto& each) {
        return is_invalid(each.term.selector) || is_invalid(each.term.namespace_selector);
      });
    }
  }

  // What PodTopologySpread and InterPodAffinity read of a profile.
  void set_arguments(profile& to) {
    if (make_.chance(20)) to.inter_pod_affinity.hard_pod_affinity_weight = 0;
    if (make_.chance(20)) to.inter_pod_affinity.hard_pod_affinity_weight = 100;
    to.inter_pod_affinity.ignore_preferred_terms_of_existing_pods = make_.chance(30);
    to.topology_spread.list_defaulting = make_.chance(30);
    while (to.topology_spread.list_defaulting && make_.chance(60)) {
      cluster::topology_spread_constraint added = make_constraint();
      added.selector.reset();
      added.match_label_keys.clear();
      to.topology_spread.default_constraints.push_back(added);
    }
  }

  // A namespace, service or controller comes, goes or changes.
  void change_objects() {
    const cluster::name_id ns = make_.name("team-", make_.below(3));
    if (make_.chance(40)) {
      cluster::namespace_object object{ns, {}};
      if (make_.chance(70)) add(object.labels, "kind", value("kind", 2));
      put_or_remove(objects_.namespaces, object, {cluster::no_name, ns});
    } else if (make_.chance(50)) {
      cluster::service object{ns, make_.name("service-", make_.below(2)), {}};
      add(object.selector, "app", value("app"));
      put_or_remove(objects_.services, object, {ns, object.name});
    } else {
      cluster::workload object{
          cluster::workload_kind::replica_set, ns, make_.name("set-", make_.below(2)), {}};
      if (make_.chance(80)) object.selector = make_selector();
      put_or_remove(objects_.replica_sets, object, {ns, object.name});
    }
  }

 private:
  cluster::name_id value(const char* prefix, std::uint32_t many = 3) {
    return make_.name(prefix, make_.below(many));
  }
  void add(cluster::label_set& to, const char* key, cluster::name_id value) {
    const cluster::label added{make_.name(key), make_.chance(3) ? cluster::no_name : value};
    to.push_back(added);
    std::sort(to.begin(), to.end());
  }
  template <class Catalog, class Object>
  void put_or_remove(Catalog& in, const Object& object, cluster::object_key key) {
    if (make_.chance(70)) {
      in.put(object);
    } else {
      in.remove(key);
    }
  }

  cluster::label_selector make_selector(const char* key = "app", const char* values = "app") {
    using enum cluster::selector_operator;
    cluster::label_selector made;
    if (make_.chance(7)) return made;
    const cluster::selector_operator op = make_.chance(60)   ? in
                                          : make_.chance(40) ? not_in
                                          : make_.chance(50) ? exists
                                                             : does_not_exist;
    made.requirements = {{make_.name(key), op, {}}};
    if (op == in || op == not_in) made.requirements[0].values = {value(values)};
    if (make_.chance(2)) made.requirements[0].op = invalid;
    return made;
  }
  cluster::name_id make_key() {
    static constexpr const char* keys[] = {
        "zone",    "topology.kubernetes.io/zone", "rack",
        "nowhere", "kubernetes.io/hostname",      "kubernetes.io/hostname"};
    return make_.name(keys[make_.chance(4) ? 3 : make_.below(6)]);
  }

  cluster::topology_spread_constraint make_constraint() {
    using cluster::inclusion_policy;
    cluster::topology_spread_constraint made{};
    made.max_skew = static_cast<std::int32_t>(1 + make_.below(3));
    made.topology_key = make_key();
    made.when_unsatisfiable = make_.chance(50) ? cluster::unsatisfiable_action::do_not_schedule
                                               : cluster::unsatisfiable_action::schedule_anyway;
    if (!make_.chance(5)) made.selector = make_selector();
    if (make_.chance(20)) made.min_domains = static_cast<std::int32_t>(1 + make_.below(5));
    if (make_.chance(40)) made.node_affinity_policy = inclusion_policy::ignore;
    if (make_.chance(40)) made.node_taints_policy = inclusion_policy::honor;
    if (make_.chance(25)) made.match_label_keys = {make_.name("tier")};
    return made;
  }
  cluster::pod_affinity_term make_term() {
    cluster::pod_affinity_term made{};
    if (!make_.chance(5)) made.selector = make_selector();
    if (make_.chance(30)) made.namespaces = {make_.name("team-", make_.below(3))};
    if (make_.chance(30)) made.namespace_selector = make_selector("kind", "kind");
    made.topology_key = make_key();
    return made;
  }
  void add_terms(cluster::pod_affinity& to) {
    while (make_.chance(50) && to.required.size() < 2) to.required.push_back(make_term());
    while (make_.chance(50) && to.preferred.size() < 2) {
      to.preferred.push_back({static_cast<std::int32_t>(1 + make_.below(100)), make_term()});
    }
  }

  cluster::store& objects_;
  random_objects& make_;
};

}  // namespace crosstie::schedule
