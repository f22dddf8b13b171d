// The page of report.hpp without its data; written by the build from src/cli/report/.
#pragma once

#include <string_view>

namespace crosstie::cli {

extern const std::string_view report_page_head;  // up to the place of the data
extern const std::string_view report_page_tail;  // from there to the end

}  // namespace crosstie::cli
