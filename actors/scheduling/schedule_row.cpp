#include "actors/scheduling/schedule_row.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "actors/scheduling/schedule_check.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr auto longest_step_back = std::chrono::hours{25};  // beyond, the clock had been wrong before
constexpr auto default_interval = std::chrono::hours{1};    // of an adaptive schedule, before it is fitted
// Events come in bursts: a tag a page, a page a second.
constexpr duration shortest_event_gap = std::chrono::minutes{1};
constexpr duration usual_follow_up =
    std::chrono::minutes{30};  // what was warmed has been used by then, or not

duration jitter_of(const schedule_entry& entry, const std::string& node) {
  if (entry.jitter <= duration::zero()) return {};
  const auto hash = hash_key(node + '\n' + entry.what.cache + '\n' + entry.id);
  return duration{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(entry.jitter.count()))};
}

duration first_interval(const schedule_entry& entry) {
  const bool unknown = entry.kind == schedule_kind::adaptive && entry.interval == duration::zero();
  return unknown ? duration{default_interval} : entry.interval;
}

absl::TimeZone zone_of(const schedule_entry& entry, const std::shared_ptr<const calendar>& days) {
  return entry.time_zone.empty() && days ? days->zone() : find_zone(entry.time_zone);
}

}  // namespace

schedule_row::schedule_row(schedule_entry entry, const calendar_book& calendars, const std::string& node)
    : entry_(std::move(entry)), days_(calendars.find(entry_.calendar)), jitter_(jitter_of(entry_, node)) {
  check(entry_, days_ != nullptr);
  const auto zone = zone_of(entry_, days_);
  times_ = {entry_.times_s, entry_.anchor, zone, days_};
  if (entry_.kind == schedule_kind::peaks) peaks_.emplace(zone);
  state.id = entry_.id;
  state.cache = entry_.what.cache;
  state.interval = state.given_interval = first_interval(entry_);
  state.kind = entry_.kind;
  state.task = entry_.task;
}

warm_request schedule_row::request(time_point now) const {
  auto request = entry_.what;
  request.cache = state.cache;
  request.now = now;
  request.reason = "schedule " + entry_.id;
  return request;
}

std::string schedule_row::lane() const {
  if (!entry_.together.empty()) return "together";
  if (entry_.task == schedule_task::warm) return "cache " + state.cache;
  if (entry_.task == schedule_task::snapshot) return "snapshot";
  return entry_.task == schedule_task::save ? "save" : "clean up";
}

bool schedule_row::is_periodic() const noexcept {
  return entry_.kind == schedule_kind::interval || entry_.kind == schedule_kind::adaptive;
}

duration schedule_row::offset() const {
  return first_ ? duration{} : jitter_;
}

time_point schedule_row::next() const {
  if (by_hand_) return time_point::min();
  return planned_ == time_point::max() ? planned_ : planned_ + offset();
}

void schedule_row::remember(const schedule_state& earlier) {
  const bool fitted = earlier.given_interval == state.given_interval && earlier.interval >= shortest_interval;
  if (is_periodic() && fitted) state.interval = earlier.interval;
  state.last_run = earlier.last_run;
  state.last_due = earlier.last_due;
  state.succeeded = earlier.succeeded;
  state.result = earlier.result;
  state.runs = earlier.runs;
  state.failures = earlier.failures;
  state.last_error = earlier.last_error;
  state.took = earlier.took;
  state.deferrals = earlier.deferrals;
  state.in_progress = earlier.in_progress;
}

void schedule_row::begin(time_point now) {
  first_ = false;
  if (is_periodic()) plan_first_of_interval(now);
  if (entry_.kind == schedule_kind::times) plan_first_of_times(now);
  keep_to_session(now);
  explain();
  look(now);
}

void schedule_row::plan_first_of_interval(time_point now) {
  if (state.runs == 0) {
    planned_ = now;
    first_ = true;
  } else {
    // Not before now, for missed runs are one, and not later than an interval, for clocks are set.
    planned_ = std::clamp(state.last_due + state.interval, now - jitter_, now + state.interval);
  }
}

void schedule_row::plan_first_of_times(time_point now) {
  const bool known = state.runs > 0 && state.last_due <= now + longest_step_back;
  planned_ = next_time(times_, known ? state.last_due : now);
}

void schedule_row::suspend() {
  planned_ = time_point::max();
  deferred_since_ = time_point::max();
  state.next_run = {};
  state.why = "background warming is stopped";
}

void schedule_row::look(time_point now) {
  if (peaks_ && !state.in_progress) {
    const auto before = planned_;
    planned_ = peaks_->plan(now, state.took);
    if (planned_ != before || state.why.empty()) explain();
  }
  if (!by_hand_ && next() <= now && entry_.in_session && !days_->is_open(now)) {
    keep_to_session(now);
    explain();
  }
}

