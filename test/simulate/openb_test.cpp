#include "simulate/openb.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "simulate/temporary_file.hpp"
#include "simulate/value_text.hpp"

namespace crosstie::simulate {
namespace {

constexpr std::string_view nodes_header = "sn,cpu_milli,memory_mib,gpu,model\n";
constexpr std::string_view pods_header =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time\n";

class openb : public testing::Test {
 protected:
  std::expected<std::vector<departure>, cluster::error> read(const std::string& nodes,
                                                             const std::string& pods) {
    return read_openb({folder_.write("nodes.csv", std::string(nodes_header) + nodes),
                       folder_.write("pods.csv", std::string(pods_header) + pods)},
                      objects_);
  }
  std::string refusal(const std::string& nodes, const std::string& pods) {
    objects_ = cluster::store();
    const auto got = read(nodes, pods);
    if (got) return "accepted";
    const std::string text = to_string(got.error());
    return text.substr(text.rfind('/') + 1);
  }
  const cluster::pod& pod(std::string_view name) {
    return objects_[*objects_.find_pod(
        {objects_.names().intern("default"), objects_.names().intern(name)})];
  }
  std::string amount(const cluster::resource_list& amounts, std::string_view name) {
    for (const auto& one : amounts) {
      if (objects_.text(one.name) == name) return to_text(one.amount);
    }
    return "none";
  }

