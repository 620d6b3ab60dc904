// The timetable on disk.
//
// Format, msgpack: an array [version, cycles, lines, habits]; version is 2. A line is an array
// [id, cache, interval ns, last run ns since the epoch, succeeded, result, runs, failures, last error, took
// ns, last due ns, given interval ns, deferrals]. A habit is an array [id, latest slot, accesses by slot,
// leads]; a lead is an array [lead ns, tries, benefit]. Version 1 had no habits, and lines of the first seven
// elements: it is still read. A later version may append elements: a reader takes those it knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/scheduling.hpp"

namespace stoker {

// How warming so long ahead of a peak paid off.
struct kept_lead {
  duration lead{};
  std::uint32_t tries = 0;
  double benefit = 0;  // smoothed share of what was warmed that was used, 0..1
};

// What a schedule that learns peaks has learned.
struct kept_habit {
  std::string id{};
  std::int64_t latest_slot = 0;           // that accesses were counted in, of local time
  std::vector<std::uint32_t> accesses{};  // by slot, in the order of the owner's ring
  std::vector<kept_lead> leads{};
};

struct kept_timetable {
  scheduler_status table{};
  std::vector<kept_habit> habits{};
};

std::string encode_timetable(const kept_timetable& kept);

// Empty when the bytes are not a timetable of a version known here.
std::optional<kept_timetable> decode_timetable(std::string_view bytes);

}  // namespace stoker
