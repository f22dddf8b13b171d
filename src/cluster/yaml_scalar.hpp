// What a YAML scalar means, as kubectl and the API server's YAML library read it.
//
// Promise: a plain scalar is null, a boolean (also yes, no, on, off), an integer (0x, 0b, 0o and a
// leading 0 too, underscores ignored), a float or else a text, as YAML 1.1 has it there; a quoted
// one is a text. Tags !!str, !!int, !!float, !!bool and !!null are obeyed.
// Cost: one pass over the text. Source: goyaml.v2/resolve.go of sigs.k8s.io/yaml.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crosstie::cluster {

enum class scalar_type : std::uint8_t { null, boolean, number, text };

struct yaml_scalar {
  scalar_type type = scalar_type::text;
  std::string value;  // as JSON has it: "true", "31", "0.5"; of a text the text itself
};

// `tag` as yaml-cpp gives it: "?" plain, "!" quoted. Nothing where the text is not what an explicit
// tag says, or is a number that JSON does not have (infinity).
std::optional<yaml_scalar> resolve_scalar(std::string_view tag, std::string_view text);

}  // namespace crosstie::cluster
