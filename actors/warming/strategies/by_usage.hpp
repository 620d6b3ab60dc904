// Strategies that rank keys by their use.
//
//   popular      the keys used most, by decayed rate; P = 1 - exp(-rate x horizon)
//   recent       the keys used last; P = h / (idle + h)
//   trending     the keys whose use grew within the window against the window before; P as of popular, at the
//                rate that the key had within the window
//   time_of_day  the keys usually used in the hour that lies `ahead` hours ahead; P = 1 - exp(-n), where n of
//                the uses expected in that hour fall before the entry would expire. Hours are UTC:
//                where clocks are put forward or back, habits are an hour off until they are learned anew
//   due          the keys whose next access is predicted within the horizon; P by the mean interval and the
//                time since the last access
//   snapshot     the hot set as it was when the cache was last used: as popular, but nothing is forgotten
//                while the service was down
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_usage();

}  // namespace stoker
