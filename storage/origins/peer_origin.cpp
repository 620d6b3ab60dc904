#include "storage/origins/peer_origin.hpp"

#include "messages/error.hpp"

namespace stoker {

namespace {

using steady = std::chrono::steady_clock;

constexpr double no_jitter = 0.5;  // the peer's other clients have back-offs of their own

}  // namespace

void validate(const peer_origin_config& config) {
  const auto reject = [](const char* text) {
    throw error{errc::invalid_argument, std::string{"peer origin: "} + text};
  };
  if (!config.peer) reject("it has no peer; give a cache");
  if (config.peer->capabilities().loads_by_itself) reject("the peer is a cache that can't be read");
  if (config.timeout <= duration::zero()) reject("timeout must be positive");
  if (config.batch_items == 0) reject("batch_items is 0; give at least 1");
}

peer_origin::peer_origin(peer_origin_config config)
    : config_((validate(config), std::move(config))), reads_(config_.batch_items, [this](auto keys) {
        return config_.peer->read(keys, steady::now() + config_.timeout);
      }) {}

bool peer_origin::may_ask() {
  std::lock_guard guard{mutex_};
  if (backoff_.may_try(steady::now())) return true;
  ++stats_.skipped;
  return false;
}

void peer_origin::note(const remote_value& found) {
  const auto now = steady::now();
  std::lock_guard guard{mutex_};
  switch (found.there.state) {
    case residency::present:
      ++stats_.spared;
      return backoff_.worked();
    case residency::absent:
      ++stats_.absent;
      return backoff_.worked();
    case residency::unknown:
      break;
  }
  ++stats_.troubles[static_cast<std::size_t>(found.there.why)];
  const auto why = found.there.why;
  const bool away = why == trouble::unavailable || why == trouble::timed_out;
  if (away && backoff_.may_try(now)) backoff_.failed(now, no_jitter);  // once for all that waited together
}

load_result peer_origin::load(std::string_view key, steady::time_point deadline) {
  if (!may_ask()) return from_behind(key, deadline);
  auto found = reads_.run(key);
  note(found);
  if (found.there.state != residency::present) return from_behind(key, deadline);
  load_result result;
  result.outcome = load_outcome::loaded;
  result.bytes = std::move(found.bytes);
  result.ttl = found.there.ttl_left;
  return result;
}

load_result peer_origin::from_behind(std::string_view key, steady::time_point deadline) {
  if (config_.behind) return config_.behind->load(key, deadline);
  auto result = absent();
  result.error = "the peer does not hold it, and there is no origin behind";
  return result;
}

peer_stats peer_origin::stats() const {
  std::lock_guard guard{mutex_};
  return stats_;
}

}  // namespace stoker
