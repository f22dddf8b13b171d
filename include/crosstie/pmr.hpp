// pmr: flat_set and flat_map over a std::pmr::memory_resource.
//
//   std::pmr::monotonic_buffer_resource arena;
//   crosstie::pmr::flat_map<binding, int> map(&arena);
//
// Promise: the same tables with a polymorphic allocator; the other tables take one as their
// `Alloc`. A header of its own, since <memory_resource> costs more to include than a table. Thread
// safety: that of the tables and of the resource.
#pragma once

#include <memory_resource>
#include <utility>

#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>

namespace crosstie::pmr {

template <class Key, class Hash = key_hash<Key>, class Eq = key_equal<Key>>
using flat_set = crosstie::flat_set<Key, Hash, Eq, std::pmr::polymorphic_allocator<Key>>;

template <class Key, class T, class Hash = key_hash<Key>, class Eq = key_equal<Key>>
using flat_map =
    crosstie::flat_map<Key, T, Hash, Eq, std::pmr::polymorphic_allocator<std::pair<const Key, T>>>;

}  // namespace crosstie::pmr
