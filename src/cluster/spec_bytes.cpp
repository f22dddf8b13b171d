#include "cluster/spec_bytes.hpp"

#include <type_traits>

namespace crosstie::cluster {
namespace {

// for_each_field calls visit(field...) with all fields of a value. The structured bindings are the
// safeguard: they stop compiling where a struct gains or loses a field.

template <class Visit>
void for_each_field(const label& value, Visit&& visit) {
  const auto& [key, text] = value;
  visit(key, text);
}
template <class Visit>
void for_each_field(const quantity& value, Visit&& visit) {
  const auto& [nanos, scale] = value;
  // Only a power of ten above one can show, beyond int64; else 1000m and 1 make one spec.
  const bool shows = scale > 0 && scale != quantity::no_scale;
  visit(nanos, shows ? scale : std::int8_t{0});
}
template <class Visit>
void for_each_field(const resource_amount& value, Visit&& visit) {
  const auto& [name, amount] = value;
  visit(name, amount);
}
template <class Visit>
void for_each_field(const requirement& value, Visit&& visit) {
  const auto& [key, op, values] = value;
  visit(key, op, values);
}
template <class Visit>
void for_each_field(const label_selector& value, Visit&& visit) {
  const auto& [requirements] = value;
  visit(requirements);
}
template <class Visit>
void for_each_field(const node_selector_term& value, Visit&& visit) {
  const auto& [expressions, fields] = value;
  visit(expressions, fields);
}
template <class Visit>
void for_each_field(const node_selector& value, Visit&& visit) {
  const auto& [terms] = value;
  visit(terms);
}
template <class Visit>
void for_each_field(const preferred_node_term& value, Visit&& visit) {
  const auto& [weight, preference] = value;
  visit(weight, preference);
}
template <class Visit>
void for_each_field(const node_affinity& value, Visit&& visit) {
  const auto& [required, preferred] = value;
  visit(required, preferred);
}
template <class Visit>
void for_each_field(const pod_affinity_term& value, Visit&& visit) {
  const auto& [selector, namespaces, namespace_selector, topology_key] = value;
  visit(selector, namespaces, namespace_selector, topology_key);
}
template <class Visit>
void for_each_field(const weighted_pod_affinity_term& value, Visit&& visit) {
  const auto& [weight, term] = value;
  visit(weight, term);
}
template <class Visit>
void for_each_field(const pod_affinity& value, Visit&& visit) {
  const auto& [required, preferred] = value;
  visit(required, preferred);
}
template <class Visit>
void for_each_field(const toleration& value, Visit&& visit) {
  const auto& [key, text, op, effect] = value;
  visit(key, text, op, effect);
}
template <class Visit>
void for_each_field(const topology_spread_constraint& value, Visit&& visit) {
  const auto& [skew, key, action, selector, domains, affinity, taints, label_keys] = value;
  visit(skew, key, action, selector, domains, affinity, taints, label_keys);
}
template <class Visit>
void for_each_field(const container_port& value, Visit&& visit) {
  const auto& [port, protocol, ip] = value;
  visit(port, protocol, ip);
}
template <class Visit>
void for_each_field(const container_resource_status& value, Visit&& visit) {
  const auto& [has_resources, actuated, allocated] = value;
  visit(has_resources, actuated, allocated);
}
template <class Visit>
void for_each_field(const container& value, Visit&& visit) {
  const auto& [name, image, always, restarts_all, requests, ports, status] = value;
  visit(name, image, always, restarts_all, requests, ports, status);
}
template <class Visit>
void for_each_field(const pod_volume& value, Visit&& visit) {
  const auto& [name, kind, source, driver, pool, monitors, partition, read_only, disk_kind] = value;
  visit(name, kind, source, driver, pool, monitors, partition, read_only, disk_kind);
}
template <class Visit>
void for_each_field(const pod_resource_claim& value, Visit&& visit) {
  const auto& [name, claim, claim_template, made, made_claim] = value;
  visit(name, claim, claim_template, made, made_claim);
}
template <class Visit>
void for_each_field(const pod_level_resources& value, Visit&& visit) {
  const auto& [requests, has_status, actuated, allocated] = value;
  visit(requests, has_status, actuated, allocated);
}
template <class Visit>
void for_each_field(const pod_spec& value, Visit&& visit) {
  const auto& [scheduler, priority, preempts, host_network, host_users, resize_infeasible, selector,
               affinity, near, far, tolerations, spread, init_containers, containers, overhead,
               resources, volumes, gates, claims] = value;
  visit(scheduler, priority, preempts, host_network, host_users, resize_infeasible, selector,
        affinity, near, far, tolerations, spread, init_containers, containers, overhead, resources,
        volumes, gates, claims);
}

template <class T>
concept scalar =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, quantity::int128>;

class byte_writer {
 public:
  explicit byte_writer(std::string& bytes) : bytes_(bytes) {}

  template <scalar T>
  void write(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  template <class T>
  void write(const std::vector<T>& values) {
    write(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) write(value);
  }
  template <class T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <class T>
  void write(const T& value) {
    for_each_field(value, [this](const auto&... field) { (this->write(field), ...); });
  }

 private:
  std::string& bytes_;
};

class heap_counter {
 public:
  template <scalar T>
  void add(const T&) {}
  template <class T>
  void add(const std::vector<T>& values) {
    bytes += values.capacity() * sizeof(T);
    for (const T& value : values) add(value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) add(*value);
  }
  template <class T>
  void add(const T& value) {
    for_each_field(value, [this](const auto&... field) { (this->add(field), ...); });
  }

  std::size_t bytes = 0;
};

}  // namespace

void write_canonical_bytes(const pod_spec& spec, std::string& bytes) {
  bytes.clear();
  byte_writer(bytes).write(spec);
}

std::size_t count_heap_bytes(const pod_spec& spec) {
  heap_counter counter;
  counter.add(spec);
  return counter.bytes;
}

}  // namespace crosstie::cluster
