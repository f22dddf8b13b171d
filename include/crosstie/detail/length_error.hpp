// Length error: what tables throw that were asked for more than they can hold.
//
// Promise: without exceptions the program aborts. Thread safety: stateless.
#pragma once

#include <cstdlib>
#include <stdexcept>

namespace crosstie::detail {

[[noreturn]] inline void throw_length_error([[maybe_unused]] const char* what) {
#if defined(__cpp_exceptions)
  throw std::length_error(what);
#else
  std::abort();
#endif
}

}  // namespace crosstie::detail
