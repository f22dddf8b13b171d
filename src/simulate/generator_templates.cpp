#include <fmt/format.h>

#include <algorithm>

#include "simulate/generator_parts.hpp"

namespace crosstie::simulate {
namespace {

using cluster::store;

// What a deployment asks of its nodes, beyond cpu and memory.
enum class placement_wish : std::uint8_t {
  none,
  zonal,         // required affinity to one or two zones
  prefers_ssd,   // preferred affinity
  ssd,           // node selector
  spot,          // tolerates the spot pool, and prefers it
  batch_pool,    // node selector and toleration of a dedicated pool
  ingress_pool,  // the same, with host ports
  host_port,     // one host port, anywhere
  gpu,
  best_effort,    // asks for nothing
  gated,          // waits for a scheduling gate: never tried
  too_large,      // more cores than any node has
  missing_label,  // selects a label that no node has
  gpu_forbidden   // wants a GPU and does not tolerate the pool's taint
};

struct wish_choice {
  placement_wish wish;
  std::uint32_t weight;
  std::int64_t most_replicas;
};
constexpr std::array<wish_choice, 14> wishes{{{placement_wish::none, 655, 200},
                                              {placement_wish::zonal, 60, 100},
                                              {placement_wish::prefers_ssd, 80, 100},
                                              {placement_wish::ssd, 60, 50},
                                              {placement_wish::spot, 40, 100},
                                              {placement_wish::batch_pool, 30, 50},
                                              {placement_wish::ingress_pool, 10, 5},
                                              {placement_wish::host_port, 15, 10},
                                              {placement_wish::gpu, 20, 5},
                                              {placement_wish::best_effort, 10, 20},
                                              {placement_wish::gated, 5, 10},
                                              {placement_wish::too_large, 5, 20},
                                              {placement_wish::missing_label, 5, 20},
                                              {placement_wish::gpu_forbidden, 5, 20}}};

struct pod_size {
  std::int64_t milli_cpu, memory_mib;
  std::uint32_t weight;
};
constexpr std::array<pod_size, 16> pod_sizes{{{50, 64, 8},
                                              {100, 128, 14},
                                              {100, 256, 10},
                                              {200, 256, 10},
                                              {250, 512, 12},
                                              {500, 512, 9},
                                              {500, 1024, 9},
                                              {500, 2048, 4},
                                              {1000, 1024, 6},
                                              {1000, 2048, 6},
                                              {1000, 4096, 3},
                                              {2000, 2048, 3},
                                              {2000, 4096, 3},
                                              {2000, 8192, 1},
                                              {4000, 8192, 1},
                                              {4000, 16384, 1}}};

constexpr std::array<std::int64_t, 16> replica_counts{1, 1, 2,  2,  3,  3,  3,  4,
                                                      5, 6, 10, 15, 20, 30, 60, 120};
constexpr std::array<std::string_view, 16> program_names{
    "api",   "auth",   "cache",  "cart", "events", "feed",   "frontend", "gateway",
    "index", "ledger", "mailer", "menu", "quote",  "report", "search",   "worker"};

class template_maker {
 public:
  template_maker(const generate_spec& spec, store& into, std::int64_t number)
      : spec_(spec),
        into_(into),
        number_(number),
        random_(draw(spec, drawn_for::deployment, static_cast<std::uint64_t>(number))) {}

  // `bound`: the pods are on nodes already, so they ask for nothing that has to be searched.
  deployment make(bool bound) {
    const wish_choice& choice = random_.pick_weighted(std::span<const wish_choice>(wishes));
    const placement_wish wish = bound ? placement_wish::none : choice.wish;
    const auto& priority_class =
        random_.pick_weighted(std::span<const class_choice>(generated_classes));
    const std::int64_t copies = random_.pick(std::span<const std::int64_t>(replica_counts));

    cluster::pod_spec pod{};
    pod.scheduler_name = name("default-scheduler");
    pod.priority = priority_class.value;
    pod.preempts_lower_priority = priority_class.preempts_lower_priority;
    add_containers(pod, wish);
    add_tolerations(pod);
    apply(wish, pod);

    const bool system = priority_class.name.starts_with("system-");
    const std::string_view ns =
        system ? system_namespace
               : random_.pick(std::span<const std::string_view>(team_namespaces));
    const std::string app = fmt::format(
        "{}-{}", random_.pick(std::span<const std::string_view>(program_names)), number_);
    const std::string hash = letters_of(random_.next(), 9);
    const std::string replica_set = app + "-" + hash;
    return {name(ns),
            replica_set + "-",
            into_.intern(pod),
            into_.intern(make_labels(into_, {{"app", app},
                                             {"pod-template-hash", hash},
                                             {"tier", random_.chance(500) ? "front" : "back"}})),
            into_.intern(cluster::owner{name("apps/v1"), name("ReplicaSet"), name(replica_set),
                                        name(make_uid(random_))}),
            bound ? copies : std::min(copies, choice.most_replicas)};
  }

 private:
  cluster::name_id name(std::string_view text) { return into_.names().intern(text); }

  cluster::container make_container(std::string_view what, std::int64_t milli_cpu,
                                    std::int64_t memory_mib) {
    cluster::container container{};
    container.name = name(what);
    container.image = name(image_name(static_cast<std::uint32_t>(
        std::min(random_.below(image_count), random_.below(image_count)))));
    if (milli_cpu > 0) {
      container.requests = make_resources(
          into_, {{"cpu", milli(milli_cpu)}, {"memory", units(memory_mib * mebibyte)}});
    }
    return container;
  }

