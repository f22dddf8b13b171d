#include "simulate/generator.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "cluster/state.hpp"
#include "simulate/generator_parts.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

std::string dump_of(const generate_spec& spec) {
  std::ostringstream out;
  write_generated_dump(spec, true, out);
  return out.str();
}

std::uint64_t fingerprint(std::string_view text) {  // FNV-1a
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
  }
  return hash;
}

TEST(generator, equal_specs_give_equal_bytes) {
  const generate_spec spec{.nodes = 50, .pods = 500, .bound = 100, .seed = 11};
  EXPECT_EQ(dump_of(spec), dump_of(spec));
}

// Whatever the compiler and the library: a change here changes everybody's generated clusters.
TEST(generator, is_the_same_everywhere) {
  EXPECT_EQ(fingerprint(dump_of({.nodes = 50, .pods = 500, .bound = 100, .seed = 11})),
            9701362529020715266u);
}

TEST(generator, the_seed_matters) {
  EXPECT_NE(dump_of({.nodes = 5, .pods = 5, .seed = 1}),
            dump_of({.nodes = 5, .pods = 5, .seed = 2}));
}

TEST(generator, more_pods_change_no_node) {
  cluster::store few, many;
  generate({.nodes = 40, .pods = 10}, few);
  generate({.nodes = 40, .pods = 1000}, many);
  for (std::uint32_t i = 0; i < 40; ++i) {
    const cluster::node& a = few[cluster::node_id{i}];
    const cluster::node& b = many[cluster::node_id{i}];
    EXPECT_EQ(few.text(a.name), many.text(b.name));
    EXPECT_EQ(a.allocatable.size(), b.allocatable.size());
    EXPECT_EQ(a.taints.size(), b.taints.size());
    EXPECT_EQ(a.images.size(), b.images.size());
  }
}

TEST(generator, makes_as_many_of_everything_as_asked) {
  for (const std::int64_t nodes : {0, 1, 7}) {
    for (const std::int64_t pods : {0, 1, 33}) {
      cluster::store objects;
      generate({.nodes = nodes, .pods = pods, .bound = 5, .zones = 2, .racks = 3}, objects);
      EXPECT_EQ(objects.node_count(), static_cast<std::uint32_t>(nodes));
      EXPECT_EQ(objects.pod_count(), static_cast<std::uint32_t>(pods + 5));
    }
  }
}

TEST(generator, spreads_nodes_over_zones_and_racks) {
  cluster::store objects;
  generate({.nodes = 120, .pods = 0, .zones = 4, .racks = 5}, objects);
  std::map<std::string, std::set<std::string>> racks_of;
  for (std::uint32_t i = 0; i < 120; ++i) {
    std::string zone, rack;
    for (const cluster::label& one : objects[cluster::node_id{i}].labels) {
      if (objects.text(one.key) == zone_label) zone = objects.text(one.value);
      if (objects.text(one.key) == rack_label) rack = objects.text(one.value);
    }
    EXPECT_TRUE(rack.starts_with(zone + "-"));
    racks_of[zone].insert(rack);
  }
  ASSERT_EQ(racks_of.size(), 4u);
  for (const auto& [zone, racks] : racks_of) EXPECT_EQ(racks.size(), 5u) << zone;
}

TEST(generator, names_zones_as_columns_of_a_sheet) {
  EXPECT_EQ(zone_name(0), "region-a");
  EXPECT_EQ(zone_name(25), "region-z");
  EXPECT_EQ(zone_name(26), "region-aa");
  EXPECT_EQ(zone_name(27 * 26), "region-aaa");
}

