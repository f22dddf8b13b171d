// long-keys: what a key costs as its names grow, the cures, and how hashes fill buckets (R16 to
// R18).
#include <absl/hash/hash.h>

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <cmath>
#include <crosstie/key.hpp>

#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "lab/experiments.hpp"
#include "lab/table_load.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

constexpr std::size_t sizes[] = {8, 16, 32, 64, 128, 256, 512, 1024};

struct subject {
  const char *layout, *library, *cure;
};
constexpr subject subjects[] = {{"concatenated string", "std", "none: the report's case"},
                                {"struct key", "std", "no concatenation"},
                                {"struct key", "crosstie", "no concatenation"},
                                {"16-byte digest", "crosstie", "digest"},
                                {"interned assignment", "crosstie", "interning"},
                                {"row id + text", "crosstie", "prefix split: the row interned"},
                                {"row id + packed uuid", "crosstie", "prefix split and packing"},
                                {"uuid assignment", "crosstie", "packing"}};

// ---- hash and compare alone ---------------------------------------------------------------------

using hash_function = std::uint64_t (*)(std::string_view);
struct named_hash {
  const char* name;
  hash_function call;
};
constexpr named_hash text_hashes[] = {
    {"std", [](std::string_view t) { return std::uint64_t{std::hash<std::string_view>()(t)}; }},
    {"boost", [](std::string_view t) { return std::uint64_t{boost::hash<std::string_view>()(t)}; }},
    {"absl", [](std::string_view t) { return std::uint64_t{absl::HashOf(t)}; }},
    {"crosstie", [](std::string_view t) { return key_hash<std::string_view>()(t, 1); }}};

void measure_hashes(std::size_t size, int count, std::size_t repeats, results& into) {
  const key_set<text_key> keys = make_text_keys("text " + std::to_string(2 * size), 500);
  rounds to("long-keys", count);
  const auto bytes = static_cast<std::int64_t>(size);
  for (const named_hash& by : text_hashes) {
    const std::string question = std::string("hash by ") + by.name;
    to.add({{{"bytes", bytes}, {"library", by.name}},
            [] {},
            {{"hash", static_cast<double>(repeats * keys.asked.size()),
              [&keys, by, repeats] {
                std::uint64_t sum = 0;
                for (std::size_t r = 0; r < repeats; ++r) {
                  for (const text_key& key : keys.asked) sum += by.call(key.column);
                }
                return sum;
              },
              question}}});
  }
  // Equal texts in other places: every byte is looked at.
  const auto copies = std::make_shared<std::vector<std::string>>();
  for (const text_key& key : keys.asked) copies->emplace_back(key.column);
  to.expect("compare", repeats * copies->size());
  to.add({{{"bytes", bytes}, {"library", "std"}},
          [] {},
          {{"compare", static_cast<double>(repeats * copies->size()), [&keys, copies, repeats] {
              std::uint64_t equal = 0;
              for (std::size_t r = 0; r < repeats; ++r) {
                for (std::size_t i = 0; i < copies->size(); ++i) {
                  equal += keys.asked[i].column == (*copies)[i];
                }
              }
              return equal;
            }}}});
  to.run(into);
}

// ---- whole tables -------------------------------------------------------------------------------

// From 64 bytes on the column is a pod's UID, which can be packed; shorter keys have no room for
// one.
void measure_tables(std::size_t size, std::size_t entries, int count, results& into) {
  const key_set<text_key> keys =
      make_text_keys((size < 64 ? "text " : "uuid ") + std::to_string(size), entries);
  rounds to("long-keys", count);
  for (const subject& of : subjects) {
    for (const layout<text_key>& one : all_layouts<text_key>()) {
      if (one.name != of.layout || one.library != of.library || !fits(one, keys)) continue;
      const cli::case_fields fields = {{"bytes", static_cast<std::int64_t>(size)},
                                       {"entries", static_cast<std::int64_t>(entries)},
                                       {"layout", of.layout},
                                       {"library", of.library},
                                       {"cure", of.cure}};
      into.add("long-keys", fields, "memory", "bytes/entry", exactly(measure_memory(one, keys)));
      add_load(to, one, keys, fields,
               [](std::string_view operation) { return operation == "hit"; });
    }
  }
  to.run(into);
}

// ---- buckets against theory

