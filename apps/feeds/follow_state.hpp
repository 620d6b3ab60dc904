// Keeps the positions of a followed log in a small file, so that a restart goes on where it was.
//
// Format: text. A line "stoker log positions 1"; a line for each part of the log, the oldest first: device,
// inode, offset, bytes of the print, print, as decimal numbers; a line "end". Written beside itself first and
// then renamed: a reader finds the old one or the new one.
//
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/feeds/log_part.hpp"

namespace stoker::feeds {

// Of one log at most: the one that is written to, and those that were rotated away a moment ago.
inline constexpr std::size_t most_positions = 64;

std::string encode_positions(const std::vector<file_position>& positions);
// Empty: it is not of this format.
std::optional<std::vector<file_position>> decode_positions(std::string_view text);

// False: it could not be written, and `problem` says why.
bool write_positions(const std::filesystem::path& file, const std::vector<file_position>& positions,
                     std::string& problem);
// Empty: there are none. `problem` is set when there are and they can't be used.
std::vector<file_position> read_positions(const std::filesystem::path& file, std::string& problem);

}  // namespace stoker::feeds
