// A layout of a two-dimensional table, seen from an experiment: operations on many keys at once.
//
// Promise: whatever the layout, equal calls give equal answers. The virtual call is one a batch,
// not one a key, so that it costs nothing and each layout is compiled once.
// Thread safety: none.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lab/key_set.hpp"

namespace crosstie::bench {

template <class Key>
class table {
 public:
  virtual ~table() = default;
  virtual std::uint64_t put(std::span<const Key> keys) = 0;       // absent before; how many went in
  virtual std::uint64_t has(std::span<const Key> keys) = 0;       // how many are there
  virtual std::uint64_t has_many(std::span<const Key> keys) = 0;  // the same, asked in batches
  virtual std::uint64_t drop(std::span<const Key> keys) = 0;      // how many were there
  // The marks of the columns in each key's row, and of the rows in each key's column, added up.
  virtual std::uint64_t scan_rows(std::span<const Key> keys) = 0;
  virtual std::uint64_t scan_columns(std::span<const Key> keys) = 0;
  virtual void reserve(std::size_t entries) = 0;  // where the layout can
};

enum class scan : std::uint8_t {
  impossible,  // the names are not in the table
  full,        // every entry is looked at
  direct       // a place of its own for each row (column)
};

template <class Key>
struct layout {
  std::string name, library;
  scan rows = scan::full, columns = scan::full;
  std::function<std::unique_ptr<table<Key>>()> make;
  // What the keys must be like.
  bool one_row = false, dense = false, uuids = false;
  bool batched = false;  // has_many is more than a loop
};

// Every layout for keys of this kind, in the order in which people read them.
template <class Key>
std::vector<layout<Key>> all_layouts();

template <class Key>
bool fits(const layout<Key>& one, const key_set<Key>& keys) {
  return (!one.one_row || keys.one_row) && (!one.dense || keys.dense) && (!one.uuids || keys.uuids);
}

// Questions that batches of our types take at a time.
inline constexpr std::size_t batch_size = 256;

template <class Cells, class Key>
concept answers_batches = requires(const Cells cells, std::span<const Key> keys,
                                   std::span<bool> answers) { cells.has_many(keys, answers); };

// `Cells` offers put(key), has(key), drop(key), and scan_row(row, visit), scan_column(column,
// visit) as far as `rows` and `columns` of its layout say; has_many(keys, answers) of at most
// batch_size keys where it can answer many at once.
template <class Key, class Cells>
class table_of final : public table<Key> {
 public:
  std::uint64_t put(std::span<const Key> keys) override {
    std::uint64_t count = 0;
    for (const Key& key : keys) count += cells_.put(key);
    return count;
  }
  std::uint64_t has(std::span<const Key> keys) override {
    std::uint64_t count = 0;
    for (const Key& key : keys) count += cells_.has(key);
    return count;
  }
  std::uint64_t has_many(std::span<const Key> keys) override {
    if constexpr (answers_batches<Cells, Key>) {
      std::array<bool, batch_size> answers;
      std::uint64_t count = 0;
      for (std::size_t done = 0; done < keys.size(); done += batch_size) {
        const std::size_t now = std::min(batch_size, keys.size() - done);
        count += cells_.has_many(keys.subspan(done, now), std::span(answers).first(now));
      }
      return count;
    } else {
      return has(keys);
    }
  }
  std::uint64_t drop(std::span<const Key> keys) override {
    std::uint64_t count = 0;
    for (const Key& key : keys) count += cells_.drop(key);
    return count;
  }
  std::uint64_t scan_rows(std::span<const Key> keys) override {
    std::uint64_t sum = 0;
    if constexpr (Cells::rows != scan::impossible) {
      for (const Key& key : keys) {
        cells_.scan_row(key.row, [&](const auto& column) { sum += mark(column); });
      }
    }
    return sum;
  }
  std::uint64_t scan_columns(std::span<const Key> keys) override {
    std::uint64_t sum = 0;
    if constexpr (Cells::columns != scan::impossible) {
      for (const Key& key : keys) {
        cells_.scan_column(key.column, [&](const auto& row) { sum += mark(row); });
      }
    }
    return sum;
  }
  void reserve(std::size_t entries) override {
    if constexpr (requires { cells_.reserve(entries); }) cells_.reserve(entries);
  }

 private:
  Cells cells_;
};

template <class Key, class Cells>
layout<Key> describe(std::string name, std::string library) {
  layout<Key> made{std::move(name), std::move(library), Cells::rows, Cells::columns,
                   [] { return std::make_unique<table_of<Key, Cells>>(); }};
  made.batched = answers_batches<Cells, Key>;
  return made;
}

// The parts of all_layouts, one file each in layouts/.
template <class Key>
using layouts = std::vector<layout<Key>>;
void add_nested(layouts<number_key>& to);
void add_nested(layouts<text_key>& to);
void add_concatenated(layouts<number_key>& to);
void add_concatenated(layouts<text_key>& to);
void add_struct(layouts<number_key>& to);
void add_struct(layouts<text_key>& to);
void add_array(layouts<number_key>& to);
void add_array(layouts<text_key>& to);
void add_erased(layouts<number_key>& to);
void add_erased(layouts<text_key>& to);
void add_digest(layouts<number_key>& to);
void add_digest(layouts<text_key>& to);
void add_interned(layouts<number_key>& to);
void add_interned(layouts<text_key>& to);
void add_own(layouts<number_key>& to);
void add_own(layouts<text_key>& to);
void add_sorted(layouts<number_key>& to);
void add_sorted(layouts<text_key>& to);

}  // namespace crosstie::bench