  void add_containers(cluster::pod_spec& pod, placement_wish wish) {
    const pod_size& size = random_.pick_weighted(std::span<const pod_size>(pod_sizes));
    const bool asks = wish != placement_wish::best_effort;
    if (random_.chance(100)) {
      pod.init_containers.push_back(make_container("setup", asks ? 100 : 0, 128));
    }
    pod.containers.push_back(make_container("main", asks ? size.milli_cpu : 0, size.memory_mib));
    if (random_.chance(120)) {
      pod.containers.push_back(make_container("proxy", asks ? 50 : 0, 64));
    }
  }

  void tolerate(cluster::pod_spec& pod, std::string_view key, cluster::toleration_operator op,
                std::string_view value, cluster::taint_effect effect) {
    pod.tolerations.push_back({name(key), name(value), op, effect});
  }
  // What the API server's admission gives to every pod.
  void add_tolerations(cluster::pod_spec& pod) {
    for (std::string_view key :
         {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
      tolerate(pod, key, cluster::toleration_operator::exists, "",
               cluster::taint_effect::no_execute);
    }
  }

  void select(cluster::pod_spec& pod, std::string_view key, std::string_view value) {
    pod.selector = make_labels(into_, {{key, value}});
  }
  cluster::requirement one_of(std::string_view key, std::vector<std::string> values) {
    cluster::requirement wanted{name(key), cluster::selector_operator::in, {}};
    for (const std::string& value : values) wanted.values.push_back(name(value));
    return wanted;
  }
  void prefer(cluster::pod_spec& pod, std::string_view key, std::string value) {
    pod.affinity.emplace().preferred.push_back({static_cast<std::int32_t>(random_.between(1, 100)),
                                                {{one_of(key, {std::move(value)})}, {}}});
  }
  void require_zones(cluster::pod_spec& pod) {
    const std::int64_t first = random_.between(0, spec_.zones - 1);
    std::vector<std::string> zones{zone_name(first)};
    if (spec_.zones > 2) zones.push_back(zone_name((first + 1) % spec_.zones));
    pod.affinity.emplace().required = {{{{one_of(zone_label, std::move(zones))}, {}}}};
  }
  void take_port(cluster::pod_spec& pod, std::int32_t port) {
    pod.containers.front().ports.push_back({port, name("TCP"), cluster::no_name});
  }
  void want(cluster::pod_spec& pod, std::string_view resource, cluster::quantity amount) {
    cluster::resource_list& requests = pod.containers.front().requests;
    const cluster::name_id wanted = name(resource);
    const auto place =
        std::ranges::lower_bound(requests, wanted, {}, &cluster::resource_amount::name);
    if (place != requests.end() && place->name == wanted) {
      place->amount = amount;
    } else {
      requests.insert(place, {wanted, amount});
    }
  }

  void apply(placement_wish wish, cluster::pod_spec& pod) {
    using cluster::taint_effect;
    using cluster::toleration_operator;
    constexpr std::array<std::int64_t, 6> gpus{1, 1, 1, 1, 2, 4};
    switch (wish) {
      case placement_wish::none:
      case placement_wish::best_effort:
        break;
      case placement_wish::zonal:
        require_zones(pod);
        break;
      case placement_wish::prefers_ssd:
        prefer(pod, disk_label, "ssd");
        break;
      case placement_wish::ssd:
        select(pod, disk_label, "ssd");
        break;
      case placement_wish::spot:
        tolerate(pod, spot_taint, toleration_operator::exists, "", taint_effect::any);
        prefer(pod, pool_label, "spot");
        break;
      case placement_wish::batch_pool:
      case placement_wish::ingress_pool: {
        const std::string_view pool = wish == placement_wish::batch_pool ? "batch" : "ingress";
        tolerate(pod, dedicated_taint, toleration_operator::equal, pool, taint_effect::no_schedule);
        select(pod, pool_label, pool);
        if (wish == placement_wish::ingress_pool) {
          take_port(pod, 80);
          take_port(pod, 443);
        }
        break;
      }
      case placement_wish::host_port:
        take_port(pod, static_cast<std::int32_t>(9100 + random_.below(8)));
        break;
      case placement_wish::gpu:
        tolerate(pod, gpu_resource, toleration_operator::exists, "", taint_effect::no_schedule);
        want(pod, gpu_resource, units(random_.pick(std::span<const std::int64_t>(gpus))));
        break;
      case placement_wish::gated:
        pod.scheduling_gates.push_back(name("example.com/quota"));
        break;
      case placement_wish::too_large:
        want(pod, "cpu", milli(200'000));
        break;
      case placement_wish::missing_label:
        select(pod, "example.com/hardware", "fpga");
        break;
      case placement_wish::gpu_forbidden:
        want(pod, gpu_resource, units(1));
        break;
    }
  }

  const generate_spec& spec_;
  store& into_;
  std::int64_t number_;
  random_stream random_;
};

}  // namespace

std::string letters_of(std::uint64_t number, int length) {
  constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (int i = 0; i < length; ++i, number /= alphabet.size()) {
    text += alphabet[number % alphabet.size()];
  }
  return text;
}

std::string make_uid(random_stream& random) {
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFF, 0x8000 | ((low >> 48) & 0x3FFF), low & 0xFFFF'FFFF'FFFF);
}

deployment make_deployment(const generate_spec& spec, store& into, std::int64_t number,
                           bool bound) {
  return template_maker(spec, into, number).make(bound);
}

}  // namespace crosstie::simulate