// Slots that a search for a key which is there looks at, on average, where a key that finds its
// slot taken goes to the next (linear probing). Which slots are taken in the end, and how far keys
// lie from home altogether, does not depend on the order of inserts: one walk with those that are
// still without a slot tells.
double count_probes(const std::vector<std::uint64_t>& hashes, std::size_t slots) {
  std::vector<std::uint32_t> home(slots);
  for (const std::uint64_t hash : hashes) ++home[hash & (slots - 1)];
  std::uint64_t homeless = 0, moves = 0;
  for (int lap = 0; lap < 2; ++lap) {  // the first finds who comes around the end
    moves = 0;
    for (const std::uint32_t come : home) {
      homeless = homeless + come > 0 ? homeless + come - 1 : 0;
      moves += homeless;
    }
  }
  return 1 + static_cast<double>(moves) / static_cast<double>(hashes.size());
}

// Probes of a table that is filled to 7/8 at most. Theory: Knuth, The Art of Computer Programming
// 3, 6.4: (1 + 1 / (1 - load)) / 2.
void measure_probes(const cli::case_fields& of, const std::vector<std::uint64_t>& hashes,
                    results& into) {
  const std::size_t slots = std::bit_ceil(hashes.size() * 8 / 7);
  const double load = static_cast<double>(hashes.size()) / static_cast<double>(slots);
  into.add("long-keys", of, "probes mean", "slots", exactly(count_probes(hashes, slots)));
  into.add("long-keys", of, "probes mean in theory", "slots", exactly((1 + 1 / (1 - load)) / 2));
}

// Chains of a table of 2^bits buckets that takes the low bits of the hash.
void measure_chains(const std::string& keys, const std::string& by,
                    const std::vector<std::uint64_t>& hashes, results& into) {
  const std::size_t buckets = std::bit_ceil(hashes.size());
  std::vector<std::uint32_t> lengths(buckets);
  for (const std::uint64_t hash : hashes) ++lengths[hash & (buckets - 1)];
  std::vector<std::uint64_t> distinct = hashes;
  std::ranges::sort(distinct);
  const auto last = std::ranges::unique(distinct).begin();
  // The chain that a key which is there lies in, weighted as lookups meet it.
  double sum = 0;
  std::vector<std::uint32_t> met;
  std::size_t longest = 0, counted = 0;
  for (const std::uint32_t length : lengths) {
    counted += length;
    sum += static_cast<double>(length) * length;
    longest = std::max<std::size_t>(longest, length);
    met.insert(met.end(), length, length);
  }
  if (counted != hashes.size()) throw wrong_answer("long-keys: a key is in no bucket");
  std::ranges::nth_element(met, met.begin() + static_cast<std::ptrdiff_t>(met.size() / 2));
  const auto n = static_cast<double>(hashes.size());
  const cli::case_fields of = {{"grid", keys}, {"hash", by}};
  into.add("long-keys", of, "keys", "count", exactly(n));
  into.add("long-keys", of, "distinct hashes", "count",
           exactly(static_cast<double>(last - distinct.begin())));
  into.add("long-keys", of, "chain median", "keys", exactly(met[met.size() / 2]));
  into.add("long-keys", of, "chain mean", "keys", exactly(sum / n));
  // Keys thrown at random: 1 + (n - 1) / buckets.
  into.add("long-keys", of, "chain mean in theory", "keys",
           exactly(1 + (n - 1) / static_cast<double>(buckets)));
  into.add("long-keys", of, "chain max", "keys", exactly(static_cast<double>(longest)));
  measure_probes(of, hashes, into);
}

void measure_grids(std::size_t side, results& into) {
  struct pair_hash {
    const char* name;
    std::uint64_t (*call)(std::uint32_t, std::uint32_t);
  };
  constexpr pair_hash pair_hashes[] = {
      {"h1 ^ (h2 << 1)",
       [](std::uint32_t a, std::uint32_t b) {
         return std::hash<std::uint32_t>()(a) ^ (std::hash<std::uint32_t>()(b) << 1);
       }},
      {"boost::hash_combine",
       [](std::uint32_t a, std::uint32_t b) {
         std::size_t seed = 0;
         boost::hash_combine(seed, a);
         boost::hash_combine(seed, b);
         return std::uint64_t{seed};
       }},
      {"absl::HashOf",
       [](std::uint32_t a, std::uint32_t b) { return std::uint64_t{absl::HashOf(a, b)}; }},
      {"crosstie::key_hash", [](std::uint32_t a, std::uint32_t b) {
         return key_hash<number_key>()(number_key{a, b}, 1);
       }}};
  const std::string grid = std::to_string(side) + " x " + std::to_string(side);
  for (const pair_hash& by : pair_hashes) {
    std::vector<std::uint64_t> hashes;
    for (std::uint32_t a = 0; a < side; ++a) {
      for (std::uint32_t b = 0; b < side; ++b) hashes.push_back(by.call(a, b));
    }
    measure_chains(grid, by.name, hashes, into);
  }
  const key_set<text_key> names = make_text_keys("text 256", side * 10);
  for (const named_hash& by : text_hashes) {
    std::vector<std::uint64_t> hashes;
    for (const text_key& key : names.inserted) hashes.push_back(by.call(key.column));
    measure_chains("names of 128 bytes", by.name, hashes, into);
  }
}

}  // namespace

