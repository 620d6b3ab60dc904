// Puts recorded traces on the wall clock: what is learned from them must be as old as it is.
//
// A trace with times since 1970 (from the year 2000 on) stays where it is. One whose times count from its own
// start, or that has none, is laid so that such traces follow one another and the last ends now. Pure.
#pragma once

#include <vector>

#include "messages/time.hpp"
#include "storage/traces/trace.hpp"

namespace stoker::cli {

// Traces without times: how many accesses come in a second.
inline constexpr double default_accesses_per_second = 100;

// Gives every trace absolute times that never run backwards, and puts the traces in order of their starts.
// REQUIRES: no trace is empty; accesses_per_second > 0.
void place_in_time(std::vector<trace>& traces, time_point now, double accesses_per_second);

}  // namespace stoker::cli
