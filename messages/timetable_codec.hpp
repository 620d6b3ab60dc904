// The timetable on disk.
//
// Format, msgpack: an array [version, cycles, lines]; version is 1. A line is an array
// [id, cache, interval ns, last run ns since the epoch, succeeded, result, runs].
// A later version may append elements: a reader takes those it knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/scheduling.hpp"

namespace stoker {

std::string encode_timetable(const scheduler_status& table);

// Empty when the bytes are not a timetable of a version known here.
std::optional<scheduler_status> decode_timetable(std::string_view bytes);

}  // namespace stoker
