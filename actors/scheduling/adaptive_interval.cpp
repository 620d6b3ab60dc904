#include "actors/scheduling/adaptive_interval.hpp"

namespace stoker {

namespace {

constexpr auto sample_interval = std::chrono::minutes{1};
constexpr auto measured_window = std::chrono::minutes{60};

}  // namespace

duration fitted_interval(double accesses_per_minute) {
  if (accesses_per_minute > 1) return std::chrono::minutes{15};
  if (accesses_per_minute > 0.5) return std::chrono::minutes{30};
  if (accesses_per_minute > 0.1) return std::chrono::minutes{60};
  return std::chrono::minutes{120};
}

void rate_meter::sample(std::uint64_t accesses, time_point now) {
  if (!readings_.empty() && (accesses < readings_.back().accesses || now < readings_.back().at))
    readings_.clear();
  const auto size = readings_.size();
  if (size >= 2 && readings_[size - 1].at - readings_[size - 2].at < sample_interval)
    readings_.back() = {now, accesses};
  else
    readings_.push_back({now, accesses});
  while (readings_.size() > 2 && now - readings_[1].at >= measured_window) readings_.pop_front();
}

double rate_meter::per_minute() const {
  if (readings_.size() < 2) return -1;
  const auto span = readings_.back().at - readings_.front().at;
  if (span < sample_interval) return -1;
  const auto accesses = readings_.back().accesses - readings_.front().accesses;
  return static_cast<double>(accesses) / std::chrono::duration<double, std::ratio<60>>{span}.count();
}

}  // namespace stoker
