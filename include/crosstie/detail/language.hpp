// Language: says in one line what is missing where an older standard was asked for.
#pragma once

#if __cplusplus <= 202002L
#error "crosstie: the tables need C++23: -std=c++23, or cxx_std_23 in CMake"
#endif
