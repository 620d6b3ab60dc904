#include "actors/outside/outside_cache_actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/all.hpp>

namespace stoker {

namespace {

std::vector<named_trouble> named(const remote_stats& stats) {
  std::vector<named_trouble> result;
  for (std::size_t i = 0; i < stats.troubles.size(); ++i)
    if (stats.troubles[i] > 0) result.push_back({to_string(static_cast<trouble>(i)), stats.troubles[i]});
  return result;
}

bool fails(trouble why) {
  return why != trouble::none && why != trouble::unsupported;
}

// What a back end can't tell it leaves open; what does not answer at all is asked no more.
outside_look look_at(remote_cache& server, std::chrono::steady_clock::time_point deadline) {
  outside_look look;
  const auto memory = server.memory(deadline);
  const auto condition = fails(memory.why) ? remote_condition{memory.why} : server.condition(deadline);
  const auto stats = fails(condition.why) ? remote_stats{} : server.stats(deadline);
  if (fails(condition.why)) look.trouble = to_string(condition.why);
  look.detail = server.last_error();
  look.restarted = condition.restarted;
  look.emptied = condition.emptied;
  auto& counts = look.counts;
  counts.entries = condition.entries;
  counts.used_bytes = memory.used_bytes;
  counts.limit_bytes = memory.limit_bytes;
  counts.evictions = stats.evictions;
  counts.stored = stats.stored;
  counts.present = stats.present;
  counts.fenced = stats.fenced;
  counts.too_large = stats.too_large;
  counts.troubles = named(stats);
  return look;
}

}  // namespace

void validate(const outside_cache_config& config) {
  const auto reject = [&](const char* text) {
    throw error{errc::invalid_argument, "outside cache \"" + config.cache + "\": " + text};
  };
  if (!config.target || !config.watch || !config.now) reject("target, watch and clock must be given");
  if (config.look_interval <= duration::zero() || config.look_timeout <= duration::zero() ||
      config.undo_timeout <= duration::zero())
    reject("interval and timeouts must be positive");
}

void outside_cache_state::start(outside_cache_actor::pointer self, outside_cache_config config) {
  self_ = self;
  config_ = std::move(config);
  look();
}

void outside_cache_state::look() {
  const auto found =
      look_at(config_.target->back_end(), std::chrono::steady_clock::now() + config_.look_timeout);
  if (found.restarted || found.emptied) {
    config_.target->lost_content();
    spdlog::info("stoker: cache {}: {}", config_.cache,
                 found.restarted ? "its server was restarted" : "its server lost what it held");
  }
  config_.watch->note(found, config_.now());
  self_->delayed_send(self_, config_.look_interval, tick{});
}

undo_result outside_cache_state::undo(const undo_request& request) {
  const auto done =
      config_.target->undo(request.keys, std::chrono::steady_clock::now() + config_.undo_timeout);
  undo_result result{done.removed_count, done.kept, done.unknown, {}, done.removed};
  if (done.why == trouble::none) return result;
  result.trouble = to_string(done.why);
  if (const auto detail = config_.target->back_end().last_error(); !detail.empty())
    result.trouble += ": " + detail;
  return result;
}

outside_cache_actor::behavior_type outside_cache(
    outside_cache_actor::stateful_pointer<outside_cache_state> self, outside_cache_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](const undo_request& request) { return self->state.undo(request); },
      [self](status_request) { return self->state.status(); },
      [self](tick) { self->state.look(); },
  };
}

}  // namespace stoker
