#include "actors/warming/trial_ledger.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// Trials are looked through so many times a horizon: a result is at most a sixteenth of it late.
constexpr int looks_per_horizon = 16;

// Recent precision forgets by this factor with everything that is closed: it speaks of the latest thousand or
// so.
constexpr double recent_decay = 0.999;
constexpr double least_recent = 20;

bool is_hit(access_outcome outcome) {
  return outcome == access_outcome::hit || outcome == access_outcome::first_use;
}

bool was_warmed(access_outcome outcome) {
  return outcome == access_outcome::first_use || outcome == access_outcome::late;
}

std::uint64_t rounded(double x) {
  return x <= 0 ? 0 : static_cast<std::uint64_t>(std::llround(x));
}

}  // namespace

void validate(const ledger_limits& limits) {
  if (limits.warmed == 0 || limits.held_out == 0 || limits.runs == 0)
    throw error{errc::invalid_argument, "proof: the ledger needs room for trials and runs"};
  if (limits.strategies == 0 || limits.strategies > 64)
    throw error{errc::invalid_argument, "proof: 1 to 64 strategies can be told apart"};
  if (limits.horizon <= duration::zero())
    throw error{errc::invalid_argument, "proof: the horizon must be positive"};
}

trial_ledger::trial_ledger(const ledger_limits& limits) : limits_(limits) {}

trial_ledger::mask trial_ledger::mask_of(const std::vector<std::string>& strategies) {
  mask result = 0;
  for (const auto& name : strategies) {
    auto found = places_.find(name);
    if (found == places_.end()) {
      if (books_.size() >= limits_.strategies) continue;
      found = places_.emplace(name, books_.size()).first;
      books_.emplace_back().name = name;
    }
    result |= mask{1} << found->second;
  }
  return result;
}

template <class Step>
void trial_ledger::each_book(mask strategies, Step&& step) {
  for (std::size_t i = 0; i < books_.size(); ++i)
    if ((strategies >> i & 1) != 0) step(books_[i]);
}

use_counts& trial_ledger::run_use(std::uint64_t run) {
  const auto [place, is_new] = runs_.try_emplace(run);
  if (!is_new || runs_.size() <= limits_.runs) return place->second;
  runs_.erase(runs_.begin() == place ? std::next(place) : runs_.begin());
  return place->second;
}

bool trial_ledger::admit(std::size_t open, std::size_t most) {
  if (open < most) return true;
  ++not_followed_;
  return false;
}

void trial_ledger::warmed(std::string_view key, const std::vector<std::string>& strategies, std::uint64_t run,
                          time_point now) {
  const auto credited = mask_of(strategies);
  each_book(credited, [](book& each) { ++each.use.warmed; });
  if (run != 0) ++run_use(run).warmed;
  const auto hash = hash_key(key);
  auto found = trials_.find(hash);
  if (found == trials_.end()) {
    if (!admit(open_warmed_, limits_.warmed)) return;
    ++open_warmed_;
    found = trials_.emplace(hash, trial{}).first;
    found->second.in = group::warmed;
    found->second.strategies = credited;
    found->second.until = now + limits_.horizon;
  }
  auto& of_key = found->second;
  // It has left the cache since it was warmed before, or it could not be warmed again.
  if (of_key.use_open) close_use(of_key, false);
  if (of_key.in == group::held_out) void_control(of_key);  // an exempt strategy asked for it
  of_key.users = credited;
  of_key.run = run;
  of_key.use_open = true;
  of_key.use_until = now + limits_.horizon;
}

void trial_ledger::held_out(std::string_view key, const std::vector<std::string>& strategies,
                            time_point now) {
  const auto hash = hash_key(key);
  if (trials_.contains(hash) || !admit(open_held_out_, limits_.held_out)) return;
  ++open_held_out_;
  auto& added = trials_[hash];
  added.in = group::held_out;
  added.strategies = mask_of(strategies);
  added.until = now + limits_.horizon;
}

void trial_ledger::withdrawn(std::string_view key) {
  const auto found = trials_.find(hash_key(key));
  if (found == trials_.end() || !found->second.use_open) return;
  --open_warmed_;
  trials_.erase(found);
}

void trial_ledger::void_run(std::uint64_t run) {
  for (auto& [hash, each] : trials_)
    if (each.run == run && each.in == group::warmed) each.in = group::none;
}

void trial_ledger::spent(const std::string& strategy, std::uint64_t loads) {
  each_book(mask_of({strategy}), [loads](book& each) { each.loads += loads; });
}

void trial_ledger::observe(const access_batch& batch) {
  if (trials_.empty()) return;
  for (const auto& record : batch.records) {
    if (record.outcome == access_outcome::sampled) continue;
    const auto found = trials_.find(record.hash);
    if (found != trials_.end()) demanded(found->second, record.outcome, batch.taken_at);
  }
}

