#include "actors/memory/memory_monitor_actor.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>
#include <cmath>

#include "messages/mailbox.hpp"

namespace stoker {

namespace {

// The arbiter divides available memory: it hears of a change of this share of it, even within one level.
constexpr double noteworthy_change = 0.05;

bool noteworthy(std::uint64_t before, std::uint64_t after) {
  const auto difference = std::abs(static_cast<double>(after) - static_cast<double>(before));
  return difference > noteworthy_change * static_cast<double>(before);
}

}  // namespace

void validate(const memory_monitor_config& config) {
  if (!config.peers || !config.now || !config.read)
    throw error{errc::invalid_argument, "memory monitor: directory, clock and reader must be given"};
  if (config.interval <= duration::zero())
    throw error{errc::invalid_argument, "memory monitor: the interval must be positive"};
}

void memory_monitor_state::start(memory_monitor_actor::pointer self, memory_monitor_config config) {
  self_ = self;
  config_ = std::move(config);
  read_again();
}

void memory_monitor_state::read_again() {
  const auto before = latest_;
  latest_.reading = config_.read();
  latest_.at = config_.now();
  latest_.used_share = used_share(latest_.reading);
  latest_.level = gauge_.update(latest_.reading);
  if (!published_ || before.level != latest_.level ||
      noteworthy(before.reading.available_bytes, latest_.reading.available_bytes))
    publish({before.level, latest_});
  if (before.level != latest_.level) record_level(before.level);
  self_->delayed_send(self_, config_.interval, tick{});
}

void memory_monitor_state::record_level(pressure_level before) {
  memory_event event;
  event.bytes = latest_.reading.used_bytes;
  event.detail = fmt::format("{} -> {}, {:.0f} % in use", to_string(before), to_string(latest_.level),
                             100 * latest_.used_share);
  record(std::move(event));
}

void memory_monitor_state::record(memory_event event) {
  event.at = config_.now();
  event.level = latest_.level;
  ++recorded_;
  if (events_.size() >= max_memory_events) events_.pop_front();
  events_.push_back(std::move(event));
  if (config_.notify) config_.notify(events_.back());
}

memory_events memory_monitor_state::events() const {
  return {{events_.begin(), events_.end()}, recorded_};
}

void memory_monitor_state::publish(const pressure_event& event) {
  if (auto arbiter = config_.peers->arbiter()) {
    self_->send(arbiter, event);
    published_ = true;
  }
  if (auto scheduler = config_.peers->scheduler()) self_->send(scheduler, event);
  for (const auto& warmer : config_.peers->warmers()) self_->send(warmer, event);
}

memory_monitor_actor::behavior_type memory_monitor(
    memory_monitor_actor::stateful_pointer<memory_monitor_state> self, memory_monitor_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](status_request) { return with_mailbox(self, self->state.latest()); },
      [self](memory_event& event) { self->state.record(std::move(event)); },
      [self](memory_events_request) { return self->state.events(); },
      [self](tick) { self->state.read_again(); },
  };
}

}  // namespace stoker
