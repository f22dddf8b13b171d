# Writes OUT, a C++ header with the commit that is built, where that has changed: -DFROM=<the
# sources> -DOUT=<file>. "-changed" is added where tracked files differ from the commit.
execute_process(COMMAND git -C "${FROM}" describe --always --abbrev=12 --dirty=-changed --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
endif()
set(text "// The commit that is built. Thread safety: constant.\n#pragma once\n
namespace crosstie::cli {\ninline constexpr const char* commit = \"${commit}\";\n}  // namespace crosstie::cli\n")
if(EXISTS "${OUT}")
  file(READ "${OUT}" before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE "${OUT}" "${text}")
endif()
