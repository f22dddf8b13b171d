// Any bytes, as they are or sealed with a right checksum, read as a table of every kind: refused,
// or written again to the very same bytes.
#include <cstddef>
#include <cstdint>

#include "crosstie/serialise_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crosstie::test::run_bytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
