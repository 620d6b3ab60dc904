# Installs the public headers, and of the floors below what they include, transitively.
#
# In the tree headers name each other from its root ("messages/access.hpp"). A host may have a folder of that name, so
# installed headers stand below stoker/ and name each other there ("stoker/messages/access.hpp"): the host's include
# path gains one folder, stoker/.
#
# Run at install time. Takes: source (the tree's root), destination (the include folder).
cmake_minimum_required(VERSION 3.25)

set(public_folders actors/engine/public apps/control/public)

# Copies a header, with its includes rewritten, and notes in `pending` which headers of the tree it includes.
function(install_header from to)
  file(READ "${from}" text)
  string(REGEX MATCHALL "#include \"(messages|storage|actors|apps)/[^\"]+\"" includes "${text}")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "#include \"([^\"]+)\"" "\\1" header "${include}")
    list(APPEND pending "${header}")
  endforeach()
  set(pending "${pending}" PARENT_SCOPE)
  string(REGEX REPLACE "#include \"(messages|storage|actors|apps)/" "#include \"stoker/\\1/" text "${text}")
  set(written "")
  if(EXISTS "${to}")
    file(READ "${to}" written)
  endif()
  if(NOT written STREQUAL text)
    file(WRITE "${to}" "${text}")
  endif()
endfunction()

set(pending "")
foreach(folder IN LISTS public_folders)
  file(GLOB public_headers RELATIVE "${source}/${folder}" "${source}/${folder}/stoker/*.hpp")
  foreach(header IN LISTS public_headers)
    install_header("${source}/${folder}/${header}" "${destination}/${header}")
  endforeach()
endforeach()

set(done "")
while(pending)
  list(POP_FRONT pending header)
  if(header IN_LIST done)
    continue()
  endif()
  list(APPEND done "${header}")
  install_header("${source}/${header}" "${destination}/stoker/${header}")
endwhile()
list(LENGTH done count)
message(STATUS "Installed: public headers and ${count} headers that they include, below ${destination}/stoker")
