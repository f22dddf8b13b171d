// A contender: one layout of a table, put through the operations that the tables bench measures.
//
//   large (more than 1,000 entries): insert, hit, [hit in batches], miss, [scan a row], iterate,
//                                    erase, insert again, clear: one table, each a phase of a round
//   small: fill and drain, hit, miss, iterate, repeated until there is something to measure
//
// Promise: all contenders of one case must give the same answers (harness/rounds.hpp). Bytes are
//   counted by the allocator that each layout is given, and set beside the growth of the resident
//   set. Thread safety: none.
#pragma once

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "harness/allocation.hpp"
#include "harness/rounds.hpp"

namespace crosstie::bench {

template <class T>
using counted = counting_allocator<T>;

// Questions about a table, each column in one row, about 30 columns a row.
template <class Key>
struct questions {
  std::string keys;                      // what they are, for people
  std::vector<Key> inserted;             // every cell once
  std::vector<Key> asked;                // the same in another order
  std::vector<Key> absent;               // columns that are there, with rows that they are not in
  std::vector<std::uint32_t> scanned{};  // rows

  std::size_t size() const { return inserted.size(); }
};

struct footprint {
  double counted_bytes = 0;  // an entry, after all insertions
  double resident_bytes = 0;
};

inline double resident_now() {
  long pages = 0;
  long resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

template <class Layout, class Key>
class contender {
  static constexpr std::size_t small_limit = 1000;
  static constexpr std::size_t batch = 1024;

 public:
  static entrant make(const std::string& name, const questions<Key>& in, footprint& found) {
    const auto self = std::make_shared<contender>(in, found);
    entrant result;
    result.of = {
        {"keys", in.keys}, {"entries", static_cast<std::int64_t>(in.size())}, {"layout", name}};
    result.prepare = [self] { self->reset(); };
    result.finish = [self] { self->table_.reset(); };
    in.size() > small_limit ? add_large(self, result) : add_small(self, result);
    return result;
  }

  contender(const questions<Key>& in, footprint& found) : in_(in), found_(found) {}

 private:
  using shared = std::shared_ptr<contender>;

  static void add_large(const shared& self, entrant& into) {
    const auto n = static_cast<double>(self->in_.size());
    const auto add = [&](const std::string& name, double count, auto run) {
      into.phases.push_back({name, count, [self, run] { return run(*self); }});
    };
    add("insert", n, [](contender& c) { return c.insert_all(); });
    add("hit", n, [](contender& c) { return c.ask(c.in_.asked); });
    if constexpr (requires(Layout& l) {
                    l.has_many(std::declval<const questions<Key>&>().asked, 0, 0);
                  }) {
      add("hit in batches", n, [](contender& c) { return c.ask_batches(c.in_.asked); });
      into.phases.back().question = "hit";
    }
    add("miss", n, [](contender& c) { return c.ask(c.in_.absent); });
    if constexpr (requires(Layout& l) { l.scan(0U); }) {
      add("scan a row", static_cast<double>(self->in_.scanned.size()), [](contender& c) {
        std::uint64_t sum = 0;
        for (const std::uint32_t row : c.in_.scanned) sum += c.table_->scan(row);
        return sum;
      });
    }
    add("iterate", n, [](contender& c) { return c.table_->sum(); });
    if constexpr (requires(Layout& l, const Key& key) { l.drop(key); }) {
      add("erase", n, [](contender& c) {
        std::uint64_t erased = 0;
        for (const Key& key : c.in_.asked) erased += c.table_->drop(key);
        return erased;
      });
      add("insert again", n, [](contender& c) { return c.insert_all(); });
      into.phases.back().question = "insert";
    }
    add("clear", n, [](contender& c) {
      c.table_->wipe();
      return std::uint64_t{0};
    });
  }

  static void add_small(const shared& self, entrant& into) {
    const std::size_t n = self->in_.size();
    const std::size_t times = 20'000 / n + 1;
    const auto add = [&](const std::string& name, std::size_t count, auto run) {
      into.phases.push_back({name, static_cast<double>(count * times), [self, times, run] {
                               std::uint64_t sum = 0;
                               for (std::size_t i = 0; i < times; ++i) sum += run(*self);
                               return sum;
                             }});
    };
    if constexpr (requires(Layout& l, const Key& key) { l.drop(key); }) {
      add("fill and drain", 2 * n, [](contender& c) {
        Layout table;
        std::uint64_t sum = 0;
        for (const Key& key : c.in_.inserted) sum += table.put(key);
        for (const Key& key : c.in_.asked) sum += table.drop(key);
        return sum;
      });
    }
    into.prepare = [self] {
      self->reset();
      self->insert_all();
    };
    add("hit", n, [](contender& c) { return c.ask(c.in_.asked); });
    add("miss", n, [](contender& c) { return c.ask(c.in_.absent); });
    add("iterate", n, [](contender& c) { return c.table_->sum(); });
  }

  // To empty, without memory; what the heap keeps for later goes back to the machine.
  void reset() {
    table_.reset();
    if (found_.counted_bytes == 0) ::malloc_trim(0);
    table_.emplace();
  }

  std::uint64_t insert_all() {
    const bool first = found_.counted_bytes == 0;
    const std::size_t before = live_bytes;
    const double resident = first ? resident_now() : 0;
    std::uint64_t added = 0;
    for (const Key& key : in_.inserted) added += table_->put(key);
    if constexpr (requires(Layout& l) { l.seal(); }) table_->seal();
    if (first) {
      const auto n = static_cast<double>(in_.size());
      found_.counted_bytes = static_cast<double>(live_bytes - before) / n;
      // What growth has left behind in the heap is no part of the table.
      ::malloc_trim(0);
      found_.resident_bytes = (resident_now() - resident) / n;
    }
    return added;
  }
  std::uint64_t ask(const std::vector<Key>& keys) const {
    std::uint64_t found = 0;
    for (const Key& key : keys) found += table_->has(key);
    return found;
  }
  std::uint64_t ask_batches(const std::vector<Key>& keys) const {
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < keys.size(); at += batch) {
      found += table_->has_many(keys, at, std::min(batch, keys.size() - at));
    }
    return found;
  }

  const questions<Key>& in_;
  footprint& found_;
  std::optional<Layout> table_;
};

// The contenders of one case: collects them, runs them, records their bytes.
template <class Key>
class contest {
 public:
  contest(const questions<Key>& in, int rounds) : in_(in), race_("tables", rounds) {}

