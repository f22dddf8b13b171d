// Fields: sees a pair, tuple or plain aggregate as a tuple of references to its fields.
//
// Promise: `field_count<T>` is the number of fields of an aggregate (0 to 8) or of a tuple-like
//   type; `as_fields(value)` is a std::tuple of const references to them, in declaration order.
// Cost: none at run time; every call is resolved by the compiler.
// Limits: aggregates with base classes, C arrays (use std::array) or bit-fields do not compile; a
//   larger aggregate than 8 fields is `has_fields<T> == false`.
// Thread safety: stateless.
#pragma once

#include <crosstie/detail/language.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosstie {

inline constexpr std::size_t max_aggregate_fields = 8;

namespace detail {

// Converts to the type of any field, so that T{any_field...} tells how many fields T takes.
struct any_field {
  template <class T>
  operator T() const noexcept;  // NOLINT(google-explicit-constructor): that is its use
};

template <class T, std::size_t... I>
constexpr bool takes_initializers(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), any_field{})...}; };
}

template <class T, std::size_t N = max_aggregate_fields + 1>
constexpr std::size_t count_initializers() {
  if constexpr (N == 0 || takes_initializers<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return count_initializers<T, N - 1>();
  }
}

template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

// Arrays may be long, so they are never unrolled into fields.
template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; } && !is_std_array<T>;

template <class T>
concept plain_aggregate =
    std::is_aggregate_v<T> && std::is_class_v<T> && !is_std_array<T> && !tuple_like<T>;

template <class T>
constexpr std::size_t count_fields() {
  if constexpr (tuple_like<T>) {
    return std::tuple_size<T>::value;
  } else if constexpr (std::is_empty_v<T>) {
    return 0;
  } else {
    return count_initializers<T>();
  }
}

}  // namespace detail

// Number of fields; max_aggregate_fields + 1 stands for "more than supported".
template <class T>
  requires(detail::tuple_like<T> || detail::plain_aggregate<T>)
inline constexpr std::size_t field_count = detail::count_fields<T>();

template <class T>
concept has_fields = (detail::tuple_like<T> || detail::plain_aggregate<T>) &&
                     (detail::tuple_like<T> || field_count<T> <= max_aggregate_fields);

namespace detail {

template <class... F>
constexpr std::tuple<const F&...> refer_to(F&... fields) noexcept {
  return {fields...};
}

// An error here names what the key must be without. Make a base class a member, a C array a
// std::array and a bit-field a whole number, or specialise crosstie::custom_hash for the key.
template <class T>
constexpr auto fields_without_bases_arrays_and_bit_fields(T& value) noexcept {
  if constexpr (field_count<T> == 1) {
    auto& [a] = value;
    return refer_to(a);
  } else if constexpr (field_count<T> == 2) {
    auto& [a, b] = value;
    return refer_to(a, b);
  } else if constexpr (field_count<T> == 3) {
    auto& [a, b, c] = value;
    return refer_to(a, b, c);
  } else if constexpr (field_count<T> == 4) {
    auto& [a, b, c, d] = value;
    return refer_to(a, b, c, d);
  } else if constexpr (field_count<T> == 5) {
    auto& [a, b, c, d, e] = value;
    return refer_to(a, b, c, d, e);
  } else if constexpr (field_count<T> == 6) {
    auto& [a, b, c, d, e, f] = value;
    return refer_to(a, b, c, d, e, f);
  } else if constexpr (field_count<T> == 7) {
    auto& [a, b, c, d, e, f, g] = value;
    return refer_to(a, b, c, d, e, f, g);
  } else {
    auto& [a, b, c, d, e, f, g, h] = value;
    return refer_to(a, b, c, d, e, f, g, h);
  }
}

}  // namespace detail

// The fields of `value` as a tuple of const references, valid as long as `value` lives.
template <has_fields T>
[[nodiscard]] constexpr auto as_fields(const T& value) noexcept {
  if constexpr (detail::tuple_like<T>) {
    return std::apply([](const auto&... field) { return std::tuple<decltype(field)...>(field...); },
                      value);
  } else if constexpr (field_count<T> == 0) {
    return std::tuple<>();
  } else {
    // Only for the sake of bit-fields, which a reference to const would copy.
    return detail::fields_without_bases_arrays_and_bit_fields(const_cast<T&>(value));
  }
}

namespace detail {

template <class T>
struct field_types;

template <class... F>
struct field_types<std::tuple<F...>> {
  using type = std::tuple<std::remove_cvref_t<F>...>;
};

}  // namespace detail

// The field types of T as a std::tuple of values.
template <has_fields T>
using field_types_of =
    typename detail::field_types<decltype(crosstie::as_fields(std::declval<const T&>()))>::type;

}  // namespace crosstie
