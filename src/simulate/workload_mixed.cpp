// Workloads of our own, which no shortcut for equal pods can serve: many shapes of pods with Zipf
// shares, half of them with spread or affinity, on a cluster that is filled before. Each arrival is
// matched by the departure of the oldest pod; every thousandth time a node's labels change.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "simulate/random.hpp"
#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

constexpr std::uint64_t drawn_for_shape = 200, drawn_for_place = 201;
constexpr std::uint32_t teams = 8;             // namespaces
constexpr std::uint32_t node_kinds = 60;       // 3 zones, 4 sizes, 5 further digits
constexpr std::uint32_t update_period = 1000;  // arrivals for each update of a node
constexpr std::string_view zone_key = "topology.kubernetes.io/zone";

struct node_kind {
  std::uint32_t zone, cores;
  bool spot, old;  // taints: NoSchedule, PreferNoSchedule

  // Equal kinds of three nodes in a row, one of each zone: whatever passes over one passes over
  // all three, so that pods laid out in node order stay spread over zones.
  explicit node_kind(std::uint32_t node) : zone(node % 3) {
    constexpr std::array<std::uint32_t, 4> sizes{16, 32, 32, 48};
    const std::uint32_t size = node / 3 % 4;
    const std::uint32_t further = node / 12 % 5;
    cores = sizes[size];
    spot = size == 1 && further == 0;
    old = size == 2 && further == 1;
  }
};

node_template node_like(std::uint32_t kind, int revision) {
  const node_kind is(kind);
  std::string taints;
  if (is.spot) taints = R"("taints":[{"key":"spot","value":"true","effect":"NoSchedule"}])";
  if (is.old) taints = R"("taints":[{"key":"old","value":"true","effect":"PreferNoSchedule"}])";
  return {.name = "node-",
          .labels = fmt::format(R"(,"{}":"zone-{}","example.com/revision":"{}")", zone_key, is.zone,
                                revision),
          .spec = std::move(taints),
          .capacity =
              fmt::format(R"("cpu":"{}","memory":"{}Gi","pods":"110")", is.cores, 4 * is.cores)};
}

// The shape of rank `rank`, the first the most frequent.
struct pod_shape {
  explicit pod_shape(std::uint32_t of) : rank(of) {}

  std::uint32_t rank;

  std::int64_t milli_cpu() const { return 50 + 10 * (rank % 97); }
  std::int64_t memory_mib() const { return 64 + 8 * (rank % 331); }
  std::uint32_t team() const { return rank % teams; }
  bool constrained() const { return rank % 2 == 1; }
  bool tolerates_spot() const { return rank % 5 == 3; }
  bool picks_zone() const { return !constrained() && rank % 4 == 2; }
  std::uint32_t zone() const { return rank / 4 % 3; }

  std::string constraint() const {
    const std::string own = fmt::format(R"("app":"app-{}")", rank);
    // One of the most frequent shapes, in the same namespace.
    const std::string other = fmt::format(R"("app":"app-{}")", team());
    switch (rank / 2 % 6) {
      case 0:
        return spread_over(zone_key, 1 + static_cast<int>(rank % 3), "DoNotSchedule", own);
      case 1:
        return spread_over(zone_key, 1, "ScheduleAnyway", own);
      case 2:
        // The most frequent shapes have more pods than there are nodes.
        return rank < 100 ? spread_over(hostname_label, 1, "ScheduleAnyway", own)
                          : required_pods("podAntiAffinity", own, hostname_label, "");
      case 3:
        return preferred_pods("podAntiAffinity", own, hostname_label, "");
      case 4:
        return preferred_pods("podAffinity", other, zone_key, "");
      default:
        return required_pods("podAffinity", other, zone_key, "");
    }
  }

  std::string spec() const {
    std::string text;
    if (constrained()) text += constraint();
    if (picks_zone()) {
      text += fmt::format(R"("nodeSelector":{{"{}":"zone-{}"}},)", zone_key, zone());
    }
    if (rank % 4 == 0) {
      text += fmt::format(
          R"("affinity":{{"nodeAffinity":{{"preferredDuringSchedulingIgnoredDuringExecution":[)"
          R"({{"weight":10,"preference":{{"matchExpressions":[{{"key":"{}","operator":"In",)"
          R"("values":["zone-{}"]}}]}}}}]}}}},)",
          zone_key, zone());
    }
    if (tolerates_spot()) text += R"("tolerations":[{"key":"spot","operator":"Exists"}],)";
    return text;
  }

  workload_part part() const {
    const std::string name = fmt::format("app-{}-", rank);
    const std::string resources =
        fmt::format(R"("requests":{{"cpu":"{}m","memory":"{}Mi"}})", milli_cpu(), memory_mib());
    return pod_part({.name = name,
                     .metadata = labels_of(fmt::format(R"("app":"app-{}")", rank)),
                     .spec = spec(),
                     .resources = resources,
                     .port = false},
                    fmt::format("team-{}", team()));
  }
};

// Which shape a pod has, by its number.
class shape_draw {
 public:
  shape_draw(std::uint64_t seed, std::uint32_t shapes) : seed_(seed) {
    for (std::uint64_t rank = 1; rank <= shapes; ++rank) ends_.push_back(total_ += one / rank);
  }
  std::uint32_t operator()(std::uint32_t number) const {
    const std::uint64_t at = random_stream(seed_, drawn_for_shape, number).below(total_);
    return static_cast<std::uint32_t>(std::ranges::upper_bound(ends_, at) - ends_.begin());
  }

