// The plain evaluation against what kube-scheduler's own plugins said, fact by fact.
#include <gtest/gtest.h>
#include <simdjson.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "cluster/byte_source.hpp"
#include "cluster/dump.hpp"
#include "schedule/configuration_reader.hpp"
#include "schedule/golden_facts.hpp"

namespace crosstie::schedule {
namespace {

namespace fs = std::filesystem;

std::string inflate(const std::string& path) {
  auto source = cluster::open_bytes(path, [](std::size_t) {});
  if (!source) throw std::runtime_error(path + ": " + source.error());
  std::string text;
  for (std::size_t got = 1; got != 0;) {
    const std::size_t before = text.size();
    text.resize(before + 65536);
    got = (*source)->read(text.data() + before, 65536).value();
    text.resize(before + got);
  }
  return text;
}

struct tally {
  std::int64_t compared = 0, different = 0;
};

class golden_test : public testing::TestWithParam<const char*> {
 protected:
  void compare(const fs::path& file) {
    const simdjson::padded_string text(inflate(file));
    simdjson::dom::parser parser;
    const simdjson::dom::element scenario = parser.parse(text);
    cluster::store objects;
    read_cluster(scenario, objects);
    const configuration settings = read_settings(scenario, objects.names());
    cluster::state state(objects);
    state.load();
    const auto nominations = find_nominations(state.look(), settings);
    for (const simdjson::dom::element pod : simdjson::dom::array(scenario["expected"]["pods"])) {
      const evaluation answer =
          evaluate(state.look(), find_profile(settings, pod),
                   find_pod(objects, std::string_view(pod["pod"])),
                   {.nominations = nominations, .solo = true, .preemption = true});
      compare(file.filename().string() + " " + std::string(std::string_view(pod["pod"])),
              list_facts(pod), list_facts(objects, answer));
    }
  }

  static void read_cluster(simdjson::dom::element scenario, cluster::store& objects) {
    const fs::path dump =
        fs::path(testing::TempDir()) / ("crosstie-golden-" + std::to_string(getpid()) + ".json");
    std::ofstream(dump) << simdjson::to_string(simdjson::dom::element(scenario["cluster"]));
    const std::string path = dump.string();
    const auto read = cluster::read_dump({&path, 1}, objects);
    fs::remove(dump);
    ASSERT_TRUE(read) << to_string(read.error());
  }

  static configuration read_settings(simdjson::dom::element scenario, cluster::name_table& names) {
    simdjson::dom::element given;
    if (scenario["config"].get(given) || given.is_null()) return default_configuration();
    return read_configuration(simdjson::to_string(given), "config", names).value();
  }

  static const profile& find_profile(const configuration& settings, simdjson::dom::element pod) {
    return *std::ranges::find(settings.profiles, std::string_view(pod["profile"]),
                              &profile::scheduler_name);
  }

  static pod_id find_pod(const cluster::store& objects, std::string_view name) {
    const std::size_t slash = name.find('/');
    return *objects.find_pod({*objects.names().find(name.substr(0, slash)),
                              *objects.names().find(name.substr(slash + 1))});
  }

  // A fact that only one side has differs.
  void compare(const std::string& where, const fact_list& wanted, const fact_list& got) {
    for (const auto& [kind, facts] : wanted) {
      for (const auto& [key, what] : facts) check(where, kind, key, what, got);
    }
    for (const auto& [kind, facts] : got) {
      const auto same = wanted.find(kind);
      for (const auto& [key, what] : facts) {
        if (same == wanted.end() || !same->second.contains(key)) {
          report(where, kind, key, "nothing", what);
        }
      }
    }
  }

  void check(const std::string& where, const std::string& kind, const std::string& key,
             const std::string& wanted, const fact_list& got) {
    const auto facts = got.find(kind);
    const bool there = facts != got.end() && facts->second.contains(key);
    if (there && facts->second.at(key) == wanted) {
      ++counts_[kind].compared;
    } else {
      report(where, kind, key, wanted, there ? facts->second.at(key) : "nothing");
    }
  }

  void report(const std::string& where, const std::string& kind, const std::string& key,
              const std::string& wanted, const std::string& got) {
    tally& count = counts_[kind];
    ++count.compared;
    if (++count.different > 3) return;  // of a class; the sum tells the rest
    ADD_FAILURE() << where << " " << kind << " " << key << "\n  want " << wanted << "\n  got  "
                  << got;
  }

  std::map<std::string, tally> counts_;
};

TEST_P(golden_test, every_fact_is_equal) {
  const fs::path golden = fs::path(CROSSTIE_SHARED) / "golden";
  if (!fs::exists(golden)) GTEST_SKIP() << golden << " is not there. NOTHING was compared";
  int scenarios = 0;
  for (const auto& file : fs::directory_iterator(golden)) {
    const std::string name = file.path().filename();
    const std::string kind = std::string(GetParam()) + "-";
    if (!name.starts_with(kind) ||
        name.find_first_not_of("0123456789", kind.size()) != name.find(".json.gz")) {
      continue;
    }
    compare(file.path());
    ++scenarios;
  }
  EXPECT_GE(scenarios, 20);
  tally all;
  for (const auto& [kind, count] : counts_) {
    std::cout << GetParam() << ": " << kind << ": " << count.compared - count.different << " of "
              << count.compared << " facts equal\n";
    all.compared += count.compared;
    all.different += count.different;
  }
  std::cout << GetParam() << ": " << all.compared - all.different << " of " << all.compared
            << " facts of " << scenarios << " scenarios equal\n";
  EXPECT_EQ(all.different, 0);
  EXPECT_GT(all.compared, 10'000);
}

INSTANTIATE_TEST_SUITE_P(kinds, golden_test,
                         testing::Values("resources", "taints", "ports", "images", "node-affinity",
                                         "gates", "resource-config", "profiles", "spread",
                                         "default-spread", "interpod", "volumes", "preemption",
                                         "everything"),
                         [](const auto& kind) {
                           std::string name(kind.param);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace crosstie::schedule
