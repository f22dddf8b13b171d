// Our answers against those of kube-scheduler's own plugins, through the reference comparison.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <regex>
#include <vector>

#include "cli/process.hpp"
#include "sanitized.hpp"

namespace crosstie::cli::test {
namespace {

namespace fs = std::filesystem;

std::string golden_files(const std::string& kind) {
  std::vector<std::string> found;
  const std::regex wanted(kind + "-[0-9]+\\.json\\.gz");
  for (const auto& entry : fs::directory_iterator(shared_folder() + "/golden")) {
    if (std::regex_match(entry.path().filename().string(), wanted)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  std::string files;
  for (std::size_t i = 0; i < found.size(); i += crosstie::test::few_of_them) {
    files += " '" + found[i] + "'";
  }
  return files;
}

class golden : public testing::TestWithParam<const char*> {};

TEST_P(golden, is_equal) {
  if (shared_folder().empty()) {
    GTEST_SKIP() << "no reference data: set CROSSTIE_SHARED. NOTHING was compared";
  }
  const std::string files = golden_files(GetParam());
  ASSERT_NE(files, "");
  const result got = run_bash("python3 '" CROSSTIE_SOURCE_DIR "/test/golden_facts.py' $crosstie '" +
                              shared_folder() + "/tools'" + files);
  std::smatch facts;
  ASSERT_TRUE(std::regex_search(got.out, facts, std::regex(": ([0-9]+) of ([0-9]+) facts equal")))
      << got.out << got.err;
  std::cout << GetParam() << ", " << got.out;
  EXPECT_EQ(facts[1], facts[2]);
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_GT(std::stoll(facts[2]), crosstie::test::sanitized ? 10 : 100);
}

// The oracle: CROSSTIE_ORACLE, or built where its sources lie.
std::string find_oracle() {
  if (const char* named = std::getenv("CROSSTIE_ORACLE")) return named;
  const std::string built = shared_folder() + "/tools/oracle/oracle";
  return fs::exists(built) ? built : "";
}

// Other scenarios every day: `script` makes them, asks both sides and judges.
void expect_agreement(const std::string& script, int seeds) {
  if (shared_folder().empty()) {
    GTEST_SKIP() << "no reference data: set CROSSTIE_SHARED. NOTHING was compared";
  }
  const std::string oracle = find_oracle();
  if (oracle.empty()) {
    GTEST_SKIP()
        << "no oracle: build tools/oracle of the reference data, or set CROSSTIE_ORACLE to "
           "the program. NOTHING was compared";
  }
  const scratch folder;
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::string first = std::to_string(day.time_since_epoch().count() * 100);
  const result got = run_bash("python3 '" CROSSTIE_SOURCE_DIR "/test/" + script +
                              "' --crosstie $crosstie --oracle '" + oracle + "' --shared '" +
                              shared_folder() + "' --keep '" + folder.path("differences") +
                              "' --seeds " + first + ":" + std::to_string(seeds));
  std::cout << got.out;
  EXPECT_EQ(got.exit_code, 0) << got.err;
}

TEST(oracle, agrees_on_fresh_scenarios) { expect_agreement("oracle_fuzz.py", 2); }
TEST(oracle, agrees_on_changed_scenarios) { expect_agreement("oracle_mutate.py", 2); }

INSTANTIATE_TEST_SUITE_P(kinds, golden,
                         testing::Values("resources", "taints", "ports", "images", "sequence-basic",
                                         "node-affinity", "gates", "resource-config", "profiles",
                                         "spread", "default-spread", "interpod", "volumes",
                                         "preemption", "sequence-mixed", "everything"),
                         [](const auto& kind) {
                           return std::regex_replace(std::string(kind.param), std::regex("-"), "_");
                         });

}  // namespace
}  // namespace crosstie::cli::test
