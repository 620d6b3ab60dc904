#include "actors/scheduling/timetable.hpp"

#include <algorithm>
#include <set>

#include "messages/error.hpp"

namespace stoker {

namespace {

void check_ids(const std::vector<schedule_entry>& entries) {
  if (entries.size() > most_schedules)
    throw error{errc::invalid_argument, "schedule: " + std::to_string(entries.size()) + " entries, at most " +
                                            std::to_string(most_schedules) + " are possible"};
  std::set<std::string> seen;
  for (const auto& entry : entries)
    if (!seen.insert(entry.id).second)
      throw error{errc::invalid_argument,
                  "schedule: the id \"" + entry.id + "\" stands twice; ids must differ"};
}

bool any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  return wanted.empty() || std::any_of(there.begin(), there.end(), [&](const std::string& tag) {
           return std::find(wanted.begin(), wanted.end(), tag) != wanted.end();
         });
}

bool waits_for(const schedule_entry& entry, const std::string& cache, const cache_event& event) {
  return entry.kind == schedule_kind::event && entry.event == event.event &&
         (event.cache.empty() || cache.empty() || event.cache == cache) && any_of(entry.tags, event.tags);
}

std::string cause_of(const cache_event& event) {
  std::string text = to_string(event.event);
  for (const auto& tag : event.tags) text += (&tag == &event.tags.front() ? ": " : ", ") + tag;
  return text;
}

bool is_fitted(const schedule_entry& entry) {
  return entry.task == schedule_task::warm &&
         (entry.kind == schedule_kind::interval || entry.kind == schedule_kind::adaptive);
}

}  // namespace

schedule_row timetable::made(const schedule_entry& entry, const calendar_book& calendars,
                             time_point now) const {
  schedule_row row{entry, calendars, node_};
  const auto known = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const schedule_row& old) { return old.state.id == entry.id; });
  const auto remembered = remembered_.find(entry.id);
  if (known != rows_.end()) row.remember(known->state);
  if (remembered != remembered_.end()) row.remember(remembered->second);
  const auto habit = remembered_habits_.find(entry.id);
  if (row.peaks() && known != rows_.end() && known->peaks()) row.peaks() = known->peaks();
  if (row.peaks() && habit != remembered_habits_.end()) row.peaks()->restore(habit->second);
  row.begin(now);
  return row;
}

void timetable::start(const start_schedule& schedules, time_point now) {
  check_ids(schedules.entries);
  const calendar_book calendars{schedules.calendars};
  std::vector<schedule_row> rows;
  rows.reserve(schedules.entries.size());
  for (const auto& entry : schedules.entries) rows.push_back(made(entry, calendars, now));
  std::swap(rows, rows_);
  for (auto& old : rows) {
    old.suspend();
    if (remembered_.size() < most_schedules) remembered_[old.state.id] = old.state;
    if (old.peaks() && remembered_habits_.size() < most_schedules)
      remembered_habits_[old.state.id] = old.peaks()->keep(old.state.id);
  }
  for (const auto& row : rows_) {
    remembered_.erase(row.state.id);
    remembered_habits_.erase(row.state.id);
  }
  running_ = true;
  last_look_ = now;
}

void timetable::stop() {
  running_ = false;
  for (auto& row : rows_) row.suspend();
}

void timetable::look(time_point now) {
  if (now < last_look_)
    for (auto& row : rows_) row.stepped_back(last_look_ - now, now);
  last_look_ = now;
  if (!running_) return;
  for (auto& row : rows_) row.look(now);
}

void timetable::observe(const std::vector<cache_pulse>& pulses, time_point now) {
  for (const auto& pulse : pulses) rates_[pulse.cache].sample(pulse.accesses, now);
  for (const auto& cache : emptied_.look(pulses)) raise({cache, schedule_event::cache_emptied, {}}, now);
  for (auto& row : rows_) {
    if (row.entry().target != schedule_target::named && !row.state.in_progress)
      row.state.cache = choose_cache(row.entry().target, pulses);
    const auto own = std::find_if(pulses.begin(), pulses.end(),
                                  [&](const cache_pulse& pulse) { return pulse.cache == row.state.cache; });
    if (own != pulses.end() && row.peaks()) row.peaks()->observe(own->accesses, now);
    fit_adaptive(row, now);
  }
}

void timetable::raise(const cache_event& event, time_point now) {
  if (!running_) return;
  for (auto& row : rows_)
    if (waits_for(row.entry(), row.state.cache, event)) row.raise(now, cause_of(event));
}

std::vector<std::string> timetable::due(time_point now) {
  std::vector<schedule_row*> candidates;
  for (auto& row : rows_)
    if (row.due(now) && !row.state.in_progress) candidates.push_back(&row);
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const schedule_row* one, const schedule_row* two) { return one->next() < two->next(); });
  std::map<std::string, std::string> taken = in_flight_;
  std::vector<std::string> result;
  for (auto* row : candidates) {
    const auto [other, free] = taken.emplace(row->lane(), row->state.id);
    if (free)
      result.push_back(row->state.id);
    else
      row->wait("due, and waits for the run of " + other->second);
  }
  return result;
}

