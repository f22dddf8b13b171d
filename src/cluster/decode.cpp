#include "cluster/decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "cluster/decode_kinds.hpp"

namespace crosstie::cluster {

namespace {

using reader = any_object (*)(json_field&, store&, pod_scratch&);

template <auto Read, auto... Arguments>
any_object read_as(json_field& root, store&, pod_scratch&) {
  return Read(root, Arguments...);
}

struct known_kind {
  std::string_view kind, group;
  reader read;
};
constexpr std::array<known_kind, 17> known_kinds{{
    {"Pod", "",
     [](json_field& root, store& into, pod_scratch& scratch) -> any_object {
       return read_pod(root, into, scratch);
     }},
    {"Node", "", read_as<read_node>},
    {"Namespace", "", read_as<read_namespace>},
    {"PriorityClass", "scheduling.k8s.io", read_as<read_priority_class>},
    {"Service", "", read_as<read_service>},
    {"ReplicaSet", "apps", read_as<read_workload, workload_kind::replica_set>},
    {"StatefulSet", "apps", read_as<read_workload, workload_kind::stateful_set>},
    {"ReplicationController", "", read_as<read_workload, workload_kind::replication_controller>},
    {"PodDisruptionBudget", "policy", read_as<read_pod_disruption_budget>},
    {"PersistentVolume", "", read_as<read_persistent_volume>},
    {"PersistentVolumeClaim", "", read_as<read_persistent_volume_claim>},
    {"StorageClass", "storage.k8s.io", read_as<read_storage_class>},
    {"CSINode", "storage.k8s.io", read_as<read_csi_node>},
    {"CSIDriver", "storage.k8s.io", read_as<read_csi_driver>},
    {"CSIStorageCapacity", "storage.k8s.io", read_as<read_csi_storage_capacity>},
    {"VolumeAttachment", "storage.k8s.io", read_as<read_volume_attachment>},
    {"ResourceClaim", "resource.k8s.io", read_as<read_resource_claim>},
}};

// "apps/v1" -> "apps", "v1" -> "".
std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

// Other groups have kinds of these names too (Knative's Service).
const known_kind* find_kind(std::string_view kind, std::string_view api_version) {
  for (const known_kind& known : known_kinds) {
    if (known.kind != kind) continue;
    return api_version.empty() || known.group == group_of(api_version) ? &known : nullptr;
  }
  return nullptr;
}

bool is_list_kind(std::string_view kind) {
  if (kind == "List") return true;
  return kind.ends_with("List") && find_kind(kind.substr(0, kind.size() - 4), {}) != nullptr;
}

// The first line that is not UTF-8; simdjson only tells that there is one.
const char* find_invalid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t line = std::min(text.find('\n'), text.size() - 1) + 1;
    if (!simdjson::validate_utf8(text.data(), line)) return text.data();
    text.remove_prefix(line);
  }
  return nullptr;
}

}  // namespace

class decoder::implementation {
 public:
  explicit implementation(store& into) : into_(into), names_(into.names()) {}

  std::expected<any_object, error> decode(const document& from) {
    try {
      return decode_or_throw(from);
    } catch (const decode_failure& failure) {
      return std::unexpected(describe(from, failure));
    }
  }

  const pod_priority& last_priority() const { return scratch_.priority; }

 private:
  simdjson::ondemand::document open(const document& from) {
    simdjson::ondemand::document opened;
    const auto problem =
        parser_.iterate(from.json.data(), from.json.size(), from.json.size() + json_padding)
            .get(opened);
    if (problem == simdjson::UTF8_ERROR) {
      throw decode_failure{find_invalid_utf8(from.json), "", "expected text in UTF-8"};
    }
    check(problem, nullptr);
    return opened;
  }

  void check(simdjson::error_code problem, const char* at) const {
    if (problem == simdjson::SUCCESS) return;
    throw decode_failure{at, "",
                         fmt::format("expected JSON: {}", simdjson::error_message(problem))};
  }

  // A text member of the root, wherever it stands.
  std::string_view find_text(simdjson::ondemand::document& opened, std::string_view key,
                             std::string_view absent) {
    simdjson::ondemand::value found;
    const auto problem = opened.find_field_unordered(key).get(found);
    if (problem == simdjson::NO_SUCH_FIELD) return absent;
    check(problem, nullptr);
    json_field root(nullptr, key, found, names_);
    json_field field(&root, key, found, names_);
    return field.is_null() ? absent : field.text();
  }

