// {u32,u32} -> u64 shared by two threads: concurrent_map beside one map behind one lock, and beside
// maps in shards that have a lock each.
//
// Each thread asks for keys that are there and for some that are not, and adds 1 to the values of
// others; what was found, and the sum of all values at the end, are the answer. Threads run on any
// core, so that figures of a machine with one core tell nothing.
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <crosstie/concurrent_map.hpp>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "harness/options.hpp"
#include "tables/contender.hpp"

namespace crosstie::bench {
namespace {

using cell = std::pair<std::uint32_t, std::uint32_t>;
using element = std::pair<const cell, std::uint64_t>;
using peer_map = boost::unordered_flat_map<cell, std::uint64_t, boost::hash<cell>, std::equal_to<>,
                                           counted<element>>;

constexpr std::size_t thread_count = 2;
constexpr std::size_t shard_count = 64;  // as many as concurrent_map has

// Readers side by side where the lock lets them.
template <class Mutex>
using reading = std::conditional_t<std::is_same_v<Mutex, std::mutex>, std::unique_lock<std::mutex>,
                                   std::shared_lock<std::shared_mutex>>;

template <class Mutex>
struct alignas(128) locked {
  peer_map map;
  mutable Mutex lock;

  void add(const cell& key) {
    const std::unique_lock guard(lock);
    ++map[key];
  }
  bool has(const cell& key) const {
    const reading<Mutex> guard(lock);
    return map.find(key) != map.end();
  }
  std::uint64_t sum() const {
    std::uint64_t total = 0;
    for (const auto& [key, value] : map) total += value;
    return total;
  }
};

template <class Mutex>
struct sharded {
  std::array<locked<Mutex>, shard_count> shards;

  locked<Mutex>& of(const cell& key) { return shards[boost::hash<cell>()(key) >> 58]; }
  const locked<Mutex>& of(const cell& key) const { return shards[boost::hash<cell>()(key) >> 58]; }
  void add(const cell& key) { of(key).add(key); }
  bool has(const cell& key) const { return of(key).has(key); }
  std::uint64_t sum() const {
    std::uint64_t total = 0;
    for (const auto& one : shards) total += one.sum();
    return total;
  }
};

template <class Mutex>
struct shared_map {
  concurrent_map<cell, std::uint64_t, key_hash<cell>, key_equal<cell>, counted<element>, Mutex> map{
      shard_count};

  void add(const cell& key) {
    map.update(key, [](std::uint64_t& value) { ++value; });
  }
  bool has(const cell& key) const { return map.contains(key); }
  std::uint64_t sum() const {
    std::uint64_t total = 0;
    map.for_each([&](const cell&, std::uint64_t value) { total += value; });
    return total;
  }
};

struct shared_questions {
  std::vector<cell> there;
  std::vector<std::array<cell, thread_count>> asked;  // one for each thread, some of them absent
};

shared_questions make_questions(std::size_t entries) {
  shared_questions result;
  std::mt19937_64 random(6);
  for (std::uint32_t i = 0; i < entries; ++i) {
    result.there.emplace_back(static_cast<std::uint32_t>(random()), i);
  }
  result.asked.resize(std::max<std::size_t>(200'000, entries / 2));
  for (auto& both : result.asked) {
    for (cell& key : both) {
      key = result.there[random() % entries];
      if (random() % 8 == 0) key.second += static_cast<std::uint32_t>(entries);
    }
  }
  return result;
}

// Of 100 operations `writes` add to a value (of a key that is there), the others ask.
template <class Layout>
std::uint64_t run_threads(Layout& table, const shared_questions& in, unsigned writes) {
  unpin();
  std::array<std::uint64_t, thread_count> found{};
  const auto work = [&](std::size_t thread) {
    std::uint64_t hits = 0;
    for (std::size_t i = 0; i < in.asked.size(); ++i) {
      if (i * 37 % 100 < writes) {
        table.add(in.there[i * 101 % in.there.size()]);
      } else {
        hits += table.has(in.asked[i][thread]);
      }
    }
    found[thread] = hits;
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < thread_count; ++thread)
      threads.emplace_back(work, thread);
  }
  pin_to_core();
  return found[0] * 1'000'003 + found[1] * 1'009 + table.sum();
}

template <class Layout>
void add(rounds& to, const char* name, const shared_questions& in, results& into) {
  const auto table = std::make_shared<std::optional<Layout>>();
  const cli::case_fields of = {{"keys", shared_keys},
                               {"entries", static_cast<std::int64_t>(in.there.size())},
                               {"layout", name}};
  entrant one;
  one.of = of;
  one.prepare = [table, &in] {
    table->emplace();
    for (const cell& key : in.there) (*table)->add(key);
  };
  const auto count = static_cast<double>(thread_count * in.asked.size());
  for (const auto& [operation, writes] :
       {std::pair{"5 % writes", 5U}, std::pair{"50 % writes", 50U}}) {
    one.phases.push_back(
        {operation, count, [table, &in, writes] { return run_threads(**table, in, writes); }});
  }
  one.finish = [table] { table->reset(); };
  to.add(std::move(one));

  const std::size_t before = live_bytes;
  table->emplace();
  for (const cell& key : in.there) (*table)->add(key);
  cli::case_fields bytes_of = of;
  bytes_of.emplace_back("operation", "insert");
  into.add(
      "tables", bytes_of, "memory", "bytes/entry",
      exactly(static_cast<double>(live_bytes - before) / static_cast<double>(in.there.size())));
  table->reset();
}

}  // namespace

void race_shared(std::size_t entries, int count, results& into) {
  const shared_questions in = make_questions(entries);
  rounds race("tables", count);
  add<locked<std::mutex>>(race, "boost flat, one mutex", in, into);
  add<locked<std::shared_mutex>>(race, "boost flat, one shared_mutex", in, into);
  add<sharded<std::mutex>>(race, "boost flat, 64 mutexes", in, into);
  add<sharded<std::shared_mutex>>(race, "boost flat, 64 shared_mutexes", in, into);
  add<shared_map<std::shared_mutex>>(race, "crosstie concurrent_map", in, into);
  add<shared_map<std::mutex>>(race, "crosstie concurrent_map, std::mutex", in, into);
  race.run(into);
}

}  // namespace crosstie::bench
