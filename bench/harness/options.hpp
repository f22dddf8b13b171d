// What every bench is asked for in the same words, and where its results go.
//
//   -o table|json|csv    the results, alone on standard output
//   --html FILE          a page with plots, where the bench has one
//   --rounds N           timed rounds, of which the median counts
//   --quick              tiny sizes and few rounds, every answer checked: what the tests run
//
// Promise: a wrong answer ends the program with status 1 and no report, misuse with 2.
// Thread safety: none.
#pragma once

#include <CLI/App.hpp>

#include <functional>
#include <string>

#include "harness/page.hpp"
#include "harness/results.hpp"

namespace crosstie::bench {

struct bench_options {
  std::string form = "table";
  std::string html;  // path; empty: no page
  int rounds = 7;
  bool quick = false;
};

// Defines a subcommand with these options. After they are parsed, `measure` fills the results,
// which are then printed; `draw`, if given, fills the page of --html (else there is no --html).
// The calling thread is kept on one core where the machine lets it.
CLI::App& define_bench(CLI::App& app, const std::string& name, const std::string& summary,
                       std::function<void(const bench_options&, results&)> measure,
                       std::function<void(const results&, page&)> draw = {});

// Prints the results on standard output as table, json or csv; throws where one was not checked.
void publish(const results& found, const std::string& form);

// Keeps the calling thread on one core; the core's number, or -1 where that is not allowed.
int pin_to_core();
void unpin();  // back to where it was before

}  // namespace crosstie::bench
