// A cluster whose claims, volumes, drivers and attachments change at random, an engine that is told
// so, and pods that ask for a node.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schedule/changing_cluster.hpp"
#include "schedule/plain_answer.hpp"

namespace crosstie::schedule {

class changing_volumes {
 public:
  // With rules: pods look at each other as well.
  changing_volumes(std::uint64_t seed, const limits& small, bool with_rules = false)
      : make(objects, seed), with_rules_(with_rules) {
    for (std::uint32_t i = 0; i < 8; ++i) specs_.push_back(make_spec());
    for (std::uint32_t i = 0; i < 8; ++i) put_node();
    for (std::uint32_t i = 0; i < 3; ++i) put_class();
    for (std::uint32_t i = 0; i < 8; ++i) put_volume();
    for (std::uint32_t i = 0; i < 10; ++i) put_claim();
    for (std::uint32_t i = 0; i < 6; ++i) put_csi_node();
    state.load();
    chooser.emplace(objects, state.usage(), state, settings, options_of(small));
    told_ = true;
  }

  void change() {
    const std::uint32_t kind = make.below(100);
    if (kind < 25) return add_pod();
    if (kind < 45) return remove_pod();
    if (kind < 58) return put_claim();
    if (kind < 70) return put_volume();
    if (kind < 74) return remove_claim_or_volume();
    if (kind < 80) return put_csi_node();
    if (kind < 86) return change_attachment();
    if (kind < 90) return put_class();
    if (kind < 93) return put_node();
    nominate();
  }

  pod_id ask() {
    cluster::pod pod = make_pod(make.name("asker"));
    if (make.chance(10)) pod.nominated_node = make.name("node-", make.below(10));
    const pod_id id = objects.put(pod);
    chooser->waiting_pod_changed(id);
    return id;
  }
  void done(pod_id asked) {
    chooser->waiting_pod_gone(asked);
    objects.remove_pod({objects[asked].ns, objects[asked].name});
  }

  evaluation answer(pod_id pod, bool preemption = false) {
    return evaluate_plainly(*this, pod, preemption);
  }

  cluster::store objects;
  cluster::state state{objects};
  configuration settings = default_configuration();
  random_objects make;
  std::optional<engine> chooser;
  bool tries_preemption = true;

 private:
  random_rules rules_{objects, make};
  const bool with_rules_;
  std::vector<cluster::pod_spec> specs_;

