#include "actors/memory/memory_monitor_actor.hpp"

#include <caf/all.hpp>
#include <cmath>

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
  self_->delayed_send(self_, config_.interval, tick{});
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
      [self](status_request) { return self->state.latest(); },
      [self](tick) { self->state.read_again(); },
  };
}

}  // namespace stoker
