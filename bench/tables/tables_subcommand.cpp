#include <absl/base/config.h>
#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/options.hpp"
#include "subcommands.hpp"
#include "tables/contender.hpp"
#include "tables/goals.hpp"
#include "tables/records.hpp"

namespace crosstie::bench {
namespace {

struct choice {
  std::string keys = "all";
  std::size_t entries = 0;
};

// Whether malloc asks for huge pages: the tunable of glibc, and whether the machine grants them.
std::string huge_pages() {
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  const bool asked = tunables != nullptr && std::string_view(tunables).contains("hugetlb=1");
  std::ifstream from("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string modes;
  std::getline(from, modes);
  if (modes.contains("[always]")) return "always";
  return asked && modes.contains("[madvise]") ? "asked for" : "none";
}

// From 256 KiB to 96 MiB, two sizes to each power of two.
std::vector<std::size_t> lines_to_load(std::size_t entries, bool quick) {
  if (entries != 0) return {entries};
  std::vector<std::size_t> lines;
  for (std::size_t size = 4096; size <= (quick ? 65'536U : 1'048'576U); size *= 2) {
    lines.push_back(size);
    lines.push_back(size + size / 2);
  }
  return lines;
}

void measure(const choice& of, const bench_options& options, results& into) {
  into.run.emplace_back("boost", std::string(BOOST_LIB_VERSION));
  into.run.emplace_back("abseil", std::to_string(ABSL_LTS_RELEASE_VERSION));
  into.run.emplace_back("huge pages", huge_pages());
  const auto race = [&](const char* keys, auto run, std::vector<std::size_t> sizes) {
    if (of.keys != "all" && of.keys != keys) return;
    if (of.entries != 0) sizes = {of.entries};
    // A round of tens of millions takes a minute.
    for (const std::size_t entries : sizes) {
      run(entries, entries > 5'000'000 ? std::min(options.rounds, 3) : options.rounds, into);
    }
  };
  if (of.keys == "all" || of.keys == "memory") {
    race_memory(lines_to_load(of.entries, options.quick), options.rounds, into);
  }
  if (options.quick) {
    race("names", race_names, {1, 10, 100, 1000, 50'000});
    race("numbers", race_numbers, {1, 10, 100, 1000, 200'000});
    race("maps", race_maps, {1, 10, 100, 1000, 200'000});
    race("shared", race_shared, {100'000});
    race("longest", race_longest_insert, {100'000});
    race("probes", race_probes, {100'000});
  } else {
    race("names", race_names, {1, 10, 100, 1000, 150'000, 1'000'000});
    race("numbers", race_numbers, {1, 10, 100, 1000, 1'000'000, 20'000'000});
    race("maps", race_maps, {1, 10, 100, 1000, 1'000'000});
    race("shared", race_shared, {1'000'000});
    race("longest", race_longest_insert, {1'000'000});
    race("probes", race_probes, {1'000'000});
  }
  judge_goals(into);
  into.records = make_records(into);
}

}  // namespace

void define_tables(CLI::App& app) {
  const auto of = std::make_shared<choice>();
  CLI::App& own = define_bench(
      app, "tables", "our tables beside Boost, Abseil and std",
      [=](const bench_options& options, results& into) { measure(*of, options, into); },
      draw_tables);
  own.add_option("--keys", of->keys, "which contests")
      ->check(CLI::IsMember(
          {"all", "names", "numbers", "maps", "shared", "longest", "probes", "memory"}));
  own.add_option("--entries", of->entries,
                 "in each table (memory: lines of 64 B); 0: the sizes of the goals")
      ->check(CLI::Range(0, 1 << 30));
}

}  // namespace crosstie::bench
