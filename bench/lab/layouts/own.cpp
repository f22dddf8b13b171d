// Crosstie's own types: layouts that know both dimensions.
#include <crosstie/assignment.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/table.hpp>
#include <crosstie/uuid_assignment.hpp>

#include "lab/layout.hpp"
#include "lab/peers.hpp"

namespace crosstie::bench {
namespace {

// Asks a batch in the pairs that our types take.
template <class Table, class Key>
std::size_t ask_many(const Table& cells, std::span<const Key> keys, std::span<bool> answers) {
  std::array<typename Table::pair_type, batch_size> pairs;
  for (std::size_t i = 0; i < keys.size(); ++i) pairs[i] = {keys[i].row, keys[i].column};
  return cells.contains_many(std::span<const typename Table::pair_type>(pairs.data(), keys.size()),
                             answers);
}

// What relation and table have in common.
template <class Cells>
struct dense_cells {
  static constexpr scan rows = scan::direct;
  Cells cells;

  bool has(const number_key& key) const { return cells.contains(key.row, key.column); }
  std::size_t has_many(std::span<const number_key> keys, std::span<bool> answers) const {
    return ask_many(cells, keys, answers);
  }
  bool drop(const number_key& key) { return cells.erase(key.row, key.column); }
  template <class Visit>
  void scan_row(std::uint32_t row, Visit visit) const {
    for (const std::uint32_t column : cells.row(row)) visit(column);
  }
};

// Many-to-many among dense ids.
template <relation_index Index>
struct by_relation : dense_cells<relation<std::uint32_t, std::uint32_t, Index>> {
  static constexpr bool both = Index == relation_index::both_ways;
  static constexpr scan columns = both ? scan::direct : scan::full;

  bool put(const number_key& key) { return this->cells.insert(key.row, key.column); }
  template <class Visit>
  void scan_column(std::uint32_t column, Visit visit) const {
    if constexpr (both) {
      for (const std::uint32_t row : this->cells.column(column)) visit(row);
    } else {
      for (std::uint32_t row = 0; row < this->cells.row_limit(); ++row) {
        if (this->has({row, column})) visit(row);
      }
    }
  }
};

// The same with a value in each cell.
struct by_table : dense_cells<::crosstie::table<std::uint32_t, std::uint32_t, std::uint32_t>> {
  static constexpr scan columns = scan::direct;

  bool put(const number_key& key) {
    return cells.try_emplace(key.row, key.column, key.column).second;
  }
  template <class Visit>
  void scan_column(std::uint32_t column, Visit visit) const {
    for (const std::uint32_t row : cells.column(column)) visit(row);
  }
};

// Each column in one row.
struct by_assignment {
  static constexpr scan rows = scan::direct, columns = scan::direct;
  assignment<std::uint32_t, std::uint32_t> cells;

  bool put(const number_key& key) { return !cells.assign(key.column, key.row); }
  bool has(const number_key& key) const { return cells.contains(key.row, key.column); }
  std::size_t has_many(std::span<const number_key> keys, std::span<bool> answers) const {
    return ask_many(cells, keys, answers);
  }
  bool drop(const number_key& key) {
    return cells.contains(key.row, key.column) && cells.unassign(key.column).has_value();
  }
  template <class Visit>
  void scan_row(std::uint32_t row, Visit visit) const {
    for (const std::uint32_t column : cells.columns(row)) visit(column);
  }
  template <class Visit>
  void scan_column(std::uint32_t column, Visit visit) const {
    if (const auto row = cells.row_of(column)) visit(*row);
  }
};

// Names interned, their ids in one of the tables above.
template <class Ids>
struct interned_into {
  static constexpr scan rows = Ids::rows, columns = Ids::columns;
  interner<std::string, std::uint32_t> row_names, column_names;
  Ids cells;

  bool put(const text_key& key) {
    const std::uint32_t row = row_names.intern(key.row);
    return cells.put({row, column_names.intern(key.column)});
  }
  // Columns are the many: most absent names are known by them alone.
  bool has(const text_key& key) const {
    const auto column = column_names.find(key.column);
    if (!column) return false;
    const auto row = row_names.find(key.row);
    return row && cells.has({*row, *column});
  }
  bool drop(const text_key& key) {
    const auto row = row_names.find(key.row);
    const auto column = column_names.find(key.column);
    return row && column && cells.drop({*row, *column});
  }
  template <class Visit>
  void scan_row(std::string_view row, Visit visit) const {
    const auto id = row_names.find(row);
    if (id) cells.scan_row(*id, [&](std::uint32_t column) { visit(column_names[column]); });
  }
  template <class Visit>
  void scan_column(std::string_view column, Visit visit) const {
    const auto id = column_names.find(column);
    if (id) cells.scan_column(*id, [&](std::uint32_t row) { visit(row_names[row]); });
  }
};
// The column's one row is compared by its name: no lookup of the row.
struct interned_assignment : interned_into<by_assignment> {
  bool has(const text_key& key) const {
    const auto column = column_names.find(key.column);
    if (!column) return false;
    const auto row = cells.cells.row_of(*column);
    return row && row_names[*row] == key.row;
  }
};

// Columns packed to the 16 bytes that their UUIDs stand for; a row's name is kept once.
struct packed_assignment {
  static constexpr scan rows = scan::full, columns = scan::direct;
  uuid_assignment<> cells;