void measure_long_keys(const bench_options& options, results& into) {
  const int count = options.rounds;
  std::int64_t done = 0;
  for (const std::size_t size : sizes) {
    show_progress("long-keys", done++, 2 * std::size(sizes), "hash");
    measure_hashes(size, count, options.quick ? 1 : 20, into);
  }
  for (const std::size_t size : sizes) {
    show_progress("long-keys", done++, 2 * std::size(sizes), "tables");
    measure_tables(size, options.quick ? 200 : 10'000, count, into);
  }
  // The report's own case: an index of the pods on 10,000 nodes, keys over 120 bytes, beside the
  // same with short keys.
  for (const std::size_t size : {std::size_t{16}, std::size_t{124}}) {
    measure_tables(size, options.quick ? 300 : 100'000, std::max(1, count / 2), into);
  }
  measure_grids(options.quick ? 60 : 1000, into);
}

namespace {

void draw_against_theory(const results& found, page& to, const std::string& metric,
                         const std::string& title, const std::string& unit) {
  std::vector<bar> bars;
  for (const cli::measurement& one : found.all()) {
    if (one.metric != metric) continue;
    const std::string hash = cli::to_text(one.of[1].second);
    bars.push_back({cli::to_text(one.of[0].second) + ": " + hash, one.value, 0, 0, "",
                    hash.starts_with("crosstie"), found.value(metric + " in theory", one.of),
                    "theory"});
  }
  to.plot(draw_bars(title, unit, bars));
}

}  // namespace

void draw_long_keys(const results& found, page& to) {
  std::vector<line> hashes, hits, memory;
  for (const named_hash& by : text_hashes) hashes.push_back({std::string(by.name), {}});
  hashes.push_back({"compare", {}, true});
  for (const subject& of : subjects) {
    const std::string name = std::string(of.layout) + ", " + of.library;
    hits.push_back({name, {}});
    memory.push_back({name, {}});
  }
  for (const std::size_t size : sizes) {
    const cli::case_value bytes = static_cast<std::int64_t>(size);
    const auto put = [&](line& into, const cli::measurement* one) {
      if (one != nullptr) into.points.emplace_back(static_cast<double>(size), one->value);
    };
    for (std::size_t i = 0; i < std::size(text_hashes); ++i) {
      put(hashes[i],
          found.find("time",
                     {{"bytes", bytes}, {"library", text_hashes[i].name}, {"operation", "hash"}}));
    }
    put(hashes.back(), found.find("time", {{"bytes", bytes}, {"operation", "compare"}}));
    for (std::size_t i = 0; i < std::size(subjects); ++i) {
      const cli::case_fields of = {
          {"bytes", bytes}, {"layout", subjects[i].layout}, {"library", subjects[i].library}};
      cli::case_fields hit = of;
      hit.emplace_back("operation", "hit");
      put(hits[i], found.find("time", hit));
      put(memory[i], found.find("memory", of));
    }
  }
  to.plot(draw_lines("One hash, one comparison of equal texts", {"bytes of text", "ns", true, true},
                     hashes));
  to.plot(draw_lines("A lookup that finds, by the length of both names together",
                     {"bytes of key", "ns", true, true}, hits));
  to.plot(draw_lines("Memory of an entry", {"bytes of key", "bytes", true, true}, memory));
  draw_against_theory(found, to, "chain mean",
                      "Mean chain a lookup meets, and what random throws would give", "keys");
  draw_against_theory(found, to, "probes mean",
                      "The same with linear probing: slots a lookup looks at", "slots");
}

void define_long_keys(CLI::App& app) {
  define_bench(app, "long-keys", "keys of 8 to 1,024 bytes: hash, compare, look up, remember",
               measure_long_keys, [](const results& found, page& to) {
                 to.card("Long keys");
                 draw_long_keys(found, to);
               });
}

}  // namespace crosstie::bench
