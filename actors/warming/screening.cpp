#include "actors/warming/screening.hpp"

#include <algorithm>

#include "actors/warming/plan.hpp"
#include "messages/error.hpp"
#include "messages/glob.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr std::size_t most_rules = 1000;  // each key is matched against all of them

// A set that is never closed would stand for itself: more likely it was meant as a set.
bool well_formed(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (++i == pattern.size()) return false;
      continue;
    }
    if (pattern[i] != '[') continue;
    const auto end = pattern.find(']', i + 2);
    if (end == std::string_view::npos) return false;
    i = end;
  }
  return !pattern.empty();
}

}  // namespace

void validate(const key_rules& rules) {
  if (rules.include.size() + rules.exclude.size() > most_rules)
    throw error{errc::invalid_argument, "key rules: at most " + std::to_string(most_rules) + " are possible"};
  for (const auto* list : {&rules.include, &rules.exclude})
    for (const auto& pattern : *list)
      if (!well_formed(pattern))
        throw error{errc::invalid_argument,
                    "key rules: \"" + pattern + "\" is no glob; a set needs its ']', a '\\' what it escapes"};
}

void validate(const screening_settings& settings) {
  validate(settings.rules);
  if (!(settings.hold_out_share >= 0) || settings.hold_out_share > 0.5)
    throw error{errc::invalid_argument, "hold-out: the share must be 0 to 0.5"};
  if (!(settings.trickle_share >= 0) || settings.trickle_share > 0.5)
    throw error{errc::invalid_argument, "hold-out: the trickle's share must be 0 to 0.5"};
  if (settings.epoch <= duration::zero())
    throw error{errc::invalid_argument, "hold-out: the epoch must be positive"};
}

screening::screening(std::string cache, screening_settings settings)
    : cache_(std::move(cache)), settings_(std::move(settings)) {}

bool screening::excluded(std::string_view key) const noexcept {
  return settings_.live_rules ? excludes(*settings_.live_rules->get(), key) : excludes(settings_.rules, key);
}

bool screening::excludes(const key_rules& rules, std::string_view key) noexcept {
  if (!rules.include.empty() && !matches_any_glob(rules.include, key)) return true;
  return matches_any_glob(rules.exclude, key);
}

// Where a key stands in this epoch: uniform in [0, 1). Its own hash is mixed with those of cache and epoch by
// the finalizer of MurmurHash3, so that no text has to be put together for each key.
double screening::place(std::string_view key, time_point now) const noexcept {
  const auto epoch = static_cast<std::uint64_t>(now.time_since_epoch() / settings_.epoch);
  auto mixed = hash_key(key) ^ (hash_key(cache_) + 0x9e3779b97f4a7c15 * (epoch + 1));
  mixed = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccd;
  mixed = (mixed ^ (mixed >> 33)) * 0xc4ceb9fe1a85ec53;
  mixed ^= mixed >> 33;
  return static_cast<double>(mixed >> 11) * 0x1.0p-53;
}

bool screening::held_out(std::string_view key, time_point now) const noexcept {
  return holding_out_ && settings_.hold_out_share > 0 && place(key, now) < settings_.hold_out_share;
}

bool screening::in_trickle(std::string_view key, time_point now) const noexcept {
  const auto at = place(key, now) - settings_.hold_out_share;
  return at >= 0 && at < settings_.trickle_share;
}

bool screening::exempt(const candidate& item) const {
  const auto& names = settings_.exempt;
  const auto credited = credited_strategies(item);
  return std::any_of(credited.begin(), credited.end(), [&](const std::string& strategy) {
    return std::find(names.begin(), names.end(), strategy) != names.end();
  });
}

}  // namespace stoker
