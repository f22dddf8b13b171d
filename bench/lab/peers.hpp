// The hash tables that are compared: std, Boost, Abseil and ours, each with its own usual hash.
//
// Promise: every lookup takes views, so that nobody builds a key to ask for one; every hash covers
// all of the key and mixes. Cost: none at run time. Thread safety: stateless.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <array>
#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <crosstie/digest.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "lab/key_set.hpp"

namespace crosstie::bench {

struct text_cell {
  std::string row, column;
};
using number_array = std::array<std::uint32_t, 2>;
using text_array = std::array<std::string, 2>;

// Library::combine(parts...) hashes parts that are integers or string views.
template <class Library>
struct peer_hash {
  using is_transparent = void;
  std::size_t operator()(std::uint32_t id) const noexcept { return Library::combine(id); }
  std::size_t operator()(std::string_view text) const noexcept { return Library::combine(text); }
  std::size_t operator()(const number_key& key) const noexcept {
    return Library::combine(key.row, key.column);
  }
  std::size_t operator()(const text_key& key) const noexcept {
    return Library::combine(key.row, key.column);
  }
  std::size_t operator()(const text_cell& key) const noexcept {
    return Library::combine(std::string_view(key.row), std::string_view(key.column));
  }
  std::size_t operator()(const number_array& key) const noexcept {
    return Library::combine(key[0], key[1]);
  }
  std::size_t operator()(const text_array& key) const noexcept {
    return Library::combine(std::string_view(key[0]), std::string_view(key[1]));
  }
  // A digest is a hash already.
  std::size_t operator()(const digest128& key) const noexcept { return key.low; }
};

struct peer_equal {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    if constexpr (std::is_convertible_v<const A&, std::string_view>) {
      return std::string_view(a) == std::string_view(b);
    } else if constexpr (std::is_same_v<A, B> && requires { a == b; }) {
      return a == b;
    } else {
      return row_of(a) == row_of(b) && column_of(a) == column_of(b);
    }
  }

 private:
  static std::string_view row_of(const text_key& key) { return key.row; }
  static std::string_view row_of(const text_cell& key) { return key.row; }
  static std::string_view row_of(const text_array& key) { return key[0]; }
  static std::string_view column_of(const text_key& key) { return key.column; }
  static std::string_view column_of(const text_cell& key) { return key.column; }
  static std::string_view column_of(const text_array& key) { return key[1]; }
};

struct std_library {
  static constexpr const char* name = "std";
  template <class... Part>
  static std::size_t combine(const Part&... part) noexcept {
    std::size_t seed = 0;
    ((seed = (seed ^ std::hash<Part>()(part)) * 0x9e3779b97f4a7c15U, seed ^= seed >> 32), ...);
    return seed;
  }
  template <class Key>
  using set = std::unordered_set<Key, peer_hash<std_library>, peer_equal>;
  template <class Key, class T>
  using map = std::unordered_map<Key, T, peer_hash<std_library>, peer_equal>;
};

struct boost_library {
  static constexpr const char* name = "boost";
  template <class... Part>
  static std::size_t combine(const Part&... part) noexcept {
    std::size_t seed = 0;
    (boost::hash_combine(seed, boost::hash<Part>()(part)), ...);
    return seed;
  }
  template <class Key>
  using set = boost::unordered_flat_set<Key, peer_hash<boost_library>, peer_equal>;
  template <class Key, class T>
  using map = boost::unordered_flat_map<Key, T, peer_hash<boost_library>, peer_equal>;
};

struct absl_library {
  static constexpr const char* name = "absl";
  template <class... Part>
  static std::size_t combine(const Part&... part) noexcept {
    return absl::HashOf(part...);
  }
  template <class Key>
  using set = absl::flat_hash_set<Key, peer_hash<absl_library>, peer_equal>;
  template <class Key, class T>
  using map = absl::flat_hash_map<Key, T, peer_hash<absl_library>, peer_equal>;
};

struct own_library {
  static constexpr const char* name = "crosstie";
  template <class Key>
  using set = flat_set<Key>;
  template <class Key, class T>
  using map = flat_map<Key, T>;
};

// Erasing by a view: C++23 has it, libstdc++ 12 has not.
template <class Set, class View>
bool erase_view(Set& set, const View& view) {
  const auto at = set.find(view);
  if (at == set.end()) return false;
  set.erase(at);
  return true;
}

}  // namespace crosstie::bench