void trial_ledger::demanded(trial& asked, access_outcome outcome, time_point at) {
  if (asked.use_open) close_use(asked, is_hit(outcome) && at <= asked.use_until);
  if (asked.demanded || at > asked.until) return;
  // Somebody warmed it past this ledger: by name, or on another node.
  if (asked.in == group::held_out && was_warmed(outcome)) return void_control(asked);
  asked.demanded = true;
  asked.hit = is_hit(outcome);
}

// A control that was warmed after all is no control any more.
void trial_ledger::void_control(trial& which) {
  which.in = group::none;
  --open_held_out_;
  ++open_warmed_;
}

void trial_ledger::close_use(trial& which, bool used) {
  which.use_open = false;
  const auto count = [used](use_counts& use) { ++(used ? use.used : use.wasted); };
  each_book(which.users, [&](book& each) { count(each.use); });
  if (const auto run = runs_.find(which.run); run != runs_.end()) count(run->second);
  recent_used_ = recent_used_ * recent_decay + (used ? 1 : 0);
  recent_closed_ = recent_closed_ * recent_decay + 1;
}

void trial_ledger::settle(time_point now) {
  if (now - settled_at_ < limits_.horizon / looks_per_horizon) return;
  settled_at_ = now;
  std::vector<std::tuple<time_point, std::uint64_t>> due;
  for (auto& [hash, each] : trials_)
    if (each.until <= now && (!each.use_open || each.use_until <= now)) due.emplace_back(each.until, hash);
  // The table's order changes from process to process; that of the evidence must not.
  std::sort(due.begin(), due.end());
  for (const auto& [until, hash] : due) {
    const auto found = trials_.find(hash);
    if (found->second.use_open) close_use(found->second, false);
    enter(found->second);
    --(found->second.in == group::held_out ? open_held_out_ : open_warmed_);
    trials_.erase(found);
  }
}

void trial_ledger::enter(const trial& over) {
  ++version_;
  if (over.in == group::none) return;
  each_book(over.strategies, [&](book& each) {
    if (over.in == group::warmed)
      each.evidence.warmed(over.hit);
    else
      each.evidence.control(over.hit);
  });
}

bool trial_ledger::throttled(const std::string& strategy) const {
  const auto found = places_.find(strategy);
  return found != places_.end() && books_[found->second].evidence.standing() == strategy_standing::throttled;
}

std::vector<std::string> trial_ledger::strategies() const {
  std::vector<std::string> names;
  for (const auto& place : places_) names.push_back(place.first);
  return names;
}

strategy_proof trial_ledger::proof_of(const std::string& strategy) const {
  strategy_proof proof;
  const auto found = places_.find(strategy);
  if (found == places_.end()) {
    proof.because = strategy_evidence{}.because();
    return proof;
  }
  const auto& known = books_[found->second];
  const auto& counts = known.evidence.counts();
  const auto range = lift_interval(counts);
  const auto closed = known.use.used + known.use.wasted;
  proof.warmed = known.use.warmed;
  proof.used = known.use.used;
  proof.wasted = known.use.wasted;
  proof.measured = counts.warmed;
  proof.measured_hits = counts.warmed_hits;
  proof.controls = counts.controls;
  proof.control_hits = counts.control_hits;
  proof.lift = lift_of(counts);
  proof.lift_low = range.low;
  proof.lift_high = range.high;
  if (closed > 0) proof.precision = static_cast<double>(known.use.used) / static_cast<double>(closed);
  proof.origin_calls = known.loads;
  // A control that hit would have hit without us, and so would the same share of what we warmed.
  const auto anyway = counts.controls == 0
                          ? 0
                          : static_cast<double>(counts.control_hits) / static_cast<double>(counts.controls);
  proof.origin_calls_saved =
      rounded(static_cast<double>(known.use.used) - anyway * static_cast<double>(closed));
  proof.standing = known.evidence.standing();
  proof.because = known.evidence.because() + shortfall(strategy, proof.precision, closed);
  return proof;
}

use_counts trial_ledger::of_run(std::uint64_t run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? use_counts{} : found->second;
}

double trial_ledger::recent_precision() const noexcept {
  return recent_closed_ < least_recent ? -1 : recent_used_ / recent_closed_;
}

std::vector<strategy_account> trial_ledger::accounts() const {
  std::vector<strategy_account> kept;
  for (const auto& each : books_) {
    const auto& counts = each.evidence.counts();
    kept.push_back({each.name, each.use.warmed, each.use.used, each.use.wasted, each.loads, counts.warmed,
                    counts.warmed_hits, counts.controls, counts.control_hits, each.evidence.standing(),
                    each.evidence.because()});
  }
  return kept;
}

void trial_ledger::restore(const std::vector<strategy_account>& kept) {
  for (const auto& each : kept)
    each_book(mask_of({each.strategy}), [&](book& into) {
      into.use.warmed += each.warmed;
      into.use.used += each.used;
      into.use.wasted += each.wasted;
      into.loads += each.loads;
      into.evidence.restore(
          each.standing, {each.measured, each.measured_hits, each.controls, each.control_hits}, each.because);
    });
}

}  // namespace stoker
