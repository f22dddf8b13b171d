// Nested map: row -> set of columns, as in the report. Two lookups, and a small object a row.
#include "lab/layout.hpp"
#include "lab/peers.hpp"

namespace crosstie::bench {
namespace {

template <class Library, class Part>
struct nested {
  static constexpr scan rows = scan::direct, columns = scan::full;  // a lookup in every row
  typename Library::template map<Part, typename Library::template set<Part>> cells;

  template <class Key>
  bool put(const Key& key) {
    auto at = cells.find(key.row);
    if (at == cells.end()) at = cells.try_emplace(Part(key.row)).first;
    return at->second.insert(Part(key.column)).second;
  }
  template <class Key>
  bool has(const Key& key) const {
    const auto at = cells.find(key.row);
    return at != cells.end() && at->second.find(key.column) != at->second.end();
  }
  template <class Key>
  bool drop(const Key& key) {
    const auto at = cells.find(key.row);
    return at != cells.end() && erase_view(at->second, key.column);
  }
  template <class Visit>
  void scan_row(const auto& row, Visit visit) const {
    const auto at = cells.find(row);
    if (at == cells.end()) return;
    for (const Part& column : at->second) visit(column);
  }
  template <class Visit>
  void scan_column(const auto& column, Visit visit) const {
    for (const auto& [row, columns] : cells) {
      if (columns.find(column) != columns.end()) visit(row);
    }
  }
};

template <class Key, class Part>
void add(layouts<Key>& to) {
  to.push_back(describe<Key, nested<std_library, Part>>("nested map", "std"));
  to.push_back(describe<Key, nested<boost_library, Part>>("nested map", "boost"));
  to.push_back(describe<Key, nested<absl_library, Part>>("nested map", "absl"));
  to.push_back(describe<Key, nested<own_library, Part>>("nested map", "crosstie"));
}

}  // namespace

void add_nested(layouts<number_key>& to) { add<number_key, std::uint32_t>(to); }
void add_nested(layouts<text_key>& to) { add<text_key, std::string>(to); }

}  // namespace crosstie::bench
