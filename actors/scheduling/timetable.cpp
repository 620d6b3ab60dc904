#include "actors/scheduling/timetable.hpp"

#include <algorithm>
#include <set>

#include "messages/error.hpp"

namespace stoker {

namespace {

void check(const std::vector<schedule_entry>& entries) {
  if (entries.size() > most_schedules)
    throw error{errc::invalid_argument, "schedule: " + std::to_string(entries.size()) + " entries, at most " +
                                            std::to_string(most_schedules) + " are possible"};
  std::set<std::string> seen;
  for (const auto& entry : entries) {
    if (!seen.insert(entry.id).second)
      throw error{errc::invalid_argument,
                  "schedule: the id \"" + entry.id + "\" stands twice; ids must differ"};
    if (entry.interval < shortest_interval)
      throw error{errc::invalid_argument, "schedule \"" + entry.id + "\": the interval must be at least 1 s"};
  }
}

}  // namespace

void timetable::start(std::vector<schedule_entry> entries, time_point now) {
  check(entries);
  stop();
  running_ = true;
  for (auto& entry : entries) {
    row added{std::move(entry), {}};
    const auto known = std::find_if(remembered_.begin(), remembered_.end(),
                                    [&](const auto& state) { return state.id == added.entry.id; });
    if (known != remembered_.end()) {
      added.state = *known;
      remembered_.erase(known);
    }
    const auto by_last_run = added.state.last_run + added.entry.interval;
    added.state.id = added.entry.id;
    added.state.cache = added.entry.what.cache;
    added.state.interval = added.entry.interval;
    added.state.in_progress = false;
    added.state.next_run =
        added.state.runs == 0 ? now : std::clamp(by_last_run, now, now + added.entry.interval);
    rows_.push_back(std::move(added));
  }
}

void timetable::stop() {
  running_ = false;
  for (auto& line : rows_) {
    line.state.next_run = {};
    remembered_.push_back(line.state);
  }
  rows_.clear();
}

std::vector<std::string> timetable::due(time_point now) const {
  std::vector<std::string> result;
  for (const auto& line : rows_) {
    const bool stepped_back = line.state.next_run > now + line.entry.interval;
    if (!line.state.in_progress && (line.state.next_run <= now || stepped_back))
      result.push_back(line.entry.id);
  }
  return result;
}

time_point timetable::next_due() const {
  auto next = time_point::max();
  for (const auto& line : rows_)
    if (!line.state.in_progress) next = std::min(next, line.state.next_run);
  return next;
}

const schedule_entry* timetable::find(const std::string& id) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const auto& line) { return line.entry.id == id; });
  return found == rows_.end() ? nullptr : &found->entry;
}

std::vector<std::string> timetable::ids() const {
  std::vector<std::string> result;
  for (const auto& line : rows_) result.push_back(line.entry.id);
  return result;
}

timetable::row* timetable::lookup(const std::string& id) {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const auto& line) { return line.entry.id == id; });
  return found == rows_.end() ? nullptr : &*found;
}

bool timetable::in_progress(const std::string& id) const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [&](const auto& line) { return line.entry.id == id && line.state.in_progress; });
}

void timetable::began(const std::string& id, time_point now) {
  auto* line = lookup(id);
  if (line == nullptr) return;
  line->state.in_progress = true;
  line->state.last_run = now;
  line->state.next_run = now + line->entry.interval;
  ++line->state.runs;
  ++cycles_;
}

void timetable::finished(const std::string& id, bool succeeded, std::string result) {
  auto* line = lookup(id);
  if (line == nullptr) return;  // stopped or replaced meanwhile
  line->state.in_progress = false;
  line->state.succeeded = succeeded;
  line->state.result = std::move(result);
}

scheduler_status timetable::status() const {
  scheduler_status result{running_, cycles_, {}};
  for (const auto& line : rows_) result.schedules.push_back(line.state);
  result.schedules.insert(result.schedules.end(), remembered_.begin(), remembered_.end());
  return result;
}

void timetable::restore(const scheduler_status& earlier) {
  cycles_ += earlier.cycles;
  for (auto state : earlier.schedules) {
    state.in_progress = false;
    auto* line = lookup(state.id);
    if (line == nullptr) {
      state.next_run = {};
      remembered_.push_back(std::move(state));
    } else if (line->state.runs == 0) {
      line->state.runs = state.runs;
      line->state.last_run = state.last_run;
      line->state.succeeded = state.succeeded;
      line->state.result = state.result;
      line->state.next_run = std::max(line->state.next_run, state.last_run + line->entry.interval);
    }
  }
}

}  // namespace stoker
