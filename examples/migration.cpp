// The code of docs/tables/migration.md and of the other pages of docs/tables: what programs write
// today, and what they write with Crosstie. It is built and run by the tests, which also look for
// every block of those pages in here.
#include <cstdio>
#include <cstdlib>
#include <memory_resource>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <crosstie/crosstie.hpp>
#include <crosstie/pmr.hpp>
#include <crosstie/print.hpp>
#include <crosstie/serialise.hpp>

namespace {

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::exit(1);
}
#define CHECK(condition) check(condition, #condition)

// Nested maps.
namespace nested {

// before
std::unordered_map<std::string, std::unordered_set<std::string>> pods_of_node;

bool is_on_before(const std::string& node, const std::string& pod) {
  const auto row = pods_of_node.find(node);  // a string for each argument, if given as views
  return row != pods_of_node.end() && row->second.contains(pod);
}

// after, where keys are texts and only membership is asked
struct binding {
  std::string node, pod;
};
crosstie::flat_set<binding> bindings;

bool is_on(std::string_view node, std::string_view pod) { return bindings.contains(node, pod); }

// after, where rows are listed too: ids at the boundary, then a relation
crosstie::interner<std::string> nodes, pods;
crosstie::relation<> on;

void bind(std::string_view node, std::string_view pod) {
  on.insert(nodes.intern(node), pods.intern(pod));
}

void print_pods_of(std::string_view node) {
  if (const auto row = nodes.find(node)) {
    for (const auto pod : on.row(*row)) std::puts(std::string(pods[pod]).c_str());
  }
}

void run() {
  pods_of_node["node-1"].insert("web-0");
  bindings.insert("node-1", "web-0");
  bind("node-1", "web-0");
  CHECK(is_on_before("node-1", "web-0") && is_on("node-1", "web-0"));
  CHECK(!is_on("node-1", "web-1"));
  CHECK(on.row_count(*nodes.find("node-1")) == 1);
  print_pods_of("node-1");
}

}  // namespace nested

// std::unordered_map of pairs.
namespace pairs {

// before
struct pair_hash {
  std::size_t operator()(const std::pair<int, int>& p) const {
    return std::hash<int>()(p.first) ^ (std::hash<int>()(p.second) << 1);
  }
};
std::unordered_map<std::pair<int, int>, double, pair_hash> score_before;

// after
crosstie::flat_map<std::pair<int, int>, double> score;

void run() {
  score_before[{1, 2}] = 0.5;
  score[1, 2] = 0.5;
  CHECK(score_before.at({1, 2}) == score.at(1, 2));
  CHECK(score.erase(1, 2) == 1);
}

}  // namespace pairs

// Guava's Table<String, String, Integer>.
namespace guava {

struct cell {
  std::string row, column;
};
crosstie::flat_map<cell, int> table;

void run() {
  table.insert_or_assign(cell{"r", "c"}, 1);      // table.put("r", "c", 1)
  const int* value = table.find_value("r", "c");  // table.get("r", "c")
  CHECK(value != nullptr && *value == 1);
  CHECK(table.contains("r", "c"));                                     // table.contains("r", "c")
  for (const auto& [key, v] : table) CHECK(key.row == "r" && v == 1);  // table.cellSet()
  CHECK(table.erase("r", "c") == 1);                                   // table.remove("r", "c")
}

}  // namespace guava

// absl::flat_hash_map and its manners.
namespace abseil {

struct key {
  std::string node;
  int port;
};

void run() {
  crosstie::flat_map<key, int> map;
  map.try_emplace(key{"n", 443}, 1);
  const std::string_view node = "n";
  CHECK(map.find(std::tuple{node, 443}) !=
        map.end());  // heterogeneous lookup, without a hash of yours
  CHECK(map.find(node, 443)->second == 1);
  CHECK(erase_if(map, [](const auto& element) { return element.second == 1; }) ==
        1);  // absl::erase_if
}

}  // namespace abseil

// Keys that need a word.
namespace keys {

class version {
 public:
  explicit version(int major) : major_(major) {}
  [[nodiscard]] int major_number() const { return major_; }
  friend bool operator==(const version&, const version&) = default;

 private:
  int major_;
};

}  // namespace keys
}  // namespace

template <>
struct crosstie::custom_hash<keys::version> {
  std::uint64_t operator()(const keys::version& v, std::uint64_t seed) const noexcept {
    return static_cast<std::uint64_t>(v.major_number()) ^ seed;
  }
};

namespace {

namespace keys {

void run() {
  struct reading {
    int node;
    crosstie::exact_float<double> weight;
  };
  crosstie::flat_set<reading> readings;
  readings.insert(reading{1, {0.5}});
  crosstie::flat_set<std::pair<int, version>> versions;
  versions.insert(std::pair{1, version(2)});
  CHECK(versions.contains(std::pair{1, version(2)}));
}

}  // namespace keys

// A type for the ids of each side.
namespace ids {

enum class pod_id : std::uint32_t {};
enum class node_id : std::uint32_t {};
crosstie::assignment<pod_id, node_id> bound;

void bind(pod_id pod, node_id node) { bound.assign(pod, node); }
bool is_on(node_id node, pod_id pod) { return bound.contains(node, pod); }

template <class First, class Second>
concept assigns = requires(First first, Second second) { bound.assign(first, second); };
static_assert(assigns<pod_id, node_id> && !assigns<node_id, pod_id>);

void run() {
  bind(pod_id{7}, node_id{3});
  CHECK(is_on(node_id{3}, pod_id{7}));
}

}  // namespace ids

// The bounded, the shared and the digested.
namespace others {

void run() {
  crosstie::lru_map<nested::binding, int> recent(10'000);
  recent.try_emplace(std::tuple{"node-1", "web-0"}, 7);
  if (int* score = recent.find("node-1", "web-0")) ++*score;  // counts as a use
  CHECK(*recent.peek("node-1", "web-0") == 8);                // does not

  crosstie::lru_rows<std::string, std::string, int> last_probes(16);  // the last 16 of each node
  last_probes.try_emplace("node-1", "web-0", 1);
  last_probes.for_each_in("node-1",
                          [](const std::string& pod, int n) { CHECK(!pod.empty() && n == 1); });

  crosstie::concurrent_map<nested::binding, int> restarts;
  restarts.update(std::tuple{"node-1", "web-0"}, [](int& n) { ++n; });
  CHECK(restarts.find("node-1", "web-0") == 1);

  crosstie::digest_map<int> events;
  events.try_emplace(std::tuple{"a-namespace", "a-pod-with-a-long-name"}, 1);
  CHECK(events.contains("a-namespace", "a-pod-with-a-long-name"));

  std::pmr::monotonic_buffer_resource arena;
  crosstie::pmr::flat_set<int> set(&arena);
  set.insert(1);

  const std::string bytes = crosstie::to_bytes(set);
  crosstie::flat_set<int> again;
  CHECK(crosstie::from_bytes(bytes, again) == crosstie::byte_fault::none);

  std::ostringstream log;
  log << again;
  CHECK(log.str() == "{1}");
}

}  // namespace others

}  // namespace

int main() {
  nested::run();
  pairs::run();
  guava::run();
  abseil::run();
  keys::run();
  ids::run();
  others::run();
  return 0;
}
