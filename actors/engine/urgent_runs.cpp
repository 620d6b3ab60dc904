#include "actors/engine/urgent_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>

namespace stoker {

namespace {

// What a run needs of others.
std::shared_ptr<directory> peers_of_a_run(const directory& all, const warmer_config& config) {
  auto peers = std::make_shared<directory>(all.tracker_shards());
  for (std::size_t shard = 0; shard < all.tracker_shards(); ++shard)
    peers->tracker(shard, all.tracker(shard));
  peers->arbiter(all.arbiter());
  peers->origin(config.origin, all.origin(config.origin));
  peers->predictor(config.cache, all.predictor(config.cache));
  return peers;
}

}  // namespace

caf::result<warm_report> urgent_runs::start(engine_actor::pointer self, warmer_config config,
                                            const warm_request& request,
                                            const caf::strong_actor_ptr& listener, duration timeout) {
  if (runs_.size() >= max_at_once)
    return make_error(errc::busy, fmt::format("cache {}: {} urgent runs are under way; try again in a moment",
                                              config.cache, max_at_once));
  config.peers = peers_of_a_run(*config.peers, config);
  const auto number = next_++;
  const auto handle = self->spawn<caf::monitored>(warmer, config);
  auto answer = self->make_response_promise<warm_report>();
  watched_.insert(handle.address());
  runs_.emplace(number, run{handle, answer});
  const auto done = [this, number](warm_report& report) { settle(number, std::move(report)); };
  const auto failed = [this, number](caf::error& why) { settle(number, std::move(why)); };
  if (listener)
    self->request(handle, timeout, request, listener).then(done, failed);
  else
    self->request(handle, timeout, request).then(done, failed);
  return answer;
}

template <class Outcome>
void urgent_runs::settle(std::uint64_t number, Outcome outcome) {
  const auto found = runs_.find(number);
  if (found == runs_.end()) return;
  caf::anon_send_exit(found->second.warmer, caf::exit_reason::user_shutdown);
  auto answer = std::move(found->second.answer);
  runs_.erase(found);
  answer.deliver(std::move(outcome));
}

void urgent_runs::stop() {
  while (!runs_.empty())
    settle(runs_.begin()->first, make_error(errc::stopped, "the engine is being shut down"));
}

void urgent_runs::died(const caf::actor_addr& who) {
  watched_.erase(who);
  const auto found = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const auto& each) { return each.second.warmer.address() == who; });
  if (found != runs_.end())
    settle(found->first, make_error(errc::unavailable, "the warmer of this run died; try again"));
}

}  // namespace stoker
