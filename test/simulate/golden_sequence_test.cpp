// The placements that the real kube-scheduler's plugins made, one pod after another.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "cluster/byte_source.hpp"
#include "simulate/simulation.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

std::string inflate(const std::string& path) {
  auto source = cluster::open_bytes(path, [](std::size_t) {});
  if (!source) throw std::runtime_error(path + ": " + source.error());
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + 65536);
    const auto got = (*source)->read(text.data() + before, 65536);
    if (!got) throw std::runtime_error(path + ": " + got.error());
    text.resize(before + *got);
    if (*got == 0) return text;
  }
}

struct scenario {
  std::string cluster;
  std::map<std::string, std::string> placements;
  std::vector<std::string> pods;  // in queue order
};

scenario read_scenario(const std::string& path) {
  const simdjson::padded_string text(inflate(path));
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(text);
  scenario read;
  read.cluster = simdjson::to_string(simdjson::dom::element(root["cluster"]));
  for (const auto [pod, node] : simdjson::dom::object(root["expected"]["placements"])) {
    read.placements[std::string(pod)] = std::string(node.get_string().value());
  }
  for (const simdjson::dom::element pod : simdjson::dom::array(root["expected"]["pods"])) {
    read.pods.push_back(std::string(std::string_view(pod["pod"])));
  }
  return read;
}

TEST(golden_sequence, placements_are_those_of_kube_scheduler) {
  const std::filesystem::path golden = std::filesystem::path(CROSSTIE_SHARED) / "golden";
  if (!std::filesystem::exists(golden)) GTEST_SKIP() << golden << " is not there";
  const temporary_folder folder;
  int scenarios = 0, facts = 0;
  for (const auto& file : std::filesystem::directory_iterator(golden)) {
    const std::string name = file.path().filename();
    if (!name.starts_with("sequence-basic-")) continue;
    SCOPED_TRACE(name);
    const scenario wanted = read_scenario(file.path());
    options what;
    what.from = dump_input{{folder.write("cluster.json", wanted.cluster)}};
    what.ties.by_name = true;
    const auto result = simulate(what);
    ASSERT_TRUE(result) << to_string(result.error());
    std::map<std::string, std::string> placed;
    for (const placement& one : result->placements) {
      placed[result->full_name(one.pod)] = result->text(one.node);
    }
    for (const std::string& pod : wanted.pods) {
      const auto found = placed.find(pod);
      const auto expected = wanted.placements.find(pod);
      EXPECT_EQ(found == placed.end() ? "" : found->second,
                expected == wanted.placements.end() ? "" : expected->second)
          << pod;
      ++facts;
    }
    EXPECT_EQ(placed.size(), wanted.placements.size());
    ++scenarios;
  }
  EXPECT_GE(scenarios, 20);
  EXPECT_GE(facts, 200);
  RecordProperty("facts", facts);
  std::cout << "compared " << facts << " placements of " << scenarios << " scenarios\n";
}

}  // namespace
}  // namespace crosstie::simulate
