#include "actors/warming/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "actors/warming/plan.hpp"
#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::size_t nothing = static_cast<std::size_t>(-1);

// Ten points above the threshold that halves the batches, a run stops (design: pressure).
constexpr double stop_margin = 0.1;

double milliseconds(duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

void add_warnings(warm_report& report) {
  if (report.average_load() > slow_load_time)
    report.warnings.push_back(fmt::format("a load took {:.0f} ms on average, above {:.0f} ms; see slow_loads",
                                          milliseconds(report.average_load()), milliseconds(slow_load_time)));
}

// Why a load that did not store its value did so.
item_reason reason_of(load_status status) {
  switch (status) {
    case load_status::fenced:
      return item_reason::fenced;
    case load_status::absent:
      return item_reason::absent;
    case load_status::shed:
      return item_reason::shed;
    case load_status::refused:
      return item_reason::refused;
    case load_status::timed_out:
      return item_reason::timed_out;
    case load_status::throttled:
      return item_reason::throttled;
    default:
      return item_reason::failed;
  }
}

// Why items were cancelled when a run ended early.
item_reason reason_of(run_outcome outcome) {
  switch (outcome) {
    case run_outcome::stopped_by_pressure:
      return item_reason::pressure;
    case run_outcome::deadline_passed:
      return item_reason::deadline;
    default:
      return item_reason::cancelled;
  }
}

bool was_not_warmed(item_outcome outcome) {
  return outcome == item_outcome::failed || outcome == item_outcome::dropped;
}

}  // namespace

void validate(const run_settings& settings) {
  validate(settings.retry);
  if (settings.batch_items == 0 || settings.offers == 0)
    throw error{errc::invalid_argument, "run: batch_items and offers must be at least 1"};
  if (settings.workers == 0 || settings.workers > most_workers)
    throw error{errc::invalid_argument, "run: workers must be 1 to 16"};
  if (!(settings.pressure_threshold > 0) || settings.pressure_threshold > 1)
    throw error{errc::invalid_argument, "run: pressure_threshold must be above 0, and at most 1"};
  if (settings.phase_delay < duration::zero())
    throw error{errc::invalid_argument, "run: phase_delay must not be negative"};
}

run::run(warm_plan plan, const run_settings& settings, warm_report header, time_point until)
    : settings_(settings), until_(until), report_(std::move(header)), batch_items_(settings.batch_items) {
  for (auto& phase : plan.phases) {
    const auto begin = items_.size();
    for (auto& planned : phase.items) {
      items_.emplace_back().what = std::move(planned);
      items_.back().phase = static_cast<std::uint32_t>(phases_.size());
    }
    phases_.push_back({begin, items_.size()});
    auto& reported = report_.phases.emplace_back();
    reported.priority = phase.priority;
    reported.level = phase.level;
    reported.items = items_.size() - begin;
  }
  phase_began_.resize(phases_.size());
  report_.selected = items_.size();
  index_dependencies();
}

void run::index_dependencies() {
  places_.reserve(items_.size());
  for (std::uint32_t i = 0; i < items_.size(); ++i)
    if (!places_.emplace(items_[i].what.key, i).second)
      count(i, item_outcome::dropped, {item_reason::duplicate, "the plan names this key twice"});
  for (std::uint32_t i = 0; i < items_.size(); ++i)
    for (const auto& key : items_[i].what.dependencies) {
      const auto found = places_.find(key);
      // What stands in the same phase or later was cut from a cycle.
      if (found != places_.end() && items_[found->second].phase < items_[i].phase)
        items_[found->second].dependants.push_back(i);
    }
}

std::vector<load_item> run::take(time_point now) {
  std::vector<load_item> out;
  if (now >= until_ && !finished()) abandon(run_outcome::deadline_passed, "the run's deadline passed");
  while (!stopped_ && in_flight_ < settings_.workers && start_next(now, out)) continue;
  return out;
}

