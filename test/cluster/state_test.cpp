#include "cluster/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>

namespace crosstie::cluster {
namespace {

quantity whole(std::int64_t units) { return {quantity::int128{units} * 1'000'000'000}; }

class state_test : public testing::Test {
 protected:
  name_id name(const std::string& text) { return objects.names().intern(text); }
  node_id add_node(const node& object) {
    const node_id id = objects.put(object);
    cluster.add_node(id);
    return id;
  }
  node named(const std::string& text) {
    node made{};
    made.name = name(text);
    return made;
  }
  pod_id add_pod(const std::string& text, const pod_spec& spec) {
    pod made{};
    made.name = name(text);
    made.spec = objects.intern(spec);
    return objects.put(made);
  }
  pod_spec with_port(std::int32_t port, const char* ip, const char* protocol = "") {
    pod_spec made;
    made.containers.resize(1);
    made.containers[0].ports = {{port, name(protocol), name(ip)}};
    return made;
  }
  bool conflicts(const pod_spec& spec, node_id node) {
    const auto& usage = cluster.usage();
    return usage.ports_conflict(usage.demand(objects.intern(spec)), node);
  }

  store objects;
  state cluster{objects};
};

TEST_F(state_test, ports_conflict_by_ip_protocol_and_port) {
  const node_id host = add_node(named("n1")), other = add_node(named("n2"));
  cluster.bind(add_pod("p", with_port(80, "10.0.0.1")), host);
  EXPECT_TRUE(conflicts(with_port(80, "10.0.0.1", "TCP"), host));
  EXPECT_TRUE(conflicts(with_port(80, ""), host));
  EXPECT_TRUE(conflicts(with_port(80, "0.0.0.0"), host));
  EXPECT_FALSE(conflicts(with_port(80, "10.0.0.2"), host));
  EXPECT_FALSE(conflicts(with_port(80, "10.0.0.1", "UDP"), host));
  EXPECT_FALSE(conflicts(with_port(81, ""), host));
  EXPECT_FALSE(conflicts(with_port(80, ""), other));
  cluster.bind(add_pod("any", with_port(90, "")), host);
  EXPECT_TRUE(conflicts(with_port(90, "10.0.0.2"), host));
}

TEST_F(state_test, a_port_held_twice_is_free_when_the_first_holder_leaves) {
  const node_id host = add_node(named("n1"));
  const pod_id first = add_pod("a", with_port(80, ""));
  cluster.bind(first, host);
  cluster.bind(add_pod("b", with_port(80, "")), host);
  cluster.unbind(first);
  EXPECT_FALSE(conflicts(with_port(80, ""), host));
}

TEST_F(state_test, a_pod_supposed_on_a_node_leaves_no_trace) {
  const node_id host = add_node(named("n1"));
  const pod_id holder = add_pod("a", with_port(80, ""));
  cluster.bind(holder, host);
  const pod_id expected = add_pod("b", with_port(80, ""));
  cluster.suppose_bound(expected, host);
  cluster.suppose_unbound(expected);
  EXPECT_TRUE(conflicts(with_port(80, ""), host));
  EXPECT_EQ(cluster.usage().pod_count()[0], 1);
  cluster.suppose_unbound(holder);
  EXPECT_FALSE(conflicts(with_port(80, ""), host));
  cluster.suppose_bound(holder, host);
  EXPECT_TRUE(conflicts(with_port(80, ""), host));
}

TEST_F(state_test, an_image_keeps_the_size_of_its_first_node_until_the_last_is_gone) {
  const name_id image = name("repo/app:1");
  node one = named("n1"), two = named("n2");
  one.images = {{{image}, 100}, {{image, name("repo/app@sha256:0")}, 300}};
  two.images = {{{image}, 200}};
  const node_id first = add_node(one), second = add_node(two);
  EXPECT_EQ(cluster.usage().image_size(image), 100);
  EXPECT_EQ(cluster.usage().image_node_count(image), 2u);
  cluster.remove_node(first);
  EXPECT_EQ(cluster.usage().image_size(image), 100);
  EXPECT_FALSE(cluster.usage().has_image(image, first));
  EXPECT_TRUE(cluster.usage().has_image(image, second));
  cluster.remove_node(second);
  EXPECT_EQ(cluster.usage().image_node_count(image), 0u);
  EXPECT_EQ(cluster.usage().image_size(image), 0);
  cluster.add_node(second);
  EXPECT_EQ(cluster.usage().image_size(image), 200);
}

TEST_F(state_test, load_counts_unfinished_pods_on_nodes_there_are) {
  objects.put(named("n1"));
  pod_spec spec;
  spec.containers.resize(1);
  const auto place = [&](const char* text, const char* node, pod_phase phase) {
    const pod_id id = add_pod(text, spec);
    pod object = objects[id];
    object.node = name(node);
    object.phase = phase;
    objects.put(object);
  };
  place("running", "n1", pod_phase::running);
  place("done", "n1", pod_phase::succeeded);
  place("lost", "n2", pod_phase::running);
  place("waiting", "", pod_phase::pending);
  cluster.load();
  EXPECT_EQ(cluster.usage().pod_count()[0], 1);
  EXPECT_EQ(cluster.usage().nonzero_milli_cpu()[0], 100);
}

// The twin: everything counted anew from what is bound, with ports as a set of what was taken.
class state_property_test : public state_test, public testing::WithParamInterface<unsigned> {
 protected:
  using port_key = std::tuple<node_id, name_id, std::int32_t, name_id>;

  node random_node(int which) {
    node made = named("n" + std::to_string(which));
    for (const char* resource :
         {"cpu", "memory", "pods", "example.com/gpu", "hugepages-2Mi", "gpu"}) {
      if (random() % 3) made.allocatable.push_back({name(resource), whole(random() % 100)});
    }
    std::ranges::sort(made.allocatable, {}, &resource_amount::name);
    for (int image = 0; image < 3; ++image) {
      if (random() % 2) {
        made.images.push_back(
            {{name("image" + std::to_string(image))}, std::int64_t(random() % 9)});
      }
    }
    return made;
  }

  pod_spec random_spec() {
    pod_spec made;
    made.containers.resize(1 + random() % 2);
    for (container& each : made.containers) {
      for (const char* resource : {"cpu", "memory", "example.com/gpu", "vendor.io/fpga"}) {
        if (random() % 2) each.requests.push_back({name(resource), whole(random() % 5)});
      }
      std::ranges::sort(each.requests, {}, &resource_amount::name);
      if (random() % 2) {
        each.ports.push_back(
            {std::int32_t(80 + random() % 2), no_name, name(random() % 2 ? "" : "10.0.0.1")});
      }
    }
    return made;
  }

  void bind(pod_id pod, node_id node) {
    cluster.bind(pod, node);
    where[pod] = node;
    for (const auto& port : demand(pod).host_ports) {
      ports.emplace(node, port.protocol, port.host_port, port.host_ip);
    }
  }
  void unbind(pod_id pod) {
    for (const auto& port : demand(pod).host_ports) {
      ports.erase({where[pod], port.protocol, port.host_port, port.host_ip});
    }
    cluster.unbind(pod);
    where.erase(pod);
  }
  const pod_demand& demand(pod_id pod) { return cluster.usage().demand(objects[pod].spec); }

  bool twin_conflicts(const pod_demand& asked, node_id node) {
    return std::ranges::any_of(asked.host_ports, [&](const container_port& port) {
      return std::ranges::any_of(ports, [&](const port_key& taken) {
        const auto& [where, protocol, number, ip] = taken;
        const name_id any = name("0.0.0.0");
        return where == node && protocol == port.protocol && number == port.host_port &&
               (ip == port.host_ip || ip == any || port.host_ip == any);
      });
    });
  }

  void check() {
    const usage_table& usage = cluster.usage();
    for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
      const node_id node{slot};
      std::map<resource_id, std::int64_t> sums;
      std::int64_t milli_cpu = 0, memory = 0, count = 0;
      for (const auto& [pod, on] : where) {
        if (on != node) continue;
        for (const auto& [resource, amount] : demand(pod).requested) sums[resource] += amount;
        milli_cpu += demand(pod).nonzero_milli_cpu;
        memory += demand(pod).nonzero_memory;
        ++count;
      }
      ASSERT_EQ(usage.pod_count()[slot], count);
      ASSERT_EQ(cluster.bindings().count(node), std::size_t(count));
      ASSERT_EQ(usage.nonzero_milli_cpu()[slot], milli_cpu);
      ASSERT_EQ(usage.nonzero_memory()[slot], memory);
      for (std::uint32_t each = 0; each < usage.resource_count(); ++each) {
        const resource_id id{each};
        ASSERT_EQ(usage.requested(id)[slot], sums[id]);
        std::int64_t offered = 0;
        for (const auto& [resource, amount] : objects[node].allocatable) {
          if (resource != usage.resource_name(id)) continue;
          offered = id == cpu ? amount.milli_value() : amount.value();
        }
        ASSERT_EQ(usage.allocatable(id)[slot], offered);
      }
      std::int64_t allowed = 0;
      for (const auto& [resource, amount] : objects[node].allocatable) {
        if (resource == name("pods")) allowed = amount.value();
      }
      ASSERT_EQ(usage.allowed_pods()[slot], allowed);
      const pod_spec asked = random_spec();
      ASSERT_EQ(conflicts(asked, node), twin_conflicts(usage.demand(objects.intern(asked)), node));
    }
    for (int image = 0; image < 3; ++image) {
      const name_id id = name("image" + std::to_string(image));
      std::uint32_t holders = 0;
      for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
        const bool holds =
            std::ranges::any_of(objects[node_id{slot}].images,
                                [&](const auto& each) { return each.names.front() == id; });
        ASSERT_EQ(usage.has_image(id, node_id{slot}), holds);
        holders += holds;
      }
      ASSERT_EQ(usage.image_node_count(id), holders);
    }
  }

  unsigned random() { return static_cast<unsigned>(generator()); }

  std::mt19937 generator{GetParam()};
  std::map<pod_id, node_id> where;
  std::set<port_key> ports;
};

TEST_P(state_property_test, sums_equal_a_recount_after_every_step) {
  std::vector<pod_id> pods;
  for (int each = 0; each < 25; ++each)
    pods.push_back(add_pod("p" + std::to_string(each), random_spec()));
  for (int step = 0; step < 600; ++step) {
    const int which = static_cast<int>(random() % 12);
    const auto id = objects.find_node(name("n" + std::to_string(which)));
    const unsigned act = random() % 10;
    if (act == 0 && id) {
      std::vector<pod_id> on;
      cluster.append_pods(*id, on);
      for (const pod_id pod : on) unbind(pod);
      cluster.remove_node(*id);
      objects.remove_node(objects[*id].name);
    } else if (act <= 2 || !id) {
      add_node(random_node(which));
    } else {
      const pod_id pod = pods[random() % pods.size()];
      if (where.contains(pod)) {
        unbind(pod);
      } else {
        bind(pod, *id);
        ASSERT_EQ(objects[pod].node, objects[*id].name);
      }
    }
    check();
    if (HasFatalFailure()) FAIL() << "at step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, state_property_test, testing::Range(1u, 9u));

TEST_F(state_test, a_copy_of_the_usage_goes_its_own_way) {
  const node_id host = add_node(named("n1"));
  pod_spec spec = with_port(80, "");
  const pod_id pod = add_pod("p", spec);
  usage_table copy = cluster.usage();
  copy.add_pod(objects[pod].spec, host);
  EXPECT_EQ(copy.pod_count()[0], 1);
  EXPECT_EQ(cluster.usage().pod_count()[0], 0);
  EXPECT_FALSE(conflicts(spec, host));
  EXPECT_TRUE(copy.ports_conflict(copy.demand(objects.intern(spec)), host));
}

}  // namespace
}  // namespace crosstie::cluster
