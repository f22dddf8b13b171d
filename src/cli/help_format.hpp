// How help texts look: usage, what the command does, options in two columns wrapped at 80 with
// their values as one types them, examples.
// Thread safety: pure.
#pragma once

#include <CLI/App.hpp>
#include <CLI/FormatterFwd.hpp>
#include <string>

namespace crosstie::cli {

class help_format final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace crosstie::cli
