#include "harness/rounds.hpp"

#include <chrono>

#include "harness/allocation.hpp"
#include "harness/progress.hpp"

namespace crosstie::bench {

double time_ns(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

void rounds::check(const entrant& one, const phase& of, std::uint64_t answer) {
  const std::string& question = of.question.empty() ? of.operation : of.question;
  const auto [at, first] = answers_.try_emplace(question, answer);
  if (first || at->second == answer) return;
  throw wrong_answer(bench_ + ": " + cli::to_text(one.of) + ": " + of.operation + ": answered " +
                     std::to_string(answer) + " instead of " + std::to_string(at->second));
}

void rounds::run_one(const entrant& one, std::vector<samples>& into, bool warm_up) {
  if (one.prepare) one.prepare();
  for (std::size_t p = 0; p < one.phases.size(); ++p) {
    const phase& of = one.phases[p];
    std::uint64_t answer = 0;
    if (warm_up) {
      const allocation_meter meter;
      answer = of.run();
      into[p].allocations = static_cast<double>(meter.read().calls) / of.operations;
    } else {
      into[p].ns.push_back(time_ns([&] { answer = of.run(); }) / of.operations);
    }
    check(one, of, answer);
  }
  if (one.finish) one.finish();
}

void rounds::run(results& into) {
  found_.clear();
  for (const entrant& one : entrants_) found_.emplace_back(one.phases.size());
  for (int round = 0; round <= count_; ++round) {
    for (std::size_t i = 0; i < entrants_.size(); ++i) {
      const std::size_t at = (i + static_cast<std::size_t>(round)) % entrants_.size();
      show_progress(
          bench_,
          round * static_cast<std::int64_t>(entrants_.size()) + static_cast<std::int64_t>(i),
          (count_ + 1) * static_cast<std::int64_t>(entrants_.size()),
          cli::to_text(entrants_[at].of));
      run_one(entrants_[at], found_[at], round == 0);
    }
  }
  clear_progress();
  for (std::size_t i = 0; i < entrants_.size(); ++i) {
    for (std::size_t p = 0; p < entrants_[i].phases.size(); ++p) {
      cli::case_fields of = entrants_[i].of;
      of.emplace_back("operation", entrants_[i].phases[p].operation);
      into.add(bench_, of, "time", "ns", summarize(found_[i][p].ns));
      into.add(bench_, of, "allocations", "calls", exactly(found_[i][p].allocations));
    }
  }
}

}  // namespace crosstie::bench
