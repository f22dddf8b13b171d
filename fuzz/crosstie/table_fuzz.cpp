// Decodes bytes into operations on table and checks each against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/table_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  if (choices.below(2) == 0) {
    test::run_table<relation_index::both_ways>(choices);
  } else {
    test::run_table<relation_index::by_row>(choices);
  }
  return 0;
}
