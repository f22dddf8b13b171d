// Lookup: makes one argument of what a member function is asked for, be it a key or its fields.
//
// Promise: one part is itself, several are a tuple of references. Cost: none at run time.
// Thread safety: stateless.
#pragma once

#include <tuple>

namespace crosstie::detail {

// One part is a key or a view; several are the fields of one.
template <class Part>
const Part& as_lookup(const Part& part) noexcept {
  return part;
}
template <class First, class Second, class... More>
std::tuple<const First&, const Second&, const More&...> as_lookup(const First& first,
                                                                  const Second& second,
                                                                  const More&... more) noexcept {
  return {first, second, more...};
}

}  // namespace crosstie::detail
