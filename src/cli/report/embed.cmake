# Writes OUT, a C++ file, from the page, its style and its script: -DFROM=<this folder> -DOUT=<file>.
file(READ "${FROM}/page.html" page)
foreach(part style.css plots.js)
  file(READ "${FROM}/${part}" text)
  string(REPLACE "{{${part}}}" "${text}" page "${page}")
endforeach()
string(FIND "${page}" "{{data}}" at)
string(SUBSTRING "${page}" 0 ${at} head)
math(EXPR after "${at} + 8")
string(SUBSTRING "${page}" ${after} -1 tail)
file(WRITE "${OUT}" "#include \"cli/report_page.hpp\"

namespace crosstie::cli {
const std::string_view report_page_head = R\"_page_(${head})_page_\";
const std::string_view report_page_tail = R\"_page_(${tail})_page_\";
}  // namespace crosstie::cli
")
