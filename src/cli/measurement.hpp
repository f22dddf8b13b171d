// What was measured, in the one schema of this repository's benches and profiles: docs/bench.md.
//
// Promise: print_measurements writes one JSON document, {"run": {...}, "results": [...]}, and
// refuses where a result's answer was not checked: a fast wrong answer is no result.
// Cost: one pass. Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/output.hpp"

namespace crosstie::cli {

// What tells one case of a bench from the others, in the order in which people read it.
using case_value = std::variant<std::int64_t, std::string>;
using case_fields = std::vector<std::pair<std::string, case_value>>;

std::string to_text(const case_value& value);
std::string to_text(const case_fields& of);  // "layout=flat entries=1000"

struct measurement {
  std::string bench;
  case_fields of;  // "case" in the document
  std::string metric, unit;
  double value = 0;          // the median where there are several samples
  double low = 0, high = 0;  // its interval of at least 95 % confidence, or all there is
  std::int64_t samples = 1;
  bool checked = false;  // the answer was compared with another's or with what must come out
};

// All figures of one case side by side, for whoever wants a line a case.
struct measured_case {
  case_fields of;
  std::vector<std::pair<std::string, double>> figures;
  bool checked = false;
};

// Where and with what: commit, machine, cores, kernel, compiler, flags, date.
using run_facts = std::vector<std::pair<std::string, case_value>>;
run_facts describe_run();

// Where there are records, they follow the results: [{fields and figures of a case, checked}].
std::expected<void, std::string> print_measurements(output& to, const run_facts& run,
                                                    std::span<const measurement> results,
                                                    std::span<const measured_case> records = {});

}  // namespace crosstie::cli
