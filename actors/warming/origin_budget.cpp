#include "actors/warming/origin_budget.hpp"

#include <algorithm>

namespace stoker {

namespace {

// The weight of a new load in the mean: about the last eight count.
constexpr double mean_weight = 8;

}  // namespace

origin_budget::origin_budget(const origin_limits& limits, time_point now)
    : limits_(limits), calls_(limits.calls, now), bytes_(limits.bytes, now) {}

void origin_budget::change(const origin_limits& limits, time_point now) {
  limits_ = limits;
  calls_.change(limits.calls, now);
  bytes_.change(limits.bytes, now);
}

double origin_budget::estimated(std::uint32_t bytes) const {
  return bytes != 0 ? static_cast<double>(bytes) : std::max(1.0, mean_bytes_);
}

std::optional<origin_budget::obstacle> origin_budget::pause(time_point now) const {
  if (paused_until_ <= now) return std::nullopt;
  return obstacle{"the origin asked to slow down", paused_until_};
}

std::optional<origin_budget::obstacle> origin_budget::in_the_way(std::uint32_t bytes,
                                                                 std::uint64_t demand_in_flight,
                                                                 time_point now) {
  if (auto asked = pause(now)) return asked;
  const auto call = calls_.next(now);
  const auto value = bytes_.next(now, estimated(bytes));
  if (call > now && call >= value) return obstacle{"the rate limit is reached", call};
  if (value > now) return obstacle{"the limit of bytes is reached", value};
  if (limits_.in_flight != 0 && in_flight_ + demand_in_flight >= limits_.in_flight)
    return obstacle{"as many calls are in flight as it allows", {}};
  return std::nullopt;
}

double origin_budget::begin(std::uint32_t bytes, time_point now) {
  const auto given = estimated(bytes);
  calls_.take(now);
  bytes_.take(now, given);
  ++in_flight_;
  return given;
}

void origin_budget::end(double given, std::optional<std::uint64_t> bytes, time_point now) {
  --in_flight_;
  if (!bytes) return;
  const auto had = static_cast<double>(*bytes);
  bytes_.settle(had - given, now);
  warming_bytes_ += *bytes;
  if (had > 0) mean_bytes_ = mean_bytes_ == 0 ? had : mean_bytes_ + (had - mean_bytes_) / mean_weight;
}

void origin_budget::demand(const origin_demand& noted, time_point now) {
  calls_.spend(static_cast<double>(noted.loads), now);
  bytes_.spend(static_cast<double>(noted.bytes), now);
  demand_bytes_ += noted.bytes;
}

void origin_budget::slow_down(duration asked, time_point now) {
  paused_until_ = std::max(paused_until_, now + asked);
}

void origin_budget::report(origin_status& into, time_point now) {
  into.limits = limits_;
  into.rate_per_s = limits_.calls.tokens / std::chrono::duration<double>{limits_.calls.interval}.count();
  into.tokens = calls_.level(now);
  into.byte_tokens = bytes_.level(now);
  into.in_flight = in_flight_;
  into.demand_bytes = demand_bytes_;
  into.warming_bytes = warming_bytes_;
  into.paused_until = paused_until_;
}

}  // namespace stoker
