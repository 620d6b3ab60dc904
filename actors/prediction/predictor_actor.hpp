// Predictor: learns what follows what in one cache, and sends what is worth loading now to the cache's
// warmer.
//
// Its model is kept with the history and comes back after a restart; accesses that arrive while it is being
// read wait, bounded, and are learned after it. What became of a proposal comes back as an outcome from the
// warmer, as an access by a user, or as a departure from the cache.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "actors/prediction/live_predictor.hpp"
#include "messages/directory.hpp"
#include "messages/outside.hpp"
#include "storage/caches/memory/memory_cache.hpp"

namespace stoker {

struct predictor_actor_config {
  std::string cache;
  std::shared_ptr<directory> peers;
  clock_function now;
  predictor_config core;
  bool observe = false;                     // learn and tell what would have been gained, prefetch nothing
  std::shared_ptr<memory_cache> entries;    // tells what left it; of a cache outside empty, and then
  std::function<outside_status()> outside;  // tells how it was found last
  duration lifetime{};                      // of what is filled there; 0: no expiry
  duration care_interval = std::chrono::seconds{1};  // between two looks at the cache's size
  duration save_interval = std::chrono::minutes{5};  // of the model, when it changed
  duration history_timeout = std::chrono::seconds{5};
  duration tracker_timeout = std::chrono::seconds{1};  // of a question to a tracker
  // Between two looks at what is due in that time: each goes over a tracker's keys (some 10 ms a million).
  duration due_interval = std::chrono::seconds{5};
  std::uint32_t due_keys = 64;  // taken from one look, of each ranking
};

// Throws stoker::error(errc::invalid_argument).
void validate(const predictor_actor_config& config);

class predictor_state {
 public:
  predictor_state() {}
  static inline const char* name = "predictor";

  void start(predictor_actor::pointer self, predictor_actor_config config);
  void learn(const access_batch& batch);
  void outcomes(const prefetch_outcomes& what);
  caf::result<predictions> explain(const predict_request& request);
  caf::result<flushed> flush();
  predictor_status status() const;
  void look_after();

 private:
  static constexpr std::uint32_t no_hour = 24;

  struct waiting_question {
    predict_request request;
    caf::typed_response_promise<predictions> promise;
  };

  void restore();
  void restored();
  void answer(const predict_request& request, caf::typed_response_promise<predictions> promise);
  void settle_doubts();
  void pass_on(prefetch_request request);
  void ask_what_is_due();
  void ask_trackers(const top_request& question, std::function<float(const ranked_key&)> belief);
  void learn_now(const access_batch& batch);
  // Keeps the model with the history; `done` is told whether it is there.
  void save(std::function<void(bool)> done);
  void take_departures();
  std::uint64_t entries_that_fit() const;
  void estimate_capacity();

  predictor_actor::pointer self_ = nullptr;
  predictor_actor_config config_;
  std::unique_ptr<live_predictor> core_;
  bool restoring_ = true;
  std::deque<access_batch> waiting_;         // while restoring
  std::vector<waiting_question> questions_;  // likewise
  std::uint64_t missed_ = 0;                 // accesses that found no room there
  std::uint64_t saved_at_ = 0;               // accesses that the model in the history has seen
  time_point next_save_{};
  time_point next_due_{};
  std::uint64_t incarnation_ = 0;       // of a cache outside; 0: not looked at yet
  std::uint32_t asked_hour_ = no_hour;  // of the day, UTC: whose keys were considered last
  std::vector<departure> departures_;   // kept to be filled again
};

predictor_actor::behavior_type cache_predictor(predictor_actor::stateful_pointer<predictor_state> self,
                                               predictor_actor_config config);

}  // namespace stoker
