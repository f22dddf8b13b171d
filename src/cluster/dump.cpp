#include "cluster/dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/decode.hpp"

namespace crosstie::cluster {

namespace {

class dump_reader {
 public:
  explicit dump_reader(store& into) : into_(into), decoder_(into) {}

  std::expected<void, error> add(const document& from) {
    auto object = decoder_.decode(from);
    if (!object) return std::unexpected(std::move(object.error()));
    ++summary_.objects;
    return std::visit([&](auto& read) { return put(from, read); }, *object);
  }

  dump_summary finish() {
    resolve_priorities();
    find_missing();
    find_missing_kinds();
    return std::move(summary_);
  }

 private:
  static void count(std::vector<kind_count>& counts, std::string_view kind) {
    for (kind_count& known : counts) {
      if (known.kind == kind) return void(++known.count);
    }
    counts.push_back({std::string(kind), 1});
  }

  static std::unexpected<error> twice(const document& from, std::string object) {
    error e;
    e.file = from.from.file;
    e.line = from.from.line;
    e.item = from.from.item;
    e.object = std::move(object);
    e.expected = "expected each object once, found it a second time";
    return std::unexpected(std::move(e));
  }

  std::expected<void, error> put(const document&, other_object& read) {
    count(summary_.other, into_.text(read.kind));
    return {};
  }
  std::expected<void, error> put(const document& from, node& read) {
    if (into_.find_node(read.name)) {
      return twice(from, fmt::format("Node {}", into_.text(read.name)));
    }
    into_.put(std::move(read));
    count(summary_.kinds, "Node");
    return {};
  }
  std::expected<void, error> put(const document& from, pod& read) {
    if (into_.find_pod({read.ns, read.name})) {
      return twice(from, fmt::format("Pod {}/{}", into_.text(read.ns), into_.text(read.name)));
    }
    const pod_id id = into_.put(read);
    if (decoder_.last_priority().absent) unsettled_.push_back({id, decoder_.last_priority()});
    count(summary_.kinds, "Pod");
    return {};
  }
  std::expected<void, error> put(const document&, namespace_object& read) {
    return keep(into_.namespaces, read, "Namespace");
  }
  std::expected<void, error> put(const document&, priority_class& read) {
    return keep(into_.priority_classes, read, "PriorityClass");
  }
  std::expected<void, error> put(const document&, service& read) {
    return keep(into_.services, read, "Service");
  }
  std::expected<void, error> put(const document&, workload& read) {
    switch (read.kind) {
      case workload_kind::replica_set:
        return keep(into_.replica_sets, read, "ReplicaSet");
      case workload_kind::stateful_set:
        return keep(into_.stateful_sets, read, "StatefulSet");
      case workload_kind::replication_controller:
        break;
    }
    return keep(into_.replication_controllers, read, "ReplicationController");
  }
  std::expected<void, error> put(const document&, pod_disruption_budget& read) {
    return keep(into_.pod_disruption_budgets, read, "PodDisruptionBudget");
  }
  std::expected<void, error> put(const document&, persistent_volume& read) {
    return keep(into_.persistent_volumes, read, "PersistentVolume");
  }
  std::expected<void, error> put(const document&, persistent_volume_claim& read) {
    return keep(into_.persistent_volume_claims, read, "PersistentVolumeClaim");
  }
  std::expected<void, error> put(const document&, storage_class& read) {
    return keep(into_.storage_classes, read, "StorageClass");
  }
  std::expected<void, error> put(const document&, csi_node& read) {
    return keep(into_.csi_nodes, read, "CSINode");
  }
  std::expected<void, error> put(const document&, csi_driver& read) {
    return keep(into_.csi_drivers, read, "CSIDriver");
  }
  std::expected<void, error> put(const document&, csi_storage_capacity& read) {
    return keep(into_.csi_storage_capacities, read, "CSIStorageCapacity");
  }
  std::expected<void, error> put(const document&, volume_attachment& read) {
    return keep(into_.volume_attachments, read, "VolumeAttachment");
  }
  std::expected<void, error> put(const document&, resource_claim& read) {
    return keep(into_.resource_claims, read, "ResourceClaim");
  }
  template <class T>
  std::expected<void, error> keep(catalog<T>& kept, T& read, std::string_view kind) {
    kept.put(std::move(read));
    count(summary_.kinds, kind);
    return {};
  }

  // ---- what can be known only at the end ----

  void warn(warning_kind kind, pod_id pod, std::string_view what) {
    for (warning& known : summary_.warnings) {
      if (known.kind == kind) return void(++known.count);
    }
    summary_.warnings.push_back({kind, 1, fmt::format("{}: {}", into_.full_name(pod), what)});
  }