  temporary_folder folder_;
  cluster::store objects_;
};

TEST_F(openb, reads_nodes_with_their_gpus_as_one_plain_resource) {
  ASSERT_TRUE(read("a,32000,262144,0,\nb,96000,1024,8,G2\n", ""));
  const cluster::node& plain = objects_[*objects_.find_node(*objects_.names().find("a"))];
  EXPECT_EQ(amount(plain.allocatable, "cpu"), "32");
  EXPECT_EQ(amount(plain.allocatable, "memory"), "256Gi");
  EXPECT_EQ(amount(plain.allocatable, "pods"), "1001");
  EXPECT_EQ(amount(plain.allocatable, gpu_milli_resource), "none");
  EXPECT_EQ(plain.labels.size(), 1u);
  const cluster::node& gpus = objects_[*objects_.find_node(*objects_.names().find("b"))];
  EXPECT_EQ(amount(gpus.allocatable, gpu_milli_resource), "8000");
  EXPECT_EQ(gpus.labels.size(), 2u);
}

TEST_F(openb, reads_whole_and_shared_gpus_and_models) {
  ASSERT_TRUE(read("",
                   "none,1000,1,0,0,T4,LS,Running,0,5,0\n"
                   "part,1500,2,1,460,,LS,Running,0,5,0\n"
                   "whole,1000,1,4,1000,|G2||T4,LS,Running,0,5,0\n"));
  const auto requests = [&](std::string_view name) {
    return objects_.spec(pod(name).spec).containers.at(0).requests;
  };
  EXPECT_EQ(amount(requests("none"), gpu_milli_resource), "none");
  EXPECT_EQ(amount(requests("part"), gpu_milli_resource), "460");
  EXPECT_EQ(amount(requests("part"), "cpu"), "1500m");
  EXPECT_EQ(amount(requests("part"), "memory"), "2Mi");
  EXPECT_EQ(amount(requests("whole"), gpu_milli_resource), "4000");
  EXPECT_FALSE(objects_.spec(pod("none").spec).affinity);
  EXPECT_FALSE(objects_.spec(pod("part").spec).affinity);
  const auto& affinity = objects_.spec(pod("whole").spec).affinity;
  ASSERT_TRUE(affinity && affinity->required);
  const auto& wanted = affinity->required->terms.at(0).match_expressions.at(0);
  EXPECT_EQ(objects_.text(wanted.key), gpu_model_label);
  ASSERT_EQ(wanted.values.size(), 2u);
  EXPECT_EQ(objects_.text(wanted.values[0]), "G2");
  EXPECT_EQ(objects_.text(wanted.values[1]), "T4");
}

TEST_F(openb, reads_times_and_sorts_departures) {
  const auto departures = read("",
                               "a,1,1,0,0,,LS,Running,3,9,3\n"
                               "b,1,1,0,0,,LS,Running,4,7,\n"
                               "c,1,1,0,0,,LS,Running,,,\n"
                               "d,1,1,0,0,,LS,Failed,10,10,\n");
  ASSERT_TRUE(departures);
  ASSERT_EQ(departures->size(), 3u);
  EXPECT_EQ((*departures)[2].at, trace_epoch + 10'000'000'001);
  EXPECT_EQ(objects_.text((*departures)[0].pod.name), "b");
  EXPECT_EQ((*departures)[0].at, trace_epoch + 7'000'000'000);
  EXPECT_EQ(objects_.text((*departures)[1].pod.name), "a");
  EXPECT_EQ(pod("a").created, trace_epoch + 3'000'000'000);
  EXPECT_EQ(pod("c").created, trace_epoch);
}

TEST_F(openb, takes_traces_that_have_no_times) {
  ASSERT_TRUE(read_openb({folder_.write("n.csv", std::string(nodes_header) + "a,1,1,1,T4\n"),
                          folder_.write("p.csv",
                                        "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n"
                                        "x,1,1,1,1000\n")},
                         objects_)
                  .value()
                  .empty());
  EXPECT_EQ(pod("x").created, trace_epoch);
}

TEST_F(openb, errors_name_file_line_and_column) {
  const std::string node = "a,1,1,0,\n";
  EXPECT_EQ(refusal("a,1,1,0,\na,1,1,0,\n", ""),
            "nodes.csv:3: sn: expected each node once, found \"a\" again");
  EXPECT_EQ(refusal("a,-1,1,0,\n", ""),
            "nodes.csv:2: cpu_milli: expected a whole number from 0 to 1000000000, found \"-1\"");
  EXPECT_EQ(refusal(",1,1,0,\n", ""), "nodes.csv:2: sn: expected a name, found nothing");
  EXPECT_EQ(refusal("a,1,1\n", ""), "nodes.csv:2: expected 5 fields, found 3");
  EXPECT_EQ(refusal(node, "p,1,1,1,1001,,LS,Running,0,1,0\n"),
            "pods.csv:2: gpu_milli: expected a whole number from 0 to 1000, found \"1001\"");
  EXPECT_EQ(refusal(node, "p,1,1.5,1,1,,LS,Running,0,1,0\n"),
            "pods.csv:2: memory_mib: expected a whole number from 0 to 1099511627776, found "
            "\"1.5\"");
  EXPECT_EQ(refusal(node, "p,1,1,1,1,,LS,Running,5,4,0\n"),
            "pods.csv:2: deletion_time: expected a whole number from 5 to 6000000000, found \"4\"");
  EXPECT_EQ(refusal(node, "p,1,1,0,0,,,,0,1,0\np,1,1,0,0,,,,0,1,0\n"),
            "pods.csv:3: name: expected each pod once, found \"p\" again");
}

TEST_F(openb, reads_the_published_traces) {
  const std::filesystem::path data = std::filesystem::path(CROSSTIE_SHARED) / "data/openb";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not there";
  const auto departures = read_openb(
      {data / "openb_node_list_all_node.csv", data / "openb_pod_list_default.csv"}, objects_);
  ASSERT_TRUE(departures) << to_string(departures.error());
  EXPECT_EQ(objects_.node_count(), 1523u);
  EXPECT_EQ(objects_.pod_count(), 8152u);
  EXPECT_EQ(departures->size(), 8152u);
  int traces = 0;
  for (const auto& file : std::filesystem::directory_iterator(data)) {
    const std::string name = file.path().filename();
    if (!name.starts_with("openb_pod_list_")) continue;
    cluster::store objects;
    const auto read = read_openb({data / "openb_node_list_gpu_node.csv", file.path()}, objects);
    EXPECT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(objects.node_count(), 1213u);
    ++traces;
  }
  EXPECT_GE(traces, 17);
}

}  // namespace
}  // namespace crosstie::simulate
