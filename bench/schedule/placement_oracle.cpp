#include "schedule/placement_oracle.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "harness/options.hpp"
#include "simulate/object_writer.hpp"
#include "simulate/workload.hpp"

namespace crosstie::bench {
namespace {

using simulate::workload_script;

class temporary_folder {
 public:
  temporary_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "crosstie-bench-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no folder such as " + path);
    path_ = path;
  }
  ~temporary_folder() { std::filesystem::remove_all(path_); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  std::string path(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// A scenario as the oracle reads it. Pods behind a gate are left out: no scheduler tries them.
void write_scenario(const std::string& path, const workload_script& script,
                    const std::vector<std::string>& places, std::int64_t pods) {
  std::ofstream to(path, std::ios::binary);
  to << R"({"name":"workload","mode":"sequence","cluster":)";
  simulate::list_writer list(to);
  std::string text;
  const auto add = [&](simulate::workload_object object, std::string_view node) {
    text.clear();
    script.append_text(object, node, text);
    list.add(text);
  };
  for (const simulate::workload_object object : script.objects) add(object, {});
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i].empty()) add(script.early[i].object, places[i]);
  }
  for (const simulate::workload_event& each : script.events) {
    if (each.what != simulate::change::add) continue;
    if (script.parts[each.object.part].pod && pods-- == 0) break;
    add(each.object, {});
  }
  list.finish();
  to << "}\n";
  if (!to.flush()) throw std::runtime_error(path + ": cannot be written");
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::string text;
  for (int byte; pipe && (byte = std::fgetc(pipe.get())) != EOF;) {
    text += static_cast<char>(byte);
  }
  return text;
}

// "... 1234 pods/s, p50 ...".
double rate_in(const std::string& text) {
  const std::size_t end = text.find(" pods/s");
  const std::size_t begin = end == std::string::npos ? end : text.rfind(' ', end - 1);
  if (begin == std::string::npos) throw std::runtime_error("the oracle printed: " + text);
  return std::stod(text.substr(begin + 1));
}

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::vector<oracle_figure> ask_oracle(const std::string& program, const workload_script& script,
                                      const std::vector<std::string>& places, std::int64_t pods) {
  const temporary_folder folder;
  const std::string scenario = folder.path("workload.json");
  write_scenario(scenario, script, places, pods);
  unpin();
  std::vector<oracle_figure> figures;
  for (const oracle_setting& each : {oracle_setting{1, 0}, {16, 0}, {1, 100}, {16, 100}}) {
    const std::string text = output_of(
        fmt::format("GOGC=400 {} -bench -parallelism {} -percentage {} {} 2>&1", quoted(program),
                    each.parallelism, each.percentage, quoted(scenario)));
    figures.push_back({each, rate_in(text)});
  }
  pin_to_core();
  return figures;
}

}  // namespace crosstie::bench
