// The key of two names that most tests of tables use.
#pragma once

#include <string>

namespace crosstie::test {

struct binding {
  std::string node, pod;
};

}  // namespace crosstie::test
