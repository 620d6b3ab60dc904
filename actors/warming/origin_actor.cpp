#include "actors/warming/origin_actor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>

#include "messages/mailbox.hpp"

namespace stoker {

namespace {

// How long a probe of a loader that hangs may wait: it costs a message in its mailbox, so there are few of
// them.
constexpr duration probe_timeout = std::chrono::minutes{10};

// While no loader is there to take work, how often to look for one that was restarted.
constexpr duration restart_poll = std::chrono::milliseconds{100};

// Waking earlier than this would only spin.
constexpr duration shortest_wait = std::chrono::milliseconds{1};

// The weight of a new load in the mean: about the last eight count.
constexpr int mean_weight = 8;

load_receipt receipt(const std::string& key, load_status status, std::string text) {
  load_receipt result;
  result.key = key;
  result.status = status;
  result.error = std::move(text);
  return result;
}

// A load that timed out may have brought its value all the same, and a cache that loads by itself does not
// say.
std::optional<std::uint64_t> bytes_of(const load_receipt& receipt) {
  const auto untold = receipt.status == load_status::stored && receipt.bytes == 0;
  if (untold || receipt.status == load_status::timed_out) return std::nullopt;
  return receipt.bytes;
}

bool means_timeout(const caf::error& why) {
  return why == caf::sec::request_timeout;
}

}  // namespace

void validate(const origin_config& config) {
  validate(config.limits);
  validate(config.breaker);
  const auto reject = [&](const char* what) {
    throw error{errc::invalid_argument, fmt::format("origin {}: {}", config.name, what)};
  };
  if (!config.now || !config.loaders || config.loaders->size() == 0)
    reject("a clock and a pool of loaders must be given");
  if (config.queue_capacity == 0) reject("queue_capacity must be at least 1");
  if (config.default_timeout <= duration::zero() || config.default_pause <= duration::zero() ||
      config.longest_pause < config.default_pause)
    reject("default_timeout and default_pause must be positive, longest_pause no shorter than default_pause");
}

void origin_state::start(origin_actor::pointer self, origin_config config) {
  self_ = self;
  config_ = std::move(config);
  budget_ = origin_budget{config_.limits, config_.now()};
  if (config_.demand_begun) counted_demand_ = config_.demand_begun();
  breaker_ = breaker{config_.breaker};
  slots_.resize(config_.loaders->size());
  counts_.origin = config_.name;
  counts_.queue_capacity = config_.queue_capacity;
}

caf::result<load_receipts> origin_state::enqueue(const load_request& request) {
  if (request.items.empty()) return load_receipts{};
  const auto timeout = request.timeout > duration::zero() ? request.timeout : config_.default_timeout;
  const auto expires = config_.now() + timeout;
  const auto number = next_request_++;
  auto answer = self_->make_response_promise<load_receipts>();
  auto& opened = requests_[number];
  opened.open = request.items.size();
  opened.receipts.receipts.resize(opened.open);
  opened.answer = answer;
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    opened.receipts.receipts[i].key = request.items[i].key;
    queued_item waiting{{number, i}, request.cache, request.items[i], timeout, expires};
    if (queue_.size() >= config_.queue_capacity)
      shed(waiting, {"the queue is full", {}});
    else
      queue_.push_back(std::move(waiting));
  }
  first_expiry_ = std::min(first_expiry_, expires);
  work();
  return answer;
}

void origin_state::demand(const origin_demand& noted) {
  counts_.demand_loads += noted.loads;
  counts_.failures += noted.failures;
  counts_.throttled += noted.throttled;
  const auto now = config_.now();
  auto uncounted = noted;
  if (config_.demand_begun) uncounted.loads = 0;
  budget_.demand(uncounted, now);
  if (noted.throttled > 0) slow_down(noted.retry_after, now);
  // Who asks to slow down works.
  const auto failed = noted.failures - std::min(noted.failures, noted.throttled);
  breaker_.observe(noted.loads - std::min(noted.failures, noted.loads), failed, now);
  work();
}

void origin_state::limit(const origin_limits& limits) {
  budget_.change(limits, config_.now());
  work();
}

void origin_state::slow_down(duration asked, time_point now) {
  budget_.slow_down(std::min(asked > duration::zero() ? asked : config_.default_pause, config_.longest_pause),
                    now);
}

