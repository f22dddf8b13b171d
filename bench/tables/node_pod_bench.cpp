// Node name (52 characters) x pod UID (36): the keys of a scheduler that has interned nothing.
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <crosstie/crosstie.hpp>
#include <deque>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "tables/contender.hpp"

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

using asked_pair = std::pair<std::string_view, std::string_view>;  // node, pod

std::string make_uid(std::mt19937_64& random) {
  char uid[37];
  std::snprintf(uid, sizeof uid, "%08x-%04x-4%03x-a%03x-%012llx",
                static_cast<unsigned>(random() & 0xffffffff),
                static_cast<unsigned>(random() & 0xffff), static_cast<unsigned>(random() & 0xfff),
                static_cast<unsigned>(random() & 0xfff),
                static_cast<unsigned long long>(random() & 0xffffffffffff));
  return uid;
}

std::string make_node(std::size_t number) {
  char name[64];
  std::snprintf(name, sizeof name, "ip-10-%03zu-%03zu.worker-pool-%07zx.eu-west-1.internal",
                number / 250 % 250, number % 250, number);
  return name;
}

// Texts laid one after another in the order in which they are used, as they lie in a message that
// has just come in: what is measured is the table, not the reading of a scattered question.
class texts {
 public:
  explicit texts(std::size_t bytes) { bytes_.reserve(bytes); }
  asked_pair add(const std::string& node, const std::string& pod) {
    const std::size_t at = bytes_.size();
    bytes_ += node;
    bytes_ += pod;
    return {std::string_view(bytes_).substr(at, node.size()),
            std::string_view(bytes_).substr(at + node.size(), pod.size())};
  }

 private:
  std::string bytes_;  // never grows beyond what was reserved
};

struct input {
  std::deque<texts> bytes;
  questions<asked_pair> in;
};

std::unique_ptr<input> make_input(std::size_t entries) {
  auto result = std::make_unique<input>();
  result->in.keys = name_keys;
  std::mt19937_64 random(2);
  const std::size_t rows = entries / 30 + 1;
  std::vector<std::string> nodes;
  std::vector<std::string> pods;
  std::vector<std::pair<std::size_t, std::size_t>> cells;  // node, pod
  for (std::size_t n = 0; n <= rows; ++n) nodes.push_back(make_node(n));
  for (std::size_t p = 0; p < entries; ++p) {
    pods.push_back(make_uid(random));
    cells.emplace_back(random() % rows, p);
  }
  const auto lay = [&](std::vector<asked_pair>& into, std::size_t other_row) {
    texts& bytes = result->bytes.emplace_back(entries * (nodes[0].size() + pods[0].size()));
    for (const auto& [node, pod] : cells) {
      into.push_back(
          bytes.add(nodes[rows == 1 ? node + other_row : (node + other_row) % rows], pods[pod]));
    }
  };
  std::ranges::shuffle(cells, random);
  lay(result->in.inserted, 0);
  std::ranges::shuffle(cells, random);
  lay(result->in.asked, 0);
  lay(result->in.absent, 1);
  return result;
}

std::uint64_t mark(std::string_view node, std::string_view pod) {
  return static_cast<unsigned char>(node[20]) * 31U + static_cast<unsigned char>(pod[0]);
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

struct pair_less {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    const std::string_view left(a.node);
    const std::string_view right(b.node);
    return left != right ? left < right : std::string_view(a.pod) < std::string_view(b.pod);
  }
};

template <class Set>
struct flat {
  Set set;
  bool put(const asked_pair& key) {
    return set.insert(placement{text(key.first), text(key.second)}).second;
  }
  bool has(const asked_pair& key) const {
    return set.find(view{key.first, key.second}) != set.end();
  }
  bool drop(const asked_pair& key) {
    const auto at = set.find(view{key.first, key.second});
    if (at == set.end()) return false;
    set.erase(at);
    return true;
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& key : set) result += mark(key.node, key.pod);
    return result;
  }
  void wipe() { set.clear(); }
};

template <class Map>
struct nested {
  Map rows;
  bool put(const asked_pair& key) {
    auto at = rows.find(key.first);
    if (at == rows.end()) at = rows.try_emplace(text(key.first)).first;
    return at->second.insert(text(key.second)).second;
  }
  bool has(const asked_pair& key) const {
    const auto at = rows.find(key.first);
    return at != rows.end() && at->second.find(key.second) != at->second.end();
  }
  bool drop(const asked_pair& key) {
    const auto at = rows.find(key.first);
    if (at == rows.end()) return false;
    const auto inner = at->second.find(key.second);
    if (inner == at->second.end()) return false;
    at->second.erase(inner);
    return true;
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& [node, pods] : rows) {
      for (const auto& pod : pods) result += mark(node, pod);
    }
    return result;
  }
  void wipe() { rows.clear(); }
};

