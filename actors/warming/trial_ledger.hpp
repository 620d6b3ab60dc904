// Trial ledger: follows what was warmed and what was held out until its horizon is over, and keeps the books
// of every strategy and run: used, wasted, hits of both groups. Pure.
//
// A candidate takes part in a trial from when it is warmed or held out until its horizon is over; what counts
// is whether its first demand in that time was a hit. Results are entered at the end of the horizon and not
// before: candidates that are demanded soon would otherwise count before those that never are.
//
// Whether what was warmed was used is known, and counted, at once: its first demand hits (used), or misses,
// for it had left the cache before (wasted); what is not demanded within the horizon is wasted, too.
//
// Bounds: as many open trials of each group as `ledger_limits` says, at about 80 bytes; more are not
// followed, and counted. Time comes in as an argument. Threads: one at a time.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "actors/warming/proof.hpp"
#include "messages/access.hpp"
#include "messages/time.hpp"

namespace stoker {

struct ledger_limits {
  std::size_t warmed = 200'000;   // open trials of warmed candidates
  std::size_t held_out = 20'000;  // and of held-out ones
  std::size_t strategies = 64;    // bits in a mask; candidates of more are followed for none
  std::size_t runs = 64;          // whose use is kept; of older ones it goes on counting for strategies alone
  duration horizon = std::chrono::hours{1};
};

void validate(const ledger_limits& limits);

// What came of what a run, or a strategy, warmed.
struct use_counts {
  std::uint64_t warmed = 0;
  std::uint64_t used = 0;
  std::uint64_t wasted = 0;
};

class trial_ledger {
 public:
  explicit trial_ledger(const ledger_limits& limits);

  // A candidate of these strategies was put into the cache by a run; 0: by no run.
  void warmed(std::string_view key, const std::vector<std::string>& strategies, std::uint64_t run,
              time_point now);
  // It would have been warmed, but is in the control group.
  void held_out(std::string_view key, const std::vector<std::string>& strategies, time_point now);
  // It was taken out again before anyone used it: neither used nor wasted.
  void withdrawn(std::string_view key);
  // Its entries are being taken out: what of them was demanded before must not stand for all of them.
  void void_run(std::uint64_t run);
  // Loads were spent on a strategy.
  void spent(const std::string& strategy, std::uint64_t loads);

  void observe(const access_batch& batch);
  // Enters what is due; cheap when little time has passed since the last call.
  void settle(time_point now);

  bool throttled(const std::string& strategy) const;
  // Of those that were ever credited.
  std::vector<std::string> strategies() const;
  strategy_proof proof_of(const std::string& strategy) const;
  // All zero for a run that is not known any more.
  use_counts of_run(std::uint64_t run) const;
  // Over all strategies; used / (used + wasted) of what was warmed lately, negative while little is known.
  double recent_precision() const noexcept;

  std::size_t open() const noexcept { return trials_.size(); }
  std::uint64_t not_followed() const noexcept { return not_followed_; }

  // What has to survive a restart: the books, not the open trials.
  std::vector<strategy_account> accounts() const;
  // Adds to what is there already.
  void restore(const std::vector<strategy_account>& kept);
  // Rises with every result that is entered.
  std::uint64_t version() const noexcept { return version_; }

 private:
  using mask = std::uint64_t;  // a bit a strategy

  enum class group : std::uint8_t { none, warmed, held_out };

  struct trial {
    mask strategies = 0;  // of the trial
    time_point until{};   // of the trial
    mask users = 0;       // strategies of the latest warming
    time_point use_until{};
    std::uint64_t run = 0;  // of the latest warming
    group in = group::none;
    bool demanded = false;
    bool hit = false;
    bool use_open = false;  // warmed, and neither used nor wasted yet
  };

  struct book {
    std::string name;
    use_counts use;
    std::uint64_t loads = 0;
    strategy_evidence evidence;
  };

  mask mask_of(const std::vector<std::string>& strategies);
  template <class Step>
  void each_book(mask strategies, Step&& step);
  bool admit(std::size_t open, std::size_t most);
  void demanded(trial& asked, access_outcome outcome, time_point at);
  void void_control(trial& which);
  void close_use(trial& which, bool used);
  void enter(const trial& over);
  use_counts& run_use(std::uint64_t run);

  ledger_limits limits_;
  absl::flat_hash_map<std::uint64_t, trial> trials_;  // by hash of the key
  std::size_t open_warmed_ = 0;
  std::size_t open_held_out_ = 0;
  std::vector<book> books_;
  std::map<std::string, std::size_t, std::less<>> places_;  // of strategies in books_
  std::map<std::uint64_t, use_counts> runs_;
  time_point settled_at_{};
  std::uint64_t not_followed_ = 0;
  std::uint64_t version_ = 0;
  double recent_used_ = 0;  // both decay with what is closed
  double recent_closed_ = 0;
};

}  // namespace stoker
