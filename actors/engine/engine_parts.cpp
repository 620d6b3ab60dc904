#include "actors/engine/engine_parts.hpp"

#include <spdlog/spdlog.h>

#include "actors/engine/coarse_clock.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t most_tracker_shards = 64;  // more shards than cores only scatter batches
constexpr std::uint32_t most_loaders = 256;        // threads

[[noreturn]] void reject(const std::string& text) {
  throw error{errc::invalid_argument, "engine: " + text};
}

void report(const opened_history& history) {
  if (history.state == history_state::set_aside ||
      (history.state == history_state::in_memory && !history.detail.empty()))
    spdlog::warn("stoker: history: {}", history.detail);
}

}  // namespace

void validate(const engine_config& config) {
  if (config.tracker_shards == 0 || config.tracker_shards > most_tracker_shards)
    reject("tracker_shards must be 1 to " + std::to_string(most_tracker_shards));
  if (config.loaders == 0 || config.loaders > most_loaders)
    reject("loaders must be 1 to " + std::to_string(most_loaders));
  if (config.tracked_keys < config.tracker_shards) reject("tracked_keys must be at least one a shard");
  if (config.loss_window <= duration::zero()) reject("loss_window must be positive");
  if (config.request_timeout <= duration::zero()) reject("request_timeout must be positive");
  validate(config.profile);
}

engine_parts make_parts(engine_config config) {
  validate(config);
  if (!config.now) config.now = coarse_wall_clock;
  if (config.redaction_secret.empty()) config.redaction_secret = random_secret();
  engine_parts parts;
  parts.history = open_history({config.history_folder});
  report(parts.history);
  parts.peers = std::make_shared<directory>(config.tracker_shards);
  parts.caches = std::make_shared<cache_table>();
  parts.strategies = std::make_shared<strategy_registry>();
  parts.loaders = std::make_shared<loader_pool>(config.loaders);
  parts.config = std::move(config);
  return parts;
}

}  // namespace stoker
