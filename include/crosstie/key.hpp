// Keys: what may be a key, and how keys and views of keys are hashed, compared and built.
//
// Promise: integers, enums, pointers to objects, strings, durations and time points of integers,
//   std::optional, std::array, pairs, tuples, plain aggregates of these (up to 8 fields), and
//   whatever has `custom_hash` or std::hash with operator==, are composite keys. A type's own hash
//   is taken with its own operator==; others are hashed field by field (padding never counts) and
//   compared with their own operator==, or field by field where they have none.
// A view of a key is anything that has the same fields in the same order, each of them a view of
//   the key's field: a string_view for a string, an integer for an integer. A view hashes and
//   compares like the key it describes, so that a lookup builds no key and allocates nothing. An
//   integer describes what it is once converted to the key's type, as where std::set takes it.
// Refused at compile time, with one sentence: pointers to characters, floating point outside
//   `exact_float`, types hashed as bytes that have padding, types without equality, types that
//   nothing can hash.
// Thread safety: stateless.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>  // also std::hash; <functional> has it too, for twice the price
#include <tuple>
#include <type_traits>
#include <utility>

#include <crosstie/fields.hpp>
#include <crosstie/hash.hpp>

namespace crosstie {

// Specialise with `std::uint64_t operator()(const T&, std::uint64_t seed) const` to hash a type in
// your own way; the type then needs an operator== that agrees. The seed is secret, the table's and
// of the fields before: what is mixed with it early is hard to make collide.
template <class T>
struct custom_hash {};

// A floating-point field on purpose: compared and hashed by its bits, so NaN equals itself and
// 0.0 differs from -0.0.
template <std::floating_point T>
struct exact_float {
  T value;

  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "crosstie: exact_float takes float and double");
  using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  [[nodiscard]] constexpr word bits() const noexcept { return std::bit_cast<word>(value); }
  friend constexpr bool operator==(exact_float a, exact_float b) noexcept {
    return a.bits() == b.bits();
  }
};

// Specialise to true to have a trivially copyable type hashed as one run of bytes: quicker than
// field by field for a large one, and possible for one with more than 8 or with private fields. The
// type needs an operator== that agrees, and is refused where it has padding, whose bytes mean
// nothing.
template <class T>
inline constexpr bool hashed_as_bytes = false;

enum class key_fault {
  none,
  character_pointer,
  floating_point,
  padding,
  no_equality,
  not_hashable,
};

