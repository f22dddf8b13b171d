// The experiments of the lab, as functions that both their own subcommand and the page call.
//
// Promise: each fills `into` with checked results or throws. Thread safety: none.
#pragma once

#include <string>

#include "harness/options.hpp"
#include "harness/results.hpp"

namespace crosstie::bench {

struct layouts_options {
  std::string select{}, file{}, mix{};
  bool recommend = false;
};
void measure_layouts(const bench_options& options, const layouts_options& own, results& into);

void measure_key_cost(const bench_options& options, results& into);
void measure_cache(const bench_options& options, results& into);
void measure_growth(const bench_options& options, results& into);
void measure_long_keys(const bench_options& options, results& into);
void measure_matrix(const bench_options& options, results& into);

struct before_after_options {
  std::int64_t nodes = 5000;
  double pace = 1200;           // pods a second
  double seconds = 30;          // of each paced run
  std::int64_t bound = 15'000;  // pods on the nodes at a time; then the oldest leaves
};
void measure_before_after(const bench_options& options, const before_after_options& own,
                          results& into);

// Their plots, for the experiment's own page and for the lab's.
void draw_layouts(const results& found, page& to);
void draw_key_cost(const results& found, page& to);
void draw_cache(const results& found, page& to);
void draw_growth(const results& found, page& to);
void draw_long_keys(const results& found, page& to);
void draw_matrix(const results& found, page& to);
void draw_before_after(const results& found, double pace, page& to);

}  // namespace crosstie::bench
