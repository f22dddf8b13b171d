// What must hold for any input: the fuzzer keeps the one for which it does not.
#pragma once

#include <cstdlib>

namespace crosstie::cluster {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace crosstie::cluster
