#include "actors/scheduling/weekly_habits.hpp"

#include <algorithm>
#include <limits>

#include "actors/scheduling/calendar.hpp"

namespace stoker {

namespace {

constexpr std::int64_t ring = weekly_habits::slots_a_week * weekly_habits::remembered_weeks;
constexpr std::int64_t slots_a_day = 24 * 4;
constexpr std::int64_t slot_s = 15 * 60;
constexpr std::int64_t hour_slots = 4;
constexpr double growth = 2;               // that makes a rise
constexpr double share_of_busiest = 0.25;  // that a rise reaches
constexpr std::uint32_t least_accesses = 8;
constexpr int least_weeks = 2;

std::size_t place(std::int64_t slot) {
  return static_cast<std::size_t>(slot % ring);
}

const absl::CivilSecond epoch{1970, 1, 1};

}  // namespace

weekly_habits::weekly_habits(absl::TimeZone zone) : zone_(zone), slots_(static_cast<std::size_t>(ring)) {}

std::int64_t weekly_habits::slot_of(time_point at) const {
  return (local_time(at, zone_) - epoch) / slot_s;
}

time_point weekly_habits::begin_of(std::int64_t slot) const {
  return instant_of(epoch + slot * slot_s, zone_);
}

void weekly_habits::advance_to(std::int64_t slot) {
  if (latest_ == 0 || slot - latest_ >= ring)
    std::fill(slots_.begin(), slots_.end(), 0U);
  else
    for (auto next = latest_ + 1; next <= slot; ++next) slots_[place(next)] = 0;
  latest_ = slot;
}

void weekly_habits::count(std::uint64_t accesses, time_point now) {
  const auto slot = slot_of(now);
  if (slot <= 0) return;  // a clock that was never set
  if (slot > latest_) advance_to(slot);
  if (latest_ - slot >= ring) return;  // the clock was set back by weeks
  auto& counted = slots_[place(slot)];
  const auto room = std::numeric_limits<std::uint32_t>::max() - std::max(counted, 1U);
  counted = std::max(counted, 1U) + static_cast<std::uint32_t>(std::min<std::uint64_t>(accesses, room));
}

std::optional<std::uint32_t> weekly_habits::accesses_in(std::int64_t slot) const {
  if (slot <= 0 || slot > latest_ || latest_ - slot >= ring) return std::nullopt;
  const auto counted = slots_[place(slot)];
  if (counted == 0) return std::nullopt;
  return counted - 1;
}

std::uint32_t weekly_habits::busiest() const {
  const auto most = *std::max_element(slots_.begin(), slots_.end());
  return most == 0 ? 0 : most - 1;
}

std::optional<bool> weekly_habits::rose_at(std::int64_t slot, std::uint32_t busiest_slot) const {
  const auto here = accesses_in(slot);
  const auto before = accesses_in(slot - 1);
  if (!here || !before) return std::nullopt;
  double sum = 0;
  int watched = 0;
  for (auto earlier = slot - hour_slots; earlier < slot; ++earlier)
    if (const auto known = accesses_in(earlier)) {
      sum += *known;
      ++watched;
    }
  const auto base = std::max<double>(sum / watched, *before);
  return *here >= least_accesses && *here >= growth * base && *here >= share_of_busiest * busiest_slot;
}

bool weekly_habits::expected_at(std::int64_t slot, std::uint32_t busiest_slot) const {
  int known = 0;
  int rises = 0;
  for (std::int64_t week = 1; week <= remembered_weeks; ++week)
    if (const auto rose = rose_at(slot - week * slots_a_week, busiest_slot)) {
      ++known;
      rises += *rose ? 1 : 0;
    }
  return known >= least_weeks && 3 * rises >= 2 * known;
}

std::optional<time_point> weekly_habits::next_rise(time_point from) const {
  const auto first = slot_of(from);
  const auto busiest_slot = busiest();
  for (auto slot = first; slot <= first + slots_a_day; ++slot)
    if (const auto begins = begin_of(slot); begins >= from && expected_at(slot, busiest_slot)) return begins;
  return std::nullopt;
}

void weekly_habits::restore(std::int64_t latest, const std::vector<std::uint32_t>& slots) {
  if (slots.size() != slots_.size() || latest <= 0) return;
  latest_ = latest;
  slots_ = slots;
}

}  // namespace stoker
