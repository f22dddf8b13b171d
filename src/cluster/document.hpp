// One object's JSON text, and where it came from: what the readers hand to the decoder.
//
// Promise: plain views; `json` is followed by at least json_padding readable bytes, whatever they
// hold, as simdjson reads a little beyond the end. Views hold only while the sink runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crosstie::cluster {

inline constexpr std::size_t json_padding = 64;

// Where an object came from, for errors; 0 and -1 where unknown.
struct origin {
  std::string_view file{};
  std::int64_t line = 0;   // of the object's first byte, 1-based
  std::int64_t item = -1;  // 0-based index inside its List
};

struct document {
  std::string_view json;
  origin from{};
  // Of a typed List (PodList), whose items need not name their own.
  std::string_view kind{}, api_version{};
};

}  // namespace crosstie::cluster
