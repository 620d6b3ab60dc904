// One run of a plan: which loads to start next, and what everything came to. Pure: a state machine of events
// and time.
//
// Phases run one after the other, with a pause between; within a phase, items are released in batches, and so
// many loads are under way at once. A load that may work later is tried again after a back-off. An item whose
// dependency was not warmed is dropped, with that reason. Batches adapt to memory, one by one: halved while
// its use is above the threshold, doubled up to 200 while it is below 50 %, at most 25 while the cache is
// nearly full; ten points above the threshold the run stops. Whatever happens, every item of the plan ends
// with exactly one outcome, so that the report reconciles at any time (what is still open counts as
// cancelled).
//
// Ownership: owns its plan. Threads: one at a time. Time: points in time come in as arguments and never go
// backwards.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/warming/plan.hpp"
#include "actors/warming/retry.hpp"
#include "messages/loading.hpp"
#include "messages/warming.hpp"

namespace stoker {

struct run_settings {
  std::uint32_t batch_items = 50;  // of the first batch
  std::uint32_t workers = 4;       // loads at once, 1 to 16
  duration phase_delay = std::chrono::milliseconds{100};
  retry_policy retry;
  // An item that the origin shed was never started, and is offered again so often: with the back-off's
  // doubling up to its longest delay that is several minutes.
  std::uint32_t offers = 10;
  double pressure_threshold =
      0.8;  // share of memory in use that halves the batches; ten points more stop the run
  std::uint32_t overhead_bytes = entry_overhead_bytes;  // that an entry takes beside its key and value
};

inline constexpr std::uint32_t most_workers = 16;
inline constexpr std::uint32_t most_batch_items = 200;  // however little memory is in use
inline constexpr double roomy_below = 0.5;              // share of memory in use below which batches grow
inline constexpr double nearly_full_from = 0.9;         // share of the cache from which batches stay small...
inline constexpr std::uint32_t nearly_full_batch = 25;  // ...of this size at most,
inline constexpr std::uint32_t nearly_full_depth = 2;   // and plans follow so many levels of dependencies

// Throws stoker::error: no batch, workers out of bounds, a threshold that is no share.
void validate(const run_settings& settings);

class run {
 public:
  // `until`: when the run must be over. The report's header (number, strategies, reason, times) comes with
  // `header`.
  run(warm_plan plan, const run_settings& settings, warm_report header, time_point until);

  // What to load now. Each item that is given out must be settled once.
  std::vector<load_item> take(time_point now);
  // A load came to its end; receipts of items that are not under way are ignored. `random` in [0, 1) jitters
  // retries.
  void settle(const load_receipt& receipt, double random, time_point now);

  // Nothing new starts; what is under way may still be settled.
  void stop(run_outcome why, const std::string& reason);
  // The same, and what is under way counts as cancelled.
  void abandon(run_outcome why, const std::string& reason);
  void pressure(const memory_report& memory);
  // How full the cache is: bytes in use / capacity.
  void utilisation(double share) noexcept { nearly_full_ = share > nearly_full_from; }

  // Every item has its outcome.
  bool finished() const noexcept { return settled_ == items_.size(); }
  // When to call take() again, if nothing is settled before. REQUIRES: not finished.
  time_point wake_at(time_point now) const;
  time_point until() const noexcept { return until_; }
  std::uint64_t in_flight() const noexcept { return in_flight_; }

  warm_progress progress() const;
  warm_report report(time_point now) const;
  // How many of the items that became warm each strategy had proposed; an item of several counts for each.
  std::map<std::string, std::uint64_t> warmed_by_strategy() const;
  // The settled items by strategy, outcome and reason; an item of several strategies counts for each.
  std::vector<item_count> tally() const;
  // The keys of the items that became warm and were not there before.
  std::vector<std::string> warmed_keys() const;
  // Null when the plan has no such key.
  const candidate* find(const std::string& key) const;
  // A bit an item in order of the plan, set when it is settled: bit i % 8 of byte i / 8.
  std::string settled_bits() const;

 private:
  enum class item_state : std::uint8_t { waiting, in_flight, settled };

  struct item {
    candidate what;
    std::uint32_t phase = 0;
    item_state state = item_state::waiting;
    std::uint32_t attempts = 0;
    std::uint32_t offers = 0;
    item_outcome outcome = item_outcome::cancelled;  // says something once settled
    item_reason reason = item_reason::none;          // likewise
    std::vector<std::uint32_t> dependants;           // indices of items
  };

  // Why an item did not become warm, and who says so.
  struct cause {
    item_reason reason = item_reason::none;
    std::string text;
    bool from_origin = false;
  };

  struct phase_range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void index_dependencies();
  bool phase_over() const noexcept;
  bool enter_phase(time_point now);
  bool enter_batch();
  bool start_next(time_point now, std::vector<load_item>& out);
  std::size_t next_item(time_point now);
  void warmed(std::size_t index, const load_receipt& receipt);
  void try_again(std::size_t index, const load_receipt& receipt, double random, time_point now);
  void offer_again(std::size_t index, const load_receipt& receipt, double random, time_point now);
  void put_off(std::size_t index, duration delay, time_point now);
  std::uint64_t cost_of(std::size_t index, std::uint64_t value_bytes) const;
  void note_load(const load_receipt& receipt, time_point now);
  void note_slow(const load_receipt& receipt);
  std::uint32_t next_batch() noexcept;
  static cause cause_of(const load_receipt& receipt, const char* otherwise);
  void finish(std::size_t index, item_outcome outcome, const cause& why);
  void drop_dependants(std::size_t index);
  void count(std::size_t index, item_outcome outcome, const cause& why);
  void cancel_all(item_state state, const std::string& reason);

  run_settings settings_;
  time_point until_;
  warm_report report_;
  std::vector<item> items_;  // in order of the plan
  std::vector<phase_range> phases_;
  std::unordered_map<std::string, std::uint32_t> places_;  // of keys in items_

  std::size_t phase_ = 0;   // the current one
  std::size_t cursor_ = 0;  // items of the phase before this were given out or settled once
  std::set<std::pair<time_point, std::uint32_t>>
      again_;                            // items of the phase that wait for another try, and until when
  std::uint32_t batch_left_ = 0;         // loads of this batch that may still start
  std::uint32_t batch_items_;            // of the latest batch
  double used_share_ = -1;               // of memory, as last told; negative: never
  bool nearly_full_ = false;             // the cache
  std::vector<time_point> phase_began_;  // first load of each; meaningless before
  time_point phase_starts_{};            // not before
  std::uint64_t in_flight_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t spent_bytes_ =
      0;  // of the budget: by entries that were stored, and by loads under way as estimated
  bool stopped_ = false;
  std::string stop_reason_;
};

}  // namespace stoker
