// Lookup: makes one argument of what a member function is asked for, be it a key or its fields; a
// key of what it is given; and a reference of what must have been found.
//
// Promise: one part is itself, several are a tuple of references. Cost: none at run time.
// Thread safety: stateless.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include <crosstie/key.hpp>

namespace crosstie::detail {

// One part is a key or a view; several are the fields of one.
template <class Part>
const Part& as_lookup(const Part& part) noexcept {
  return part;
}
template <class First, class Second, class... More>
std::tuple<const First&, const Second&, const More&...> as_lookup(const First& first,
                                                                  const Second& second,
                                                                  const More&... more) noexcept {
  return {first, second, more...};
}

// A view of a key, or what converts to a key: what puts elements in makes a Key of the latter
// first.
template <class Given, class Key>
concept makes_key = view_of<Given, Key> || std::is_convertible_v<Given, Key>;

// What to construct a key from where that is `given`: itself, moved if it may be, or what makes a
// key of a view.
template <class Key, class Given>
decltype(auto) key_source(Given&& given) noexcept {
  if constexpr (std::is_same_v<std::remove_cvref_t<Given>, Key>) {
    return std::forward<Given>(given);
  } else {
    return key_maker<Key, std::remove_cvref_t<Given>>{given};
  }
}

// What `found` points at; throws std::out_of_range where that is nothing (aborts without
// exceptions).
template <class T>
T& present(T* found, [[maybe_unused]] const char* what) {
  if (found == nullptr) {
#if defined(__cpp_exceptions)
    throw std::out_of_range(what);
#else
    std::abort();
#endif
  }
  return *found;
}

}  // namespace crosstie::detail
