// Reads a web server's access log as a trace: each request that asks a cache for a key is an access.
//
// Plain, gzip or zstd, as the first bytes say. Lines that are fine and no access of the cache (a POST, a
// failure, a path that no rule makes a key of) are left out and counted. Errors and limits are those of
// read_trace().
#pragma once

#include <filesystem>

#include "storage/traces/log_format.hpp"
#include "storage/traces/read_trace.hpp"
#include "storage/traces/request_keys.hpp"

namespace stoker {

trace read_access_log(const std::filesystem::path& file, const log_format& format,
                      const trace_limits& limits = {}, const request_keys& keys = {});

// Whether the file's first line has the format. Throws trace_error when it cannot be read.
bool is_access_log(const std::filesystem::path& file, const log_format& format);

}  // namespace stoker
