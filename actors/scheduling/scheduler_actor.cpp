#include "actors/scheduling/scheduler_actor.hpp"

#include <caf/all.hpp>

#include "messages/timetable_codec.hpp"

namespace stoker {

namespace {

constexpr auto document_name = "timetable";

std::string summary(const warm_report& report) {
  if (!report.error.empty()) return report.error;
  return "warmed " + std::to_string(report.warmed) + " of " + std::to_string(report.selected) + ", " +
         std::to_string(report.failed) + " failed";
}

}  // namespace

void validate(const scheduler_config& config) {
  if (!config.peers || !config.now)
    throw error{errc::invalid_argument, "scheduler: directory and clock must be given"};
  if (config.run_timeout <= duration::zero() || config.history_timeout <= duration::zero() ||
      config.longest_wait <= duration::zero())
    throw error{errc::invalid_argument, "scheduler: time-outs must be positive"};
}

void scheduler_state::start(scheduler_actor::pointer self, scheduler_config config) {
  self_ = self;
  config_ = std::move(config);
  restore();
}

void scheduler_state::restore() {
  auto historian = config_.peers->historian();
  if (!historian) return restored();
  self_->request(historian, config_.history_timeout, document_request{document_kind::schedule, document_name})
      .then(
          [this](const document& kept) {
            if (auto earlier = decode_timetable(kept.bytes)) table_.restore(*earlier);
            restored();
          },
          // Without its past the scheduler starts afresh: entries run at once instead of at their old times.
          [this](const caf::error&) { restored(); });
}

void scheduler_state::restored() {
  restored_ = true;
  run_due(generation_);
}

caf::result<scheduler_status> scheduler_state::start_schedule(stoker::start_schedule entries) {
  try {
    table_.start(std::move(entries.entries), config_.now());
  } catch (const error& mistake) {
    return make_error(mistake.code(), mistake.what());
  }
  run_due(generation_);
  return table_.status();
}

scheduler_status scheduler_state::stop_schedule() {
  table_.stop();
  save();
  return table_.status();
}

scheduler_status scheduler_state::run_all() {
  for (const auto& id : table_.ids())
    if (!table_.in_progress(id)) run(id);
  return table_.status();
}

void scheduler_state::run_due(std::uint64_t generation) {
  if (generation != generation_ || !restored_) return;
  // While memory is critical nothing would be granted; what is due stays due until the pressure eases.
  if (level_ != pressure_level::critical)
    for (const auto& id : table_.due(config_.now())) run(id);
  wait_for_next();
}

void scheduler_state::pressure(pressure_level level) {
  const bool eased = level_ == pressure_level::critical && level != pressure_level::critical;
  level_ = level;
  if (eased) run_due(generation_);
}

void scheduler_state::run(const std::string& id) {
  auto request = table_.find(id)->what;
  table_.began(id, config_.now());
  request.now = config_.now();
  request.reason = "schedule " + id;
  auto warmer = config_.peers->warmer(request.cache);
  if (!warmer) return finish(id, false, "the warmer of cache \"" + request.cache + "\" is not running");
  self_->request(warmer, config_.run_timeout, std::move(request))
      .then(
          [this, id](const warm_report& report) {
            finish(id, report.outcome == run_outcome::completed, summary(report));
          },
          [this, id](const caf::error& failure) { finish(id, false, describe(failure)); });
}

void scheduler_state::finish(const std::string& id, bool succeeded, std::string result) {
  table_.finished(id, succeeded, std::move(result));
  save();
}

void scheduler_state::save() {
  auto historian = config_.peers->historian();
  if (!historian) return;
  document kept{document_kind::schedule, document_name, encode_timetable(table_.status())};
  // A failed save costs one run's memory of when it last ran; the next save carries everything again.
  self_->request(historian, config_.history_timeout, std::move(kept))
      .then([](const history_receipt&) {}, [](const caf::error&) {});
}

void scheduler_state::wait_for_next() {
  if (table_.ids().empty()) return;
  const auto next = table_.next_due();
  const auto now = config_.now();
  const auto wait = next <= now ? shortest_interval : std::min<duration>(config_.longest_wait, next - now);
  self_->delayed_send(self_, wait, tick{++generation_});
}

scheduler_actor::behavior_type scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
                                         scheduler_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](start_schedule& entries) { return self->state.start_schedule(std::move(entries)); },
      [self](stop_schedule) { return self->state.stop_schedule(); },
      [self](run_schedule_now) { return self->state.run_all(); },
      [self](const pressure_event& event) { self->state.pressure(event.report.level); },
      [self](status_request) { return self->state.status(); },
      [self](const tick& due) { self->state.run_due(due.generation); },
  };
}

}  // namespace stoker