// The floor for bytes among layouts that keep both texts: one sort at the end, no erasing.
struct sorted_vector {
  std::vector<placement, counted<placement>> cells;
  bool put(const asked_pair& key) {
    cells.push_back({text(key.first), text(key.second)});
    return true;
  }
  void seal() {
    std::ranges::sort(cells, pair_less());
    cells.shrink_to_fit();
  }
  bool has(const asked_pair& key) const {
    return std::binary_search(cells.begin(), cells.end(), view{key.first, key.second}, pair_less());
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const placement& key : cells) result += mark(key.node, key.pod);
    return result;
  }
  void wipe() { cells.clear(); }
};

struct our_flat {
  flat_set<placement, key_hash<placement>, key_equal<placement>, counted<placement>> set;
  bool put(const asked_pair& key) { return set.insert(key).second; }
  bool has(const asked_pair& key) const { return set.contains(key); }
  std::uint64_t has_many(const std::vector<asked_pair>& keys, std::size_t from,
                         std::size_t count) const {
    bool answers[1024];
    return set.contains_many(std::span(keys).subspan(from, count), answers);
  }
  bool drop(const asked_pair& key) { return set.erase(key) != 0; }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    set.for_each([&](const placement& key) { result += mark(key.node, key.pod); });
    return result;
  }
  void wipe() { set.clear(); }
};

struct by_uuid {
  uuid_assignment<counted<std::byte>> cells;
  bool put(const asked_pair& key) { return !cells.assign(key.first, key.second); }
  bool has(const asked_pair& key) const { return cells.contains(key.first, key.second); }
  std::uint64_t has_many(const std::vector<asked_pair>& keys, std::size_t from,
                         std::size_t count) const {
    bool answers[1024];
    return cells.contains_many(std::span(keys).subspan(from, count), answers);
  }
  bool drop(const asked_pair& key) { return cells.erase(key.first, key.second); }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    cells.for_each([&](std::string_view node, std::string_view pod) { result += mark(node, pod); });
    return result;
  }
  void wipe() { cells.clear(); }
};

// Both names interned, the pairs in an assignment. What a name was is never forgotten.
struct interned {
  using bytes = counted<std::byte>;
  interner<std::string, std::uint32_t, bytes> nodes;
  interner<std::string, std::uint32_t, bytes> pods;
  assignment<std::uint32_t, std::uint32_t, bytes> bound;
  bool put(const asked_pair& key) {
    return !bound.assign(pods.intern(key.second), nodes.intern(key.first));
  }
  bool has(const asked_pair& key) const {
    const auto pod = pods.find(key.second);
    if (!pod) return false;
    const auto row = bound.row_of(*pod);
    return row && nodes[*row] == key.first;
  }
  bool drop(const asked_pair& key) {
    const auto pod = pods.find(key.second);
    if (!pod) return false;
    const auto row = bound.row_of(*pod);
    return row && nodes[*row] == key.first && bound.unassign(*pod).has_value();
  }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto [pod, node] : bound) result += mark(nodes[node], pods[pod]);
    return result;
  }
  void wipe() {
    bound.clear();
    pods.clear();
    nodes.clear();
  }
};

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

void race_names(std::size_t entries, int rounds, results& into) {
  const auto input = make_input(entries);
  contest<asked_pair> all(input->in, rounds);
  all.add<
      flat<boost::unordered_flat_set<placement, boost_pair_hash, pair_equal, counted<placement>>>>(
      "boost flat");
  all.add<nested<boost_nested>>("boost nested");
  all.add<flat<absl::flat_hash_set<placement, absl_pair_hash, pair_equal, counted<placement>>>>(
      "absl flat");
  all.add<nested<absl_nested>>("absl nested");
  // Far behind at such sizes, and slow to tear down.
  if (entries <= 500'000) {
    all.add<flat<std::unordered_set<placement, std_pair_hash, pair_equal, counted<placement>>>>(
        "std flat");
    all.add<nested<std_nested>>("std nested");
    all.add<flat<std::set<placement, pair_less, counted<placement>>>>("std::map");
    all.add<sorted_vector>("sorted vector");
  }
  all.add<our_flat>("crosstie flat_set");
  all.add<interned>("crosstie interners + assignment");
  all.add<by_uuid>("crosstie uuid_assignment");
  all.run(into);
}

}  // namespace crosstie::bench
