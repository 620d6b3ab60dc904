// The collector of one cache: drains the recorder and sends what it finds, in order, as immutable batches to
// every tracker shard and to the cache's predictor and warmer. One batch is built once and shared by all of
// them.
//
// Bounds: each peer holds at most `batches_in_flight` unanswered batches. While a tracker has no room,
// accesses wait in the recorder's rings, which drop and count when they are full; a predictor or warmer
// without room misses batches, counted. A shard that is down loses its accesses, counted. Faults: a peer that
// never answers is probed until it does.
#pragma once

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <vector>

#include "actors/tracking/batch_credit.hpp"
#include "actors/tracking/defaults.hpp"
#include "actors/tracking/recorder.hpp"
#include "messages/actors.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct collector_config {
  std::string cache;
  std::shared_ptr<recorder> source;
  std::shared_ptr<directory> peers;
  clock_function now;
  // How often to drain while accesses come; doubles up to idle_interval while none do.
  duration busy_interval = tracking_defaults::busy_interval;
  duration idle_interval = tracking_defaults::idle_interval;
  std::uint32_t batch_records = tracking_defaults::batch_records;
  std::uint32_t batches_in_flight = tracking_defaults::batches_in_flight;
  // How long a peer may take for one batch. A flush that has to wait for room is answered as incomplete after
  // it.
  duration peer_timeout = tracking_defaults::peer_timeout;
};

// Throws stoker::error when the config can't work.
void validate(const collector_config& config);

class collector_state {
 public:
  static inline const char* name = "collector";

  using self_pointer = collector_actor::stateful_pointer<collector_state>;

  explicit collector_state(self_pointer self);

  void start(collector_config config);
  caf::typed_response_promise<flushed> flush();
  void handle(const tick& now);
  collector_status status() const;

 private:
  // One receiver of batches. `handle` is null while the role is down.
  struct peer {
    explicit peer(std::uint32_t limit) : credit(limit) {}
    caf::actor handle;
    batch_credit credit;
  };

  struct waiting_flush {
    caf::typed_response_promise<flushed> promise;
    time_point deadline;
  };

  bool drain(std::uint64_t horizon);
  void look_up_peers();
  void look_up(peer& which, caf::actor handle);
  bool trackers_have_room() const;
  void send(access_batch batch);
  void send_to_tracker(std::size_t shard, const caf::message& batch);
  bool send_if_room(peer& to, const caf::message& batch);
  template <class OnFailure>
  void send_to(peer& to, const caf::message& batch, OnFailure failed);
  void probe(peer& which);
  void lose(std::size_t shard, const caf::message& batch);
  void answer_flushes(bool complete);
  void tick_after(duration interval);

  self_pointer self_;
  collector_config config_;
  std::vector<peer> trackers_;  // by shard; never resized once started: handlers point into it
  peer predictor_{0};
  peer warmer_{0};
  std::vector<waiting_flush> flushes_;
  std::uint64_t generation_ = 0;  // of the current tick
  duration interval_{};
  collector_status status_;
  std::uint64_t lost_ = 0;  // accesses whose tracker shard was down
};

collector_actor::behavior_type collector(collector_actor::stateful_pointer<collector_state> self,
                                         collector_config config);

}  // namespace stoker
