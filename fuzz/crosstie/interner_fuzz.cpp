// Decodes bytes into operations on interner and checks each against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/flat_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  test::run_interner(choices);
  return 0;
}
