// Sorted vector: no hash at all. New keys wait unsorted at the end until the first question; an
// erased key is a bit until half of them are erased. A bulk load is cheap, a mix of single inserts
// and questions is not what it is for.
#include <algorithm>

#include "lab/layout.hpp"
#include "lab/peers.hpp"

namespace crosstie::bench {
namespace {

template <class Key, class Element>
struct sorted {
  static constexpr scan rows = scan::direct, columns = scan::full;
  std::vector<Element> cells;
  std::vector<bool> erased;
  std::size_t erased_count = 0;
  bool settled = true;

  static Key view(const Element& element) { return {element.row, element.column}; }
  void reserve(std::size_t entries) { cells.reserve(entries); }
  bool put(const Key& key) {
    using part = decltype(Element::row);
    cells.push_back({part(key.row), part(key.column)});
    settled = false;
    return true;
  }
  void settle() {
    if (settled) return;
    compact();
    std::ranges::sort(cells, {}, view);
    erased.assign(cells.size(), false);
    settled = true;
  }
  void compact() {
    if (erased_count == 0) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i < erased.size() && erased[i]) continue;
      if (kept != i) cells[kept] = std::move(cells[i]);
      ++kept;
    }
    cells.resize(kept);
    erased.assign(kept, false);
    erased_count = 0;
  }
  std::size_t locate(const Key& key) {
    settle();
    const auto at = std::ranges::lower_bound(cells, key, {}, view);
    const auto index = static_cast<std::size_t>(at - cells.begin());
    return at != cells.end() && view(*at) == key && !erased[index] ? index : cells.size();
  }
  bool has(const Key& key) {
    const std::size_t at = locate(key);  // which may settle first
    return at != cells.size();
  }
  bool drop(const Key& key) {
    const std::size_t at = locate(key);
    if (at == cells.size()) return false;
    erased[at] = true;
    if (++erased_count * 2 > cells.size()) compact();
    return true;
  }
  template <class Visit>
  void scan_row(const auto& row, Visit visit) {
    settle();
    const auto first =
        std::ranges::lower_bound(cells, row, {}, [](const Element& e) { return view(e).row; });
    for (auto at = first; at != cells.end() && view(*at).row == row; ++at) {
      if (!erased[static_cast<std::size_t>(at - cells.begin())]) visit(at->column);
    }
  }
  template <class Visit>
  void scan_column(const auto& column, Visit visit) {
    settle();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!erased[i] && view(cells[i]).column == column) visit(cells[i].row);
    }
  }
};

}  // namespace

void add_sorted(layouts<number_key>& to) {
  to.push_back(describe<number_key, sorted<number_key, number_key>>("sorted vector", "std"));
}
void add_sorted(layouts<text_key>& to) {
  to.push_back(describe<text_key, sorted<text_key, text_cell>>("sorted vector", "std"));
}

}  // namespace crosstie::bench
