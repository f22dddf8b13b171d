#include "cli/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>

#include "cli/help_format.hpp"
#include "cli/suggestion.hpp"

#ifndef CROSSTIE_VERSION
#error "the build names the version"
#endif

namespace crosstie::cli {
namespace {

constexpr std::array table{
    command{"simulate", "place the pending pods of a dump, a trace or a made-up cluster",
            define_simulate},
    command{"explain", "why a pod fits or does not fit, on every node", define_explain},
    command{"generate", "write a made-up cluster as a kubectl-style dump", define_generate},
    command{"bench", "measure tables and scheduling (needs crosstie-bench)", define_bench},
    command{"completion", "print a completion script for bash or zsh", define_completion},
};

constexpr std::string_view examples = R"(crosstie simulate --generate nodes=5000,pods=30000
kubectl get no,po,ns,pc,svc,rs,sts,rc,pdb,pv,pvc,sc,csinodes,csidrivers,csistoragecapacities,volumeattachments,resourceclaims,deviceclasses -A -o json > cluster.json
crosstie explain -f cluster.json --all
crosstie COMMAND --help)";

}  // namespace

std::span<const command> commands() { return table; }

CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& value,
                        std::vector<std::string> words, const std::string& description) {
  const std::string type = fmt::format("{}", fmt::join(words, "|"));
  const auto one_of = [words = std::move(words)](const std::string& given) {
    if (std::ranges::find(words, given) != words.end()) return std::string();
    const std::vector<std::string_view> views(words.begin(), words.end());
    return fmt::format("expected {}, found \"{}\"{}", fmt::join(words, ", "), given,
                       did_you_mean(given, views));
  };
  return app.add_option(names, value, description)
      ->type_name(type)
      // As kubectl's users write it: -o=name.
      ->transform(
          [](const std::string& given) { return given.starts_with('=') ? given.substr(1) : given; })
      ->check(CLI::Validator(one_of, "", "choice"));
}

void add_examples(CLI::App& app, std::string_view lines) {
  std::string text = "Examples:\n";
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    text += fmt::format("  {}\n", lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  text.pop_back();
  app.footer(text);
}

void define_all(CLI::App& app, std::function<int()>& ran) {
  app.description(
      "A Kubernetes scheduler and what-if simulator: kube-scheduler's verdicts and\n"
      "scores, from a dump of the cluster, in milliseconds.");
  app.formatter(std::make_shared<help_format>());
  app.set_help_flag("-h,--help", "print this help and exit");
  app.set_version_flag("-V,--version", "crosstie " CROSSTIE_VERSION, "print the version and exit");
  app.require_subcommand(1);
  add_examples(app, examples);
  for (const command& one : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(one.name), std::string(one.summary));
    sub->set_help_flag("-h,--help", "print this help and exit");
    auto run = one.define(*sub);
    sub->callback([&ran, run = std::move(run)] { ran = run; });
  }
}

}  // namespace crosstie::cli
