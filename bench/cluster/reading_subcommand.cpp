#include <CLI/CLI.hpp>
#include <memory>

#include "cluster/reading_bench.hpp"
#include "harness/options.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {

void define_reading(CLI::App& app) {
  const auto pods = std::make_shared<std::size_t>(115'000);
  CLI::App& own = define_bench(app, "reading", "a dump as kubectl writes it, read on one core",
                               [=](const bench_options& options, results& into) {
                                 measure_reading(options.quick ? 200 : *pods, options.rounds, into);
                               });
  own.add_option("--pods", *pods, "of about 9 kB each")->check(CLI::Range(1, 10'000'000));
}

}  // namespace crosstie::bench
