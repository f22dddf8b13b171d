#include "schedule/score_kernel.hpp"

#include <cmath>
#include <limits>

#include "schedule/static_table.hpp"

namespace crosstie::schedule {

namespace {

// (all - used) * 100 / all, cut to an integer; 0 where nothing is left or nothing was there.
template <bool Large>
[[gnu::always_inline]] inline double free_percent(double all, double inverse, double used) {
  const double left = all - used > 0 ? all - used : 0;
  if constexpr (Large) return static_cast<std::int32_t>(left * 100 / (all > 0 ? all : 1));
  return static_cast<std::int32_t>((left * 100 + 0.5) * inverse);
}

[[gnu::always_inline]] inline double share(double used, double all) {
  const double fraction = used / (all > 0 ? all : 1);
  return fraction < 1 ? fraction : 1;
}

template <bool Large>
[[gnu::always_inline]] inline void score(const score_input& in, std::uint32_t count,
                                         std::int32_t* __restrict totals) {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  // A request of nothing fits even where less than nothing is free.
  const double cpu_limit = in.cpu_needed > 0 ? in.cpu_needed : nothing;
  const double memory_limit = in.memory_needed > 0 ? in.memory_needed : nothing;
  const double cpu_weight_inverse = in.cpu_weight > 0 ? 1 / in.cpu_weight : 0;
  const double memory_weight_inverse = in.memory_weight > 0 ? 1 / in.memory_weight : 0;
  const double both_weights_inverse = 1 / (in.cpu_weight + in.memory_weight);
  // Arithmetic instead of conditions wherever compilers would else see branches.
  for (std::uint32_t i = 0; i < count; ++i) {
    const double cpu_all = in.cpu_allocatable[i], memory_all = in.memory_allocatable[i];

    const double cpu_percent =
        free_percent<Large>(cpu_all, in.cpu_inverse[i], in.cpu_nonzero[i] + in.cpu_scored);
    const double memory_percent = free_percent<Large>(memory_all, in.memory_inverse[i],
                                                      in.memory_nonzero[i] + in.memory_scored);
    // A resource that the node does not offer has no weight, and its percentage is 0.
    const double has_cpu = cpu_all > 0 ? 1 : 0, has_memory = memory_all > 0 ? 1 : 0;
    const double has_both = has_cpu * has_memory;
    const double weight_inverse = has_both * both_weights_inverse +
                                  (has_cpu - has_both) * cpu_weight_inverse +
                                  (has_memory - has_both) * memory_weight_inverse;
    const double sum = cpu_percent * in.cpu_weight + memory_percent * in.memory_weight;
    const auto fit = static_cast<std::int32_t>((sum + 0.5) * weight_inverse);

    // The standard deviation of two values is half their distance, of one value 0.
    const double distance = share(in.cpu_requested[i] + in.cpu_needed, cpu_all) -
                            share(in.memory_requested[i] + in.memory_needed, memory_all);
    const double deviation = std::abs(distance) / 2 * has_both;
    const auto after = static_cast<std::int32_t>((1 - deviation) * 100);
    const std::int32_t balance = 50 + (50 + after - in.balance[i]) / 2;

    std::int32_t why = in.pods_free[i] < 1 ? static_cast<std::int32_t>(too_many_pods) : 0;
    why |= cpu_limit > in.cpu_free[i] ? static_cast<std::int32_t>(cpu_insufficient) : 0;
    why |= memory_limit > in.memory_free[i] ? static_cast<std::int32_t>(memory_insufficient) : 0;
    const std::int32_t fits = why == 0 ? -1 : 0;
    totals[i] = ((fit * in.fit_weight + balance * in.balance_weight) & fits) - why;
  }
  // The first plugin that rejects has the say: the static ones, then ports, then resources.
  if (in.refusals != nullptr) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::int32_t all = in.refusals[i] | (totals[i] < 0 ? -totals[i] : 0);
      const auto ports = static_cast<std::int32_t>(ports_taken);
      const std::int32_t why = all & ports ? ports : all;
      totals[i] = why != 0 ? -why : totals[i];
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int32_t cell = in.cells[i];
    totals[i] = cell & static_table::rejected ? -(cell & ~static_table::rejected) : totals[i];
  }
}

[[gnu::always_inline]] inline void score_any(const score_input& in, std::uint32_t count,
                                             std::int32_t* totals) {
  in.large ? score<true>(in, count, totals) : score<false>(in, count, totals);
}

[[gnu::target("avx2")]] void score_with_avx2(const score_input& in, std::uint32_t count,
                                             std::int32_t* totals) {
  score_any(in, count, totals);
}

}  // namespace

void score_nodes_plainly(const score_input& in, std::uint32_t count, std::int32_t* totals) {
  score_any(in, count, totals);
}

void score_nodes(const score_input& in, std::uint32_t count, std::int32_t* totals) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  has_avx2 ? score_with_avx2(in, count, totals) : score_any(in, count, totals);
}

}  // namespace crosstie::schedule
