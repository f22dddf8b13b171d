// Interned ids: each name once in a map of its own, and the pairs of ids in a flat table. Numbers
// are interned, too, where they are no dense ids.
#include <vector>

#include "lab/layout.hpp"
#include "lab/peers.hpp"

namespace crosstie::bench {
namespace {

template <class Library, class Part, class View>
struct interned {
  static constexpr scan rows = scan::full, columns = scan::full;
  typename Library::template map<Part, std::uint32_t> row_ids, column_ids;
  std::vector<Part> row_names, column_names;
  typename Library::template set<number_key> cells;

  static std::uint32_t intern(auto& ids, auto& names, const View& name) {
    const auto at = ids.find(name);
    if (at != ids.end()) return at->second;
    const auto id = static_cast<std::uint32_t>(names.size());
    names.emplace_back(name);
    ids.try_emplace(Part(name), id);
    return id;
  }
  template <class Key>
  bool put(const Key& key) {
    const std::uint32_t row = intern(row_ids, row_names, key.row);
    return cells.insert(number_key{row, intern(column_ids, column_names, key.column)}).second;
  }
  template <class Key>
  bool has(const Key& key) const {
    const auto row = row_ids.find(key.row);
    if (row == row_ids.end()) return false;
    const auto column = column_ids.find(key.column);
    return column != column_ids.end() &&
           cells.find(number_key{row->second, column->second}) != cells.end();
  }
  template <class Key>
  bool drop(const Key& key) {
    const auto row = row_ids.find(key.row);
    const auto column = column_ids.find(key.column);
    return row != row_ids.end() && column != column_ids.end() &&
           erase_view(cells, number_key{row->second, column->second});
  }
  template <class Visit>
  void scan_row(const View& row, Visit visit) const {
    const auto at = row_ids.find(row);
    if (at == row_ids.end()) return;
    for (const number_key& cell : cells) {
      if (cell.row == at->second) visit(column_names[cell.column]);
    }
  }
  template <class Visit>
  void scan_column(const View& column, Visit visit) const {
    const auto at = column_ids.find(column);
    if (at == column_ids.end()) return;
    for (const number_key& cell : cells) {
      if (cell.column == at->second) visit(row_names[cell.row]);
    }
  }
};

template <class Key, class Part, class View>
void add(layouts<Key>& to) {
  const std::string name = "interned ids";
  to.push_back(describe<Key, interned<std_library, Part, View>>(name, "std"));
  to.push_back(describe<Key, interned<boost_library, Part, View>>(name, "boost"));
  to.push_back(describe<Key, interned<absl_library, Part, View>>(name, "absl"));
  to.push_back(describe<Key, interned<own_library, Part, View>>(name, "crosstie"));
}

}  // namespace

void add_interned(layouts<number_key>& to) { add<number_key, std::uint32_t, std::uint32_t>(to); }
void add_interned(layouts<text_key>& to) { add<text_key, std::string, std::string_view>(to); }

}  // namespace crosstie::bench
