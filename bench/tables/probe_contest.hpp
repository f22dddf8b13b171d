// flat_map with its probes, unwatched, beside a copy of the library compiled without them.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace bench_probes {

using cell = std::pair<std::uint32_t, std::uint32_t>;

struct layout {
  virtual ~layout() = default;
  virtual std::uint64_t insert_all(const cell* keys, std::size_t count) = 0;
  virtual std::uint64_t erase_all(const cell* keys, std::size_t count) = 0;
};

std::unique_ptr<layout> make_with_probes();     // probe_contest.cpp
std::unique_ptr<layout> make_without_probes();  // probe_contest_plain.cpp

// Around whichever flat_map it is given.
template <class Map>
struct layout_of : layout {
  Map map;
  std::uint64_t insert_all(const cell* keys, std::size_t count) override {
    std::uint64_t added = 0;
    for (std::size_t i = 0; i < count; ++i) added += map.try_emplace(keys[i], i).second;
    return added;
  }
  std::uint64_t erase_all(const cell* keys, std::size_t count) override {
    std::uint64_t erased = 0;
    for (std::size_t i = 0; i < count; ++i) erased += map.erase(keys[i]);
    return erased;
  }
};

}  // namespace bench_probes
