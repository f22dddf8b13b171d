#include "harness/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ranges>

#include "harness/page.hpp"
#include "harness/results.hpp"

namespace crosstie::bench {
namespace {

constexpr const char* colours[] = {"var(--accent)", "var(--second)", "var(--good)",
                                   "var(--bad)",    "#8a63d2",       "#0e8f9c",
                                   "#b7791f",       "#7a8594",       "#d6478f"};

class svg {
 public:
  svg(double width, double height, const std::string& label)
      : out_(
            fmt::format("<svg width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                        "role=\"img\" aria-label=\"{2}\">",
                        width, height, escaped(label))) {}

  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }
  void text(double x, double y, const std::string& what, const char* attributes = "") {
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>", x, y, attributes, escaped(what));
  }
  void line(double x1, double y1, double x2, double y2, const char* kind) {
    add("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>", x1, y1, x2,
        y2, kind);
  }
  std::string close() { return std::move(out_) + "</svg>"; }

 private:
  std::string out_;
};

// Where a value lies between two ends, linearly or by its logarithm.
struct scale {
  double low = 0, high = 1;
  bool logarithmic = false;
  double from = 0, to = 1;

  double at(double value) const {
    const double share =
        logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
  }
  std::vector<double> ticks() const {
    std::vector<double> out;
    if (logarithmic) {
      const bool few = high / low < 50;
      for (double power = std::pow(10, std::floor(std::log10(low))); power <= high * 1.001;
           power *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
          if (!few && factor != 1) continue;
          const double value = factor * power;
          if (value >= low * 0.999 && value <= high * 1.001) out.push_back(value);
        }
      }
      return out;
    }
    const double rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {5.0, 2.0, 1.0}) {
      if (factor * power >= rough) step = factor * power;
    }
    for (double value = std::ceil(low / step) * step; value <= high * 1.0001; value += step) {
      out.push_back(value);
    }
    return out;
  }
};

scale fit(std::vector<double> values, bool logarithmic, double from, double to) {
  std::erase_if(values, [&](double v) { return logarithmic && v <= 0; });
  if (values.empty()) values = {1};
  auto [low, high] = std::ranges::minmax(values);
  if (logarithmic) {
    if (high <= low) high = low * 2;
    return {low, high, true, from, to};
  }
  low = std::min(low, 0.0);
  if (high <= low) high = low + 1;
  return {low, high, false, from, to};
}

// Room for a text of the plots' size.
double width_of(std::string_view text, bool strong = false) {
  return (strong ? 7.1 : 6.3) * static_cast<double>(text.size());
}

}  // namespace

namespace {

std::string label_of(const bar& one) {
  std::string label = figure(one.value);
  if (one.mark > 0) label += "  (" + one.mark_name + ": " + figure(one.mark) + ")";
  if (!one.note.empty()) label += "  " + one.note;
  return label;
}

}  // namespace

std::string draw_bars(const std::string& title, const std::string& unit,
                      const std::vector<bar>& bars) {
  constexpr double step = 22, top = 26;
  double left = 60, right = 60;  // room for names and for labels
  std::vector<double> values;
  for (const bar& one : bars) {
    left = std::max(left, width_of(one.name, one.strong) + 12);
    right = std::max(right, width_of(label_of(one), one.strong) + 14);
    values.push_back(one.value);
    if (one.mark > 0) values.push_back(one.mark);
    if (one.low < one.high) values.push_back(one.high);
  }
  // Long texts widen the plot, not shorten the bars.
  const double width = std::max(760.0, left + 330 + right);
  const double height = top + step * static_cast<double>(bars.size()) + 6;
  scale x = fit(values, false, left, width - right);
  std::vector<double> positive = values;
  std::erase_if(positive, [](double v) { return v <= 0; });
  const bool logarithmic =
      !positive.empty() && std::ranges::max(positive) > 100 * std::ranges::min(positive);
  if (logarithmic) {
    x = fit(positive, true, left, width - right);
    x.low /= 2;  // the smallest bar has a length, too
  }
  svg to(width, height, title);
  to.text(0, 14, title + ", " + unit + (logarithmic ? " (logarithmic)" : ""), "class=\"strong\"");
  double y = top;
  for (const bar& one : bars) {
    const double end = one.value > 0 ? x.at(one.value) : left;
    to.text(
        left - 8, y + 13, one.name,
        one.strong ? "text-anchor=\"end\" class=\"strong\"" : "text-anchor=\"end\" class=\"name\"");
    to.add(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"15\" rx=\"2\" fill=\"{}\">"
        "<title>{}: {} {}</title></rect>",
        left, y + 1, std::max(1.0, end - left), one.strong ? colours[0] : "var(--u4)",
        escaped(one.name), figure(one.value), escaped(unit));
    double behind = end;
    if (one.low < one.high && one.low > 0) {
      to.line(x.at(one.low), y + 8.5, x.at(one.high), y + 8.5, "whisker");
      behind = std::max(behind, x.at(one.high));
    }
    if (one.mark > 0) {
      const double at = x.at(one.mark);
      to.add(
          "<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" class=\"theirs\">"
          "<title>{4}: {3}</title></line>",
          at, y - 1, y + 18, figure(one.mark), escaped(one.mark_name));
      behind = std::max(behind, at);
    }
    to.text(behind + 6, y + 13, label_of(one), one.strong ? "class=\"strong\"" : "class=\"name\"");
    y += step;
  }
  return to.close();
}

