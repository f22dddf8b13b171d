// Every header and most of what it instantiates, compiled without a word under more warnings than
// the library itself is built with: a program may well include it as one of its own folders.
#include <crosstie/crosstie.hpp>
#include <crosstie/fmt.hpp>
#include <crosstie/pmr.hpp>
#include <crosstie/print.hpp>
#include <crosstie/serialise.hpp>

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

namespace {

enum class row_id : std::uint32_t {};
enum class column_id : std::uint32_t {};
struct key {
  std::string zone;
  std::uint16_t port;
  std::optional<int> weight;
  std::int8_t level;
  bool open;
};

}  // namespace

template class crosstie::flat_set<key>;
template class crosstie::flat_map<key, double>;
template class crosstie::steady_map<key, std::string>;
template class crosstie::concurrent_map<key, int>;
template class crosstie::digest_map<int>;
template class crosstie::digest_map<int, crosstie::digest_policy::keep_text>;
template class crosstie::lru_map<key, int>;
template class crosstie::lru_rows<std::string, std::uint8_t, int>;
template class crosstie::relation<row_id, column_id>;
template class crosstie::table<row_id, column_id, std::string>;
template class crosstie::assignment<column_id, row_id>;
template class crosstie::uuid_assignment<>;
template class crosstie::interner<std::string, row_id>;
template class crosstie::interner<std::string, row_id, std::allocator<std::byte>,
                                  crosstie::text_layout::in_lines>;
template class crosstie::interner<key, row_id>;
template class crosstie::matrix<float>;
template class crosstie::matrix<std::uint8_t>;
template class crosstie::matrix_view<double>;

namespace {

template <class Table>
bool goes_there_and_back(Table table) {
  std::ostringstream text;
  text << table << crosstie::shown(table, 1) << fmt::format("{}", table);
  static_cast<void>(table.stats());
  const std::string bytes = crosstie::to_bytes(table);
  return crosstie::from_bytes(bytes, table) == crosstie::byte_fault::none;
}

// Lookups by views whose numbers are of another width.
bool looks_up() {
  crosstie::flat_map<key, double> map;
  crosstie::pmr::flat_map<key, int> nearby;
  const auto view = std::tuple("z", 1, std::optional<int>(), 1, true);
  map.try_emplace(view, 1.0);
  map["z", 2, std::optional<int>(), 1, false] = 2;
  crosstie::flat_set<std::pair<std::int8_t, std::uint64_t>> set;
  set.insert(1, 2);
  crosstie::relation<row_id, column_id> pairs;
  pairs.insert(row_id{1}, column_id{2});
  crosstie::table<row_id, column_id, std::string> cells;
  cells[row_id{1}, column_id{2}] = "x";
  crosstie::digest_map<int, crosstie::digest_policy::keep_text> digests;
  digests.try_emplace(std::tuple("z", 1), 1);
  crosstie::lru_map<key, int> recent(2);
  recent.try_emplace(view, 1);
  crosstie::lru_rows<std::string, std::uint8_t, int> rows(2);
  rows.try_emplace("z", 1, 1);
  crosstie::uuid_assignment<> uids;
  uids.assign("row", "column");
  crosstie::assignment<column_id, row_id> bound;
  bound.assign(column_id{1}, row_id{2});
  return map.contains(view) && nearby.empty() && set.contains(1, 2L) &&
         digests.erase("z", 1) == 1 && goes_there_and_back(map) && goes_there_and_back(set) &&
         goes_there_and_back(pairs) && goes_there_and_back(cells) && goes_there_and_back(recent) &&
         goes_there_and_back(rows) && goes_there_and_back(uids) && goes_there_and_back(bound) &&
         goes_there_and_back(crosstie::matrix<float>(1, 2)) &&
         goes_there_and_back(crosstie::interner<std::string, row_id>()) &&
         goes_there_and_back(crosstie::interner<key, row_id>());
}

}  // namespace

int main() { return looks_up() ? 0 : 1; }
