// Any text to the decoder: what simdjson's own parser refuses is refused too, and an error always
// says what was expected. Decoded twice, it gives the same specs and names.
#include <simdjson.h>

#include "cluster/decode.hpp"
#include "require.hpp"

namespace {

using namespace crosstie::cluster;

bool is_json(const std::string& text) {
  simdjson::dom::parser parser;
  const auto problem = parser.parse(text).error();
  // The parser has limits of its own for numbers and depth.
  return problem == simdjson::SUCCESS || problem == simdjson::NUMBER_ERROR ||
         problem == simdjson::DEPTH_ERROR;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  store into;
  const auto object = decode(text, into, {.file = "in", .line = 1});
  if (!object) {
    require(!object.error().expected.empty() && object.error().line >= 1);
    return 0;
  }
  require(is_json(text));
  const std::size_t names = into.names().size(), specs = into.spec_count();
  const auto again = decode(text, into, {.file = "in", .line = 1});
  require(again && again->index() == object->index());
  require(into.names().size() == names && into.spec_count() == specs);
  return 0;
}
