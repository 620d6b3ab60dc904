#include "apps/stoker/timeline.hpp"

#include <algorithm>

namespace stoker::cli {

namespace {

// 2000-01-01 in seconds since 1970: times before it are counted from elsewhere.
constexpr double first_absolute_time = 946'684'800;

bool is_absolute(const trace& recorded) {
  return recorded.times.front() >= first_absolute_time;
}

void make_times(trace& recorded, double accesses_per_second) {
  for (std::size_t i = 0; i < recorded.accesses.size(); ++i)
    recorded.times.push_back(static_cast<double>(i) / accesses_per_second);
}

// Web servers log a request when it ends: a few lines stand a little too late.
void never_backwards(std::vector<double>& times) {
  for (std::size_t i = 1; i < times.size(); ++i) times[i] = std::max(times[i], times[i - 1]);
}

void shift_to_end_at(std::vector<double>& times, double end) {
  const double by = end - times.back();
  for (auto& time : times) time += by;
}

}  // namespace

void place_in_time(std::vector<trace>& traces, time_point now, double accesses_per_second) {
  const double pause = 1 / accesses_per_second;
  double end = std::chrono::duration<double>(now.time_since_epoch()).count();
  for (auto at = traces.rbegin(); at != traces.rend(); ++at) {
    if (at->times.empty()) make_times(*at, accesses_per_second);
    const bool absolute = is_absolute(*at);
    never_backwards(at->times);
    if (absolute) continue;
    shift_to_end_at(at->times, end);
    end = at->times.front() - pause;
  }
  std::stable_sort(traces.begin(), traces.end(),
                   [](const trace& a, const trace& b) { return a.times.front() < b.times.front(); });
}

}  // namespace stoker::cli