  template <class T>
  T any_of(std::initializer_list<T> list) {
    return list.begin()[make.below(static_cast<std::uint32_t>(list.size()))];
  }
  template <class T>
  void tell(const T& object) {
    if (told_) chooser->object_changed(cluster::refer_to(object));
  }
  template <class T>
  void put(cluster::catalog<T>& kind, const T& object) {
    kind.put(object);
    tell(object);
  }
  template <class T>
  void remove(cluster::catalog<T>& kind, const T& object) {
    kind.remove(cluster::key_of(object));
    tell(object);
  }
  void add_label(cluster::label_set& labels, const char* key, const std::string& value) {
    labels.push_back({make.name(key), make.name(value)});
    std::ranges::sort(labels);
  }
  static cluster::resource_amount amount(cluster::name_id name, std::int64_t units) {
    return {name, {cluster::quantity::int128{units} * 1'000'000'000}};
  }

  // ---- objects ----
  void put_node() {
    cluster::node made;
    const std::uint32_t number = make.below(10);
    made.name = make.name("node-", number);
    add_label(made.labels, "kubernetes.io/hostname", "node-" + std::to_string(number));
    if (make.chance(80)) {
      add_label(made.labels, "topology.kubernetes.io/zone", "z" + std::to_string(make.below(3)));
    }
    for (const char* taint : {"soft", "softer"}) {
      if (!make.chance(40)) continue;
      made.taints.push_back(
          {make.name(taint), make.name(""), cluster::taint_effect::prefer_no_schedule});
    }
    made.allocatable = {amount(make.name("cpu"), 4), amount(make.name("memory"), 1 << 30),
                        amount(make.name("pods"), 6)};
    const node_id node = objects.put(made);
    if (!told_) return;
    state.add_node(node);
    chooser->node_changed(node);
  }
  void put_class() {
    cluster::storage_class made{};
    made.name = make.name("class-", make.below(3));
    made.provisioner = make.name(
        any_of({"driver-0", "driver-1", "kubernetes.io/no-provisioner", "kubernetes.io/aws-ebs"}));
    made.wait_for_first_consumer = make.chance(85);
    put(objects.storage_classes, made);
  }
  void put_volume() {
    cluster::persistent_volume made{};
    made.name = make.name("volume-", make.below(14));
    made.storage_class = make.name("class-", make.below(3));
    made.capacity = {amount(make.name("storage"), 1 + make.below(4))};
    made.volume_mode = make.name("Filesystem");
    made.phase = make.name(any_of({"Available", "Available", "Bound"}));
    made.kind =
        any_of({cluster::volume_kind::csi, cluster::volume_kind::csi,
                cluster::volume_kind::aws_elastic_block_store, cluster::volume_kind::other});
    made.driver = make.name("driver-", make.below(2));
    made.source = make.chance(80) ? make.name("vol-", make.below(12)) : make.name("aws://z/no");
    if (make.chance(50)) {
      made.has_claim = true;
      made.claim_ns = make.name("ns");
      made.claim_name = make.name("claim-", make.below(12));
    }
    if (make.chance(25)) {
      add_label(made.labels, "topology.kubernetes.io/zone", "z" + std::to_string(make.below(3)));
    }
    if (make.chance(35)) made.affinity.emplace().terms = {make_reach()};
    put(objects.persistent_volumes, made);
  }
  cluster::node_selector_term make_reach() {
    const bool zone = make.chance(50);
    cluster::requirement wanted{};
    wanted.key = make.name(zone ? "topology.kubernetes.io/zone" : "kubernetes.io/hostname");
    wanted.op = cluster::selector_operator::in;
    wanted.values = {zone ? make.name("z", make.below(3)) : make.name("node-", make.below(10))};
    cluster::node_selector_term term{};
    term.match_expressions = {wanted};
    return term;
  }
  void put_claim() {
    cluster::persistent_volume_claim made{};
    made.ns = make.name("ns");
    made.name = make.name("claim-", make.below(12));
    if (make.chance(15)) make_ephemeral(made);
    made.storage_class = make.name("class-", make.below(3));
    made.requests = {amount(make.name("storage"), 1 + make.below(3))};
    made.volume_mode = make.name("Filesystem");
    made.phase = make.name(make.chance(95) ? "Bound" : "Lost");
    made.terminating = make.chance(3);
    if (make.chance(10)) made.access_modes = {make.name("ReadWriteOncePod")};
    if (make.chance(70)) {
      made.volume_name = make.name("volume-", make.below(14));
      if (make.chance(90)) add_label(made.annotations, "pv.kubernetes.io/bind-completed", "yes");
    } else if (make.chance(15)) {
      add_label(made.annotations, "volume.kubernetes.io/selected-node",
                "node-" + std::to_string(make.below(10)));
    }
    put(objects.persistent_volume_claims, made);
  }
  // Of a pod that is there, that comes next, or that asks; sometimes somebody else's of that name.
  void make_ephemeral(cluster::persistent_volume_claim& claim) {
    const std::string pod = make.chance(30)   ? "asker"
                            : make.chance(30) ? "bound-" + std::to_string(next_)
                            : bound_.empty()
                                ? "bound-0"
                                : std::string(objects.text(objects[bound_.back()].name));
    claim.name = make.name(pod + "-v0");
    claim.controller.kind = make.name("Pod");
    claim.controller.uid = make.name(make.chance(75) ? "uid-" + pod : "uid-of-another");
  }
  void remove_claim_or_volume() {
    if (make.chance(50)) {
      cluster::persistent_volume_claim gone{};
      gone.ns = make.name("ns");
      gone.name = make.name("claim-", make.below(12));
      remove(objects.persistent_volume_claims, gone);
    } else {
      cluster::persistent_volume gone{};
      gone.name = make.name("volume-", make.below(14));
      remove(objects.persistent_volumes, gone);
    }
  }
  void put_csi_node() {
    cluster::csi_node made{};
    made.name = make.name("node-", make.below(10));
    if (make.chance(30)) made.migrated_plugins = make.name("kubernetes.io/aws-ebs");
    for (const char* driver : {"driver-0", "driver-1", "ebs.csi.aws.com"}) {
      if (!make.chance(40)) continue;
      cluster::csi_node_driver each{};
      each.name = make.name(driver);
      if (make.chance(85)) each.allocatable_count = 1 + make.below(4);
      made.drivers.push_back(each);
    }
    put(objects.csi_nodes, made);
  }
  void change_attachment() {
    cluster::volume_attachment made{};
    made.name = make.name("attachment-", make.below(5));
    made.attacher = make.name("driver-", make.below(2));
    made.node = make.name("node-", make.below(10));
    made.persistent_volume = make.name("volume-", make.below(14));
    make.chance(60) ? put(objects.volume_attachments, made)
                    : remove(objects.volume_attachments, made);
  }

  // ---- pods ----
  cluster::pod_spec make_spec() {
    cluster::pod_spec spec = make.make_spec();
    spec.selector.clear();
    if (spec.affinity) spec.affinity->required.reset();
    for (cluster::container& each : spec.containers) each.ports.clear();
    for (cluster::container& each : spec.init_containers) each.ports.clear();
    if (with_rules_) rules_.add_rules(spec);
    return spec;
  }
  // Of few specs but for the claims, so that rows are asked again.
  cluster::pod make_pod(cluster::name_id name) {
    cluster::pod_spec spec = specs_[make.below(static_cast<std::uint32_t>(specs_.size()))];
    const std::uint32_t count = make.chance(70) ? 1 : make.below(3);
    for (std::uint32_t i = 0; i < count; ++i) {
      cluster::pod_volume volume{};
      volume.name = make.name("v", i);
      volume.kind = make.chance(85) ? cluster::volume_kind::persistent_volume_claim
                                    : cluster::volume_kind::ephemeral;
      volume.source = make.name("claim-", make.below(12));
      // A claim by the name that an ephemeral volume's may have.
      if (make.chance(5)) {
        volume.source = make.name("bound-" + std::to_string(make.below(next_ + 2)) + "-v0");
      }
      spec.volumes.push_back(volume);
    }
    cluster::pod made = make.make_pod(name, objects.intern(spec));
    made.ns = make.name("ns");
    if (with_rules_) made.labels = rules_.make_labels();
    made.uid = make.name("uid-" + std::string(objects.text(name)));
    return made;
  }
  void add_pod() {
    const node_id node{make.below(objects.node_slots())};
    cluster::pod pod = make_pod(make.name("bound-", next_++));
    pod.node = objects[node].name;
    const pod_id id = objects.put(pod);
    state.bind(id, node);
    chooser->pod_bound(id, node);
    bound_.push_back(id);
  }
  void remove_pod() {
    if (bound_.empty()) return;
    const std::uint32_t at = make.below(static_cast<std::uint32_t>(bound_.size()));
    const pod_id pod = bound_[at];
    bound_.erase(bound_.begin() + at);
    const node_id node = *state.bindings().node_of(pod);
    state.unbind(pod);
    chooser->pod_unbound(pod, node);
    objects.remove_pod({objects[pod].ns, objects[pod].name});
  }
  void nominate() {
    cluster::pod pod = make_pod(make.name("nominated-", make.below(2)));
    if (make.chance(70)) pod.nominated_node = make.name("node-", make.below(objects.node_slots()));
    chooser->waiting_pod_changed(objects.put(pod));
  }

  bool told_ = false;
  std::vector<pod_id> bound_;
  std::uint32_t next_ = 0;
};

}  // namespace crosstie::schedule
