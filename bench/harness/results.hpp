// The results of a run, found by case, and the forms in which they are printed.
//
// Promise: results keep the order in which they were added; json and csv give every figure, table
// gives a bench's cases as rows and its metrics as columns.
// Cost: linear. Thread safety: none.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/measurement.hpp"
#include "harness/summary.hpp"

namespace crosstie::bench {

// Ends a bench without a report: somebody's answer was not what it must be.
class wrong_answer : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class results {
 public:
  // Whoever adds a result has checked its answer: say so, or print_results refuses.
  void add(std::string bench, cli::case_fields of, std::string metric, std::string unit,
           const summary& found, bool checked = true);

  const std::vector<cli::measurement>& all() const { return all_; }
  // The first result of the metric whose case has all of these fields.
  const cli::measurement* find(std::string_view metric, const cli::case_fields& of) const;
  // The same, where it must be there.
  double value(std::string_view metric, const cli::case_fields& of) const;

  cli::run_facts run = cli::describe_run();
  std::vector<std::string> notes;  // sentences for people: before the tables, and nowhere else
  bool brief = false;              // the notes stand for the tables
  std::vector<cli::measured_case> records;  // for json: the figures of a case put together

 private:
  std::vector<cli::measurement> all_;
};

bool has_fields(const cli::measurement& one, const cli::case_fields& of);

enum class form : std::uint8_t { table, json, csv };
std::expected<void, std::string> print_results(cli::output& to, const results& what, form how);

// Three significant digits: "0.0123", "1.82", "143", "68,900".
std::string figure(double value);

}  // namespace crosstie::bench
