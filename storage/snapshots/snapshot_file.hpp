// Snapshots as files: written whole or not at all.
//
// A snapshot is written beside its place, made durable, and put there in one step. The one that stood there
// before stays as PATH.previous, unless it can't be read: a broken one never takes a good one's place.
// Threads: any, but one at a time for each path. Errors: stoker::error, with the path and what to do.
#pragma once

#include <cstdint>
#include <string>

#include "messages/snapshot.hpp"

namespace stoker {

// Returns the size of the file. Makes the folder when there is none.
std::uint64_t write_snapshot(const std::string& path, const hot_set& hot);

// Throws errc::invalid_argument for what is none, errc::unavailable for what can't be read.
hot_set read_snapshot(const std::string& path);

// Where the one before stands.
std::string previous_snapshot(const std::string& path);
// The name of a cache's file in a folder of snapshots: any name makes one.
std::string snapshot_file_name(const std::string& cache);

}  // namespace stoker
