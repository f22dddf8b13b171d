#include "simulate/event_writer.hpp"

#include <fmt/format.h>

#include <array>

#include "simulate/value_text.hpp"

namespace crosstie::simulate {

std::string date_text(cluster::timestamp at) { return '"' + to_text(at) + '"'; }

std::string seconds_text(cluster::timestamp after) {
  constexpr cluster::timestamp second = 1'000'000'000;
  return fmt::format("{}.{:09}", after / second, after % second);
}

void event_writer::begin(std::string_view time, change what) {
  constexpr std::array<std::string_view, 3> changes{"add", "update", "delete"};
  line_ = fmt::format(R"({{"time":{},"event":"{}","object":)", time,
                      changes[static_cast<std::size_t>(what)]);
}

void event_writer::end() {
  line_ += "}\n";
  out_ << line_;
}

}  // namespace crosstie::simulate
