// Writes an events file: one JSON object a line, as event_reader.hpp reads them.
//
//   {"time":"2026-01-02T00:00:00Z","event":"add","object":{...}}
//
// Promise: reading the lines again gives the same events in the same order.
// Cost: linear in the text. Thread safety: none.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "simulate/object_writer.hpp"

namespace crosstie::simulate {

enum class change : std::uint8_t { add, update, remove };

// A point in time of an events file: a date, or seconds from where the input's own time begins.
std::string date_text(cluster::timestamp at);        // with quotes
std::string seconds_text(cluster::timestamp after);  // "0.000833333"

class event_writer {
 public:
  explicit event_writer(std::ostream& out) : out_(out) {}

  // `time` is one of the texts above.
  template <class Object>
  void write(std::string_view time, change what, const cluster::store& objects,
             const Object& object) {
    begin(time, what);
    append_json(objects, object, line_);
    end();
  }
  void write(std::string_view time, change what, std::string_view json) {
    begin(time, what);
    line_ += json;
    end();
  }

 private:
  void begin(std::string_view time, change what);
  void end();

  std::ostream& out_;
  std::string line_;
};

}  // namespace crosstie::simulate
