#include "harness/page.hpp"

#include "cli/report_page.hpp"

namespace crosstie::bench {
namespace {

// The style sheet of the simulator's report page: one look for all pages.
std::string_view style() {
  const std::string_view head = cli::report_page_head;
  const std::size_t from = head.find("<style>") + 7;
  return head.substr(from, head.find("</style>") - from);
}

constexpr std::string_view own_style = R"(
main p { margin: 6px 0; max-width: 75em; }
.card + .card { min-width: 0; }
.plot { margin: 10px 0; overflow-x: auto; }
.plot svg { max-width: 100%; height: auto; }
.whisker { stroke: var(--ink); stroke-width: 1.2; }
.theirs { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4 3; }
svg .strong { fill: var(--ink); font-weight: 600; }
svg .name { fill: var(--ink); }
td, th { vertical-align: top; }
td:not(:first-child) { white-space: normal; }
.verdict { display: inline-block; padding: 1px 8px; border-radius: 9px; color: #fff; font-weight: 600; }
.claims td { text-align: left; } .claims th { text-align: left; }
.yes { background: #1c8a4c; } .partly { background: #b7791f; } .no { background: #c43d3d; }
.unknown { background: #7a8594; white-space: nowrap; }
.steps td:nth-child(2), .steps th:nth-child(2) { text-align: left; }
)";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

page::page(std::string title, const cli::run_facts& run) : title_(std::move(title)) {
  if (!title_.empty() && title_[0] >= 'a' && title_[0] <= 'z') title_[0] -= 'a' - 'A';
  for (const auto& [name, value] : run) {
    if (!run_.empty()) run_ += " · ";
    run_ += escaped(name + " " + cli::to_text(value));
  }
}

void page::card(std::string_view heading, bool wide) {
  if (open_) body_ += "</section>\n";
  open_ = true;
  body_ += wide ? "<section class=\"card wide\">\n" : "<section class=\"card\">\n";
  body_ += "<h2>" + escaped(heading) + "</h2>\n";
}

void page::text(std::string_view paragraph) { body_ += "<p>" + escaped(paragraph) + "</p>\n"; }

void page::table(const std::vector<std::string>& titles,
                 const std::vector<std::vector<std::string>>& rows) {
  body_ += "<div class=\"scroll\"><table><tr>";
  for (const std::string& title : titles) body_ += "<th>" + escaped(title) + "</th>";
  body_ += "</tr>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (const std::string& cell : row) body_ += "<td>" + escaped(cell) + "</td>";
    body_ += "</tr>\n";
  }
  body_ += "</table></div>\n";
}

void page::print(cli::output& to) const {
  to.print(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{0}</title>
<link rel="icon" href="data:,">
<style>{1}{2}</style>
</head>
<body>
<header><h1>{0}</h1><p>{3}</p></header>
<main>
{4}{5}</main>
</body>
</html>
)",
           escaped(title_), style(), own_style, run_, body_, open_ ? "</section>\n" : "");
}

}  // namespace crosstie::bench
