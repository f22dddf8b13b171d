#include "cli/measurement.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "cli/commit.hpp"
#include "cli/document.hpp"
#include "cli/figures.hpp"

namespace crosstie::cli {
namespace {

std::string machine_name() {
  std::ifstream from("/proc/cpuinfo");
  for (std::string line; std::getline(from, line);) {
    if (!line.starts_with("model name")) continue;
    return line.substr(std::min(line.size(), line.find(':') + 2));
  }
  return "unknown";
}

std::string kernel_name() {
  utsname found{};
  if (::uname(&found) != 0) return "unknown";
  return std::string(found.sysname) + " " + found.release;
}

std::string date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return rfc3339(std::chrono::nanoseconds(now.time_since_epoch()).count());
}

void print_field_values(document& to, const case_fields& of) {
  for (const auto& [name, value] : of) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      to.integer(name, *whole);
    } else {
      to.text(name, std::get<std::string>(value));
    }
  }
}

void print_fields(document& to, const case_fields& of) {
  to.begin_object();
  print_field_values(to, of);
  to.end_object();
}

void print_records(document& to, std::span<const measured_case> records) {
  to.array("records");
  for (const measured_case& one : records) {
    to.begin_object();
    print_field_values(to, one.of);
    for (const auto& [name, value] : one.figures) to.number(name, value);
    to.boolean("checked", one.checked);
    to.end_object();
  }
  to.end_array();
}

}  // namespace

std::string to_text(const case_value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  return std::get<std::string>(value);
}

std::string to_text(const case_fields& of) {
  std::string text;
  for (const auto& [name, value] : of) {
    if (!text.empty()) text += ' ';
    text += name + '=' + to_text(value);
  }
  return text;
}

run_facts describe_run() {
#if defined(__clang__)
  constexpr const char* compiler = "clang " __clang_version__;
#else
  constexpr const char* compiler = "g++ " __VERSION__;
#endif
  return {{"commit", commit},
          {"machine", machine_name()},
          {"cores", std::int64_t{std::thread::hardware_concurrency()}},
          {"kernel", kernel_name()},
          {"compiler", compiler},
          {"flags", CROSSTIE_FLAGS},
          {"date", date()}};
}

std::expected<void, std::string> print_measurements(output& to, const run_facts& run,
                                                    std::span<const measurement> results,
                                                    std::span<const measured_case> records) {
  const auto unchecked =
      std::ranges::find_if(results, [](const measurement& one) { return !one.checked; });
  if (unchecked != results.end()) {
    return std::unexpected(unchecked->bench + ": " + to_text(unchecked->of) + ": the answer of '" +
                           unchecked->metric + "' was not checked");
  }
  const auto into = make_document(spelling::json, to);
  into->begin_object();
  into->key("run");
  print_fields(*into, run);
  into->array("results");
  for (const measurement& one : results) {
    into->begin_object();
    into->text("bench", one.bench);
    into->key("case");
    print_fields(*into, one.of);
    into->text("metric", one.metric);
    into->text("unit", one.unit);
    into->number("value", one.value);
    into->number("low", one.low);
    into->number("high", one.high);
    into->integer("samples", one.samples);
    into->boolean("checked", one.checked);
    into->end_object();
  }
  into->end_array();
  if (!records.empty()) print_records(*into, records);
  into->end_object();
  into->finish();
  return {};
}

}  // namespace crosstie::cli
