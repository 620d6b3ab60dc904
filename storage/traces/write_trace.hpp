// Writes a trace as CSV: time, size, key and subject, those columns that it has; read_trace reads it back.
//
// Compressed by the file's name: .gz, .zst, else plain. Errors: std::runtime_error that names the file; a
// file that could not be written whole is removed.
#pragma once

#include <filesystem>

#include "storage/traces/trace.hpp"

namespace stoker {

// REQUIRES: times, sizes and subjects are empty or as long as accesses.
void write_trace(const std::filesystem::path& file, const trace& recorded);

}  // namespace stoker
