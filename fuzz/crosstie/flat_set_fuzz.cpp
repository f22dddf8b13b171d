// Decodes bytes into operations on flat_set (numbers, names, crowded hashes) and checks each
// against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/flat_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  switch (choices.below(3)) {
    case 0:
      test::run_flat_set<flat_set<test::cell_key>>(choices);
      break;
    case 1:
      test::run_flat_set<flat_set<test::name_key>>(choices);
      break;
    default:
      test::run_flat_set<flat_set<test::cell_key, test::crowded_hash>>(choices);
  }
  return 0;
}
