// Origin: guards one origin, however many caches load from it: limits (origin_budget.hpp), breaker,
// Retry-After.
//
// Each item of a request is queued, handed to the least busy loader when the limits allow, and comes back as
// a receipt; a request is answered when all of its items have theirs, at the latest two timeouts and a grace
// after it came: an item waits in the queue for as long as its request's timeout, and is then shed. Users'
// loads are counted and take their tokens without ever queueing here.
//
// A loader that dies or hangs costs the load it had; one that did not answer in time gets no more work until
// it answers a probe. A pool may serve several origins, but then one that hangs delays the others: a pool for
// each keeps them apart.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/warming/breaker.hpp"
#include "actors/warming/loader_pool.hpp"
#include "actors/warming/origin_budget.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct origin_config {
  std::string name;
  clock_function now;
  std::shared_ptr<loader_pool> loaders;
  origin_limits limits;  // by default none but the number of loaders
  // Users' loads that are under way now; empty: nobody knows of any. Called in the actor's thread.
  std::function<std::uint64_t()> demand_in_flight;
  // Users' loads that ever began: then each is counted against the limit of calls before the next load of
  // warming begins. Empty: when origin_demand tells of it. Called in the actor's thread.
  std::function<std::uint64_t()> demand_begun;
  std::uint32_t queue_capacity = 4096;  // items waiting; more are shed at once
  breaker_settings breaker;
  duration default_timeout = std::chrono::seconds{30};  // of a request that names none
  duration default_pause = std::chrono::seconds{1};     // after a throttled load that does not say how long
  duration longest_pause = std::chrono::hours{1};       // whatever an origin asks for
};

void validate(const origin_config& config);

// Added to a load's timeout before a loader counts as hanging: loaders bound their loads themselves.
inline constexpr duration loader_grace = std::chrono::milliseconds{500};

// How long an answer to a load_request with this timeout may take.
constexpr duration origin_answer_bound(duration timeout) {
  return 2 * timeout + 4 * loader_grace;
}

class origin_state {
 public:
  origin_state() : budget_({}, {}), breaker_({}) {}
  static inline const char* name = "origin";

  void start(origin_actor::pointer self, origin_config config);
  caf::result<load_receipts> enqueue(const load_request& request);
  void demand(const origin_demand& noted);
  void limit(const origin_limits& limits);
  void wake(std::uint64_t generation);
  origin_status status();

 private:
  // A request of which not every item has its receipt yet.
  struct open_request {
    load_receipts receipts;
    std::size_t open = 0;  // items without a receipt
    caf::typed_response_promise<load_receipts> answer;
  };

  struct place {
    std::uint64_t request = 0;
    std::size_t index = 0;  // of the receipt
  };

  struct queued_item {
    place where;
    std::string cache;
    load_item item;
    duration timeout{};
    time_point expires{};
  };

  struct loader_slot {
    bool busy = false;
    loader_actor
        suspect;  // did not answer in time, nor a probe since; another handle in its place is trusted
  };

  using obstacle = origin_budget::obstacle;

  void slow_down(duration asked, time_point now);
  std::uint64_t demand_in_flight() const;
  void count_demand(time_point now);
  void work();
  bool start_next(time_point now);
  std::optional<obstacle> halted(time_point now) const;
  std::optional<obstacle> over_budget(time_point now);
  obstacle in_the_way(time_point now);
  void load(queued_item next, std::size_t slot);
  void loaded(const place& where, std::size_t slot, double given, load_receipt receipt);
  void load_failed(const place& where, std::size_t slot, double given, const loader_actor& loader,
                   const caf::error& why);
  void probe(std::size_t slot, const loader_actor& loader);
  void learn(const load_receipt& receipt);
  void settle(const place& where, load_receipt receipt);
  void shed(const queued_item& item, const obstacle& why);
  void shed_expiring(time_point until, const obstacle& why);
  std::optional<std::size_t> free_slot() const;
  void schedule_wake(time_point now);

  origin_actor::pointer self_ = nullptr;
  origin_config config_;
  origin_budget budget_;
  std::uint64_t counted_demand_ = 0;  // of demand_begun(), so much is in budget_
  breaker breaker_;
  std::map<std::uint64_t, open_request> requests_;
  std::uint64_t next_request_ = 1;
  std::deque<queued_item> queue_;                // in order of arrival
  time_point first_expiry_ = time_point::max();  // no queued item expires earlier
  std::vector<loader_slot> slots_;
  origin_status counts_;
  std::uint64_t generation_ = 0;              // of the tick that is current
  time_point next_wake_ = time_point::max();  // when it comes
};

origin_actor::behavior_type guarded_origin(origin_actor::stateful_pointer<origin_state> self,
                                           origin_config config);

}  // namespace stoker
