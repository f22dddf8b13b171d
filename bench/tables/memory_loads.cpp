// What the machine takes to load a line of 64 bytes out of so much memory: the floor under every
// table that is larger than a cache, and the size from which on this machine's caches do not help.
#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "tables/contender.hpp"

namespace crosstie::bench {
namespace {

struct alignas(64) line {
  std::uint32_t next = 0;
};

// All lines in one cycle, and the same order apart from them.
class cycle {
 public:
  explicit cycle(std::size_t lines) : lines_(lines), order_(lines) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::ranges::shuffle(order_, std::mt19937_64(3));
    for (std::size_t i = 0; i < lines; ++i) lines_[order_[i]].next = order_[(i + 1) % lines];
  }

  // Back where it began after each lap: returns that line's number.
  std::uint64_t walk(std::size_t laps) const {
    std::uint32_t at = order_.front();
    for (std::size_t i = 0; i < laps * lines_.size(); ++i) at = lines_[at].next;
    return at;
  }
  std::uint64_t start() const { return order_.front(); }
  // The sum of what all lines hold.
  std::uint64_t sum(std::size_t laps) const {
    std::uint64_t result = 0;
    for (std::size_t lap = 0; lap < laps; ++lap) {
      for (const std::uint32_t at : order_) result += lines_[at].next;
    }
    return result;
  }

 private:
  std::vector<line> lines_;
  std::vector<std::uint32_t> order_;
};

void add(std::size_t lines, rounds& race) {
  constexpr std::size_t loads = 1'000'000;  // at least, so that there is something to measure
  const std::size_t laps = loads / lines + 1;
  const auto memory = std::make_shared<std::optional<cycle>>();
  const std::string size = std::to_string(lines);
  const auto of_all = static_cast<double>(laps * lines);
  race.expect("walk " + size, cycle(lines).start());
  race.expect("sum " + size, laps * (lines * (lines - 1) / 2));
  entrant one;
  one.of = {{"memory", "lines of 64 B"}, {"lines", static_cast<std::int64_t>(lines)}};
  one.prepare = [=] { memory->emplace(lines); };
  one.phases = {{memory_walk, of_all, [=] { return (*memory)->walk(laps); }, "walk " + size},
                {memory_sum, of_all, [=] { return (*memory)->sum(laps); }, "sum " + size}};
  one.finish = [=] { memory->reset(); };
  race.add(std::move(one));
}

}  // namespace

void race_memory(const std::vector<std::size_t>& lines, int count, results& into) {
  rounds race("memory", count);
  for (const std::size_t size : lines) add(size, race);
  race.run(into);
}

}  // namespace crosstie::bench
