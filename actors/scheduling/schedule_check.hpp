// What a schedule must be to work, and how its next run is explained to people.
//
// Pure.
#pragma once

#include <string>

#include "actors/scheduling/peak_schedule.hpp"
#include "messages/scheduling.hpp"

namespace stoker {

// Throws stoker::error(invalid_argument), which names the schedule and what is wrong with it. `has_calendar`:
// the calendar that it names is there.
void check(const schedule_entry& entry, bool has_calendar);

// Why the next run is when it is: "every 30 min", "at 08:30 America/New_York on the days of nyse".
std::string reason_of(const schedule_entry& entry, const schedule_state& state, bool planned);
std::string reason_of_peak(const peak_schedule& peaks, bool planned);

}  // namespace stoker
