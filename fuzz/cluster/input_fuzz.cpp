// Any text to the JSON splitter: how it arrives does not matter, and where simdjson's own parser
// takes the whole for a List, the items are the same.
#include <simdjson.h>

#include "cluster/input.hpp"
#include "require.hpp"

namespace {

using namespace crosstie::cluster;

struct outcome {
  std::vector<std::string> documents;
  std::vector<std::int64_t> lines;
  std::string problem;
  bool operator==(const outcome&) const = default;
};

outcome split(std::string_view text, std::size_t step, std::size_t window_bytes) {
  memory_bytes bytes(text, step);
  const input_limits limits{.depth = 64, .object_bytes = 1 << 20, .window_bytes = window_bytes};
  outcome seen;
  const auto done =
      split_json(bytes, "in", limits, [&](const document& from) -> std::expected<void, error> {
        seen.documents.emplace_back(from.json);
        seen.lines.push_back(from.from.line);
        return {};
      });
  if (!done) seen.problem = to_string(done.error());
  return seen;
}

// The items where the text is one List beyond doubt.
bool find_items(simdjson::dom::element root, std::vector<std::string>& items) {
  simdjson::dom::object members;
  if (root.get(members)) return false;
  int lists = 0;
  for (const auto [key, value] : members) {
    if (key == "kind") return false;
    if (key != "items") continue;
    simdjson::dom::array elements;
    if (++lists > 1 || value.get(elements)) return false;
    for (const simdjson::dom::element element : elements) {
      if (!element.is_object()) return false;
      items.push_back(simdjson::minify(element));
    }
  }
  return lists == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 80;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const outcome whole = split(text, SIZE_MAX, 1 << 16);
  require(split(text, step, 1) == whole);

  simdjson::dom::parser parser(SIZE_MAX);
  simdjson::dom::element root;
  std::vector<std::string> items;
  if (parser.allocate(text.size() + 1, 60) || parser.parse(text).get(root)) return 0;
  if (!find_items(root, items)) return 0;
  require(whole.problem.empty() && whole.documents.size() == items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    simdjson::dom::parser again;
    require(simdjson::minify(simdjson::dom::element(again.parse(whole.documents[i]))) == items[i]);
  }
  return 0;
}
