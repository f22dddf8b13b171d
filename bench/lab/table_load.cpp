#include "lab/table_load.hpp"

#include <algorithm>
#include <crosstie/flat_map.hpp>

#include "harness/allocation.hpp"

namespace crosstie::bench {
namespace {

// Operations a phase has at least; fewer are a matter of the clock's.
constexpr std::size_t enough = 20'000;

template <class Key>
struct stage {
  std::vector<std::unique_ptr<table<Key>>> tables, ordered;
};

template <class Key>
using batch = std::uint64_t (table<Key>::*)(std::span<const Key>);

// What scanning the rows (columns) of these keys adds up to.
template <class Key>
std::uint64_t expect_scan(const key_set<Key>& keys, std::span<const Key> scanned, bool by_row) {
  flat_map<decltype(Key::row), std::uint64_t> sums;
  for (const Key& key : keys.inserted) {
    sums[by_row ? key.row : key.column] += mark(by_row ? key.column : key.row);
  }
  std::uint64_t sum = 0;
  for (const Key& key : scanned) sum += sums.at(by_row ? key.row : key.column);
  return sum;
}

// Direct scans are quick; full ones look at every entry each.
std::size_t scan_count(scan how, std::size_t entries) {
  const std::size_t wanted = how == scan::direct ? enough / 4 : 400'000 / entries;
  return std::clamp<std::size_t>(wanted, 2, std::max<std::size_t>(entries, 2));
}

}  // namespace

template <class Key>
void add_load(rounds& to, const layout<Key>& one, const key_set<Key>& keys,
              const cli::case_fields& of, const std::function<bool(std::string_view)>& wanted) {
  const std::size_t entries = keys.inserted.size();
  const std::size_t repeats = std::max<std::size_t>(1, enough / entries);
  const auto on = std::make_shared<stage<Key>>();
  entrant made{of,
               [=] {
                 on->tables.clear(), on->ordered.clear();
                 for (std::size_t i = 0; i < repeats; ++i) {
                   on->tables.push_back(one.make());
                   on->ordered.push_back(one.make());
                 }
               },
               {},
               [=] { on->tables.clear(), on->ordered.clear(); }};

  // Every phase but the scans runs on all tables, one batch each.
  const auto add = [&](const char* operation, batch<Key> call, std::span<const Key> what,
                       std::uint64_t each, bool needed, bool on_ordered = false) {
    if (what.empty() || (!needed && !wanted(operation))) return;
    made.phases.push_back({operation, static_cast<double>(repeats * what.size()), [=] {
                             std::uint64_t sum = 0;
                             for (auto& t : on_ordered ? on->ordered : on->tables) {
                               sum += ((*t).*call)(what);
                             }
                             return sum;
                           }});
    to.expect(operation, repeats * each);
  };
  const auto add_scan = [&](const char* operation, batch<Key> call, scan how, bool by_row) {
    if (how == scan::impossible || !wanted(operation)) return;
    const std::size_t count = std::min(scan_count(how, entries), keys.asked.size());
    const std::span<const Key> what(keys.asked.data(), count);
    const std::string question = std::string(operation) + " of " + std::to_string(count);
    made.phases.push_back({operation, static_cast<double>(count),
                           [=] { return ((*on->tables.front()).*call)(what); }, question});
    to.expect(question, expect_scan(keys, what, by_row));
  };
  add("insert", &table<Key>::put, keys.inserted, entries, true);
  if (wanted("hit")) {
    // The first question after a load may settle it (a sort, say): that is no lookup.
    const std::span<const Key> first(keys.asked.data(), 1);
    made.phases.back().run = [=, load = made.phases.back().run] {
      const std::uint64_t answer = load();
      for (auto& t : on->tables) t->has(first);
      return answer;
    };
  }
  add("hit", &table<Key>::has, keys.asked, entries, false);
  if (one.batched) add("batched hit", &table<Key>::has_many, keys.asked, entries, false);
  add("miss", &table<Key>::has, keys.absent, 0, false);
  add("zipf", &table<Key>::has, keys.zipf, keys.zipf.size(), false);
  add_scan("row scan", &table<Key>::scan_rows, one.rows, true);
  add_scan("column scan", &table<Key>::scan_columns, one.columns, false);
  add("erase", &table<Key>::drop, keys.asked, entries, false);
  add("ordered insert", &table<Key>::put, keys.ordered, entries, false, true);
  to.add(std::move(made));
}

template <class Key>
double measure_memory(const layout<Key>& one, const key_set<Key>& keys) {
  const allocation_meter meter;
  const auto table = one.make();
  table->put(keys.inserted);
  return static_cast<double>(meter.read().live_bytes) / static_cast<double>(keys.inserted.size());
}

template void add_load(rounds&, const layout<number_key>&, const key_set<number_key>&,
                       const cli::case_fields&, const std::function<bool(std::string_view)>&);
template void add_load(rounds&, const layout<text_key>&, const key_set<text_key>&,
                       const cli::case_fields&, const std::function<bool(std::string_view)>&);
template double measure_memory(const layout<number_key>&, const key_set<number_key>&);
template double measure_memory(const layout<text_key>&, const key_set<text_key>&);

}  // namespace crosstie::bench
