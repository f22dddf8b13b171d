// crosstie-bench [--entries N] [--rounds N]: our tables beside their peers, in one run.
#include <boost/version.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tables/race.hpp"

int main(int argc, char** argv) {
  std::size_t entries = 1'000'000;
  int rounds = 7;
  for (int i = 1; i < argc; i += 2) {
    const bool has_value = i + 1 < argc;
    if (has_value && std::strcmp(argv[i], "--entries") == 0) {
      entries = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (has_value && std::strcmp(argv[i], "--rounds") == 0) {
      rounds = std::atoi(argv[i + 1]);
    } else {
      std::fprintf(stderr, "usage: crosstie-bench [--entries N] [--rounds N]\n");
      return 2;
    }
  }
  if (entries == 0 || rounds < 1) {
    std::fprintf(stderr, "crosstie-bench: entries and rounds must be positive numbers\n");
    return 2;
  }
  std::printf("compiler %s, Boost %s, Abseil as installed\n", __VERSION__, BOOST_LIB_VERSION);
  crosstie::bench::race_numbers(entries, rounds);
  crosstie::bench::race_node_pod(entries, rounds);
  return 0;
}
