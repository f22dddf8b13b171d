// Decodes bytes into operations on uuid_assignment and checks each against its naive twin.
#include <cstddef>
#include <cstdint>

#include "crosstie/table_twins.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace crosstie;
  test::byte_choices choices(data, size);
  test::run_uuid_assignment(choices);
  return 0;
}