namespace detail {

template <class T>
inline constexpr bool is_character =
    std::same_as<T, char> || std::same_as<T, signed char> || std::same_as<T, unsigned char> ||
    std::same_as<T, wchar_t> || std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
    std::same_as<T, char32_t>;

template <class T>
inline constexpr bool is_exact_float = false;
template <class T>
inline constexpr bool is_exact_float<exact_float<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept custom_hashed = requires(const T& value, std::uint64_t seed) {
  { custom_hash<T>{}(value, seed) } -> std::convertible_to<std::uint64_t>;
};

template <class T>
concept word_like =
    (std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>) && sizeof(T) <= 8;

template <class T>
concept std_hashed = requires(const T& value) {
  { std::hash<T>{}(value) } -> std::convertible_to<std::size_t>;
};

template <class T>
inline constexpr bool is_std_text = std::same_as<T, std::string_view>;
template <class A>
inline constexpr bool is_std_text<std::basic_string<char, std::char_traits<char>, A>> = true;

// A class that turns into text is text, unless it says how it is hashed.
template <class T>
concept text_like = std::is_class_v<T> && std::is_convertible_v<const T&, std::string_view> &&
                    (is_std_text<T> || (!custom_hashed<T> && !std_hashed<T>));

// std::chrono's duration and time_point, which need not be included for that.
template <class T>
concept duration_like = requires(const T& value) {
  typename T::period;
  { value.count() } -> std::integral;
};
template <class T>
concept time_point_like = requires(const T& value) {
  typename T::clock;
  { value.time_since_epoch() } -> duration_like;
};
template <class T>
concept time_like = (duration_like<T> || time_point_like<T>) && !custom_hashed<T> && !std_hashed<T>;

template <class T>
concept has_own_equality = requires(const T& a, const T& b) {
  { a == b } -> std::convertible_to<bool>;
};

template <class T>
inline constexpr bool is_std_tuple = false;
template <class A, class B>
inline constexpr bool is_std_tuple<std::pair<A, B>> = true;
template <class... F>
inline constexpr bool is_std_tuple<std::tuple<F...>> = true;

// True where T says itself how it is hashed, and what is equal.
template <class T>
concept hashed_by_itself =
    custom_hashed<T> || (std_hashed<T> && has_own_equality<T> && !is_std_tuple<T>);

template <class T>
constexpr key_fault find_fault();

template <class... F>
constexpr key_fault worst_fault(std::type_identity<std::tuple<F...>>) {
  key_fault worst = key_fault::none;
  ((worst = worst == key_fault::none ? find_fault<F>() : worst), ...);
  return worst;
}

// std::variant, which need not be included for that, is what its alternatives are.
template <class T>
inline constexpr key_fault alternatives_fault = key_fault::none;
template <template <class...> class Variant, class... A>
  requires requires(const Variant<A...>& value) { value.valueless_by_exception(); }
inline constexpr key_fault alternatives_fault<Variant<A...>> =
    detail::worst_fault(std::type_identity<std::tuple<A...>>{});

template <class T>
constexpr key_fault find_fault() {
  if constexpr (std::is_pointer_v<T> || std::is_array_v<T>) {
    using target = std::remove_cv_t<std::remove_pointer_t<std::decay_t<T>>>;
    if (is_character<target>) return key_fault::character_pointer;
    return std::is_array_v<T> ? key_fault::not_hashable : key_fault::none;
  } else if constexpr (std::is_floating_point_v<T>) {
    return key_fault::floating_point;
  } else if constexpr (word_like<T> || is_exact_float<T> || time_like<T>) {
    return key_fault::none;
  } else if constexpr (hashed_as_bytes<T>) {
    if (!std::has_unique_object_representations_v<T>) return key_fault::padding;
    return has_own_equality<T> ? key_fault::none : key_fault::no_equality;
  } else if constexpr (is_optional<T> || is_std_array<T>) {
    return find_fault<typename T::value_type>();
  } else if constexpr (text_like<T> || hashed_by_itself<T>) {
    if (!has_own_equality<T>) return key_fault::no_equality;
    return custom_hashed<T> ? key_fault::none : alternatives_fault<T>;
  } else if constexpr (has_fields<T>) {
    return detail::worst_fault(std::type_identity<field_types_of<T>>{});
  } else {
    return has_own_equality<T> ? key_fault::not_hashable : key_fault::no_equality;
  }
}

// True where T is hashed as its fields.
template <class T>
concept hashed_by_fields =
    !word_like<T> && !is_exact_float<T> && !hashed_as_bytes<T> && !is_optional<T> &&
    !text_like<T> && !hashed_by_itself<T> && has_fields<T>;

// True where hashing a T throws nothing.
template <class T>
constexpr bool hashes_safely();

template <class... F>
constexpr bool all_hash_safely(std::type_identity<std::tuple<F...>>) {
  return (hashes_safely<F>() && ...);
}

template <class T>
constexpr bool hashes_safely() {
  if constexpr (word_like<T> || is_exact_float<T> || time_like<T> || hashed_as_bytes<T>) {
    return true;
  } else if constexpr (is_optional<T> || is_std_array<T>) {
    return hashes_safely<typename T::value_type>();
  } else if constexpr (text_like<T>) {
    return std::is_nothrow_convertible_v<const T&, std::string_view>;
  } else if constexpr (custom_hashed<T>) {
    return noexcept(custom_hash<T>{}(std::declval<const T&>(), std::uint64_t{}));
  } else if constexpr (hashed_by_itself<T>) {
    return noexcept(std::hash<T>{}(std::declval<const T&>()));
  } else {
    return detail::all_hash_safely(std::type_identity<field_types_of<T>>{});
  }
}

template <class View, class Key>
constexpr bool is_view_of();

template <class... V, class... K>
constexpr bool are_views_of(std::type_identity<std::tuple<V...>>,
                            std::type_identity<std::tuple<K...>>) {
  if constexpr (sizeof...(V) != sizeof...(K)) {
    return false;
  } else {
    return (is_view_of<V, K>() && ...);
  }
}

template <class View, class Key>
constexpr bool is_view_of() {
  if constexpr (std::same_as<View, Key>) {
    return true;
  } else if constexpr (std::is_integral_v<Key>) {
    return std::is_integral_v<View> && sizeof(View) <= 8;
  } else if constexpr (text_like<Key>) {
    return std::is_convertible_v<const View&, std::string_view>;
  } else if constexpr (is_optional<Key> && is_optional<View>) {
    return is_view_of<typename View::value_type, typename Key::value_type>();
  } else if constexpr (is_std_array<Key> && is_std_array<View>) {
    return std::tuple_size_v<Key> == std::tuple_size_v<View> &&
           is_view_of<typename View::value_type, typename Key::value_type>();
  } else if constexpr (hashed_by_fields<Key> && has_fields<View>) {
    return detail::are_views_of(std::type_identity<field_types_of<View>>{},
                                std::type_identity<field_types_of<Key>>{});
  } else {
    return false;
  }
}

template <time_like T>
constexpr std::uint64_t ticks_of(const T& time) {
  if constexpr (time_point_like<T>) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  } else {
    return static_cast<std::uint64_t>(time.count());
  }
}

