// fmt: tables, uuids and digests as arguments of fmt::format and fmt::print, written as print.hpp
// writes them.
//
//   fmt::print("{}\n", map);
//
// Promise: works beside <fmt/ranges.h>, which would else take the flat tables for ranges of its
// own. Needs fmt 9 or later, and is no part of crosstie.hpp. Thread safety: a reader of the table.
#pragma once

#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <type_traits>

#include <crosstie/print.hpp>

namespace crosstie::detail {

template <class T>
inline constexpr bool is_shown = false;
template <class Table>
inline constexpr bool is_shown<shown<Table>> = true;

template <class T>
concept formatted =
    printable_table<T> || is_shown<T> || std::is_same_v<T, uuid> || std::is_same_v<T, digest128>;

}  // namespace crosstie::detail

template <crosstie::detail::formatted Table>
struct fmt::is_range<Table, char> : std::false_type {};

template <crosstie::detail::formatted Table>
struct fmt::formatter<Table, char> : fmt::ostream_formatter {};
