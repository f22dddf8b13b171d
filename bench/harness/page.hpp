// A page of text, tables and plots that needs no other file: style and plots are in it.
//
// Promise: every text is escaped; plots are SVG, drawn without a script, dark or light as the
// reader's machine is. Cost: the page is held until printed. Thread safety: none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/measurement.hpp"
#include "cli/output.hpp"

namespace crosstie::bench {

class page {
 public:
  page(std::string title, const cli::run_facts& run);

  // A card of the page, over its whole width or half of it; what follows goes into it.
  void card(std::string_view heading, bool wide = true);
  void text(std::string_view paragraph);
  void table(const std::vector<std::string>& titles,
             const std::vector<std::vector<std::string>>& rows);
  void plot(const std::string& svg) { body_ += "<div class=\"plot\">" + svg + "</div>\n"; }
  void html(std::string_view markup) { body_ += markup; }  // trusted

  void print(cli::output& to) const;

 private:
  std::string title_, run_, body_;
  bool open_ = false;  // a card
};

std::string escaped(std::string_view text);

}  // namespace crosstie::bench
