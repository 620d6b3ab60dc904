# Writes the source of the table of assets. The files themselves are taken in by the assembler (.incbin): a compiler
# would need a second for each as a literal, and has limits on their length.
#
# Takes: pages ("path|type|file,..."), table (the file to write).
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" pages "${pages}")
set(blobs "")
set(declarations "")
set(rows "")
set(number 0)
foreach(page IN LISTS pages)
  string(REPLACE "|" ";" parts "${page}")
  list(GET parts 0 path)
  list(GET parts 1 type)
  list(GET parts 2 file)
  file(SHA256 "${file}" hash)
  string(SUBSTRING "${hash}" 0 16 tag)
  set(name stoker_asset_${number})
  string(APPEND blobs
         "asm(\".pushsection .rodata\\n\"\n    \"${name}_begin:\\n.incbin \\\"${file}\\\"\\n\"\n"
         "    \"${name}_end:\\n.byte 0\\n.popsection\");\n")
  string(APPEND declarations "extern const char ${name}_begin[];\nextern const char ${name}_end[];\n")
  string(APPEND rows "    {\"${path}\", \"${type}; charset=utf-8\", \"\\\"${tag}\\\"\",\n"
                     "     {${name}_begin, static_cast<std::size_t>(${name}_end - ${name}_begin)}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${table}" "// Made by embed.cmake.
#include <array>
#include <cstddef>

#include \"apps/control/dashboard/assets.hpp\"

${blobs}
extern \"C\" {
${declarations}}

namespace stoker::control {

std::span<const dashboard_asset> dashboard_assets() noexcept {
  static const std::array<dashboard_asset, ${number}> table{{
${rows}  }};
  return table;
}

}  // namespace stoker::control
")
