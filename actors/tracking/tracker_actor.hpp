// A tracker: keeps what is known of the keys of one shard, over all caches, and writes it behind to the
// historian.
//
// At start it restores its shard from history, page by page; accesses that arrive meanwhile are added to what
// is restored, and nothing is written until all of it is. Then changed keys go to the historian each
// `write_interval`, absolute and versioned, one write at a time; a write that fails is sent again unchanged,
// so that it never counts twice. What a crash may lose: the changes of one write_interval and one round trip.
//
// Bounds: keys, hot keys and subjects by capacity (the coldest go first, counted); changed keys by the number
// of keys; one unanswered request to the historian.
#pragma once

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/tracking/change_writer.hpp"
#include "actors/tracking/defaults.hpp"
#include "actors/tracking/retry_backoff.hpp"
#include "actors/tracking/tracker_core.hpp"
#include "messages/actors.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct tracker_config {
  // This shard takes the keys with hash_key(key) % shards == shard; likewise the subjects.
  std::uint32_t shard = 0;
  std::uint32_t shards = 1;
  std::shared_ptr<directory> peers;
  clock_function now;
  // Capacities of this shard: the defaults are over all shards, so divide them.
  tracker_limits limits;
  // How long a popular key's rate takes to halve without accesses.
  duration rate_half_life = tracking_defaults::rate_half_life;
  // How often changes are handed to the historian: half of the loss window.
  duration write_interval = tracking_defaults::write_interval;
  std::uint32_t write_keys = tracking_defaults::write_keys;
  std::uint32_t page_keys = tracking_defaults::page_keys;
  duration historian_timeout = tracking_defaults::historian_timeout;
  duration first_retry = tracking_defaults::first_retry;
  duration last_retry = tracking_defaults::last_retry;
  duration flush_deadline = tracking_defaults::flush_deadline;
  duration question_wait = tracking_defaults::question_wait;
};

// Throws stoker::error when the config can't work.
void validate(const tracker_config& config);

class tracker_state {
 public:
  static inline const char* name = "tracker";

  using self_pointer = tracker_actor::stateful_pointer<tracker_state>;

  explicit tracker_state(self_pointer self);

  void start(tracker_config config);
  void handle(const tick& now);
  flushed forget(const forget_request& what);
  caf::typed_response_promise<flushed> flush();
  tracker_status status() const;

  // Answers a question by look(tracker_core), once what history holds is back: an answer from half of it
  // would be wrong without saying so. When that takes too long, what is there has to do.
  template <class Answer, class Look>
  caf::result<Answer> ask(Look look) {
    if (!keys->restoring()) return look(*keys);
    if (questions_.size() >= max_waiting_questions)
      return make_error(errc::busy, "tracker: too many questions wait for the history to be read");
    auto promise = self_->make_response_promise<Answer>();
    questions_.push_back({[this, promise, look]() mutable { promise.deliver(look(*keys)); },
                          config_.now() + config_.question_wait});
    return promise;
  }

  // INVARIANT: set from start() on, like writes_ and page_retry_; CAF constructs a state before its config is
  // known.
  std::optional<tracker_core> keys;

 private:
  struct waiting_flush {
    caf::typed_response_promise<flushed> promise;
    std::uint64_t pass;  // that will have written everything
    time_point deadline;
  };

  struct waiting_question {
    std::function<void()> answer;
    time_point deadline;
  };
  static constexpr std::size_t max_waiting_questions = 1024;  // beyond, somebody asks in a loop

  void answer_questions();
  void restore();
  void restored(const history_page& page);
  void write();
  void send_write();
  void write_failed(const caf::error& failure);
  void answer_flushes();
  std::string why_unwritten() const;
  void tick_later();

  self_pointer self_;
  tracker_config config_;
  std::uint64_t generation_ = 0;  // of the current tick

  // Restoring: where the next page begins, and whether it was asked for.
  std::string cursor_;
  bool page_requested_ = false;
  std::optional<retry_backoff> page_retry_;

  std::optional<change_writer> writes_;
  caf::message write_;  // the last one, to be sent again if need be
  std::vector<waiting_flush> flushes_;
  std::vector<waiting_question> questions_;  // INVARIANT: empty unless restoring
  std::string last_error_;                   // of the historian
};

tracker_actor::behavior_type tracker(tracker_actor::stateful_pointer<tracker_state> self,
                                     tracker_config config);

}  // namespace stoker
