// Any text to the YAML reader: what it hands on is JSON, and how the text arrives does not matter.
#include <simdjson.h>

#include "cluster/input.hpp"
#include "require.hpp"

namespace {

using namespace crosstie::cluster;

struct outcome {
  std::vector<std::string> documents;
  std::string problem;
  bool operator==(const outcome&) const = default;
};

outcome split(std::string_view text, std::size_t step, std::size_t window_bytes) {
  memory_bytes bytes(text, step);
  const input_limits limits{.depth = 64,
                            .object_bytes = 1 << 20,
                            .alias_bytes = 1 << 16,
                            .yaml_lookahead_bytes = 1 << 16,
                            .window_bytes = window_bytes};
  outcome seen;
  const auto done =
      split_yaml(bytes, "in", limits, [&](const document& from) -> std::expected<void, error> {
        seen.documents.emplace_back(from.json);
        return {};
      });
  if (!done) seen.problem = to_string(done.error());
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const outcome whole = split(text, SIZE_MAX, 1 << 16);
  // Where the text is wrong in two places, what comes first depends on how far one looks ahead.
  const outcome parts = split(text, 1 + data[0] % 40, 32);
  require(parts.problem.empty() == whole.problem.empty());
  if (whole.problem.empty()) require(parts == whole);
  for (const std::string& json : whole.documents) {
    simdjson::dom::parser parser;
    const auto problem = parser.parse(json).error();
    require(problem == simdjson::SUCCESS || problem == simdjson::NUMBER_ERROR);
  }
  return 0;
}
