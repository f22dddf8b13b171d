// Is this build made for the sanitizers? They make reading slow, and a part of the reference data
// takes every path that all of it takes: tests of much data take every few_of_them-th file then.
#pragma once

#include <cstddef>

namespace crosstie::test {

#if defined(__has_feature)
inline constexpr bool sanitized =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif
inline constexpr std::size_t few_of_them = sanitized ? 6 : 1;

}  // namespace crosstie::test
