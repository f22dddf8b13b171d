// Decodes bytes into operations on flat_map (numbers, names, crowded hashes) and checks each
// against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/flat_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  switch (choices.below(3)) {
    case 0:
      test::run_flat_map<flat_map<test::cell_key, int>>(choices);
      break;
    case 1:
      test::run_flat_map<flat_map<test::name_key, int>>(choices);
      break;
    default:
      test::run_flat_map<flat_map<test::cell_key, int, test::crowded_hash>>(choices);
  }
  return 0;
}
