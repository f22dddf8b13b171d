// Decodes bytes into operations on flat_map (numbers, names, crowded hashes), lru_map or lru_rows
// and checks each against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/flat_twins.hpp"
#include "crosstie/lru_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  switch (choices.below(5)) {
    case 0:
      test::run_flat_map<flat_map<test::cell_key, int>>(choices);
      break;
    case 1:
      test::run_flat_map<flat_map<test::name_key, int>>(choices);
      break;
    case 2:
      test::run_flat_map<flat_map<test::cell_key, int, test::crowded_hash>>(choices);
      break;
    case 3:
      test::run_lru_map(choices);
      break;
    default:
      test::run_lru_rows(choices);
  }
  return 0;
}
