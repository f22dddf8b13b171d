#include "lab/valgrind.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <vector>

#include "harness/results.hpp"
#include "lab/layout.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

constexpr std::uint64_t line_bytes = 64;

// Written to between lookups, so that a trace shows where one ends.
alignas(line_bytes) std::atomic<std::uint64_t> milestone[line_bytes / 8];

using reader = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

reader start(const std::string& tool, const probe_setting& what, std::size_t lookups, bool marked) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = fmt::format(
      "exec valgrind --tool={} '{}' probe --keys '{}' --layout '{}' --library '{}' --entries {} "
      "--lookups {}{} 2>&1",
      tool, self, what.keys, what.layout, what.library, what.entries, lookups,
      marked ? " --marked" : "");
  return {::popen(command.c_str(), "r"), ::pclose};
}

// The program's totals: "Events: Ir ..." and "Collected : 1 ..." of callgrind, and the same two
// lines "events: " and "summary: " of the file that both tools write.
std::map<std::string, double> run(const std::string& tool, const probe_setting& what,
                                  std::size_t lookups) {
  std::string path = (std::filesystem::temp_directory_path() / "crosstie-bench-XXXXXX").string();
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) return {};
  ::close(descriptor);
  const std::string name = tool.substr(0, tool.find(' '));
  {
    const reader from = start(tool + " --" + name + "-out-file=" + path, what, lookups, false);
    char line[512];
    while (from != nullptr && std::fgets(line, sizeof line, from.get()) != nullptr) {
    }
  }
  std::map<std::string, double> counted;
  std::vector<std::string> names;
  if (std::FILE* file = std::fopen(path.c_str(), "r")) {
    char line[4096];
    while (std::fgets(line, sizeof line, file) != nullptr) {
      std::istringstream words(line);
      std::string first, word;
      words >> first;
      if (first == "events:") {
        while (words >> word) names.push_back(word);
      } else if (first == "summary:" || first == "totals:") {
        for (const std::string& each : names) {
          double value = 0;
          if (words >> value) counted[each] = value;
        }
      }
    }
    std::fclose(file);
  }
  std::filesystem::remove(path);
  return counted;
}

}  // namespace

bool has_valgrind() {
  static const bool found = std::system("valgrind --version >/dev/null 2>&1") == 0;
  return found;
}

std::optional<std::map<std::string, double>> count_events(const std::string& tool,
                                                          const probe_setting& what) {
  if (!has_valgrind()) return std::nullopt;
  const auto once = run(tool, what, what.lookups), twice = run(tool, what, 2 * what.lookups);
  if (once.empty() || once.size() != twice.size()) return std::nullopt;
  std::map<std::string, double> each;
  for (const auto& [name, value] : twice) {
    each[name] = (value - once.at(name)) / static_cast<double>(what.lookups);
  }
  return each;
}

std::optional<double> count_lines(const probe_setting& what) {
  if (!has_valgrind()) return std::nullopt;
  const reader from = start("lackey --trace-mem=yes --log-fd=1", what, what.lookups, true);
  if (from == nullptr) return std::nullopt;
  std::uint64_t mark_line = 0, keys_from = 0, keys_to = 0;
  std::vector<flat_set<std::uint64_t>> touched;
  char text[256];
  while (std::fgets(text, sizeof text, from.get()) != nullptr) {
    unsigned long long a = 0, b = 0, c = 0;
    if (std::sscanf(text, "probe %llx %llx %llx", &a, &b, &c) == 3) {
      mark_line = a / line_bytes, keys_from = b / line_bytes, keys_to = c / line_bytes;
      continue;
    }
    char kind = 0;
    if (mark_line == 0 || std::sscanf(text, " %c %llx,", &kind, &a) != 2 || kind == 'I') continue;
    const std::uint64_t line = a / line_bytes;
    if (line == mark_line) {
      touched.emplace_back();
    } else if (!touched.empty() && (line < keys_from || line > keys_to)) {
      touched.back().insert(line);
    }
  }
  if (touched.size() < 3) return std::nullopt;
  touched.pop_back();  // what follows the last lookup
  flat_map<std::uint64_t, std::size_t> lookups_of;
  for (const auto& lines : touched) {
    for (const std::uint64_t line : lines) ++lookups_of[line];
  }
  std::size_t sum = 0;
  for (const auto& [line, lookups] : lookups_of) {
    if (lookups < touched.size() * 9 / 10) sum += lookups;
  }
  return static_cast<double>(sum) / static_cast<double>(touched.size());
}

namespace {

// One by one, with a mark between.
template <class Key>
std::uint64_t ask_marked(table<Key>& of, const key_set<Key>& keys, std::size_t lookups) {
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < lookups; ++i) {
    milestone[0].store(i, std::memory_order_relaxed);
    found += of.has({&keys.asked[i % keys.asked.size()], 1});
  }
  milestone[0].store(0, std::memory_order_relaxed);
  return found;
}

// All by one call, which would else be counted as an indirect branch of every lookup.
template <class Key>
std::uint64_t ask_together(table<Key>& of, const key_set<Key>& keys, std::size_t lookups) {
  std::uint64_t found = 0;
  while (lookups > 0) {
    const std::size_t now = std::min(lookups, keys.asked.size());
    found += of.has(std::span(keys.asked).first(now));
    lookups -= now;
  }
  return found;
}

// What runs under valgrind: loads a table, then asks it for keys that are there.
template <class Key>
void probe(const key_set<Key>& keys, const probe_setting& what, bool marked) {
  for (const layout<Key>& one : all_layouts<Key>()) {
    if (one.name != what.layout || one.library != what.library) continue;
    const auto made = one.make();
    made->put(keys.inserted);
    if (marked) {
      const auto address = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at); };
      std::printf("probe %llx %llx %llx\n", static_cast<unsigned long long>(address(milestone)),
                  static_cast<unsigned long long>(address(keys.asked.data())),
                  static_cast<unsigned long long>(address(keys.asked.data() + keys.asked.size())));
      std::fflush(stdout);
    }
    const std::uint64_t found =
        marked ? ask_marked(*made, keys, what.lookups) : ask_together(*made, keys, what.lookups);
    if (found != what.lookups) throw wrong_answer("probe: a key was not found");
    return;
  }
  throw CLI::ValidationError("--layout", "no such layout");
}

}  // namespace

void define_probe(CLI::App& app) {
  CLI::App& own = *app.add_subcommand("probe", "what runs under valgrind")->group("");
  const auto what = std::make_shared<probe_setting>();
  const auto marked = std::make_shared<bool>(false);
  own.add_option("--keys", what->keys);
  own.add_option("--layout", what->layout)->required();
  own.add_option("--library", what->library)->required();
  own.add_option("--entries", what->entries)->check(CLI::Range(1, 100'000'000));
  own.add_option("--lookups", what->lookups);
  own.add_flag("--marked", *marked);
  own.callback([=] {
    if (what->keys == "u32 pair") {
      probe(make_number_keys(what->entries), *what, *marked);
    } else {
      probe(make_text_keys(what->keys, what->entries), *what, *marked);
    }
  });
}

}  // namespace crosstie::bench