  void resolve_priorities() {
    for (const unsettled_pod& unsettled : unsettled_) {
      pod object = into_[unsettled.pod];
      if (!resolve_priority(into_, object, unsettled.wanted)) {
        warn(warning_kind::missing_priority_class, unsettled.pod,
             into_.text(unsettled.wanted.class_name));
      } else if (object.spec != into_[unsettled.pod].spec) {
        into_.put(object);
      }
    }
  }

  void find_missing() {
    const bool knows_namespaces = !into_.namespaces.all().empty();
    for (std::uint32_t slot = 0; slot < into_.pod_slots(); ++slot) {
      const pod_id id{slot};
      const pod& object = into_[id];
      if (object.node != no_name && !object.finished() && !into_.find_node(object.node)) {
        warn(warning_kind::missing_node, id, into_.text(object.node));
      }
      if (knows_namespaces && into_.namespaces.find({no_name, object.ns}) == nullptr) {
        warn(warning_kind::missing_namespace, id, into_.text(object.ns));
      }
    }
  }

  // Kinds that were perhaps not asked for: without them answers are others than the cluster's.
  void find_missing_kinds() {
    const bool has_claims = !into_.persistent_volume_claims.all().empty();
    const bool has_controllers =
        !into_.services.all().empty() || !into_.replica_sets.all().empty() ||
        !into_.stateful_sets.all().empty() || !into_.replication_controllers.all().empty();
    for (std::uint32_t slot = 0; slot < into_.pod_slots(); ++slot) {
      const pod& object = into_[pod_id{slot}];
      if (object.node != no_name || object.finished()) continue;
      for (const pod_volume& volume : into_.spec(object.spec).volumes) {
        if (has_claims || volume.kind != volume_kind::persistent_volume_claim) continue;
        warn(warning_kind::no_claims, pod_id{slot}, into_.text(volume.source));
        break;
      }
      const owner& controller = into_.controller(object.controller);
      if (!has_controllers && is_spread_by_default(into_.text(controller.kind))) {
        warn(warning_kind::no_controllers, pod_id{slot},
             fmt::format("{} {}", into_.text(controller.kind), into_.text(controller.name)));
      }
    }
  }
  static bool is_spread_by_default(std::string_view controller) {
    return controller == "ReplicaSet" || controller == "StatefulSet" ||
           controller == "ReplicationController";
  }

  struct unsettled_pod {
    pod_id pod;
    decoder::pod_priority wanted;
  };

  store& into_;
  decoder decoder_;
  dump_summary summary_;
  std::vector<unsettled_pod> unsettled_;
};

std::string_view describe(warning_kind kind) {
  switch (kind) {
    case warning_kind::missing_node:
      return "bound to nodes that the dump lacks";
    case warning_kind::missing_namespace:
      return "in namespaces that the dump lacks";
    case warning_kind::missing_priority_class:
      return "of priority classes that the dump lacks";
    case warning_kind::no_claims:
      return "in want of PersistentVolumeClaims, of which the dump has none";
    case warning_kind::no_controllers:
      break;
  }
  return "of controllers without Services, ReplicaSets, StatefulSets and ReplicationControllers in "
         "the dump: default spreading is left out";
}

}  // namespace

std::string to_string(const warning& w) {
  return fmt::format("{} {} {} (the first is {})", w.count, w.count == 1 ? "pod is" : "pods are",
                     describe(w.kind), w.example);
}

std::string describe_other_kinds(const dump_summary& summary) {
  if (summary.other.empty()) return {};
  std::uint64_t objects = 0;
  std::string list;
  for (const kind_count& other : summary.other) {
    objects += other.count;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", other.count, other.kind);
  }
  return fmt::format("passed over {} {} of kinds that placing does not read: {}", objects,
                     objects == 1 ? "object" : "objects", list);
}

std::expected<dump_summary, error> read_dump(std::span<const std::string> paths, store& into,
                                             const dump_options& options) {
  store fresh;
  dump_reader reader(fresh);
  auto done =
      read_documents(paths, options.input, [&](const document& from) { return reader.add(from); });
  if (!done) return std::unexpected(std::move(done.error()));
  dump_summary summary = reader.finish();
  // Pods may well have no other controllers than they name; whoever asked for them all knows.
  const auto refused = std::ranges::find_if(summary.warnings, [](const warning& one) {
    return one.kind != warning_kind::no_controllers;
  });
  if (options.strict && refused != summary.warnings.end()) {
    error e;
    e.file = paths.empty() ? std::string{} : paths.front();
    e.expected = to_string(*refused);
    return std::unexpected(std::move(e));
  }
  into = std::move(fresh);
  return summary;
}

}  // namespace crosstie::cluster
