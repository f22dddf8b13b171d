// recommendations: five made-up files of keys of different kinds, each recommended for, and how far
// the recommended layout is from the fastest.
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "harness/options.hpp"
#include "harness/progress.hpp"
#include "lab/recommendation.hpp"
#include "lab/selection.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

// What choosing a layout turns on: how many rows a column has, whether numbers may
// index an array, and how long texts are.
struct kind {
  const char* name;
  std::string (*line)(std::size_t i, std::size_t entries, std::mt19937_64& random);
};
constexpr kind kinds[] = {
    {"ids, one row a column",
     [](std::size_t i, std::size_t entries, std::mt19937_64& random) {
       return fmt::format("{} {}", random() % (entries / 30 + 1), i);
     }},
    {"ids, many to many",
     [](std::size_t i, std::size_t entries, std::mt19937_64& random) {
       return fmt::format("{} {}", i / 20, random() % (entries / 20 + 1));
     }},
    {"sparse numbers",
     [](std::size_t, std::size_t, std::mt19937_64& random) {
       return fmt::format("{} {}", random() >> 32, random() % 4'000'000'000);
     }},
    {"node x pod uid",
     [](std::size_t, std::size_t entries, std::mt19937_64& random) {
       const std::uint64_t high = random(), low = random();
       return fmt::format(
           "ip-10-{0:03}-{1:03}.worker-pool.eu-west-1.compute.internal "
           "{2:08x}-{3:04x}-4{4:03x}-a{5:03x}-{6:012x}",
           random() % (entries / 7500 + 1), random() % 250, high >> 32, high & 0xffff,
           high >> 16 & 0xfff, low >> 48 & 0xfff, low & 0xffffffffffff);
     }},
    {"long names, many to many", [](std::size_t i, std::size_t entries, std::mt19937_64& random) {
       return fmt::format(
           "cluster-a/region-b/rack-{0:03}/chassis-with-a-long-description/node-{0:06} "
           "namespace-of-a-team/application-with-a-long-name-and-its-role/replica-{1:07}",
           i / 20, random() % (entries / 5 + 1));
     }}};

// Deleted with all that is in it.
class scratch_folder {
 public:
  scratch_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "crosstie-keys-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error(path + ": cannot be made");
    path_ = path;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

void write_keys(const std::string& path, const kind& of, std::size_t entries) {
  std::mt19937_64 random(7);
  std::ofstream to(path);
  for (std::size_t i = 0; i < entries; ++i) to << of.line(i, entries, random) << '\n';
  if (!to.flush()) throw std::runtime_error(path + ": cannot be written");
}

void measure(const bench_options& options, std::size_t entries, const std::string& mix,
             results& into) {
  const scratch_folder folder;
  int within = 0;
  for (const kind& of : kinds) {
    const std::string path = folder.file("keys");
    write_keys(path, of, entries);
    results found;
    recommend(path, mix, options.rounds, found);
    for (const cli::measurement& one : found.all()) {
      cli::case_fields fields = {{"keys", of.name}};
      fields.insert(fields.end(), one.of.begin(), one.of.end());
      into.add("recommendations", std::move(fields), one.metric, one.unit,
               {one.value, one.low, one.high, one.samples}, one.checked);
    }
    for (const std::string& note : found.notes) {
      into.notes.push_back(fmt::format("{}: {}", of.name, note));
    }
    into.notes.emplace_back();
    within += found.value("beyond the fastest", {}) <= 0.1;
  }
  into.notes.push_back(fmt::format("{} of {} recommended layouts are within 10 % of the fastest",
                                   within, std::size(kinds)));
}

}  // namespace

void define_recommendations(CLI::App& app) {
  struct choice {
    std::size_t entries = 100'000;
    std::string mix;
  };
  const auto own = std::make_shared<choice>();
  CLI::App& made = define_bench(
      app, "recommendations", "how good recommended layouts are, for five kinds of keys",
      [=](const bench_options& options, results& into) {
        measure(options, options.quick ? 300 : own->entries, own->mix, into);
      });
  made.add_option("--entries", own->entries, "in each file of keys (100000)")
      ->check(CLI::Range(10, 100'000'000));
  made.add_option("--mix", own->mix, "as that of layouts");
}

}  // namespace crosstie::bench