bool run::start_next(time_point now, std::vector<load_item>& out) {
  if (!enter_phase(now) || !enter_batch()) return false;
  const auto index = next_item(now);
  if (index == nothing) return false;
  auto& starting = items_[index];
  const auto bytes = cost_of(index, starting.what.bytes);
  if (spent_bytes_ + bytes > report_.budget_bytes) {
    finish(index, item_outcome::dropped, {item_reason::over_budget, "the memory budget is spent"});
    return true;
  }
  if (phase_began_[starting.phase] == time_point{}) phase_began_[starting.phase] = now;
  spent_bytes_ += bytes;
  starting.state = item_state::in_flight;
  ++in_flight_;
  --batch_left_;
  out.push_back({starting.what.key, starting.what.ttl, starting.what.tags, starting.what.refresh,
                 static_cast<float>(starting.what.probability), starting.what.bytes});
  return true;
}

bool run::phase_over() const noexcept {
  return cursor_ == phases_[phase_].end && again_.empty() && in_flight_ == 0;
}

bool run::enter_phase(time_point now) {
  while (phase_ < phases_.size()) {
    auto& at = cursor_;
    while (at < phases_[phase_].end && items_[at].state != item_state::waiting) ++at;
    if (!phase_over()) return now >= phase_starts_;
    if (++phase_ < phases_.size()) phase_starts_ = now + settings_.phase_delay;
  }
  return false;
}

// A batch is over when its loads are: pressure is looked at between batches.
bool run::enter_batch() {
  if (batch_left_ == 0 && in_flight_ == 0) batch_left_ = next_batch();
  return batch_left_ > 0;
}

std::uint32_t run::next_batch() noexcept {
  if (used_share_ >= settings_.pressure_threshold)
    batch_items_ = std::max(1u, batch_items_ / 2);
  else if (used_share_ >= 0 && used_share_ < roomy_below)
    batch_items_ = std::max(batch_items_, std::min(most_batch_items, 2 * batch_items_));
  return nearly_full_ ? std::min(batch_items_, nearly_full_batch) : batch_items_;
}

std::size_t run::next_item(time_point now) {
  if (cursor_ < phases_[phase_].end) return cursor_++;
  if (again_.empty() || again_.begin()->first > now) return nothing;
  const auto index = again_.begin()->second;
  again_.erase(again_.begin());
  return index;
}

// An item that was shed never reached the origin: then it is the origin's guard that speaks.
run::cause run::cause_of(const load_receipt& receipt, const char* otherwise) {
  const auto reason = reason_of(receipt.status);
  if (receipt.error.empty()) return {reason, otherwise};
  return {reason, receipt.error, receipt.status != load_status::shed};
}

void run::settle(const load_receipt& receipt, double random, time_point now) {
  const auto found = places_.find(receipt.key);
  if (found == places_.end() || items_[found->second].state != item_state::in_flight) return;
  const auto index = found->second;
  --in_flight_;
  spent_bytes_ -= cost_of(index, items_[index].what.bytes);
  items_[index].state = item_state::waiting;
  note_load(receipt, now);
  switch (receipt.status) {
    case load_status::stored:
      return warmed(index, receipt);
    case load_status::present:
      return finish(index, item_outcome::already_fresh, {});
    // The key is the users' now: what depends on it may go on.
    case load_status::fenced:
      return count(index, item_outcome::dropped, cause_of(receipt, "a live set or delete overtook the load"));
    case load_status::absent:
      return finish(index, item_outcome::dropped, cause_of(receipt, "the origin has no such key"));
    case load_status::refused:
      return finish(index, item_outcome::failed, cause_of(receipt, "refused"));
    case load_status::shed:
      return offer_again(index, receipt, random, now);
    case load_status::failed:
    case load_status::throttled:
    case load_status::timed_out:
      return try_again(index, receipt, random, now);
  }
}