  void reserve(std::size_t entries) { cells.reserve(entries); }
  bool put(const text_key& key) { return !cells.assign(key.row, key.column); }
  bool has(const text_key& key) const { return cells.contains(key.row, key.column); }
  std::size_t has_many(std::span<const text_key> keys, std::span<bool> answers) const {
    return ask_many(cells, keys, answers);
  }
  bool drop(const text_key& key) { return cells.erase(key.row, key.column); }
  template <class Visit>
  void scan_row(std::string_view row, Visit visit) const {
    cells.for_each([&](std::string_view other, std::string_view column) {
      if (other == row) visit(column);
    });
  }
  template <class Visit>
  void scan_column(std::string_view column, Visit visit) const {
    if (const auto row = cells.row_of(column)) visit(*row);
  }
};

// Columns packed, rows interned, and the pair in a flat table: a column may be in several rows.
struct packed_pairs {
  static constexpr scan rows = scan::full, columns = scan::full;
  struct cell {
    std::uint32_t row;
    uuid column;
  };
  interner<std::string, std::uint32_t> row_names;
  uuid_keys<> columns_of;
  flat_set<cell> cells;

  void reserve(std::size_t entries) { cells.reserve(entries); }
  bool put(const text_key& key) {
    return cells.insert(cell{row_names.intern(key.row), columns_of.pack(key.column)}).second;
  }
  std::optional<cell> cell_of(const text_key& key) const {
    uuid column;
    if (!columns_of.find(key.column, column)) return std::nullopt;
    const auto row = row_names.find(key.row);
    return row ? std::optional(cell{*row, column}) : std::nullopt;
  }
  bool has(const text_key& key) const {
    const auto asked = cell_of(key);
    return asked && cells.contains(*asked);
  }
  bool drop(const text_key& key) {
    const auto asked = cell_of(key);
    return asked && cells.erase(*asked) != 0;
  }
  template <class Visit>
  void scan_row(std::string_view row, Visit visit) const {
    const auto id = row_names.find(row);
    std::array<char, uuid_text_bytes> buffer{};
    for (const cell& one : cells) {
      if (id == one.row) visit(columns_of.text(one.column, buffer));
    }
  }
  template <class Visit>
  void scan_column(std::string_view column, Visit visit) const {
    uuid wanted;
    if (!columns_of.find(column, wanted)) return;
    for (const cell& one : cells) {
      if (one.column == wanted) visit(row_names[one.row]);
    }
  }
};

// Rows are few and long, so they are interned; the column's text is hashed once, with the row's id.
struct row_id_and_text {
  static constexpr scan rows = scan::full, columns = scan::full;
  struct cell {
    std::uint32_t row;
    std::string column;
  };
  struct cell_view {
    std::uint32_t row;
    std::string_view column;
  };
  interner<std::string, std::uint32_t> row_names;
  flat_set<cell> cells;

  void reserve(std::size_t entries) { cells.reserve(entries); }
  bool put(const text_key& key) {
    return cells.insert(cell_view{row_names.intern(key.row), key.column}).second;
  }
  bool has(const text_key& key) const {
    const auto row = row_names.find(key.row);
    return row && cells.contains(cell_view{*row, key.column});
  }
  bool drop(const text_key& key) {
    const auto row = row_names.find(key.row);
    return row && cells.erase(cell_view{*row, key.column}) != 0;
  }
  template <class Visit>
  void scan_row(std::string_view row, Visit visit) const {
    const auto id = row_names.find(row);
    if (!id) return;
    for (const cell& one : cells) {
      if (one.row == *id) visit(std::string_view(one.column));
    }
  }
  template <class Visit>
  void scan_column(std::string_view column, Visit visit) const {
    for (const cell& one : cells) {
      if (one.column == column) visit(row_names[one.row]);
    }
  }
};

template <class Key, class Cells>
layout<Key> describe_own(std::string name, bool one_row, bool dense, bool uuids = false) {
  layout<Key> made = describe<Key, Cells>(std::move(name), "crosstie");
  made.one_row = one_row, made.dense = dense, made.uuids = uuids;
  return made;
}

}  // namespace

void add_own(layouts<number_key>& to) {
  to.push_back(describe_own<number_key, by_relation<relation_index::by_row>>("relation by row",
                                                                             false, true));
  to.push_back(describe_own<number_key, by_relation<relation_index::both_ways>>(
      "relation both ways", false, true));
  to.push_back(describe_own<number_key, by_table>("table", false, true));
  to.push_back(describe_own<number_key, by_assignment>("assignment", true, true));
}
void add_own(layouts<text_key>& to) {
  to.push_back(describe_own<text_key, row_id_and_text>("row id + text", false, false));
  to.push_back(describe_own<text_key, interned_into<by_relation<relation_index::both_ways>>>(
      "interned relation", false, false));
  to.push_back(describe_own<text_key, interned_assignment>("interned assignment", true, false));
  to.push_back(describe_own<text_key, packed_pairs>("row id + packed uuid", false, false, true));
  to.push_back(describe_own<text_key, packed_assignment>("uuid assignment", true, false, true));
}

template <class Key>
std::vector<layout<Key>> all_layouts() {
  layouts<Key> all;
  for (const auto add : {static_cast<void (*)(layouts<Key>&)>(add_nested),
                         static_cast<void (*)(layouts<Key>&)>(add_concatenated),
                         static_cast<void (*)(layouts<Key>&)>(add_struct),
                         static_cast<void (*)(layouts<Key>&)>(add_array),
                         static_cast<void (*)(layouts<Key>&)>(add_erased),
                         static_cast<void (*)(layouts<Key>&)>(add_digest),
                         static_cast<void (*)(layouts<Key>&)>(add_interned),
                         static_cast<void (*)(layouts<Key>&)>(add_sorted),
                         static_cast<void (*)(layouts<Key>&)>(add_own)}) {
    add(all);
  }
  return all;
}
template std::vector<layout<number_key>> all_layouts();
template std::vector<layout<text_key>> all_layouts();

}  // namespace crosstie::bench
