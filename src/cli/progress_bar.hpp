// A progress bar on standard error, where that is a terminal; nothing anywhere else.
//
// Promise: the line is gone when the bar is. Cost: one short write() a call.
// Thread safety: none.
#pragma once

#include "simulate/options.hpp"

namespace crosstie::cli {

class progress_bar {
 public:
  progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() { clear(); }

  void show(const simulate::progress& how_far);
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
};

}  // namespace crosstie::cli
