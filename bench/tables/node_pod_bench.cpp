// Node name (52 characters) x pod UID (36): the keys of a scheduler that has interned nothing.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <crosstie/crosstie.hpp>
#include <random>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "tables/race.hpp"

namespace crosstie::bench {
namespace {

using text = std::basic_string<char, std::char_traits<char>, counting_allocator<char>>;

struct placement {
  text node;
  text pod;
};

struct view {
  std::string_view node;
  std::string_view pod;
};

struct input {
  std::vector<std::string> nodes;
  std::vector<std::string> pods;
  std::vector<view> inserted;
  std::vector<view> asked;
  std::vector<view> absent;
};

std::string make_uid(std::mt19937_64& random) {
  char uid[37];
  std::snprintf(uid, sizeof uid, "%08x-%04x-4%03x-a%03x-%012llx",
                static_cast<unsigned>(random() & 0xffffffff),
                static_cast<unsigned>(random() & 0xffff), static_cast<unsigned>(random() & 0xfff),
                static_cast<unsigned>(random() & 0xfff),
                static_cast<unsigned long long>(random() & 0xffffffffffff));
  return uid;
}

std::unique_ptr<input> make_input(std::size_t entries) {
  auto result = std::make_unique<input>();
  std::mt19937_64 random(2);
  const std::size_t nodes = entries / 30 + 1;
  for (std::size_t n = 0; n <= nodes; ++n) {
    char name[64];
    std::snprintf(name, sizeof name, "ip-10-%03zu-%03zu.worker-pool-%08zx.eu-west-1.internal.x",
                  n / 250 % 250, n % 250, n);
    result->nodes.emplace_back(name);
  }
  for (std::size_t p = 0; p < entries; ++p) result->pods.push_back(make_uid(random));
  std::vector<std::size_t> order;
  std::vector<std::size_t> row;
  for (std::size_t p = 0; p < entries; ++p) {
    order.push_back(p);
    row.push_back(random() % nodes);
  }
  std::ranges::shuffle(order, random);
  for (std::size_t p : order) result->inserted.push_back({result->nodes[row[p]], result->pods[p]});
  std::ranges::shuffle(order, random);
  for (std::size_t p : order) {
    result->asked.push_back({result->nodes[row[p]], result->pods[p]});
    result->absent.push_back({result->nodes[row[p] + 1], result->pods[p]});
  }
  return result;
}

template <class Layout>
contender make_contender(std::string name, const input& in) {
  auto table = std::make_shared<Layout>();
  return {std::move(name),
          [=] { *table = Layout(); },
          [=, &in] {
            std::uint64_t added = 0;
            for (const view& key : in.inserted) added += table->put(key);
            return added;
          },
          [=, &in] {
            std::uint64_t found = 0;
            for (const view& key : in.asked) found += table->has(key);
            return found;
          },
          [=, &in] {
            std::uint64_t found = 0;
            for (const view& key : in.absent) found += table->has(key);
            return found;
          },
          [=] {
            std::uint64_t sum = 0;
            table->each([&](std::string_view node, std::string_view pod) {
              sum +=
                  static_cast<unsigned char>(node[20]) * 31U + static_cast<unsigned char>(pod[0]);
            });
            return sum;
          },
          [=, &in] {
            std::uint64_t erased = 0;
            for (const view& key : in.asked) erased += table->drop(key);
            return erased;
          }};
}

// Transparent hashing and equality for the peers, so that nobody builds a key to look one up.
struct pair_equal {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    return std::string_view(a.node) == std::string_view(b.node) &&
           std::string_view(a.pod) == std::string_view(b.pod);
  }
};
struct boost_pair_hash {
  using is_transparent = void;
  template <class A>
  std::size_t operator()(const A& key) const noexcept {
    std::size_t seed = 0;
    boost::hash_combine(seed, boost::hash<std::string_view>()(key.node));
    boost::hash_combine(seed, boost::hash<std::string_view>()(key.pod));
    return seed;
  }
};
struct absl_pair_hash {
  using is_transparent = void;
  template <class A>
  std::size_t operator()(const A& key) const noexcept {
    return absl::HashOf(std::string_view(key.node), std::string_view(key.pod));
  }
};
struct std_pair_hash {
  using is_transparent = void;
  template <class A>
  std::size_t operator()(const A& key) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(key.node) * 0x9e3779b97f4a7c15U ^ hash(key.pod);
  }
};
struct boost_text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const noexcept {
    return boost::hash<std::string_view>()(key);
  }
};
struct absl_text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const noexcept { return absl::HashOf(key); }
};
struct std_text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const noexcept {
    return std::hash<std::string_view>()(key);
  }
};
struct text_equal {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const noexcept { return a == b; }
};

