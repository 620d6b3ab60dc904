#include "actors/engine/urgent_runs.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>

namespace stoker {

caf::result<warm_report> urgent_runs::start(engine_actor::pointer self, const warmer_config& config,
                                            const warm_request& request,
                                            const caf::strong_actor_ptr& listener, duration timeout) {
  if (warmers_.size() >= max_at_once)
    return make_error(errc::busy, fmt::format("cache {}: {} urgent runs are under way; try again in a moment",
                                              config.cache, max_at_once));
  const auto number = next_++;
  const auto handle = warmers_.emplace(number, self->spawn(warmer, config)).first->second;
  auto promise = self->make_response_promise<warm_report>();
  const auto done = [this, number, promise](warm_report& report) mutable {
    end(number);
    promise.deliver(std::move(report));
  };
  const auto failed = [this, number, promise](caf::error& why) mutable {
    end(number);
    promise.deliver(std::move(why));
  };
  if (listener)
    self->request(handle, timeout, request, listener).then(done, failed);
  else
    self->request(handle, timeout, request).then(done, failed);
  return promise;
}

void urgent_runs::stop() {
  for (const auto& [number, handle] : warmers_) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  warmers_.clear();
}

void urgent_runs::end(std::uint64_t number) {
  const auto found = warmers_.find(number);
  if (found == warmers_.end()) return;
  caf::anon_send_exit(found->second, caf::exit_reason::user_shutdown);
  warmers_.erase(found);
}

}  // namespace stoker
