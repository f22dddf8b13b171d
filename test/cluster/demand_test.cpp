#include "cluster/demand.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

namespace crosstie::cluster {
namespace {

using amounts = std::initializer_list<std::pair<const char*, const char*>>;

class demand_test : public testing::Test {
 protected:
  resource_list list(amounts pairs) {
    resource_list made;
    for (const auto& [name, amount] : pairs) {
      made.push_back({objects.names().intern(name), *parse_quantity(amount)});
    }
    std::ranges::sort(made, {}, &resource_amount::name);
    return made;
  }
  container asking(amounts pairs) {
    container made{};
    made.requests = list(pairs);
    return made;
  }
  container sidecar(amounts pairs) {
    container made = asking(pairs);
    made.restart_always = true;
    return made;
  }
  const pod_demand& demand() { return table.of(objects.intern(spec)); }
  std::int64_t in(const std::vector<resource_request>& requests, const char* name) {
    const auto id = table.find_resource(objects.names().intern(name));
    return id ? pod_demand::find(requests, *id) : 0;
  }
  std::int64_t requested(const char* name) { return in(demand().requested, name); }
  std::int64_t wanted(const char* name) { return in(demand().wanted, name); }
  std::int64_t scored(const char* name) { return in(demand().scored, name); }

  store objects;
  demand_table table{objects};
  pod_spec spec;
};

TEST_F(demand_test, containers_add_up_and_round_up_once) {
  spec.containers = {asking({{"cpu", "100m"}, {"memory", "0.5"}}),
                     asking({{"cpu", "1500u"}, {"memory", "0.5"}})};
  EXPECT_EQ(wanted("cpu"), 102);
  EXPECT_EQ(wanted("memory"), 1);
}

TEST_F(demand_test, the_largest_init_container_counts_where_it_is_more) {
  spec.containers = {asking({{"cpu", "1"}, {"memory", "1Ki"}})};
  spec.init_containers = {asking({{"cpu", "2"}}), asking({{"memory", "512"}})};
  EXPECT_EQ(wanted("cpu"), 2000);
  EXPECT_EQ(wanted("memory"), 1024);
}

TEST_F(demand_test, sidecars_run_beside_what_starts_after_them) {
  spec.containers = {asking({{"cpu", "1"}})};
  spec.init_containers = {asking({{"cpu", "3"}}), sidecar({{"cpu", "2"}}), asking({{"cpu", "2"}})};
  EXPECT_EQ(wanted("cpu"), 4000);  // sidecar + second init container; 1 + 2 while it runs
  spec.init_containers.back() = asking({{"cpu", "500m"}});
  EXPECT_EQ(wanted("cpu"), 3000);
}

TEST_F(demand_test, overhead_is_added_last) {
  spec.containers = {asking({{"cpu", "1"}})};
  spec.init_containers = {asking({{"cpu", "2"}})};
  spec.overhead = list({{"cpu", "250m"}, {"example.com/fee", "1"}});
  EXPECT_EQ(wanted("cpu"), 2250);
  EXPECT_EQ(wanted("example.com/fee"), 1);
}

TEST_F(demand_test, missing_requests_count_the_defaults_for_scores_alone) {
  spec.containers = {asking({{"cpu", "0"}}), asking({{"memory", "1Mi"}})};
  EXPECT_TRUE(std::ranges::none_of(demand().requested, [](auto& r) { return r.resource == cpu; }));
  EXPECT_EQ(demand().nonzero_milli_cpu, 100);  // an explicit zero is not missing
  EXPECT_EQ(demand().nonzero_memory, 201 << 20);
  EXPECT_EQ(scored("cpu"), 100);
  EXPECT_EQ(scored("memory"), 201 << 20);
}

TEST_F(demand_test, pod_level_requests_replace_the_sum_except_for_scoring_the_incoming_pod) {
  spec.containers = {asking({{"cpu", "1"}, {"memory", "1Mi"}, {"ephemeral-storage", "7"}})};
  spec.overhead = list({{"cpu", "100m"}});
  spec.resources.emplace().requests = list({{"cpu", "3"}, {"ephemeral-storage", "99"}});
  EXPECT_EQ(wanted("cpu"), 3100);
  EXPECT_EQ(wanted("memory"), 1 << 20);
  EXPECT_EQ(wanted("ephemeral-storage"), 7);  // not a resource that pods have as a whole
  EXPECT_EQ(demand().nonzero_milli_cpu, 3100);
  EXPECT_EQ(scored("cpu"), 1100);
}

TEST_F(demand_test, with_pod_level_requests_only_what_nobody_requests_is_filled_in) {
  spec.containers = {asking({}), asking({})};
  spec.resources.emplace().requests = list({{"cpu", "1"}});
  EXPECT_EQ(demand().nonzero_milli_cpu, 1000);
  EXPECT_EQ(demand().nonzero_memory, 400 << 20);
}

TEST_F(demand_test, a_resize_under_way_counts_the_most_for_pods_on_nodes) {
  container resized = asking({{"cpu", "2"}, {"memory", "10"}});
  resized.status = container_resource_status{true, list({{"cpu", "3"}}), list({{"memory", "20"}})};
  spec.containers = {resized};
  EXPECT_EQ(requested("cpu"), 3000);
  EXPECT_EQ(requested("memory"), 20);
  EXPECT_EQ(wanted("cpu"), 2000);
  EXPECT_EQ(scored("cpu"), 2000);
  spec.containers[0].requests = list({{"cpu", "9"}});
  EXPECT_EQ(requested("cpu"), 9000);
  spec.resize_infeasible = true;
  EXPECT_EQ(requested("cpu"), 3000);
  spec.containers[0].status->has_resources = false;
  EXPECT_EQ(requested("cpu"), 9000);
}

TEST_F(demand_test, only_sidecars_among_init_containers_are_resized) {
  container starting = asking({{"cpu", "1"}});
  starting.status = container_resource_status{true, list({{"cpu", "5"}}), {}};
  spec.init_containers = {starting};
  EXPECT_EQ(requested("cpu"), 1000);
  spec.init_containers[0].restart_always = true;
  EXPECT_EQ(requested("cpu"), 5000);
}

TEST_F(demand_test, pod_level_resizes_count_too) {
  spec.resources.emplace().requests = list({{"cpu", "1"}});
  spec.resources->has_status = true;
  spec.resources->actuated = list({{"cpu", "2"}});
  EXPECT_EQ(requested("cpu"), 2000);
  EXPECT_EQ(wanted("cpu"), 1000);
}

TEST_F(demand_test, host_ports_are_those_of_containers_that_stay) {
  container serving{};
  const name_id ip = objects.names().intern("10.0.0.1"), udp = objects.names().intern("UDP");
  serving.ports = {{80, no_name, no_name}, {0, no_name, no_name}, {53, udp, ip}};
  container starting = serving;
  spec.containers = {serving};
  spec.init_containers = {starting};
  ASSERT_EQ(demand().host_ports.size(), 2u);
  EXPECT_EQ(objects.text(demand().host_ports[0].protocol), "TCP");
  EXPECT_EQ(objects.text(demand().host_ports[0].host_ip), "0.0.0.0");
  EXPECT_EQ(demand().host_ports[1].host_ip, ip);
  spec.init_containers[0].restart_always = true;
  EXPECT_EQ(demand().host_ports.size(), 4u);
}

TEST(resource_names, counted_are_those_that_node_info_counts) {
  for (const char* name :
       {"nvidia.com/gpu", "hugepages-2Mi", "x.kubernetes.io/y", "attachable-volumes-aws-ebs"}) {
    EXPECT_TRUE(is_scalar_resource(name)) << name;
  }
  for (const char* name : {"pods", "gpu", "requests.example.com/foo", "bad name/foo"}) {
    EXPECT_FALSE(is_scalar_resource(name)) << name;
  }
  EXPECT_TRUE(is_extended_resource("example.com/foo"));
  EXPECT_FALSE(is_extended_resource("kubernetes.io/foo"));
  EXPECT_FALSE(is_extended_resource("hugepages-2Mi"));
}

}  // namespace
}  // namespace crosstie::cluster
