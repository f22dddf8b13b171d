// Dense ids: small unsigned numbers 0, 1, 2, ... that stand for rows, columns and names.
//
//   enum class node_id : std::uint32_t {};      // a type for each side, so that the compiler tells
//   enum class pod_id : std::uint32_t {};       // a node from a pod
//   crosstie::relation<node_id, pod_id> on;
//
// Promise: std::uint32_t and every `enum class X : std::uint32_t` is a dense id; any other type
//   becomes one by specialising `id_traits`. Conversions cost nothing.
// Invariant: the highest index, 2^32 - 1, is never a valid id; tables use it as "none".
// Thread safety: stateless.
#pragma once

#include <crosstie/detail/language.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace crosstie {

// How an id maps to its index and back. Specialise for a strong id type of your own.
template <class Id>
struct id_traits {};

template <>
struct id_traits<std::uint32_t> {
  static constexpr std::uint32_t to_index(std::uint32_t id) noexcept { return id; }
  static constexpr std::uint32_t from_index(std::uint32_t index) noexcept { return index; }
};

template <class Id>
  requires(std::is_enum_v<Id> && std::same_as<std::underlying_type_t<Id>, std::uint32_t>)
struct id_traits<Id> {
  static constexpr std::uint32_t to_index(Id id) noexcept { return static_cast<std::uint32_t>(id); }
  static constexpr Id from_index(std::uint32_t index) noexcept { return static_cast<Id>(index); }
};

template <class Id>
concept dense_id = std::is_trivially_copyable_v<Id> && sizeof(Id) == sizeof(std::uint32_t) &&
                   requires(Id id, std::uint32_t index) {
                     { id_traits<Id>::to_index(id) } noexcept -> std::same_as<std::uint32_t>;
                     { id_traits<Id>::from_index(index) } noexcept -> std::same_as<Id>;
                   };

inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

template <dense_id Id>
[[nodiscard]] constexpr std::uint32_t to_index(Id id) noexcept {
  return id_traits<Id>::to_index(id);
}

template <dense_id Id>
[[nodiscard]] constexpr Id from_index(std::uint32_t index) noexcept {
  return id_traits<Id>::from_index(index);
}

}  // namespace crosstie
