// Entrants measured in interleaved rounds.
//
//   round 0 (warm-up)   a b c     counts allocations, is not timed
//   round 1             b c a     another first one each round, so that none always runs in
//   round 2             c a b     the same wake; the median over the rounds counts
//
// Promise: entrants that answer the same question must give the same answer in every round, or
// equal the answer expected of them; otherwise run() throws wrong_answer and nothing is recorded.
// Cost: two clock readings a phase. Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/results.hpp"

namespace crosstie::bench {

// One operation, done `operations` times by one call of run(), which returns a checksum.
struct phase {
  std::string operation;  // becomes the field "operation" of the case
  double operations = 1;
  std::function<std::uint64_t()> run;
  // Phases of this name must agree among all entrants; empty: the operation's own name.
  std::string question{};
};

struct entrant {
  cli::case_fields of;
  std::function<void()> prepare;   // before each round's first phase; not timed
  std::vector<phase> phases;       // one after another, on the state that the one before has left
  std::function<void()> finish{};  // after each round; not timed
};

class rounds {
 public:
  rounds(std::string bench, int count) : bench_(std::move(bench)), count_(count) {}

  void add(entrant one) { entrants_.push_back(std::move(one)); }
  // What a question must be answered with; without it the first entrant's answer stands.
  void expect(const std::string& question, std::uint64_t answer) { answers_[question] = answer; }
  // Records "time" (ns an operation) and "allocations" (an operation) of every phase.
  void run(results& into);
  // After run(): the ns of each timed round, of an entrant's phase by the order of their adding.
  const std::vector<double>& times(std::size_t entrant, std::size_t phase) const {
    return found_[entrant][phase].ns;
  }
  const entrant& at(std::size_t entrant) const { return entrants_[entrant]; }

 private:
  struct samples {
    std::vector<double> ns;
    double allocations = 0;
  };
  void run_one(const entrant& one, std::vector<samples>& into, bool warm_up);
  void check(const entrant& one, const phase& of, std::uint64_t answer);

  std::string bench_;
  int count_;
  std::vector<entrant> entrants_;
  std::map<std::string, std::uint64_t> answers_;
  std::vector<std::vector<samples>> found_;  // by entrant and phase
};

// The ns that `run` takes.
double time_ns(const std::function<void()>& run);

}  // namespace crosstie::bench