void origin_state::wake(std::uint64_t generation) {
  if (generation != generation_) return;
  next_wake_ = time_point::max();
  work();
}

origin_status origin_state::status() {
  const auto now = config_.now();
  count_demand(now);
  auto status = counts_;
  status.breaker = breaker_.state(now);
  status.queued = queue_.size();
  status.demand_in_flight = demand_in_flight();
  budget_.report(status, now);
  const auto& limits = status.limits;
  const auto slots = static_cast<std::uint32_t>(slots_.size());
  status.max_in_flight = limits.in_flight == 0 ? slots : std::min(slots, limits.in_flight);
  return status;
}

void origin_state::work() {
  const auto now = config_.now();
  if (const auto halt = halted(now))
    shed_expiring(halt->until, *halt);
  else
    shed_expiring(now, in_the_way(now));
  while (start_next(now)) continue;
  schedule_wake(now);
}

std::uint64_t origin_state::demand_in_flight() const {
  return config_.demand_in_flight ? config_.demand_in_flight() : 0;
}

// What began since the last look: telling it takes a moment, in which warming would take what is theirs.
void origin_state::count_demand(time_point now) {
  if (!config_.demand_begun) return;
  const auto begun = config_.demand_begun();
  // Fewer than before: a cache, and what it counted, is gone.
  if (begun > counted_demand_) budget_.demand({.loads = begun - counted_demand_}, now);
  counted_demand_ = begun;
}

// Nothing starts before that time, so what expires before need not wait.
std::optional<origin_state::obstacle> origin_state::halted(time_point now) const {
  if (auto asked = budget_.pause(now)) return asked;
  if (breaker_.next(now) > now)
    return obstacle{"the breaker is open: too many loads failed", breaker_.next(now)};
  return std::nullopt;
}

// What the limits say of the next load.
std::optional<origin_state::obstacle> origin_state::over_budget(time_point now) {
  count_demand(now);
  const auto bytes = queue_.empty() ? 0 : queue_.front().item.bytes;
  return budget_.in_the_way(bytes, demand_in_flight(), now);
}

origin_state::obstacle origin_state::in_the_way(time_point now) {
  if (auto halt = halted(now)) return *halt;
  if (auto limit = over_budget(now)) return *limit;
  if (breaker_.state(now) == breaker_state::half_open)
    return {"the breaker is half open, and a trial is under way", {}};
  return {"every loader is busy", {}};
}

bool origin_state::start_next(time_point now) {
  if (queue_.empty()) return false;
  const auto slot = free_slot();
  // The breaker is asked last, for its yes may be the one trial.
  if (!slot || over_budget(now) || !breaker_.admit(now)) return false;
  auto next = std::move(queue_.front());
  queue_.pop_front();
  load(std::move(next), *slot);
  return true;
}

// The one that is least busy with other origins' loads.
std::optional<std::size_t> origin_state::free_slot() const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].busy || (best && config_.loaders->loads(i) >= config_.loaders->loads(*best))) continue;
    if (const auto loader = config_.loaders->get(i); loader && loader != slots_[i].suspect) best = i;
  }
  return best;
}

void origin_state::load(queued_item next, std::size_t slot) {
  const auto loader = config_.loaders->get(slot);
  const auto where = next.where;
  const auto given = budget_.begin(next.item.bytes, config_.now());
  slots_[slot].busy = true;
  config_.loaders->begin_load(slot);
  ++counts_.warming_loads;
  load_request single;
  single.cache = std::move(next.cache);
  single.timeout = next.timeout;
  single.items.push_back(std::move(next.item));
  self_->request(loader, next.timeout + loader_grace, std::move(single))
      .then(
          [this, where, slot, given](load_receipts& answer) {
            if (answer.receipts.empty())
              answer.receipts.push_back(receipt({}, load_status::failed, "no receipt came"));
            loaded(where, slot, given, std::move(answer.receipts.front()));
          },
          [this, where, slot, given, loader](const caf::error& why) {
            load_failed(where, slot, given, loader, why);
          });
}

void origin_state::loaded(const place& where, std::size_t slot, double given, load_receipt receipt) {
  slots_[slot].busy = false;
  config_.loaders->end_load(slot);
  budget_.end(given, bytes_of(receipt), config_.now());
  learn(receipt);
  settle(where, std::move(receipt));
  work();
}

