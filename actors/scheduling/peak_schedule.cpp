#include "actors/scheduling/peak_schedule.hpp"

namespace stoker {

namespace {

// What rises in steps is one rise.
constexpr auto one_rise = std::chrono::hours{1};

}  // namespace

void peak_schedule::observe(std::uint64_t accesses_ever, time_point now) {
  const bool grew = accesses_ && accesses_ever >= *accesses_;
  habits_.count(grew ? accesses_ever - *accesses_ : 0, now);
  accesses_ = accesses_ever;
}

time_point peak_schedule::plan(time_point now, duration run_time) {
  if (rise_ && *rise_ <= now && *rise_ != passed_) {
    passed_ = *rise_;
    leads_.passed();
  }
  const auto handled_until = handled_ == time_point{} ? now : handled_ + one_rise;
  // A clock that was set back must not hide the rises of hours to come.
  const auto from = handled_until - now > one_rise * 24 ? now : std::max(now, handled_until);
  rise_ = habits_.next_rise(from);
  const auto lead = rise_ ? leads_.choose(run_time) : std::nullopt;
  if (!lead) return time_point::max();
  lead_ = *lead;
  return *rise_ - lead_;
}

void peak_schedule::began() {
  if (!rise_) return;
  handled_ = *rise_;
  attempt_ = attempt{*rise_, lead_, false};
}

void peak_schedule::finished(time_point now) {
  if (attempt_) attempt_->in_time = now <= attempt_->rise;
}

void peak_schedule::settle(double benefit) {
  if (attempt_) leads_.settle(attempt_->lead, benefit, attempt_->in_time);
  attempt_.reset();
}

std::optional<time_point> peak_schedule::unsettled() const {
  if (!attempt_) return std::nullopt;
  return attempt_->rise;
}

kept_habit peak_schedule::keep(const std::string& id) const {
  return {id, habits_.latest_slot(), habits_.slots(), leads_.leads()};
}

void peak_schedule::restore(const kept_habit& kept) {
  habits_.restore(kept.latest_slot, kept.accesses);
  leads_.restore(kept.leads);
}

}  // namespace stoker
