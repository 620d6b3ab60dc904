#include "actors/tracking/key_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace stoker {

namespace {

constexpr double ns_per_second = 1e9;
constexpr std::uint64_t largest_count = (1ull << 40) - 1;
constexpr std::uint32_t cost_weight = 4;

// 1 / n: a division would be a tenth of an update.
constexpr auto interval_weights = [] {
  std::array<double, interval_memory + 1> weights{};
  for (std::uint32_t n = 1; n <= interval_memory; ++n) weights[n] = 1.0 / n;
  return weights;
}();

// `seen`: at this very time; an estimate says nothing of intervals.
void arrive(key_record& record, std::int64_t now_ns, const rate_decay& decay, bool seen) {
  if (record.count > 0) {
    const std::int64_t elapsed = now_ns - record.last_access_ns;
    if (seen) add_interval(record, static_cast<double>(elapsed) / ns_per_second);
    record.rate_per_hour *= decay.factor(elapsed);
  }
  record.last_access_ns = now_ns;
}

}  // namespace

rate_decay::rate_decay(duration half_life)
    : half_life_ns(static_cast<double>(half_life.count())),
      rate_per_access(std::log(2.0) * static_cast<double>(hour_ns) / half_life_ns) {}

double rate_decay::factor(std::int64_t elapsed_ns) const noexcept {
  return elapsed_ns <= 0 ? 1.0
                         : std::exp2(-static_cast<float>(static_cast<double>(elapsed_ns) / half_life_ns));
}

double rate_decay::heat(const key_record& record) const noexcept {
  if (record.rate_per_hour <= 0) return -std::numeric_limits<double>::infinity();
  return std::log2(record.rate_per_hour) + static_cast<double>(record.last_access_ns) / half_life_ns;
}

double rate_decay::rate_at(const key_record& record, std::int64_t now_ns) const noexcept {
  // Rates are compared long after the last access: a float would call all of them 0 after a month.
  const auto elapsed = static_cast<double>(std::max<std::int64_t>(0, now_ns - record.last_access_ns));
  return record.rate_per_hour * std::exp2(-elapsed / half_life_ns);
}

void count_access(key_record& record, const access_record& access, std::int64_t now_ns,
                  const rate_decay& decay) {
  if (now_ns > record.last_access_ns)
    arrive(record, now_ns, decay, access.outcome != access_outcome::sampled);
  if (record.count < largest_count) ++record.count;
  ++record.hour_count;
  record.rate_per_hour += decay.rate_per_access;
  if (access.bytes != 0) record.bytes = access.bytes;
  if (access.outcome == access_outcome::miss || access.outcome == access_outcome::late) ++record.misses;
  if (access.cost_us != 0) add_cost(record, access.cost_us);
}

void add_interval(key_record& record, double seconds) noexcept {
  const std::uint32_t seen = record.intervals + 1u;
  const double weight = interval_weights[std::min(seen, interval_memory)];
  const double off = seconds - record.mean_interval_s;
  record.mean_interval_s = static_cast<float>(record.mean_interval_s + weight * off);
  record.interval_variance_s2 =
      static_cast<float>((1 - weight) * (record.interval_variance_s2 + weight * off * off));
  record.intervals = std::min(seen, interval_memory - 1) & 0xF;
}

void add_cost(key_record& record, std::uint32_t cost_us) noexcept {
  if (record.cost_us == 0) {
    record.cost_us = cost_us;
  } else {
    const std::uint64_t sum = std::uint64_t{record.cost_us} * (cost_weight - 1) + cost_us + cost_weight / 2;
    record.cost_us = static_cast<std::uint32_t>(sum / cost_weight);
  }
}

}  // namespace stoker
