// Names and ids: every text that the scheduler compares is interned once, at the boundary.
//
// Promise: equal texts have equal ids, for the life of the table; inside, only ids are compared.
// Cost: intern and find are one hash lookup, text() is one load. Ids are dense from 0.
// Invariant: id 0 is the empty text, which Kubernetes treats as "not set" in every field we read.
// Thread safety: none; one table belongs to one store.
#pragma once

#include <crosstie/interner.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crosstie::cluster {

enum class name_id : std::uint32_t {};  // a text
enum class node_id : std::uint32_t {};  // a slot of the store's nodes
enum class pod_id : std::uint32_t {};   // a slot of the store's pods
enum class spec_id : std::uint32_t {};  // an interned pod_spec: what pods of equal shape share

inline constexpr name_id no_name{0};
inline constexpr node_id no_node{0xFFFFFFFFu};
inline constexpr pod_id no_pod{0xFFFFFFFFu};

template <class Id>
constexpr std::uint32_t index(Id id) {
  return static_cast<std::uint32_t>(id);
}

class name_table {
 public:
  name_table() { texts_.intern(std::string_view{}); }

  name_id intern(std::string_view text) { return name_id{texts_.intern(text)}; }
  // The id of a text seen before; nothing is added.
  std::optional<name_id> find(std::string_view text) const {
    if (auto id = texts_.find(text)) return name_id{*id};
    return std::nullopt;
  }
  std::string_view text(name_id id) const { return texts_[index(id)]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t memory_bytes() const { return texts_.memory_bytes(); }

 private:
  crosstie::interner<std::string_view> texts_;
};

}  // namespace crosstie::cluster