void origin_state::load_failed(const place& where, std::size_t slot, double given, const loader_actor& loader,
                               const caf::error& why) {
  const auto hangs = means_timeout(why);
  if (hangs) {
    slots_[slot].suspect = loader;
    probe(slot, loader);
  }
  loaded(where, slot, given,
         receipt({}, hangs ? load_status::timed_out : load_status::failed,
                 hangs ? "the loader did not answer in time" : "the loader died: " + describe(why)));
}

void origin_state::probe(std::size_t slot, const loader_actor& loader) {
  self_->request(loader, probe_timeout, load_request{})
      .then(
          [this, slot, loader](const load_receipts&) {
            if (slots_[slot].suspect == loader) slots_[slot].suspect = nullptr;
            work();
          },
          [this, slot, loader](const caf::error& why) {
            if (means_timeout(why) && slots_[slot].suspect == loader) probe(slot, loader);
          });
}

void origin_state::learn(const load_receipt& receipt) {
  const auto now = config_.now();
  if (receipt.took > duration::zero())
    counts_.mean_load = counts_.mean_load == duration::zero()
                            ? receipt.took
                            : counts_.mean_load + (receipt.took - counts_.mean_load) / mean_weight;
  switch (receipt.status) {
    case load_status::stored:
    case load_status::fenced:
    case load_status::absent:
      return breaker_.succeeded();
    case load_status::failed:
    case load_status::timed_out:
      ++counts_.failures;
      return breaker_.failed(now);
    case load_status::throttled:
      ++counts_.throttled;
      slow_down(receipt.retry_after, now);
      return breaker_.undecided();
    // The cache had it, had no room for it, or had too much under way: that says nothing of the origin.
    case load_status::present:
    case load_status::refused:
    case load_status::shed:
      return breaker_.undecided();
  }
}

void origin_state::settle(const place& where, load_receipt receipt) {
  const auto found = requests_.find(where.request);
  auto& request = found->second;
  auto& slot = request.receipts.receipts[where.index];
  receipt.key = std::move(slot.key);
  slot = std::move(receipt);
  if (--request.open > 0) return;
  request.answer.deliver(std::move(request.receipts));
  requests_.erase(found);
}

void origin_state::shed(const queued_item& item, const obstacle& why) {
  ++counts_.shed;
  auto result = receipt({}, load_status::shed, fmt::format("origin {}: {}", config_.name, why.what));
  result.retry_after = std::max(duration::zero(), why.until - config_.now());
  settle(item.where, std::move(result));
}

void origin_state::shed_expiring(time_point until, const obstacle& why) {
  if (first_expiry_ > until) return;
  first_expiry_ = time_point::max();
  std::deque<queued_item> kept;
  for (auto& item : queue_) {
    if (item.expires <= until) {
      shed(item, why);
    } else {
      first_expiry_ = std::min(first_expiry_, item.expires);
      kept.push_back(std::move(item));
    }
  }
  queue_ = std::move(kept);
}

// A tick that comes too early does no harm, so only an earlier one than the one on its way is sent.
void origin_state::schedule_wake(time_point now) {
  if (queue_.empty()) return;
  auto wake = first_expiry_;
  if (const auto until = in_the_way(now).until; until > now) wake = std::min(wake, until);
  // Nobody tells of a loader that is back, nor of users' loads that end.
  if (budget_.in_flight() == 0) wake = std::min(wake, std::max(in_the_way(now).until, now + restart_poll));
  wake = std::max(wake, now + shortest_wait);
  if (wake >= next_wake_) return;
  next_wake_ = wake;
  self_->delayed_send(self_, wake - now, tick{++generation_});
}

origin_actor::behavior_type guarded_origin(origin_actor::stateful_pointer<origin_state> self,
                                           origin_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](const load_request& request) { return self->state.enqueue(request); },
      [self](const origin_demand& noted) { self->state.demand(noted); },
      [self](const origin_limits& limits) { self->state.limit(limits); },
      [self](status_request) { return with_mailbox(self, self->state.status()); },
      [self](tick due) { self->state.wake(due.generation); },
  };
}

}  // namespace stoker