// Adds `view` to the hash as if it were a Key.
template <class Key, class View>
constexpr void add_key(hash_state& state, const View& view) {
  if constexpr (std::is_pointer_v<Key>) {
    state.add_bits(reinterpret_cast<std::uintptr_t>(view), 64);
  } else if constexpr (word_like<Key>) {
    // Converted to the key's type first: a view of another width must not hash differently.
    state.add_bits(static_cast<std::uint64_t>(static_cast<Key>(view)), 8 * sizeof(Key));
  } else if constexpr (is_exact_float<Key>) {
    state.add_bits(view.bits(), 8 * sizeof(Key));
  } else if constexpr (time_like<Key>) {
    state.add_bits(detail::ticks_of(view), 64);
  } else if constexpr (hashed_as_bytes<Key>) {
    state.add_text({reinterpret_cast<const char*>(std::addressof(view)), sizeof(Key)});
  } else if constexpr (is_optional<Key>) {
    state.add_bits(view.has_value(), 8);
    if (view.has_value()) detail::add_key<typename Key::value_type>(state, *view);
  } else if constexpr (is_std_array<Key>) {
    for (const auto& element : view) detail::add_key<typename Key::value_type>(state, element);
  } else if constexpr (text_like<Key>) {
    state.add_text(view);
  } else if constexpr (custom_hashed<Key>) {
    state.add_bits(custom_hash<Key>{}(view, state.seed()), 64);
  } else if constexpr (hashed_by_fields<Key>) {
    [&]<std::size_t... I>(const auto& fields, std::index_sequence<I...>) {
      (detail::add_key<std::tuple_element_t<I, field_types_of<Key>>>(state, std::get<I>(fields)),
       ...);
    }(crosstie::as_fields(view),
      std::make_index_sequence<std::tuple_size_v<field_types_of<Key>>>{});
  } else {
    state.add_bits(std::hash<Key>{}(view), 64);
  }
}

// Numbers without padding between them, in one word at most.
template <class... F>
constexpr bool fill_word(std::size_t bytes, std::type_identity<std::tuple<F...>>) {
  return (((std::is_integral_v<F> && !std::same_as<F, bool>) || std::is_enum_v<F>) && ...) &&
         bytes == (0 + ... + sizeof(F)) && bytes <= 8;
}

// True where Key is nothing but numbers side by side in one word, View has the same, and neither
// has a say in how they compare.
template <class Key, class View>
constexpr bool compares_as_word() {
  if constexpr (hashed_by_fields<Key> && has_fields<View>) {
    return std::same_as<field_types_of<Key>, field_types_of<View>> &&
           detail::fill_word(sizeof(Key), std::type_identity<field_types_of<Key>>{}) &&
           (is_std_tuple<Key> || !std::same_as<Key, View> || !has_own_equality<Key>);
  } else {
    return false;
  }
}

// The fields side by side in one word, as the hash takes them: the compiler loads them at once.
template <class... F>
constexpr std::uint64_t as_word(const std::tuple<const F&...>& fields) noexcept {
  std::uint64_t word = 0;
  unsigned filled = 0;
  std::apply(
      [&](const F&... field) {
        ((word |= std::uint64_t{static_cast<std::make_unsigned_t<F>>(field)} << filled,
          filled += 8 * sizeof(F)),
         ...);
      },
      fields);
  return word;
}

// What std compares part by part, with the operator== of each, which some parts may not have.
template <class T>
inline constexpr bool made_of_others = is_std_tuple<T> || is_std_array<T> || is_optional<T>;

