#include "actors/warming/breaker.hpp"

#include <algorithm>

#include "messages/error.hpp"

namespace stoker {

void validate(const breaker_settings& settings) {
  const auto fits =
      settings.window > 0 && settings.least_outcomes > 0 && settings.least_outcomes <= settings.window;
  if (!fits) throw error{errc::invalid_argument, "breaker: least_outcomes must be between 1 and the window"};
  if (!(settings.failure_share > 0) || settings.failure_share > 1)
    throw error{errc::invalid_argument, "breaker: failure_share must be above 0, and at most 1"};
  if (settings.trials == 0 || settings.first_pause <= duration::zero() ||
      settings.longest_pause < settings.first_pause)
    throw error{
        errc::invalid_argument,
        "breaker: trials and first_pause must be positive, longest_pause no shorter than first_pause"};
}

breaker::breaker(const breaker_settings& settings) : settings_(settings), outcomes_(settings.window, false) {}

bool breaker::admit(time_point now) {
  if (closed_) return true;
  if (now < open_until_ || trial_under_way_) return false;
  trial_under_way_ = true;
  return true;
}

void breaker::succeeded() {
  if (closed_) return remember(false);
  trial_under_way_ = false;
  if (++trials_succeeded_ >= settings_.trials) close();
}

void breaker::failed(time_point now) {
  if (!closed_) {
    // Loads that were admitted before it opened may fail after: only a trial's failure makes the pause
    // longer.
    if (trial_under_way_) open(now);
    return;
  }
  remember(true);
  const auto share = static_cast<double>(failures_) / static_cast<double>(known_);
  if (known_ >= settings_.least_outcomes && share >= settings_.failure_share) open(now);
}

void breaker::undecided() {
  trial_under_way_ = false;
}

void breaker::observe(std::uint64_t successes, std::uint64_t failures, time_point now) {
  // More than fills the ring says nothing more.
  for (auto left = std::min<std::uint64_t>(successes, settings_.window); left > 0 && closed_; --left)
    remember(false);
  for (auto left = std::min<std::uint64_t>(failures, settings_.window); left > 0 && closed_; --left)
    failed(now);
}

breaker_state breaker::state(time_point now) const {
  if (closed_) return breaker_state::closed;
  return now < open_until_ ? breaker_state::open : breaker_state::half_open;
}

time_point breaker::next(time_point now) const {
  return closed_ ? now : std::max(now, open_until_);
}

void breaker::remember(bool failure) {
  if (known_ == outcomes_.size())
    failures_ -= outcomes_[position_] ? 1 : 0;
  else
    ++known_;
  outcomes_[position_] = failure;
  failures_ += failure ? 1 : 0;
  position_ = (position_ + 1) % outcomes_.size();
}

void breaker::open(time_point now) {
  pause_ = pause_ == duration::zero() ? settings_.first_pause : std::min(2 * pause_, settings_.longest_pause);
  closed_ = false;
  open_until_ = now + pause_;
  trial_under_way_ = false;
  trials_succeeded_ = 0;
}

void breaker::close() {
  closed_ = true;
  pause_ = duration::zero();
  position_ = known_ = failures_ = 0;
  std::fill(outcomes_.begin(), outcomes_.end(), false);
}

}  // namespace stoker
