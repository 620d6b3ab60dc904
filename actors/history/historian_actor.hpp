// The historian: the one actor that uses the history store. It writes behind, in batches, and acknowledges a
// write when it is durable.
//
// Blocks on disk: the engine spawns it detached. When it ends, in whatever way, it first writes what waits.
#pragma once

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <functional>
#include <string>
#include <unordered_map>

#include "actors/history/write_behind.hpp"
#include "messages/actors.hpp"
#include "storage/history/open_history.hpp"

namespace stoker {

// How much of what was learned a crash may lose, by default: accesses of the last second. The time is spent
// as one half in the tracker's gathering, a quarter here, and a quarter is left for collecting and for the
// disk.
inline constexpr duration default_loss_window = std::chrono::seconds{1};
// A key that was not used for this long will not be missed.
inline constexpr duration default_history_retention = std::chrono::hours{24 * 90};

struct historian_config {
  opened_history history;                             // from open_history(); the same again after a restart
  clock_function now;                                 // wall clock
  duration loss_window = default_loss_window;         // what waits is written at least every quarter of it
  duration retention = default_history_retention;     // records not written for longer age out; 0: never
  duration sweep_interval = std::chrono::minutes{1};  // between two steps of ageing out
  std::size_t sweep_records = 10'000;                 // of one step: reads some 2 MB
  write_behind_limits limits;
};

// Throws stoker::error(errc::invalid_argument) that names the field.
void validate(const historian_config& config);

struct historian_state {
  using self_pointer = historian_actor::stateful_pointer<historian_state>;

  static inline const char* name = "historian";

  historian_state() = default;
  historian_state(const historian_state&) = delete;
  historian_state& operator=(const historian_state&) = delete;
  // Writes what waits.
  ~historian_state();

  void start(self_pointer owner, historian_config given);

  caf::result<history_receipt> write(const history_write& records);
  caf::result<history_receipt> write(const document& kept);
  caf::result<history_page> page(const history_page_request& request);
  caf::result<document> find(const document_request& request);
  caf::result<flushed> forget(const forget_request& request);
  caf::result<flushed> flush();
  historian_status status();
  void on_tick();

 private:
  // Makes what waits durable and answers its writers, with an error when the store failed.
  void commit();
  void sweep();
  caf::typed_response_promise<history_receipt> admit(std::size_t records, std::uint64_t version);
  template <class Answer, class Work>
  caf::result<Answer> attempt(Work work);

  self_pointer self_ = nullptr;
  historian_config config_;
  write_behind waiting_;
  // Whom each ticket of waiting_ is owed to.
  std::unordered_map<std::uint64_t, caf::typed_response_promise<history_receipt>> promises_;
  time_point next_sweep_{};
  time_point oldest_waiting_{};  // when the first write came that is not durable yet; the epoch: none waits
  time_point last_write_{};      // that became durable
};

historian_actor::behavior_type historian(historian_actor::stateful_pointer<historian_state> self,
                                         historian_config config);

}  // namespace stoker
