// Plots as SVG text: bars, lines and heat maps, in the colours of the page they stand in.
//
// Promise: what is drawn carries its figures: bars are labelled, lines are named at their ends or
// in a legend, cells carry their share; every mark has a title for whoever points at it.
// Cost: linear. Thread safety: pure.
#pragma once

#include <string>
#include <vector>

namespace crosstie::bench {

struct bar {
  std::string name;
  double value = 0, low = 0, high = 0;  // low < high draws a whisker
  std::string note{};                   // behind the figure
  bool strong = false;                  // ours, or the one to look at
  double mark = 0;                      // another figure beside it; 0: none
  std::string mark_name{};              // whose
};
// Horizontal bars, one a line. Logarithmic where the figures span more than two magnitudes.
std::string draw_bars(const std::string& title, const std::string& unit,
                      const std::vector<bar>& bars);

struct line {
  std::string name;
  std::vector<std::pair<double, double>> points;  // by x
  bool dashed = false;
  bool marks = true;
};
struct axes {
  std::string x, y;  // titles with units
  bool log_x = false, log_y = false;
};
std::string draw_lines(const std::string& title, const axes& on, const std::vector<line>& lines);

struct heat {
  std::string title;
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> shares;      // [row][column] in [0, 1]; below 0: no such cell
  std::vector<std::vector<std::string>> notes;  // for whoever points at the cell
};
// Maps beside one another, coloured on one scale, so that they can be compared at a glance.
std::string draw_heat(const std::vector<heat>& maps);

}  // namespace crosstie::bench