std::string draw_lines(const std::string& title, const axes& on, const std::vector<line>& lines) {
  constexpr double height = 330, left = 62, top = 30, bottom = 44;
  double right = 120;  // room for names
  std::vector<double> xs, ys;
  for (const line& one : lines) {
    right = std::max(right, width_of(one.name) + 24);
    for (const auto& [px, py] : one.points) xs.push_back(px), ys.push_back(py);
  }
  const double width = 570 + right;
  const scale x = fit(xs, on.log_x, left, width - right),
              y = fit(ys, on.log_y, height - bottom, top);
  svg to(width, height, title);
  to.text(0, 14, title + ", " + on.y, "class=\"strong\"");
  for (const double value : y.ticks()) {
    to.line(left, y.at(value), width - right, y.at(value), "grid");
    to.text(left - 6, y.at(value) + 4, figure(value), "text-anchor=\"end\"");
  }
  for (const double value : x.ticks()) {
    to.line(x.at(value), top, x.at(value), height - bottom, "grid");
    to.text(x.at(value), height - bottom + 15, figure(value), "text-anchor=\"middle\"");
  }
  to.text((left + width - right) / 2, height - 8, on.x, "text-anchor=\"middle\"");
  // Names at the ends of the lines, pushed apart where they would lie on one another.
  std::vector<std::pair<double, std::size_t>> ends;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].points.empty()) ends.emplace_back(y.at(lines[i].points.back().second), i);
  }
  std::ranges::sort(ends);
  double free = top;
  for (auto& [at, i] : ends) free = (at = std::max(at, free)) + 14;
  for (double limit = height - bottom + 4; auto& [at, i] : ends | std::views::reverse) {
    at = std::min(at, limit);
    limit = at - 14;
  }
  for (const auto& [at, i] : ends) {
    const char* colour = colours[i % std::size(colours)];
    std::string path;
    for (const auto& [px, py] : lines[i].points) {
      fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", path.empty() ? "M" : "L",
                     x.at(px), y.at(py));
    }
    to.add(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}><title>{}</title></path>",
        path, colour, lines[i].dashed ? " stroke-dasharray=\"5 4\"" : "", escaped(lines[i].name));
    for (const auto& [px, py] : lines[i].points) {
      if (!lines[i].marks) break;
      to.add(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"><title>{}: {} at {}</title>"
          "</circle>",
          x.at(px), y.at(py), colour, escaped(lines[i].name), figure(py), figure(px));
    }
    to.add("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>", width - right + 10, at,
           colour);
    to.text(width - right + 18, at + 4, lines[i].name, "class=\"name\"");
  }
  return to.close();
}

std::string draw_heat(const std::vector<heat>& maps) {
  constexpr double cell_width = 84, cell_height = 30, top = 48;
  double most = 0, left = 40, width = 0;
  std::size_t deepest = 0;
  for (const heat& map : maps) {
    for (const auto& row : map.shares) {
      for (const double share : row) most = std::max(most, share);
    }
    for (const std::string& name : map.rows) left = std::max(left, width_of(name) + 12);
    deepest = std::max(deepest, map.rows.size());
  }
  for (const heat& map : maps) {
    width += left + cell_width * static_cast<double>(map.columns.size()) + 24;
  }
  svg to(width, top + cell_height * static_cast<double>(deepest) + 8, "heat map");
  double from = 0;
  for (const heat& map : maps) {
    to.text(from + left, 14, map.title, "class=\"strong\"");
    for (std::size_t c = 0; c < map.columns.size(); ++c) {
      to.text(from + left + cell_width * (static_cast<double>(c) + 0.5), top - 8, map.columns[c],
              "text-anchor=\"middle\"");
    }
    for (std::size_t r = 0; r < map.rows.size(); ++r) {
      const double y = top + cell_height * static_cast<double>(r);
      to.text(from + left - 8, y + 19, map.rows[r], "text-anchor=\"end\" class=\"name\"");
      for (std::size_t c = 0; c < map.columns.size(); ++c) {
        const double share = map.shares[r][c];
        const double x = from + left + cell_width * static_cast<double>(c);
        const int shade =
            share <= 0 || most <= 0 ? 0 : std::min(9, static_cast<int>(10 * share / most));
        to.add(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"3\" "
            "fill=\"{}\"><title>{}</title></rect>",
            x, y, cell_width - 2, cell_height - 2,
            share < 0 ? "var(--grid)" : fmt::format("var(--u{})", shade),
            escaped(map.rows[r] + ", " + map.columns[c] + ": " + map.notes[r][c]));
        if (share < 0) continue;
        // Dark ink on light cells and the other way round, without the page's halo.
        to.add(
            "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" style=\"stroke:none;fill:{}\">"
            "{:.1f} %</text>",
            x + cell_width / 2 - 1, y + 18, shade >= 5 ? "var(--card)" : "var(--ink)", 100 * share);
      }
    }
    from += left + cell_width * static_cast<double>(map.columns.size()) + 24;
  }
  return to.close();
}

}  // namespace crosstie::bench
