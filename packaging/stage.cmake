# Runs in cpack, between installing into its own folder and making packages of it.
set(source "${CPACK_STOKER_SOURCE}")

foreach(part "runtime|stoker" "development|libstoker-dev")
  string(REPLACE "|" ";" part "${part}")
  list(GET part 0 component)
  list(GET part 1 package)
  set(root "${CPACK_TEMPORARY_DIRECTORY}/${component}")
  set(documents "${root}/usr/share/doc/${package}")
  file(COPY "${source}/packaging/copyright" DESTINATION "${documents}")
  file(COPY_FILE "${source}/CHANGELOG.md" "${documents}/changelog")
  execute_process(COMMAND gzip -9nf "${documents}/changelog" COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# The example documents every key, and is what the daemon starts from.
set(root "${CPACK_TEMPORARY_DIRECTORY}/runtime")
file(COPY "${root}/usr/share/stoker/stoker.toml" DESTINATION "${root}/etc/stoker")
file(COPY "${source}/packaging/configured.conf" DESTINATION "${root}/usr/lib/systemd/system/stoker.service.d")
file(GLOB_RECURSE pages "${root}/usr/share/man/*.[1-8]")
foreach(page IN LISTS pages)
  execute_process(COMMAND gzip -9nf "${page}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