void run::note_load(const load_receipt& receipt, time_point now) {
  const auto phase = items_[places_.find(receipt.key)->second].phase;
  report_.phases[phase].took = now - phase_began_[phase];
  if (receipt.status == load_status::present || receipt.status == load_status::shed) return;
  ++report_.loads;
  if (receipt.took <= duration::zero()) return;
  const auto first = report_.total_load == duration::zero();
  report_.total_load += receipt.took;
  report_.fastest_load = first ? receipt.took : std::min(report_.fastest_load, receipt.took);
  report_.slowest_load = std::max(report_.slowest_load, receipt.took);
  if (receipt.took > slow_load_time) note_slow(receipt);
}

// Keeps the slowest, slowest first, each key once.
void run::note_slow(const load_receipt& receipt) {
  auto& slow = report_.slow_loads;
  const auto same = [&](const slow_load& each) { return each.key == receipt.key; };
  if (const auto known = std::find_if(slow.begin(), slow.end(), same); known != slow.end()) {
    if (known->took >= receipt.took) return;
    slow.erase(known);
  }
  const auto faster = [&](const slow_load& each) { return each.took < receipt.took; };
  slow.insert(std::find_if(slow.begin(), slow.end(), faster), {receipt.key, receipt.took});
  if (slow.size() > max_slow_loads) slow.pop_back();
}

void run::warmed(std::size_t index, const load_receipt& receipt) {
  report_.bytes += receipt.bytes;
  report_.phases[items_[index].phase].bytes += receipt.bytes;
  report_.predicted_uses += items_[index].what.probability;
  spent_bytes_ += cost_of(index, receipt.bytes);
  finish(index, item_outcome::warmed, {});
}

void run::try_again(std::size_t index, const load_receipt& receipt, double random, time_point now) {
  const auto delay = retry_delay(settings_.retry, ++items_[index].attempts, random);
  if (!delay || stopped_) return finish(index, item_outcome::failed, cause_of(receipt, "the load failed"));
  put_off(index, std::max(*delay, receipt.retry_after), now);
}

void run::offer_again(std::size_t index, const load_receipt& receipt, double random, time_point now) {
  if (stopped_) return finish(index, item_outcome::cancelled, {reason_of(report_.outcome), stop_reason_});
  auto& shed = items_[index];
  if (++shed.offers >= settings_.offers)
    return finish(index, item_outcome::dropped, cause_of(receipt, "the origin's limits left no room"));
  put_off(index, std::max(back_off(settings_.retry, shed.offers, random), receipt.retry_after), now);
}

void run::put_off(std::size_t index, duration delay, time_point now) {
  again_.emplace(now + delay, static_cast<std::uint32_t>(index));
}

std::uint64_t run::cost_of(std::size_t index, std::uint64_t value_bytes) const {
  if (items_[index].what.refresh) return 0;  // it takes the room that its entry has already
  return value_bytes + items_[index].what.key.size() + settings_.overhead_bytes;
}

void run::count(std::size_t index, item_outcome outcome, const cause& why) {
  items_[index].state = item_state::settled;
  items_[index].outcome = outcome;
  items_[index].reason = why.reason;
  ++settled_;
  switch (outcome) {
    case item_outcome::warmed:
      ++report_.warmed;
      ++report_.phases[items_[index].phase].warmed;
      return;
    case item_outcome::already_fresh:
      ++report_.already_fresh;
      return;
    case item_outcome::failed:
      ++report_.failed;
      ++report_.phases[items_[index].phase].failed;
      break;
    case item_outcome::dropped:
      ++report_.dropped;
      break;
    case item_outcome::cancelled:
      ++report_.cancelled;
      break;
  }
  if (report_.problems.size() < max_reported_problems)
    report_.problems.push_back({items_[index].what.key, outcome, why.text, why.from_origin});
}

void run::finish(std::size_t index, item_outcome outcome, const cause& why) {
  count(index, outcome, why);
  if (was_not_warmed(outcome)) drop_dependants(index);
}