  template <class Layout>
  void add(const std::string& name) {
    auto& [layout, found] = *found_.emplace_back(
        std::make_unique<std::pair<std::string, footprint>>(name, footprint{}));
    race_.add(contender<Layout, Key>::make(layout, in_, found));
  }

  void run(results& into) {
    race_.run(into);
    for (const auto& one : found_) {
      const cli::case_fields of = {{"keys", in_.keys},
                                   {"entries", static_cast<std::int64_t>(in_.size())},
                                   {"layout", one->first},
                                   {"operation", "insert"}};
      into.add("tables", of, "memory", "bytes/entry", exactly(one->second.counted_bytes));
      if (in_.size() >= 100'000) {
        into.add("tables", of, "resident", "bytes/entry", exactly(one->second.resident_bytes));
      }
    }
  }

 private:
  const questions<Key>& in_;
  rounds race_;
  std::vector<std::unique_ptr<std::pair<std::string, footprint>>> found_;
};

// What the subcommand calls: one keys' layouts at one size.
void race_numbers(std::size_t entries, int rounds, results& into);
void race_names(std::size_t entries, int rounds, results& into);
void race_maps(std::size_t entries, int rounds, results& into);
void race_shared(std::size_t entries, int rounds, results& into);
void race_longest_insert(std::size_t entries, int rounds, results& into);
void race_probes(std::size_t entries, int rounds, results& into);
// No tables: loads out of memory of so many lines of 64 bytes.
void race_memory(const std::vector<std::size_t>& lines, int count, results& into);
inline constexpr const char* memory_walk = "load after the last one";
inline constexpr const char* memory_sum = "load on its own";
inline constexpr const char* number_keys = "{u32,u32}";
inline constexpr const char* name_keys = "node name (52) x pod UID (36)";
inline constexpr const char* map_keys = "{u32,u32} -> u64";
inline constexpr const char* shared_keys = "{u32,u32} -> u64, 2 threads";

}  // namespace crosstie::bench
