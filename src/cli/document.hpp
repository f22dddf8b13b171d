// One emitter for structured results, with two spellings: JSON and YAML.
//
// Promise: what is written is one well-formed document and streams: memory does not grow with it.
// Calls nest as in the document: key() before every value inside an object. Texts that are not
// UTF-8 are printed with U+FFFD in place of the bad bytes.
// Cost: proportional to the text. Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "cli/output.hpp"

namespace crosstie::cli {

class document {
 public:
  virtual ~document() = default;

  virtual void begin_object() = 0;
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void number(double value) = 0;  // at most four decimals
  virtual void boolean(bool value) = 0;
  virtual void finish() = 0;  // once, after the outermost value

  void text(std::string_view name, std::string_view value) { key(name), text(value); }
  void integer(std::string_view name, std::int64_t value) { key(name), integer(value); }
  void number(std::string_view name, double value) { key(name), number(value); }
  void boolean(std::string_view name, bool value) { key(name), boolean(value); }
  void object(std::string_view name) { key(name), begin_object(); }
  void array(std::string_view name) { key(name), begin_array(); }
};

enum class spelling : std::uint8_t {
  json,
  script,  // JSON without blanks and without '<', so that it may stand inside an HTML script
  yaml
};

std::unique_ptr<document> make_document(spelling how, output& to);

}  // namespace crosstie::cli
