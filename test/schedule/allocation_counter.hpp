// How often this test program has called operator new.
#pragma once

#include <cstddef>

namespace crosstie::test {

std::size_t allocation_count();

}  // namespace crosstie::test