template <class Key, class View>
constexpr bool equals(const Key& key, const View& view) {
  if constexpr (compares_as_word<Key, View>()) {
    return detail::as_word(crosstie::as_fields(key)) == detail::as_word(crosstie::as_fields(view));
  } else if constexpr (std::same_as<Key, View> && has_own_equality<Key> && !made_of_others<Key>) {
    return static_cast<bool>(key == view);
  } else if constexpr (std::is_integral_v<Key>) {
    return key == static_cast<Key>(view);
  } else if constexpr (text_like<Key>) {
    const std::string_view a(key);
    const std::string_view b(view);
    // What == does, which the compiler does not always put in line.
    return a.size() == b.size() &&
           std::string_view::traits_type::compare(a.data(), b.data(), a.size()) == 0;
  } else if constexpr (is_optional<Key>) {
    return key.has_value() == view.has_value() && (!key.has_value() || detail::equals(*key, *view));
  } else if constexpr (is_std_array<Key>) {
    return std::equal(key.begin(), key.end(), view.begin(),
                      [](const auto& a, const auto& b) { return detail::equals(a, b); });
  } else {
    return [&]<std::size_t... I>(const auto& a, const auto& b, std::index_sequence<I...>) {
      return (detail::equals(std::get<I>(a), std::get<I>(b)) && ...);
    }(crosstie::as_fields(key), crosstie::as_fields(view),
           std::make_index_sequence<std::tuple_size_v<field_types_of<Key>>>{});
  }
}

// The key that `view` describes.
template <class Key, class View>
constexpr Key make_key(const View& view) {
  if constexpr (std::same_as<Key, View>) {
    return view;
  } else if constexpr (hashed_by_fields<Key>) {
    return [&]<std::size_t... I>(const auto& fields, std::index_sequence<I...>) {
      return Key{
          detail::make_key<std::tuple_element_t<I, field_types_of<Key>>>(std::get<I>(fields))...};
    }(crosstie::as_fields(view),
           std::make_index_sequence<std::tuple_size_v<field_types_of<Key>>>{});
  } else if constexpr (text_like<Key>) {
    return Key(std::string_view(view));
  } else if constexpr (is_optional<Key>) {
    return view ? Key(detail::make_key<typename Key::value_type>(*view)) : Key();
  } else if constexpr (is_std_array<Key>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Key{detail::make_key<typename Key::value_type>(view[I])...};
    }(std::make_index_sequence<std::tuple_size_v<Key>>{});
  } else {
    return static_cast<Key>(view);
  }
}

// Turns into a Key where it is constructed, in its slot.
template <class Key, class View>
struct key_maker {
  const View& view;
  // NOLINTNEXTLINE(google-explicit-constructor): that is its use
  operator Key() const { return detail::make_key<Key>(view); }
};

}  // namespace detail

template <class T>
inline constexpr key_fault key_fault_of = detail::find_fault<T>();

template <class T>
concept composite_key = key_fault_of<T> == key_fault::none;

// View has the fields of Key, each as itself or as a view.
template <class View, class Key>
concept view_of = detail::is_view_of<std::remove_cvref_t<View>, Key>();

// Says in one sentence why a type cannot be a key.
template <class T>
constexpr void require_composite_key() {
  constexpr key_fault fault = key_fault_of<T>;
  static_assert(fault != key_fault::character_pointer,
                "crosstie: a key must not hold a pointer to characters, because the address would "
                "be compared and not the text; use std::string or std::string_view");
  static_assert(fault != key_fault::floating_point,
                "crosstie: a key must not hold floating point, because NaN never equals itself; "
                "wrap the field in crosstie::exact_float to compare its bits");
  static_assert(
      fault != key_fault::padding,
      "crosstie: a key hashed as bytes must not have padding (or floating point), because "
      "equal keys would hash unequally; leave hashed_as_bytes false to hash its fields");
  static_assert(fault != key_fault::no_equality,
                "crosstie: a key needs operator==, or must be a plain aggregate of up to 8 fields "
                "that have it");
  static_assert(fault != key_fault::not_hashable,
                "crosstie: a key needs a hash; make it an aggregate of up to 8 hashable fields "
                "or specialise crosstie::custom_hash or std::hash for it");
}

// The default Hash of the tables: hashes keys and views of keys alike, under the table's seed.
template <class Key>
struct key_hash {
  using is_transparent = void;

  template <view_of<Key> View>
  [[nodiscard]] constexpr std::uint64_t operator()(const View& view, std::uint64_t seed) const
      noexcept(detail::hashes_safely<Key>()) {
    hash_state state(seed);
    detail::add_key<Key>(state, view);
    return state.finish();
  }
};

// The default Eq of the tables.
template <class Key>
struct key_equal {
  using is_transparent = void;

  template <view_of<Key> View>
  [[nodiscard]] constexpr bool operator()(const Key& key, const View& view) const {
    return detail::equals(key, view);
  }
};

}  // namespace crosstie