// All that depend on it, and all that depend on these.
void run::drop_dependants(std::size_t index) {
  std::vector<std::size_t> lost{index};
  while (!lost.empty()) {
    const auto text = "what it depends on was not warmed: " + items_[lost.back()].what.key;
    const auto dependants = std::move(items_[lost.back()].dependants);
    lost.pop_back();
    for (const auto dependant : dependants) {
      if (items_[dependant].state != item_state::waiting) continue;
      count(dependant, item_outcome::dropped, {item_reason::dependency, text});
      lost.push_back(dependant);
    }
  }
}

void run::stop(run_outcome why, const std::string& reason) {
  if (stopped_ || finished()) return;
  stopped_ = true;
  stop_reason_ = reason;
  report_.outcome = why;
  if (why == run_outcome::failed) report_.error = reason;
  again_.clear();
  cancel_all(item_state::waiting, reason);
}

void run::abandon(run_outcome why, const std::string& reason) {
  stop(why, reason);
  cancel_all(item_state::in_flight, reason);
  in_flight_ = 0;
}

void run::cancel_all(item_state state, const std::string& reason) {
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (items_[i].state == state) count(i, item_outcome::cancelled, {reason_of(report_.outcome), reason});
}

void run::pressure(const memory_report& memory) {
  if (memory.level == pressure_level::critical ||
      memory.used_share >= settings_.pressure_threshold + stop_margin)
    return stop(run_outcome::stopped_by_pressure, "memory pressure rose");
  used_share_ = memory.used_share;
}

time_point run::wake_at(time_point now) const {
  auto earliest = until_;
  if (phase_starts_ > now) earliest = std::min(earliest, phase_starts_);
  // Those that are due already wait for the end of a load, not for time.
  const auto next = again_.lower_bound({now + duration{1}, 0});
  return next == again_.end() ? earliest : std::min(earliest, next->first);
}

warm_progress run::progress() const {
  warm_progress result;
  result.run = report_.run;
  result.cache = report_.cache;
  result.done = settled_;
  result.total = items_.size();
  result.phases = static_cast<std::uint32_t>(phases_.size());
  result.phase = static_cast<std::uint32_t>(std::min(phase_ + 1, phases_.size()));
  result.bytes = report_.bytes;
  return result;
}

warm_report run::report(time_point now) const {
  auto result = report_;
  result.took = now - result.started_at;
  result.loading_took = result.took - std::min(result.took, result.planning_took);
  result.cancelled += items_.size() - settled_;
  add_warnings(result);
  return result;
}

std::map<std::string, std::uint64_t> run::warmed_by_strategy() const {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& each : items_)
    if (each.state == item_state::settled && each.outcome == item_outcome::warmed)
      for (auto& strategy : credited_strategies(each.what)) ++counts[std::move(strategy)];
  return counts;
}

std::vector<item_count> run::tally() const {
  std::map<std::tuple<std::string, item_outcome, item_reason>, std::uint64_t> counts;
  for (const auto& each : items_)
    if (each.state == item_state::settled)
      for (auto& strategy : credited_strategies(each.what))
        ++counts[{std::move(strategy), each.outcome, each.reason}];
  std::vector<item_count> result;
  for (const auto& [what, items] : counts) {
    const auto& [strategy, outcome, reason] = what;
    result.push_back({strategy, to_string(outcome), to_string(reason), items});
  }
  return result;
}

std::vector<std::string> run::warmed_keys() const {
  std::vector<std::string> keys;
  for (const auto& each : items_)
    if (each.state == item_state::settled && each.outcome == item_outcome::warmed && !each.what.refresh)
      keys.push_back(each.what.key);
  return keys;
}

const candidate* run::find(const std::string& key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &items_[found->second].what;
}

std::string run::settled_bits() const {
  std::string bits((items_.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (items_[i].state == item_state::settled)
      bits[i / 8] = static_cast<char>(static_cast<unsigned char>(bits[i / 8]) | 1u << i % 8);
  return bits;
}

}  // namespace stoker
