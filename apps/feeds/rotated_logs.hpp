// Finds where the parts of a log went that were rotated away: beside it, under its name and a number or a
// date ("access.log.1", "access.log-20261127.gz"), renamed, copied or compressed.
//
// Threads: any. Errors: what can't be read is not there.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "apps/feeds/log_part.hpp"

namespace stoker::feeds {

struct rotated_log {
  std::filesystem::path path;
  std::filesystem::file_time_type written;
};

// Newest first, at most 1,000. Of a file and its compressed twin only the file: the twin may be in the
// making.
std::vector<rotated_log> rotated_logs(const std::filesystem::path& log);

// Opens the part at a position; null: it does not hold it.
std::unique_ptr<log_part> open_part(const std::filesystem::path& path, const file_position& from);

struct found_part {
  std::unique_ptr<log_part> part;
  std::filesystem::file_time_type written;
};

// Where the position went on: the file of its identity first, then any of its content. Null: nowhere.
found_part find_part(const std::filesystem::path& log, const file_position& from);

}  // namespace stoker::feeds
