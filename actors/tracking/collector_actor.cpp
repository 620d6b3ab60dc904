#include "actors/tracking/collector_actor.hpp"

#include <algorithm>

#include "actors/tracking/stamp.hpp"
#include "messages/mailbox.hpp"

namespace stoker {

namespace {

// A periodic drain stops this many ticks of the stamp before now: longer than a store takes to become visible
// to another core (some 100 ns), so that it meets no access half-way. 1 to 4 us, whichever clock the stamp
// is.
constexpr std::uint64_t settling_ticks = 4096;

// Flushes that wait for room at a time; more are answered as incomplete at once.
constexpr std::size_t max_waiting_flushes = 1024;

bool is_timeout(const caf::error& failure) {
  return failure == caf::sec::request_timeout;
}

}  // namespace

void validate(const collector_config& config) {
  const auto require = [&](bool valid, const char* what) {
    if (!valid) throw error(errc::invalid_argument, "collector of cache '" + config.cache + "': " + what);
  };
  require(config.source != nullptr, "a recorder is needed");
  require(config.peers != nullptr, "a directory is needed");
  require(static_cast<bool>(config.now), "a clock is needed");
  require(config.busy_interval > duration{}, "busy_interval must be positive");
  require(config.idle_interval >= config.busy_interval,
          "idle_interval must not be shorter than busy_interval");
  require(config.batch_records > 0, "batch_records must be at least 1");
  require(config.batches_in_flight > 0, "batches_in_flight must be at least 1");
  require(config.peer_timeout > duration{}, "peer_timeout must be positive");
}

collector_state::collector_state(self_pointer self) : self_(self) {}

void collector_state::start(collector_config config) {
  config_ = std::move(config);
  status_.cache = config_.cache;
  trackers_.assign(config_.peers->tracker_shards(), peer{config_.batches_in_flight});
  predictor_ = peer{config_.batches_in_flight};
  warmer_ = peer{config_.batches_in_flight};
  tick_after(config_.busy_interval);
}

void collector_state::handle(const tick& now) {
  if (now.generation != generation_) return;
  const auto before = status_.accesses;
  const bool complete = drain(monotone_stamp() - settling_ticks);
  answer_flushes(complete && drain(monotone_stamp()));
  const bool busy = status_.accesses != before || !complete;
  tick_after(busy ? config_.busy_interval : std::min(interval_ * 2, config_.idle_interval));
}

caf::typed_response_promise<flushed> collector_state::flush() {
  auto promise = self_->make_response_promise<flushed>();
  const bool is_request = self_->current_mailbox_element()->mid.is_request();
  const bool complete = drain(monotone_stamp());
  if (interval_ > config_.busy_interval) tick_after(config_.busy_interval);
  if (complete) {
    answer_flushes(true);
    promise.deliver(flushed{true});
  } else if (flushes_.size() >= max_waiting_flushes) {
    promise.deliver(flushed{false});
  } else if (is_request) {
    flushes_.push_back({promise, config_.now() + config_.peer_timeout});
  }
  return promise;
}

collector_status collector_state::status() const {
  const auto source = config_.source->stats();
  collector_status result = status_;
  result.dropped = source.dropped + lost_;
  result.late = source.late;
  return result;
}

// Passes on what was recorded up to the horizon; false: a tracker has no room for more.
bool collector_state::drain(std::uint64_t horizon) {
  look_up_peers();
  while (trackers_have_room()) {
    access_batch batch;
    const bool complete = config_.source->drain(horizon, config_.batch_records, batch);
    if (!batch.records.empty() || batch.dropped > 0) send(std::move(batch));
    if (complete) return true;
  }
  return false;
}

void collector_state::look_up_peers() {
  for (std::size_t shard = 0; shard < trackers_.size(); ++shard)
    look_up(trackers_[shard], caf::actor_cast<caf::actor>(config_.peers->tracker(shard)));
  look_up(predictor_, caf::actor_cast<caf::actor>(config_.peers->predictor(config_.cache)));
  look_up(warmer_, caf::actor_cast<caf::actor>(config_.peers->warmer(config_.cache)));
}

void collector_state::look_up(peer& which, caf::actor handle) {
  if (which.handle == handle) return;
  which.handle = std::move(handle);
  which.credit.renew();
}

bool collector_state::trackers_have_room() const {
  return std::all_of(trackers_.begin(), trackers_.end(),
                     [](const peer& each) { return !each.handle || each.credit.available(); });
}

void collector_state::send(access_batch batch) {
  batch.cache = config_.cache;
  batch.taken_at = config_.now();
  ++status_.batches;
  status_.accesses += batch.records.size();
  const auto shared = caf::make_message(std::move(batch));
  for (std::size_t shard = 0; shard < trackers_.size(); ++shard) send_to_tracker(shard, shared);
  const auto records = shared.get_as<access_batch>(0).records.size();
  if (!send_if_room(predictor_, shared)) status_.missed_by_predictor += records;
  if (!send_if_room(warmer_, shared)) status_.missed_by_warmer += records;
}

void collector_state::send_to_tracker(std::size_t shard, const caf::message& batch) {
  if (!trackers_[shard].handle) return lose(shard, batch);
  send_to(trackers_[shard], batch, [this, shard, batch] { lose(shard, batch); });
}

bool collector_state::send_if_room(peer& to, const caf::message& batch) {
  if (!to.handle || !to.credit.available()) return false;
  send_to(to, batch, [] {});
  return true;
}

// `failed` is called when the peer died, or answered with an error, before it took the batch in.
template <class OnFailure>
void collector_state::send_to(peer& to, const caf::message& batch, OnFailure failed) {
  const auto epoch = to.credit.sent();
  self_->request(to.handle, config_.peer_timeout, batch)
      .then([&to, epoch] { to.credit.answered(epoch); },
            [this, &to, epoch, failed](const caf::error& failure) {
              if (!is_timeout(failure)) {
                to.credit.answered(epoch);
                failed();
              } else if (to.credit.timed_out(epoch)) {
                probe(to);
              }
            });
}

// Asks a stalled peer for its status until it answers, or is replaced.
void collector_state::probe(peer& which) {
  const auto epoch = which.credit.epoch();
  const auto answered = [&which, epoch] {
    if (which.credit.epoch() == epoch) which.credit.renew();
  };
  self_->request(which.handle, config_.peer_timeout, status_request{})
      .then([answered](const caf::message&) { answered(); },
            [this, &which, epoch, answered](const caf::error& failure) {
              if (!is_timeout(failure)) return answered();
              if (which.credit.epoch() == epoch) probe(which);
            });
}

void collector_state::lose(std::size_t shard, const caf::message& batch) {
  const auto& records = batch.get_as<access_batch>(0).records;
  const auto shards = trackers_.size();
  lost_ += static_cast<std::uint64_t>(
      std::count_if(records.begin(), records.end(),
                    [&](const access_record& each) { return each.hash % shards == shard; }));
}

void collector_state::answer_flushes(bool complete) {
  const auto now = config_.now();
  const auto over = [&](waiting_flush& each) {
    if (!complete && now < each.deadline) return false;
    each.promise.deliver(flushed{complete});
    return true;
  };
  flushes_.erase(std::remove_if(flushes_.begin(), flushes_.end(), over), flushes_.end());
}

void collector_state::tick_after(duration interval) {
  interval_ = interval;
  self_->delayed_send(self_, interval, tick{++generation_});
}

collector_actor::behavior_type collector(collector_actor::stateful_pointer<collector_state> self,
                                         collector_config config) {
  validate(config);
  self->state.start(std::move(config));
  return {
      [self](const flush_request&) { return self->state.flush(); },
      [self](const status_request&) { return with_mailbox(self, self->state.status()); },
      [self](const tick& now) { self->state.handle(now); },
  };
}

}  // namespace stoker