// What a first look at a real cluster finds: most pools open, a few dedicated, some nodes cordoned.
TEST(generator, mixes_nodes_and_pods) {
  cluster::store objects;
  generate({.nodes = 2000, .pods = 10'000}, objects);
  int tainted = 0, cordoned = 0, gpus = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const cluster::node& node = objects[cluster::node_id{i}];
    EXPECT_FALSE(node.images.empty());
    tainted += node.taints.empty() ? 0 : 1;
    cordoned += node.unschedulable ? 1 : 0;
    for (const auto& one : node.allocatable) gpus += objects.text(one.name) == gpu_resource;
  }
  EXPECT_GT(tainted, 100);
  EXPECT_LT(tainted, 600);
  EXPECT_GT(cordoned, 0);
  EXPECT_LT(cordoned, 40);
  EXPECT_GT(gpus, 20);
  std::set<std::int32_t> priorities;
  int selecting = 0, affine = 0, ports = 0, gated = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const cluster::pod_spec& spec = objects.spec(cluster::pod_id{i});
    priorities.insert(spec.priority);
    selecting += spec.selector.empty() ? 0 : 1;
    affine += spec.affinity ? 1 : 0;
    ports += spec.containers.at(0).ports.empty() ? 0 : 1;
    gated += spec.scheduling_gates.empty() ? 0 : 1;
  }
  EXPECT_GE(priorities.size(), 4u);
  for (const int count : {selecting, affine, ports, gated}) EXPECT_GT(count, 0);
  EXPECT_LT(gated, 500);
}

TEST(generator, bound_pods_fit_their_nodes) {
  cluster::store objects;
  generate({.nodes = 10, .pods = 0, .bound = 3000}, objects);
  cluster::state state(objects);
  state.load();
  int bound = 0;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    for (const auto resource : {cluster::cpu, cluster::memory}) {
      EXPECT_LE(state.usage().requested(resource)[slot], state.usage().allocatable(resource)[slot]);
    }
    EXPECT_LE(state.usage().pod_count()[slot], state.usage().allowed_pods()[slot]);
    bound += static_cast<int>(state.usage().pod_count()[slot]);
  }
  EXPECT_GT(bound, 50);
  EXPECT_LT(bound, 3000);  // the rest found no room and waits
}

TEST(generator, pod_names_are_unique_and_short) {
  cluster::store objects;
  generate({.nodes = 1, .pods = 20'000}, objects);
  EXPECT_EQ(objects.pod_count(), 20'000u);  // the store would have replaced a second one
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    EXPECT_LE(objects.text(objects[cluster::pod_id{i}].name).size(), 63u);
  }
}

TEST(generator, arrivals_are_the_pods_that_the_dump_lacks) {
  const generate_spec spec{.nodes = 3, .pods = 20, .bound = 4};
  std::ostringstream dump, evenly, as_created;
  write_generated_dump(spec, false, dump);
  write_generated_arrivals(spec, 2, evenly);
  write_generated_arrivals(spec, 0, as_created);
  const auto count = [](const std::string& text, std::string_view part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(dump.str(), R"("kind":"Pod")"), 4);
  EXPECT_EQ(count(evenly.str(), R"("event":"add")"), 20);
  EXPECT_EQ(count(evenly.str(), R"({"time":0.000000000,)"), 1);
  EXPECT_EQ(count(evenly.str(), R"({"time":9.500000000,)"), 1);
  EXPECT_EQ(count(as_created.str(), R"({"time":"2026-01-02T)"), 20);
}

// The API server's own validation, where its program is at hand.
TEST(generator, the_api_server_would_accept_its_objects) {
  const char* oracle = std::getenv("CROSSTIE_ORACLE");
  if (oracle == nullptr) GTEST_SKIP() << "CROSSTIE_ORACLE names no oracle program";
  const temporary_folder folder;
  const std::string scenario =
      fmt::format(R"({{"name":"generated","mode":"sequence","cluster":{}}})",
                  dump_of({.nodes = 300, .pods = 3000, .bound = 300}));
  const std::string command =
      fmt::format("'{}' -validate '{}' > '{}' 2>&1", oracle,
                  folder.write("generated.json", scenario), folder.path("said"));
  const int exit = std::system(command.c_str());
  std::ostringstream said;
  said << std::ifstream(folder.path("said")).rdbuf();
  EXPECT_EQ(exit, 0) << said.str().substr(0, 4000);
}

}  // namespace
}  // namespace crosstie::simulate