template <class Set>
struct flat {
  Set set;
  bool put(const view& key) { return set.insert(placement{text(key.node), text(key.pod)}).second; }
  bool has(const view& key) const { return set.find(key) != set.end(); }
  bool drop(const view& key) {
    const auto at = set.find(key);
    if (at == set.end()) return false;
    set.erase(at);
    return true;
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& key : set) visit(key.node, key.pod);
  }
};

template <class Map>
struct nested {
  Map rows;
  bool put(const view& key) {
    auto at = rows.find(key.node);
    if (at == rows.end()) at = rows.try_emplace(text(key.node)).first;
    return at->second.insert(text(key.pod)).second;
  }
  bool has(const view& key) const {
    const auto at = rows.find(key.node);
    return at != rows.end() && at->second.find(key.pod) != at->second.end();
  }
  bool drop(const view& key) {
    const auto at = rows.find(key.node);
    if (at == rows.end()) return false;
    const auto inner = at->second.find(key.pod);
    if (inner == at->second.end()) return false;
    at->second.erase(inner);
    return true;
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [node, pods] : rows) {
      for (const auto& pod : pods) visit(node, pod);
    }
  }
};

struct our_flat {
  flat_set<placement, key_hash<placement>, key_equal<placement>, counting_allocator<placement>> set;
  bool put(const view& key) { return set.insert(key).second; }
  bool has(const view& key) const { return set.contains(key); }
  bool drop(const view& key) { return set.erase(key) != 0; }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& key : set) visit(key.node, key.pod);
  }
};

// Both names interned, the pairs in an assignment. What a name was is never forgotten.
struct interned {
  using bytes = counting_allocator<std::byte>;
  interner<std::string, std::uint32_t, bytes> nodes;
  interner<std::string, std::uint32_t, bytes> pods;
  assignment<std::uint32_t, std::uint32_t, bytes> bound;
  bool put(const view& key) { return !bound.assign(pods.intern(key.pod), nodes.intern(key.node)); }
  bool has(const view& key) const {
    const auto pod = pods.find(key.pod);
    if (!pod) return false;
    const auto row = bound.row_of(*pod);
    return row && nodes[*row] == key.node;
  }
  bool drop(const view& key) {
    const auto pod = pods.find(key.pod);
    if (!pod) return false;
    const auto row = bound.row_of(*pod);
    return row && nodes[*row] == key.node && bound.unassign(*pod).has_value();
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto [pod, node] : bound) visit(nodes[node], pods[pod]);
  }
};

template <class T>
using counted = counting_allocator<T>;
using boost_inner = boost::unordered_flat_set<text, boost_text_hash, text_equal, counted<text>>;
using boost_nested = boost::unordered_flat_map<text, boost_inner, boost_text_hash, text_equal,
                                               counted<std::pair<const text, boost_inner>>>;
using absl_inner = absl::flat_hash_set<text, absl_text_hash, text_equal, counted<text>>;
using absl_nested = absl::flat_hash_map<text, absl_inner, absl_text_hash, text_equal,
                                        counted<std::pair<const text, absl_inner>>>;
using std_inner = std::unordered_set<text, std_text_hash, text_equal, counted<text>>;
using std_nested = std::unordered_map<text, std_inner, std_text_hash, text_equal,
                                      counted<std::pair<const text, std_inner>>>;

}  // namespace

void race_node_pod(std::size_t entries, int rounds) {
  const auto in = make_input(entries);
  race names("node name (52) x pod UID (36)", entries, rounds);
  names.add(make_contender<flat<boost::unordered_flat_set<placement, boost_pair_hash, pair_equal,
                                                          counted<placement>>>>("boost flat", *in));
  names.add(make_contender<nested<boost_nested>>("boost nested", *in));
  names.add(make_contender<
            flat<absl::flat_hash_set<placement, absl_pair_hash, pair_equal, counted<placement>>>>(
      "absl flat", *in));
  names.add(make_contender<nested<absl_nested>>("absl nested", *in));
  names.add(make_contender<
            flat<std::unordered_set<placement, std_pair_hash, pair_equal, counted<placement>>>>(
      "std flat", *in));
  names.add(make_contender<nested<std_nested>>("std nested", *in));
  names.add(make_contender<our_flat>("crosstie flat_set", *in));
  names.add(make_contender<interned>("crosstie interned", *in));
  names.run(6);
}

}  // namespace crosstie::bench
