#include "actors/scheduling/scheduler_actor.hpp"

#include <caf/all.hpp>

#include <algorithm>

#include "messages/mailbox.hpp"

namespace stoker {

namespace {

constexpr auto document_name = "timetable";
// Keys change their habits slowly, and each of them is a question to a tracker.
constexpr auto measurement_interval = std::chrono::minutes{5};
// What a crash may lose of weekly habits; other than the outcome of a run, they are learned all the time.
constexpr auto habit_save_interval = std::chrono::minutes{15};

// Whether something that recurs is due; a time of it too far ahead is one by a clock that was set back.
bool is_time(time_point& next, time_point now, duration interval) {
  if (now < next && next - now <= interval) return false;
  next = now + interval;
  return true;
}

bool is_high(pressure_level level) {
  return level == pressure_level::high || level == pressure_level::critical;
}

}  // namespace

void validate(const scheduler_config& config) {
  if (!config.peers || !config.now || !config.standing)
    throw error{errc::invalid_argument, "scheduler: directory and clock must be given"};
  if (config.run_timeout <= duration::zero() || config.history_timeout <= duration::zero() ||
      config.longest_wait <= duration::zero() || config.watch_interval <= duration::zero())
    throw error{errc::invalid_argument, "scheduler: time-outs must be positive"};
}

void scheduler_state::start(scheduler_actor::pointer self, scheduler_config config) {
  self_ = self;
  config_ = std::move(config);
  table_ = timetable{config_.node};
  restore();
}

void scheduler_state::restore() {
  auto historian = config_.peers->historian();
  if (!historian) return restored();
  self_->request(historian, config_.history_timeout, document_request{document_kind::schedule, document_name})
      .then(
          [this](const document& kept) {
            if (auto earlier = decode_timetable(kept.bytes)) table_.restore(*earlier, config_.now());
            restored();
          },
          // Without its past the scheduler starts afresh: entries run at once instead of at their old times.
          [this](const caf::error&) { restored(); });
}

void scheduler_state::restored() {
  restored_ = true;
  resume_standing();
  tell_start();
  look(generation_);
}

void scheduler_state::resume_standing() {
  if (table_.running()) return;  // it was started while the past was read
  std::optional<stoker::start_schedule> standing;
  {
    std::lock_guard guard{config_.standing->mutex};
    standing = config_.standing->started;
  }
  if (standing) table_.start(*standing, config_.now());  // it did before, so that it can't be wrong
}

// The engine's start is told once, when the first schedules are there and their past is known.
void scheduler_state::tell_start() {
  if (!restored_ || !table_.running()) return;
  {
    std::lock_guard guard{config_.standing->mutex};
    if (std::exchange(config_.standing->start_was_told, true)) return;
  }
  table_.raise({{}, schedule_event::engine_started, {}}, config_.now());
}

caf::result<scheduler_status> scheduler_state::start_schedule(stoker::start_schedule schedules) {
  try {
    table_.start(schedules, config_.now());
  } catch (const error& mistake) {
    return make_error(mistake.code(), mistake.what());
  }
  {
    std::lock_guard guard{config_.standing->mutex};
    config_.standing->started = std::move(schedules);
  }
  tell_start();
  look(generation_);
  return status();
}

caf::result<scheduler_status> scheduler_state::stop_schedule(duration patience) {
  table_.stop();
  {
    std::lock_guard guard{config_.standing->mutex};
    config_.standing->started.reset();
  }
  save();
  if (patience <= duration::zero() || !table_.any_in_progress()) return status();
  stops_.push_back({self_->make_response_promise<scheduler_status>(), config_.now() + patience});
  self_->delayed_send(self_, patience, tick{});
  return stops_.back().promise;
}

void scheduler_state::answer_stops() {
  const auto now = config_.now();
  std::erase_if(stops_, [&](waiting_stop& stop) {
    if (table_.any_in_progress() && now < stop.deadline) return false;
    stop.promise.deliver(status());
    return true;
  });
}

caf::result<scheduler_status> scheduler_state::run_by_hand(const std::string& id) {
  if (!id.empty() && !table_.ask_by_hand(id))
    return make_error(errc::invalid_argument, "there is no schedule \"" + id + "\"; the status lists them");
  if (id.empty())
    for (const auto& each : table_.ids()) table_.ask_by_hand(each);
  look(generation_);
  return status();
}

caf::result<schedule_changes> scheduler_state::optimize(bool apply) {
  auto promise = self_->make_response_promise<schedule_changes>();
  measure_keys([this, promise, apply]() mutable {
    promise.deliver(table_.optimize(apply, config_.now()));
    if (apply) save();
    look(generation_);
  });
  return promise;
}

void scheduler_state::happened(const cache_event& event) {
  table_.raise(event, config_.now());
  look(generation_);
}

void scheduler_state::pressure(pressure_level level) {
  const bool eased = is_high(level_) && !is_high(level);
  const bool waited = level_ == pressure_level::critical && level != pressure_level::critical;
  level_ = level;
  if (eased) table_.raise({{}, schedule_event::pressure_eased, {}}, config_.now());
  if (eased || waited) look(generation_);
}

void scheduler_state::look(std::uint64_t generation) {
  answer_stops();
  if (generation != generation_ || !restored_ || running_due_) return;
  const auto now = config_.now();
  table_.look(now);
  observe(now);
  run_due(now);
  for (const auto& id : table_.take_follow_ups(now)) follow_up(id);
  wait_for_next();
}

void scheduler_state::observe(time_point now) {
  if (config_.read_load) load_ = relative_load(config_.read_load(), config_.load);
  if (config_.pulses) table_.observe(config_.pulses(), now);
  watch_expiry(now);
  if (is_time(next_measurement_, now, measurement_interval)) measure_keys([] {});
  const bool learns = std::any_of(table_.rows().begin(), table_.rows().end(),
                                  [](const schedule_row& row) { return row.peaks().has_value(); });
  if (learns && is_time(next_habit_save_, now, habit_save_interval)) save();
}

// Each for itself: how soon is soon, the schedules say.
void scheduler_state::watch_expiry(time_point now) {
  if (!config_.expires_soon || !table_.running()) return;
  for (auto& row : table_.rows()) {
    const auto& entry = row.entry();
    if (entry.kind != schedule_kind::event || entry.event != schedule_event::ttl_nearly_out) continue;
    if (row.next() != time_point::max() || row.state.in_progress) continue;
    if (config_.expires_soon(row.state.cache, entry.within))
      row.raise(now, to_string(schedule_event::ttl_nearly_out));
  }
}

void scheduler_state::run_due(time_point now) {
  running_due_ = true;
  for (const auto& id : table_.due(now))
    if (!must_wait(*table_.find(id), now)) run(id);
  running_due_ = false;
}

bool scheduler_state::must_wait(schedule_row& row, time_point now) {
  if (row.by_hand()) return false;
  // While memory is critical nothing would be granted; what is due stays due until the pressure eases.
  if (level_ == pressure_level::critical) {
    row.wait("due, and waits for memory, which is critical");
    return true;
  }
  if (load_ < 1 || !row.entry().considerate) return false;
  return row.defer(now, config_.load.longest_deferral, "due, and waits for the machine to be less loaded");
}

scheduler_status scheduler_state::status() const {
  auto status = table_.status();
  status.machine_load = load_;
  return status;
}

bool scheduler_state::is_watching() const {
  return std::any_of(table_.rows().begin(), table_.rows().end(), [](const schedule_row& row) {
    return row.entry().kind == schedule_kind::event && (row.entry().event == schedule_event::cache_emptied ||
                                                        row.entry().event == schedule_event::ttl_nearly_out);
  });
}

void scheduler_state::wait_for_next() {
  if (!table_.running() && table_.next_due() == time_point::max()) return;
  const auto next = table_.next_due();
  const auto now = config_.now();
  const auto longest = load_ >= 1 || is_watching() ? std::min(config_.watch_interval, config_.longest_wait)
                                                   : config_.longest_wait;
  const auto wait = next <= now ? shortest_interval : std::min<duration>(longest, next - now);
  self_->delayed_send(self_, wait, tick{++generation_});
}

scheduler_actor::behavior_type scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
                                         scheduler_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](start_schedule& schedules) { return self->state.start_schedule(std::move(schedules)); },
      [self](stop_schedule how) { return self->state.stop_schedule(how.patience); },
      [self](const run_schedule_now& what) { return self->state.run_by_hand(what.id); },
      [self](optimize_schedules how) { return self->state.optimize(how.apply); },
      [self](const cache_event& event) { self->state.happened(event); },
      [self](const pressure_event& event) { self->state.pressure(event.report.level); },
      [self](status_request) { return with_mailbox(self, self->state.status()); },
      [self](const tick& due) { self->state.look(due.generation); },
  };
}

}  // namespace stoker