  any_object decode_or_throw(const document& from) {
    simdjson::ondemand::document opened = open(from);
    simdjson::ondemand::json_type type;
    check(opened.type().get(type), from.json.data());
    if (type != simdjson::ondemand::json_type::object) {
      throw decode_failure{from.json.data(), "", "expected an object with a kind"};
    }
    const std::string_view api_version = find_text(opened, "apiVersion", from.api_version);
    const std::string_view kind = find_text(opened, "kind", from.kind);
    if (kind.empty()) {
      throw decode_failure{from.json.data(), "kind", "expected a kind such as Pod, found none"};
    }
    if (is_list_kind(kind)) {
      throw decode_failure{from.json.data(), "kind",
                           fmt::format("expected a single object, found \"{}\"", kind)};
    }
    const known_kind* known = find_kind(kind, api_version);
    const name_id other = known == nullptr ? names_.intern(kind) : no_name;
    opened.rewind();
    simdjson::ondemand::value value;
    check(opened.get_value().get(value), from.json.data());
    json_field root(nullptr, std::string_view{}, value, names_);
    any_object object = other_object{other};
    if (known != nullptr) {
      object = known->read(root, into_, scratch_);
    } else {
      root.for_each_member([](std::string_view, json_field&) {});
    }
    if (const char* rest = nullptr; !opened.current_location().get(rest)) {
      throw decode_failure{rest, "", "expected nothing after the object's closing bracket"};
    }
    return object;
  }

  error describe(const document& from, const decode_failure& failure) {
    error e{.file = std::string(from.from.file),
            .line = from.from.line,
            .item = from.from.item,
            .object = name_of(from),
            .field = failure.field,
            .expected = failure.expected};
    const char* end = from.json.data() + from.json.size();
    if (e.line > 0 && failure.at != nullptr && failure.at >= from.json.data() &&
        failure.at <= end) {
      e.line += std::count(from.json.data(), failure.at, '\n');
    }
    return e;
  }

  // "Pod team-a/web-1", as far as the object tells.
  std::string name_of(const document& from) {
    // Opened for each: a lookup that meets broken text leaves the document unusable.
    auto text_at = [&](const char* pointer) -> std::string {
      simdjson::ondemand::document opened;
      const std::string_view json = from.json;
      if (parser_.iterate(json.data(), json.size(), json.size() + json_padding).get(opened)) {
        return {};
      }
      std::string_view found;
      if (opened.at_pointer(pointer).get_string().get(found)) return {};
      return std::string(found);
    };
    const std::string name = text_at("/metadata/name");
    const std::string ns = text_at("/metadata/namespace");
    std::string kind = text_at("/kind");
    if (kind.empty()) kind = from.kind;
    if (kind.empty() || name.empty()) return kind;
    return ns.empty() ? fmt::format("{} {}", kind, name) : fmt::format("{} {}/{}", kind, ns, name);
  }

  store& into_;
  recent_names names_;
  simdjson::ondemand::parser parser_;
  pod_scratch scratch_;
};

decoder::decoder(store& into) : implementation_(std::make_unique<implementation>(into)) {}
decoder::~decoder() = default;

std::expected<any_object, error> decoder::decode(const document& from) {
  return implementation_->decode(from);
}

const decoder::pod_priority& decoder::last_priority() const {
  return implementation_->last_priority();
}

std::expected<any_object, error> decode(std::string_view json, store& into, const origin& from) {
  std::string padded(json);
  padded.append(json_padding, ' ');
  decoder once(into);
  return once.decode({.json = std::string_view(padded).substr(0, json.size()), .from = from});
}

namespace {

// Every cluster has these two, and the API server lets nobody change them.
std::optional<std::int32_t> find_system_priority(std::string_view class_name) {
  if (class_name == "system-node-critical") return 2'000'001'000;
  if (class_name == "system-cluster-critical") return 2'000'000'000;
  return std::nullopt;
}

// Of several defaults the API server takes the lowest.
const priority_class* find_default_class(const store& from) {
  const priority_class* lowest = nullptr;
  for (const priority_class& known : from.priority_classes.all()) {
    if (known.global_default && (lowest == nullptr || known.value < lowest->value)) {
      lowest = &known;
    }
  }
  return lowest;
}

}  // namespace

bool resolve_priority(store& into, pod& object, const decoder::pod_priority& wanted) {
  if (!wanted.absent) return true;
  std::int32_t priority = 0;
  bool preempts = true;
  const priority_class* found = wanted.class_name == no_name
                                    ? find_default_class(into)
                                    : into.priority_classes.find({no_name, wanted.class_name});
  if (found != nullptr) {
    priority = found->value;
    preempts = found->preempts_lower_priority;
  } else if (wanted.class_name != no_name) {
    const auto system = find_system_priority(into.text(wanted.class_name));
    if (!system) return false;
    priority = *system;
  }
  const pod_spec& before = into.spec(object.spec);
  const bool policy_changes = wanted.preemption_policy_absent && !preempts;
  if (before.priority == priority && !policy_changes) return true;
  pod_spec spec = before;
  spec.priority = priority;
  if (policy_changes) spec.preempts_lower_priority = false;
  object.spec = into.intern(spec);
  return true;
}

}  // namespace crosstie::cluster