void schedule_row::keep_to_session(time_point now) {
  if (!entry_.in_session || planned_ == time_point::max()) return;
  planned_ = days_->next_open(std::max(planned_, now));
}

void schedule_row::ask_by_hand() {
  by_hand_ = true;
  state.why = "asked for by hand";
}

void schedule_row::raise(time_point now, const std::string& cause) {
  if (planned_ != time_point::max()) return;  // a run for it is planned already
  const auto gap = std::max(entry_.interval, shortest_event_gap);
  // A last run in the future is one by a clock that was set back since.
  const bool ran_lately = state.runs > 0 && state.last_run <= now;
  planned_ = ran_lately ? std::max(now, state.last_run + gap) : now;
  keep_to_session(now);
  state.next_run = next();
  state.why = cause;
}

bool schedule_row::defer(time_point now, duration longest, const std::string& why) {
  if (peaks_) longest = std::min(longest, peaks_->lead() / 2);
  if (deferred_since_ == time_point::max() || deferred_since_ > now) {
    deferred_since_ = now;
    ++state.deferrals;
  }
  state.why = why;
  return now - deferred_since_ < longest;
}

void schedule_row::began(time_point now) {
  state.in_progress = true;
  state.last_run = now;
  ++state.runs;
  if (peaks_ && next() <= now && !by_hand_) peaks_->began();
  // One by hand comes beside those that are planned.
  if (next() <= now && !by_hand_) plan_after(now);
  by_hand_ = false;
  deferred_since_ = follow_up_at_ = time_point::max();
  explain();
}

void schedule_row::plan_after(time_point now) {
  state.last_due = planned_;
  if (is_periodic()) {
    const auto missed = (now - planned_ - offset()) / state.interval;
    state.last_due = planned_ + missed * state.interval;
    planned_ = state.last_due + state.interval;
  } else if (entry_.kind == schedule_kind::times) {
    state.last_due = std::max(planned_, now - jitter_);
    planned_ = next_time(times_, state.last_due);
  } else {
    planned_ = time_point::max();
  }
  first_ = false;
  keep_to_session(now);
}

void schedule_row::finished(time_point now, bool succeeded, std::string result) {
  state.in_progress = false;
  state.succeeded = succeeded;
  state.took = std::max(duration::zero(), now - state.last_run);
  state.result = std::move(result);
  if (!succeeded) {
    ++state.failures;
    state.last_error = state.result;
  }
  if (entry_.task != schedule_task::warm || state.run == 0) return;
  auto patience = usual_follow_up;
  if (is_periodic()) patience = std::min(patience, state.interval / 2);
  follow_up_at_ = now + patience;
  if (!peaks_) return;
  peaks_->finished(now);
  if (const auto rise = peaks_->unsettled()) follow_up_at_ = std::max(*rise, now) + usual_follow_up;
}

bool schedule_row::take_follow_up(time_point now) {
  if (follow_up_at_ > now || state.in_progress) return false;
  follow_up_at_ = time_point::max();
  return true;
}

void schedule_row::followed_up(const warm_report& report) {
  if (report.run != state.run) return;
  state.hit_ratio_before = report.hit_ratio_before;
  state.hit_ratio_after = report.hit_ratio_after;
  if (report.warmed == 0) return;
  state.used_share = static_cast<double>(report.used) / static_cast<double>(report.warmed);
  if (peaks_) peaks_->settle(state.used_share);
}

void schedule_row::fit(duration interval, time_point now) {
  if (interval == state.interval) return;
  state.interval = interval;
  if (planned_ == time_point::max() || first_) return;
  planned_ = std::max(now - jitter_, state.last_due + interval);
  keep_to_session(now);
  explain();
}

void schedule_row::stepped_back(duration step, time_point now) {
  if (deferred_since_ != time_point::max()) deferred_since_ -= step;
  if (follow_up_at_ != time_point::max()) follow_up_at_ -= step;
  if (entry_.kind == schedule_kind::times) {
    if (planned_ != time_point::max() && state.last_due > now + longest_step_back) begin(now);
    return;
  }
  if (planned_ != time_point::max()) planned_ -= step;
  state.last_due -= step;
  explain();
}

void schedule_row::explain() {
  const bool planned = planned_ != time_point::max();
  state.next_run = planned ? planned_ + offset() : time_point{};
  if (by_hand_) return;
  state.why = reason_of(entry_, state, planned);
  if (peaks_) state.why = reason_of_peak(*peaks_, planned);
}

}  // namespace stoker
