// The load that an experiment puts on one layout: its operations as phases, with right answers.
//
//   insert, hit, batched hit, miss, zipf, row scan, column scan, erase   on one table, in this
//   order ordered insert                                                       on a second, row by
//   row
//
// "batched hit" is of layouts that answer many questions at once; of others a loop would be a hit.
//
// Promise: small tables are repeated until a phase takes long enough for the clock; what every
// phase must answer is known beforehand from the keys alone.
// Thread safety: none.
#pragma once

#include <functional>
#include <string_view>

#include "harness/rounds.hpp"
#include "lab/layout.hpp"

namespace crosstie::bench {

inline constexpr const char* load_operations[] = {"insert",      "ordered insert", "hit",
                                                  "batched hit", "miss",           "zipf",
                                                  "row scan",    "column scan",    "erase"};

// Adds one entrant for the layout, with the operations that `wanted` admits, and tells `to` their
// answers. `keys` must outlive the rounds.
template <class Key>
void add_load(rounds& to, const layout<Key>& one, const key_set<Key>& keys,
              const cli::case_fields& of, const std::function<bool(std::string_view)>& wanted);

// Bytes that a table with all the keys takes, an entry.
template <class Key>
double measure_memory(const layout<Key>& one, const key_set<Key>& keys);

}  // namespace crosstie::bench
