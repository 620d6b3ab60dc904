#include "apps/control/openapi_document.hpp"

// By the assembler: a compiler has limits on the length of a literal, and takes its time for one.
asm(".pushsection .rodata\n"
    "stoker_openapi_begin:\n"
    ".incbin \"" STOKER_OPENAPI_FILE
    "\"\n"
    "stoker_openapi_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char stoker_openapi_begin[];
extern const char stoker_openapi_end[];
}

namespace stoker::control {

std::string_view openapi_document() noexcept {
  return {stoker_openapi_begin, static_cast<std::size_t>(stoker_openapi_end - stoker_openapi_begin)};
}

}  // namespace stoker::control
