#include "cluster/store.hpp"

#include <type_traits>

#include "cluster/operation_meter.hpp"
#include "cluster/spec_bytes.hpp"

namespace crosstie::cluster {
namespace {

// The bytes of values without padding, as the key they are interned by.
template <class T>
std::string_view bytes_of(std::span<const T> values) {
  static_assert(std::has_unique_object_representations_v<T>);
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// Puts `value` where `bytes` say, if they are new; `values` grows with `keys`.
template <class Values, class Value>
std::uint32_t intern_as(Values& values, crosstie::interner<std::string_view>& keys,
                        std::string_view bytes, Value&& value) {
  const std::uint32_t id = keys.intern(bytes);
  if (id == values.size()) values.push_back(std::forward<Value>(value));
  return id;
}

// A slot for a new object: one that was freed, or one more.
template <class T>
std::uint32_t take_slot(std::vector<T>& objects, std::vector<std::uint8_t>& alive,
                        std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    objects.emplace_back();
    alive.push_back(0);
    return static_cast<std::uint32_t>(objects.size() - 1);
  }
  const std::uint32_t slot = free.back();
  free.pop_back();
  return slot;
}

}  // namespace

store::store() {
  intern(label_set{});
  intern(owner{});
}

spec_id store::intern(const pod_spec& spec) {
  write_canonical_bytes(spec, spec_scratch_);
  return spec_id{intern_as(specs_, spec_bytes_, spec_scratch_, spec)};
}

std::uint32_t store::intern(label_set labels) {
  labels.shrink_to_fit();
  const std::string_view bytes = bytes_of(std::span<const label>(labels));
  return intern_as(label_sets_, label_bytes_, bytes, std::move(labels));
}

std::uint32_t store::intern(const owner& controller) {
  return intern_as(controllers_, controller_bytes_, bytes_of(std::span(&controller, 1)),
                   controller);
}

node_id store::put(node object) {
  const auto [found, added] = nodes_by_name_.try_emplace(object.name);
  if (added) {
    found->second = node_id{take_slot(nodes_, node_alive_, free_nodes_)};
    node_alive_[index(found->second)] = 1;
    ++node_count_;
  }
  nodes_[index(found->second)] = std::move(object);
  return found->second;
}

bool store::remove_node(name_id name) {
  const auto found = nodes_by_name_.find(name);
  if (found == nodes_by_name_.end()) return false;
  const std::uint32_t slot = index(found->second);
  nodes_by_name_.erase(found);
  nodes_[slot] = {};
  node_alive_[slot] = 0;
  free_nodes_.push_back(slot);
  --node_count_;
  return true;
}

std::optional<node_id> store::find_node(name_id name) const {
  const timed watch(metered::objects, operation::find);
  const auto found = nodes_by_name_.find(name);
  if (found == nodes_by_name_.end()) return std::nullopt;
  return found->second;
}

pod_id store::put(const pod& object) {
  const timed watch(metered::objects, operation::add);
  const auto [found, added] = pods_by_name_.try_emplace(object_key{object.ns, object.name});
  if (added) {
    found->second = pod_id{take_slot(pods_, pod_alive_, free_pods_)};
    pod_alive_[index(found->second)] = 1;
    ++pod_count_;
  }
  pods_[index(found->second)] = object;
  return found->second;
}

bool store::remove_pod(object_key key) {
  const timed watch(metered::objects, operation::remove);
  const auto found = pods_by_name_.find(key);
  if (found == pods_by_name_.end()) return false;
  const std::uint32_t slot = index(found->second);
  pods_by_name_.erase(found);
  pods_[slot] = {};
  pod_alive_[slot] = 0;
  free_pods_.push_back(slot);
  --pod_count_;
  return true;
}

std::optional<pod_id> store::find_pod(object_key key) const {
  const timed watch(metered::objects, operation::find);
  const auto found = pods_by_name_.find(key);
  if (found == pods_by_name_.end()) return std::nullopt;
  return found->second;
}

std::string store::full_name(pod_id id) const {
  const pod& object = (*this)[id];
  std::string name(text(object.ns));
  name += '/';
  name += text(object.name);
  return name;
}

object_reference refer_to(const any_object& object) {
  return std::visit(
      []<class T>(const T& one) {
        if constexpr (std::is_same_v<T, other_object>) {
          return object_reference{kind_of<other_object>, {no_name, no_name}};
        } else {
          return refer_to(one);
        }
      },
      object);
}

std::size_t store::memory_bytes() const {
  std::size_t bytes = names_.memory_bytes() + spec_bytes_.memory_bytes() +
                      label_bytes_.memory_bytes() + controller_bytes_.memory_bytes() +
                      nodes_by_name_.memory_bytes() + pods_by_name_.memory_bytes();
  for (const pod_spec& spec : specs_) bytes += sizeof(spec) + count_heap_bytes(spec);
  for (const label_set& labels : label_sets_) {
    bytes += sizeof(labels) + labels.capacity() * sizeof(label);
  }
  bytes += controllers_.size() * sizeof(owner);
  bytes += nodes_.capacity() * (sizeof(node) + 1) + pods_.capacity() * (sizeof(pod) + 1);
  for (const node& each : nodes_) {
    bytes += each.labels.capacity() * sizeof(label) + each.taints.capacity() * sizeof(taint) +
             each.allocatable.capacity() * sizeof(resource_amount) +
             each.images.capacity() * sizeof(node_image) +
             each.declared_features.capacity() * sizeof(name_id);
    for (const node_image& image : each.images) bytes += image.names.capacity() * sizeof(name_id);
  }
  return bytes;
}

}  // namespace crosstie::cluster
