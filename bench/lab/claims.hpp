// The field report's claims R1 to R19, R22 and R23, each judged by what was measured here.
//
// Promise: a verdict follows from results alone, by the limits that claims.cpp states beside each
// claim; without the results it is "not measured". Thread safety: pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/results.hpp"

namespace crosstie::bench {

enum class reproduced : std::uint8_t { yes, partly, no, not_measured };
std::string_view to_text(reproduced how);

struct judgement {
  reproduced how = reproduced::not_measured;
  std::string ours, why;
};

struct claim {
  const char *code, *text, *theirs;
  judgement (*judge)(const results& from);
};

inline reproduced grade(bool yes, bool partly) {
  return yes ? reproduced::yes : partly ? reproduced::partly : reproduced::no;
}

// Those of tables alone, R6 to R18 and R22: claims_tables.cpp.
judgement judge_writes(const results& from);
judgement judge_lookups(const results& from);
judgement judge_erasure(const results& from);
judgement judge_fitness(const results& from);
judgement judge_formatting(const results& from);
judgement judge_empty_rows(const results& from);
judgement judge_compounding(const results& from);
judgement judge_cures(const results& from);
judgement judge_growth(const results& from);
judgement judge_timeline(const results& from);
judgement judge_hashing(const results& from);
judgement judge_long_lookups(const results& from);
judgement judge_threshold(const results& from);
judgement judge_matrix(const results& from);

// In the order of the report. Each throws std::out_of_range where its results are missing.
std::vector<claim> all_claims();
judgement judge(const claim& one, const results& from);

// How many times as much one figure of the report is as the other, and how many times it is here:
// claims_ratios.cpp. Those that this run has measured.
struct ratio {
  std::string name;
  double theirs, ours;
};
std::vector<ratio> compare_ratios(const results& from);

// Where the report contradicts itself, or arithmetic.
std::vector<std::string> contradictions();

}  // namespace crosstie::bench