 private:
  static constexpr std::uint64_t one = std::uint64_t{1} << 40;
  std::uint64_t seed_, total_ = 0;
  std::vector<std::uint64_t> ends_;
};

// Lays the pods of each shape out over nodes one after another, from a node of its own.
class layout {
 public:
  layout(std::uint64_t seed, std::uint32_t nodes, std::uint32_t shapes) {
    for (std::uint32_t i = 0; i < nodes; ++i) {
      const node_kind kind(i);
      free_.push_back({1000 * std::int64_t{kind.cores}, 4096 * std::int64_t{kind.cores}, 110});
    }
    for (std::uint32_t i = 0; i < shapes; ++i) {
      next_.push_back(
          static_cast<std::uint32_t>(random_stream(seed, drawn_for_place, i).below(nodes)));
    }
  }

  // early_pod::unplaced where no node has room.
  std::uint32_t take(const pod_shape& shape) {
    const auto nodes = static_cast<std::uint32_t>(free_.size());
    for (std::uint32_t tried = 0; tried < nodes; ++tried) {
      const std::uint32_t node = next_[shape.rank];
      next_[shape.rank] = (node + 1) % nodes;
      if (suits(shape, node)) {
        room& left = free_[node];
        left.milli_cpu -= shape.milli_cpu();
        left.memory_mib -= shape.memory_mib();
        --left.pods;
        return node;
      }
    }
    return early_pod::unplaced;
  }

 private:
  struct room {
    std::int64_t milli_cpu, memory_mib, pods;
  };

  bool suits(const pod_shape& shape, std::uint32_t node) const {
    const node_kind kind(node);
    if (kind.spot && !shape.tolerates_spot()) return false;
    if (shape.picks_zone() && shape.zone() != kind.zone) return false;
    const room& left = free_[node];
    return left.milli_cpu >= shape.milli_cpu() && left.memory_mib >= shape.memory_mib() &&
           left.pods > 0;
  }

  std::vector<room> free_;
  std::vector<std::uint32_t> next_;  // by shape
};

// node_kinds parts with the same names, of which a node has the one of its number.
std::uint32_t add_node_parts(workload_composer& into, int revision) {
  std::uint32_t first = 0;
  for (std::uint32_t kind = 0; kind < node_kinds; ++kind) {
    const std::uint32_t part = into.add_part(node_part(node_like(kind, revision)));
    if (kind == 0) first = part;
  }
  return first;
}

void compose_mixed(workload_composer& into, const workload_size& size) {
  const auto count = [&](std::string_view what) {
    return static_cast<std::uint32_t>(size.get(what));
  };
  const std::uint32_t nodes = count("initNodes"), bound = count("boundPods");
  const std::uint32_t shapes = count("shapes"), measured = count("measurePods");
  into.create_namespaces("team", teams);
  const std::uint32_t node_parts[] = {add_node_parts(into, 0), add_node_parts(into, 1)};
  std::uint32_t first_shape = 0;
  for (std::uint32_t i = 0; i < shapes; ++i) {
    const std::uint32_t part = into.add_part(pod_shape(i).part());
    if (i == 0) first_shape = part;
  }
  workload_script& script = into.script();
  script.node_part = node_parts[0];
  for (std::uint32_t i = 0; i < nodes; ++i) {
    script.objects.push_back({node_parts[0] + i % node_kinds, i});
  }

  const shape_draw draw(script.seed, shapes);
  const auto pod = [&](std::uint32_t number) {
    return workload_object{first_shape + draw(number), number};
  };
  layout places(script.seed, nodes, shapes);
  for (std::uint32_t i = 0; i < bound; ++i) {
    script.early.push_back({pod(i), places.take(pod_shape(draw(i)))});
  }
  constexpr cluster::timestamp between = 200'000;  // 5,000 arrivals a second
  for (std::uint32_t i = 0; i < measured; ++i) {
    const cluster::timestamp at = between * i;
    if (i % update_period == update_period - 1) {
      const std::uint32_t node = i / update_period % nodes;
      const std::uint32_t round = i / update_period / nodes;
      script.events.push_back(
          {at, {node_parts[(round + 1) % 2] + node % node_kinds, node}, change::update, false});
    }
    script.events.push_back({at, pod(i), change::remove, false});
    script.events.push_back({at, pod(bound + i), change::add, true});
  }
}

}  // namespace

void add_mixed_workloads(std::vector<workload_case>& to) {
  to.push_back({"Mixed",
                {{"5000Nodes",
                  {{"initNodes", 5000},
                   {"boundPods", 60000},
                   {"shapes", 2000, false},
                   {"measurePods", 60000}}}},
                compose_mixed,
                {"initNodes"},
                "measurePods",
                "boundPods",
                true});
  to.push_back({"Scale",
                {{"100000Nodes",
                  {{"initNodes", 100000},
                   {"boundPods", 1000000},
                   {"shapes", 100, false},
                   {"measurePods", 100000}}}},
                compose_mixed,
                {"initNodes"},
                "measurePods",
                "boundPods",
                true});
}

}  // namespace crosstie::simulate