time_point timetable::next_due() const {
  auto next = time_point::max();
  for (const auto& row : rows_) {
    if (!row.state.in_progress && !in_flight_.contains(row.lane())) next = std::min(next, row.next());
    next = std::min(next, row.follow_up_at());
  }
  return next;
}

schedule_row* timetable::find(const std::string& id) {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const schedule_row& row) { return row.state.id == id; });
  return found == rows_.end() ? nullptr : &*found;
}

std::vector<std::string> timetable::ids() const {
  std::vector<std::string> result;
  for (const auto& row : rows_) result.push_back(row.state.id);
  return result;
}

bool timetable::ask_by_hand(const std::string& id) {
  auto* row = find(id);
  if (row != nullptr) row->ask_by_hand();
  return row != nullptr;
}

void timetable::began(const std::string& id, time_point now) {
  auto* row = find(id);
  if (row == nullptr) return;
  in_flight_[row->lane()] = id;
  row->began(now);
  if (!running_) row->suspend();
  ++cycles_;
}

void timetable::finished(const std::string& id, run_result result, time_point now) {
  std::erase_if(in_flight_, [&](const auto& flight) { return flight.second == id; });
  if (auto* row = find(id)) {
    row->state.run = result.run;
    row->finished(now, result.succeeded, std::move(result.text));
  } else if (const auto gone = remembered_.find(id); gone != remembered_.end()) {
    gone->second.in_progress = false;
    gone->second.succeeded = result.succeeded;
    gone->second.result = std::move(result.text);
  }
}

std::vector<std::string> timetable::take_follow_ups(time_point now) {
  std::vector<std::string> result;
  for (auto& row : rows_)
    if (row.take_follow_up(now)) result.push_back(row.state.id);
  return result;
}

double timetable::rate_of(const schedule_row& row) const {
  if (!row.entry().frequency_key.empty()) return row.state.accesses_per_minute;
  const auto found = rates_.find(row.state.cache);
  return found == rates_.end() ? -1 : found->second.per_minute();
}

void timetable::fit_adaptive(schedule_row& row, time_point now) {
  if (row.entry().kind != schedule_kind::adaptive) return;
  const auto rate = rate_of(row);
  if (rate < 0) return;
  row.state.accesses_per_minute = rate;
  row.fit(fitted_interval(rate), now);
}

void timetable::measured(const std::string& id, double accesses_per_minute, time_point now) {
  auto* row = find(id);
  if (row == nullptr) return;
  row->state.accesses_per_minute = accesses_per_minute;
  fit_adaptive(*row, now);
}

schedule_changes timetable::optimize(bool apply, time_point now) {
  schedule_changes result;
  for (auto& row : rows_) {
    if (!is_fitted(row.entry())) continue;
    const auto rate = rate_of(row);
    const auto fitted = rate < 0 ? row.state.interval : fitted_interval(rate);
    schedule_change line{
        row.state.id, row.state.cache, row.entry().frequency_key, rate, row.state.interval, fitted, false};
    if (apply && rate >= 0) {
      row.state.accesses_per_minute = rate;
      line.applied = fitted != row.state.interval;
      row.fit(fitted, now);
    }
    result.changes.push_back(std::move(line));
  }
  return result;
}

scheduler_status timetable::status() const {
  scheduler_status result;
  result.running = running_;
  result.cycles = cycles_;
  for (const auto& row : rows_) result.schedules.push_back(row.state);
  for (const auto& [id, state] : remembered_) result.schedules.push_back(state);
  return result;
}

kept_timetable timetable::keep() const {
  kept_timetable kept{status(), {}};
  for (const auto& row : rows_)
    if (row.peaks()) kept.habits.push_back(row.peaks()->keep(row.state.id));
  for (const auto& [id, habit] : remembered_habits_) kept.habits.push_back(habit);
  return kept;
}

void timetable::restore(const kept_timetable& earlier, time_point now) {
  cycles_ += earlier.table.cycles;
  for (auto state : earlier.table.schedules) {
    state.in_progress = false;
    state.next_run = {};
    auto* row = find(state.id);
    if (row == nullptr && remembered_.size() < most_schedules) remembered_[state.id] = state;
    if (row == nullptr || row->state.runs > 0) continue;
    row->remember(state);
    if (running_) row->begin(now);
  }
  for (const auto& habit : earlier.habits) {
    auto* row = find(habit.id);
    if (row != nullptr && row->peaks()) row->peaks()->restore(habit);
    if (row == nullptr && remembered_habits_.size() < most_schedules) remembered_habits_[habit.id] = habit;
  }
}

}  // namespace stoker
