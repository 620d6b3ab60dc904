// The syntax of one call in strace's output: name, arguments, result. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker::cli {

struct strace_call {
  std::string_view name;
  std::vector<std::string_view> arguments;  // as written: strings with quotes, descriptors with their <path>
  std::string_view result;                  // as written
};

// Takes "openat(AT_FDCWD, \"a\", O_RDONLY) = 3</tmp/a>" apart. Empty: not a whole call. Views point into
// `text`.
std::optional<strace_call> parse_strace_call(std::string_view text);

// The text of a quoted argument with its escapes resolved; empty: not a whole quoted string.
std::optional<std::string> strace_string(std::string_view argument);

// The path that -y shows behind a descriptor, "3</tmp/a>" or "AT_FDCWD</tmp>"; empty: none, or not a file.
std::optional<std::string> strace_descriptor_path(std::string_view argument);

// The number a call returned; empty: it failed, or has not returned.
std::optional<std::uint64_t> strace_success(std::string_view result);

}  // namespace stoker::cli
