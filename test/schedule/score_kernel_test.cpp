#include "schedule/score_kernel.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "schedule/static_table.hpp"

namespace crosstie::schedule {
namespace {

// One node, in the integers of the plugins.
struct node_numbers {
  std::int64_t cpu_all, memory_all, cpu_used, memory_used, cpu_nonzero, memory_nonzero, pods_free;
  std::int32_t balance;
  std::uint16_t cell;
  std::int32_t refusals;
};

struct pod_numbers {
  std::int64_t cpu, memory, cpu_scored, memory_scored;
  std::int64_t cpu_weight, memory_weight;
  std::int32_t fit_weight, balance_weight;
};

std::int64_t least_allocated(const node_numbers& n, const pod_numbers& p) {
  std::int64_t sum = 0, weights = 0;
  const auto add = [&](std::int64_t all, std::int64_t used, std::int64_t weight) {
    if (all == 0) return;
    sum += weight * (used > all ? 0 : (all - used) * 100 / all);
    weights += weight;
  };
  add(n.cpu_all, n.cpu_nonzero + p.cpu_scored, p.cpu_weight);
  add(n.memory_all, n.memory_nonzero + p.memory_scored, p.memory_weight);
  return weights == 0 ? 0 : sum / weights;
}

std::int64_t balance_with(const node_numbers& n, const pod_numbers& p) {
  std::vector<double> shares;
  const auto add = [&](std::int64_t all, std::int64_t used) {
    if (all != 0) shares.push_back(std::min(1.0, double(used) / double(all)));
  };
  add(n.cpu_all, n.cpu_used + p.cpu);
  add(n.memory_all, n.memory_used + p.memory);
  const double deviation = shares.size() == 2 ? std::abs((shares[0] - shares[1]) / 2) : 0;
  return static_cast<std::int64_t>((1 - deviation) * 100);
}

std::int32_t expected_total(const node_numbers& n, const pod_numbers& p) {
  if (n.cell & static_table::rejected) return -(n.cell & ~static_table::rejected);
  if (n.refusals & static_cast<std::int32_t>(ports_taken)) return -std::int32_t{ports_taken};
  std::int32_t why = n.refusals;
  if (n.pods_free < 1) why |= too_many_pods;
  if (p.cpu > 0 && p.cpu > n.cpu_all - n.cpu_used) why |= cpu_insufficient;
  if (p.memory > 0 && p.memory > n.memory_all - n.memory_used) why |= memory_insufficient;
  if (why != 0) return -why;
  const std::int64_t balance = 50 + (50 + balance_with(n, p) - n.balance) / 2;
  return static_cast<std::int32_t>(least_allocated(n, p) * p.fit_weight +
                                   balance * p.balance_weight);
}

class numbers {
 public:
  explicit numbers(std::uint64_t seed) : random_(seed) {}
  std::int64_t upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  // Small, round, or as large as columns may be (2^bits); equal ones are frequent.
  int bits = 46;
  std::int64_t amount() {
    switch (upto(4)) {
      case 0:
        return upto(3);
      case 1:
        return 100 * upto(40);
      case 2:
        return upto(std::int64_t{1} << 36);
      case 3:
        return (std::int64_t{1} << bits) - 1 - upto(100);
      default:
        return std::int64_t{1} << upto(bits - 1);
    }
  }

 private:
  std::mt19937_64 random_;
};

TEST(score_kernel, agrees_with_integers) {
  numbers random(11);
  constexpr std::uint32_t count = 64;
  for (int round = 0; round < 3000; ++round) {
    random.bits = round % 2 ? 46 : 44;
    std::vector<node_numbers> nodes(count);
    std::vector<double> columns[11];
    std::vector<std::int32_t> balance, refusals;
    std::vector<std::uint16_t> cells;
    const std::int64_t all = random.amount();
    for (node_numbers& n : nodes) {
      n.cpu_all = random.upto(1) ? all : random.amount();
      n.memory_all = random.amount();
      n.cpu_used = random.upto(2) ? random.upto(n.cpu_all) : random.amount();
      n.memory_used = random.upto(2) ? random.upto(n.memory_all) : random.amount();
      n.cpu_nonzero = random.upto(1) ? n.cpu_used : random.amount();
      n.memory_nonzero = random.upto(1) ? n.memory_used : random.amount();
      n.pods_free = random.upto(6) - 1;
      n.balance = static_cast<std::int32_t>(50 + random.upto(50));
      n.cell = static_cast<std::uint16_t>(random.upto(4) ? random.upto(9)
                                                         : 0x8000 | (1 << random.upto(3)));
      n.refusals = random.upto(5) ? 0 : static_cast<std::int32_t>(16 << random.upto(8));
      const std::int64_t values[] = {
          n.cpu_all,  n.memory_all,  n.cpu_all - n.cpu_used, n.memory_all - n.memory_used,
          n.cpu_used, n.memory_used, n.cpu_nonzero,          n.memory_nonzero,
          n.pods_free};
      for (int c = 0; c < 9; ++c) columns[c].push_back(static_cast<double>(values[c]));
      balance.push_back(n.balance);
      refusals.push_back(n.refusals);
      cells.push_back(n.cell);
    }
    bool large = false;
    for (const node_numbers& n : nodes) {
      columns[9].push_back(n.cpu_all > 0 ? 1.0 / static_cast<double>(n.cpu_all) : 0);
      columns[10].push_back(n.memory_all > 0 ? 1.0 / static_cast<double>(n.memory_all) : 0);
      large |= std::max(n.cpu_all, n.memory_all) >= std::int64_t{1} << 44;
    }
    const pod_numbers p{random.upto(1) ? random.upto(all) : random.amount(),
                        random.amount(),
                        random.upto(1) ? random.upto(all) : random.amount(),
                        random.amount(),
                        1 + random.upto(99),
                        random.upto(100),
                        static_cast<std::int32_t>(random.upto(3)),
                        static_cast<std::int32_t>(random.upto(3))};
    const bool with_refusals = random.upto(1);
    if (!with_refusals) {
      for (node_numbers& n : nodes) n.refusals = 0;
    }
    const score_input in{columns[0].data(),
                         columns[1].data(),
                         columns[2].data(),
                         columns[3].data(),
                         columns[4].data(),
                         columns[5].data(),
                         columns[6].data(),
                         columns[7].data(),
                         columns[8].data(),
                         columns[9].data(),
                         columns[10].data(),
                         balance.data(),
                         cells.data(),
                         with_refusals ? refusals.data() : nullptr,
                         static_cast<double>(p.cpu),
                         static_cast<double>(p.memory),
                         static_cast<double>(p.cpu_scored),
                         static_cast<double>(p.memory_scored),
                         static_cast<double>(p.cpu_weight),
                         static_cast<double>(p.memory_weight),
                         p.fit_weight,
                         p.balance_weight,
                         large};
    std::vector<std::int32_t> fast(count), plain(count);
    score_nodes(in, count, fast.data());
    score_nodes_plainly(in, count, plain.data());
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(fast[i], expected_total(nodes[i], p)) << "round " << round << " node " << i;
      ASSERT_EQ(plain[i], fast[i]) << "round " << round << " node " << i;
    }
  }
}

}  // namespace
}  // namespace crosstie::schedule
