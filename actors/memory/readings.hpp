// Reading memory: host, cgroup (v1 and v2), pressure stall information and this process, from their text
// files.
//
// Pure: the files come in through a function, so that tests can hand in any machine. A file that is missing
// or unreadable is a limit that is not known, never an error: containers hide some of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "messages/memory.hpp"

namespace stoker {

// The content of a file; empty when it can't be read.
using file_reader = std::function<std::optional<std::string>(const std::string& path)>;

// Value of a line "Name:   123 kB" of /proc/meminfo or /proc/self/status, in bytes.
std::optional<std::uint64_t> kilobyte_field(std::string_view text, std::string_view name);

// "some avg10=1.23 ..." of a PSI file, as a fraction.
std::optional<double> stall_share(std::string_view psi);

// The path of this process's cgroup below the hierarchy's root: from /proc/self/cgroup, for v2 (`controller`
// empty) or for a v1 controller.
std::optional<std::string> cgroup_path(std::string_view self_cgroup, std::string_view controller);

// The tightest limit wins: the process's cgroup or any above it, else the host.
memory_reading read_memory(const file_reader& read);

// Reads files of this machine.
file_reader system_files();

}  // namespace stoker
