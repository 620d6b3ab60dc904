// What came of a warmer's runs: trials, reports, rollbacks, and whether a run could work at all.
#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>

#include "actors/memory/pressure.hpp"
#include "actors/warming/origin_actor.hpp"
#include "actors/warming/warmer_actor.hpp"

namespace stoker {

namespace {

// What the predictor's proposals are booked under.
const std::string predictor_strategy = "predictor";

// The ledger is looked at so many times a horizon while trials are open and no access comes.
constexpr int looks_per_horizon = 8;

bool origin_was_called(load_status status) {
  return status != load_status::present && status != load_status::shed;
}

// Checks that are answered by others; delivers itself when the last of them is settled.
struct open_checks {
  open_checks(environment_report start, caf::typed_response_promise<environment_report> to)
      : result(std::move(start)), promise(std::move(to)) {}
  open_checks(const open_checks&) = delete;
  open_checks& operator=(const open_checks&) = delete;
  ~open_checks() { promise.deliver(std::move(result)); }

  void add(const char* name, bool passed, std::string detail) {
    result.checks.push_back({name, passed, std::move(detail)});
  }

  environment_report result;
  caf::typed_response_promise<environment_report> promise;
};

void note(open_checks& into, const arbiter_status& arbiter) {
  const auto pressed = arbiter.level == pressure_level::critical;
  into.add("memory", !pressed,
           fmt::format("pressure is {}; {} bytes may be taken, {} of them are leased",
                       to_string(arbiter.level), arbiter.budget_bytes, arbiter.leased_bytes));
}

bool reached(load_status status) {
  return status == load_status::stored || status == load_status::present || status == load_status::fenced ||
         status == load_status::absent;
}

}  // namespace

void warmer_state::start_prefetching() {
  prefetching_config config{config_.cache,
                            config_.origin,
                            config_.peers,
                            config_.now,
                            config_.entries,
                            config_.drain_wasted,
                            config_.prefetch,
                            {},
                            {}};
  config.screen = [this](const std::string& key) {
    const auto now = config_.now();
    // It proposes one by one what others propose at once.
    screening_->proposed(++prefetches_proposed_);
    if (screening_->excluded(key)) return true;
    if (screening_->held_out(key, now)) {
      trials_->held_out(key, {predictor_strategy}, now);
      look_after_trials();
      return true;
    }
    return trials_->throttled(predictor_strategy) && !screening_->in_trickle(key, now);
  };
  config.landed = [this](const std::string& key, load_status status) {
    if (origin_was_called(status)) trials_->spent(predictor_strategy, 1);
    if (status != load_status::stored) return;
    trials_->warmed(key, {predictor_strategy}, 0, config_.now());
    log_->put_again(key);
    look_after_trials();
  };
  prefetching_ = std::make_unique<prefetching>(self_, std::move(config));
}

// What would have been warmed but for the hold-out stands for the rest.
void warmer_state::hold_out(const warm_plan& plan) {
  for (const auto& left : plan.left_out) {
    if (left.reason != left_out_reason::held_out) continue;
    ++job_->header.held_out;
    trials_->held_out(left.item.key, credited_strategies(left.item), config_.now());
  }
}

void warmer_state::note_receipt(const load_receipt& receipt) {
  const auto* item = job_->work->find(receipt.key);
  if (item == nullptr || !origin_was_called(receipt.status)) return;
  const auto strategies = credited_strategies(*item);
  for (const auto& strategy : strategies) trials_->spent(strategy, 1);
  // What is renewed was there already: nobody can say that it hits for that.
  if (receipt.status == load_status::stored && !item->refresh)
    trials_->warmed(receipt.key, strategies, job_->header.run, config_.now());
}

void warmer_state::observe(const access_batch& batch) {
  trials_->observe(batch);
  log_->observe(batch);
  look_after_trials();
}

void warmer_state::look_after_trials() {
  const auto now = config_.now();
  const auto before = trials_->version();
  trials_->settle(now);
  if (trials_->version() != before) journal_->keep({next_run_, trials_->accounts()});
  if (trials_->open() == 0) return;
  if (now >= trials_due_ || trials_due_ == time_point::max())
    trials_due_ = now + config_.trials.horizon / looks_per_horizon;
  wake_at(trials_due_);
}

void warmer_state::add_strategies(warmer_status& status) const {
  auto known = strategies_;
  for (const auto& strategy : trials_->strategies()) known[strategy].strategy = strategy;
  for (auto& [strategy, each] : known) {
    each.proof = trials_->proof_of(strategy);
    status.strategies.push_back(std::move(each));
  }
}

void warmer_state::catch_up(warm_report& report) const {
  const auto use = trials_->of_run(report.run);
  report.used = use.used;
  report.wasted = use.wasted;
  if (report.accuracy() >= 0 && report.accuracy() < least_accuracy)
    report.warnings.push_back(fmt::format("{:.0f} % of what was warmed was used, below {:.0f} %",
                                          100 * report.accuracy(), 100 * least_accuracy));
}

caf::result<warm_report> warmer_state::report(std::uint64_t number) {
  trials_->settle(config_.now());
  const auto* known = log_->find(number);
  if (known == nullptr)
    return make_error(errc::no_such_run, fmt::format("cache {}: there is no report of run {} (any more)",
                                                     config_.cache, number));
  auto result = *known;
  catch_up(result);
  return result;
}

// A run that is under way ends first; what it has begun to load still arrives, and goes with the rest.
caf::result<rollback_report> warmer_state::rollback(std::uint64_t number) {
  if (job_ && (number == 0 || is_current(number))) {
    auto answer = self_->make_response_promise<rollback_report>();
    job_->undo = true;
    job_->undo_answers.push_back(answer);
    cancel(job_->header.run);
    return answer;
  }
  const auto* known = log_->find(number);
  if (known == nullptr)
    return make_error(errc::no_such_run,
                      fmt::format("cache {}: there is no run {} to roll back", config_.cache, number));
  auto answer = self_->make_response_promise<rollback_report>();
  undo(known->run, [answer](const rollback_report& undone) mutable { answer.deliver(undone); });
  return answer;
}

void warmer_state::undo(std::uint64_t number, std::function<void(const rollback_report&)> done) {
  rollback_report result;
  result.cache = config_.cache;
  result.run = number;
  auto keys = log_->take_keys(number);
  if (!keys) return done(result);
  trials_->void_run(number);
  if (!config_.entries) return undo_outside(std::move(*keys), std::move(result), std::move(done));
  const auto before = config_.entries->stats().bytes;
  for (const auto& key : *keys) {
    const auto removed = config_.entries->remove_unused(key);
    ++(removed ? result.removed : result.kept);
    if (removed) trials_->withdrawn(key);
  }
  const auto after = config_.entries->stats().bytes;
  result.bytes = before > after ? before - after : 0;
  note_undone(result);
  if (result.removed > 0) trim_later();
  done(result);
}

// Its actor asks the server, which may take its time.
void warmer_state::undo_outside(std::vector<std::string> keys, rollback_report so_far,
                                std::function<void(const rollback_report&)> done) {
  const auto failed = [this, so_far, count = keys.size(), done](const std::string& why) {
    auto result = so_far;
    result.unknown = count;
    result.trouble = why;
    note_undone(result);
    done(result);
  };
  const auto outside = config_.peers->outside_cache(config_.cache);
  if (!outside) return failed("the actor that speaks with the cache is being restarted");
  self_->request(outside, config_.undo_timeout, undo_request{std::move(keys)})
      .then(
          [this, so_far, done](const undo_result& undone) mutable {
            for (const auto& key : undone.removed_keys) trials_->withdrawn(key);
            so_far.removed = undone.removed;
            so_far.kept = undone.kept;
            so_far.unknown = undone.unknown;
            so_far.trouble = undone.trouble;
            note_undone(so_far);
            done(so_far);
          },
          [failed](const caf::error& why) { failed(describe(why)); });
}

void warmer_state::note_undone(const rollback_report& result) {
  if (auto* known = log_->find(result.run)) known->rolled_back += result.removed;
  ++rollbacks_;
  tell_memory(memory_event_kind::rolled_back, result.bytes,
              fmt::format("run {}: {} entries removed, {} kept{}", result.run, result.removed, result.kept,
                          result.trouble.empty() ? ""
                                                 : ", no answer of " + std::to_string(result.unknown) + " (" +
                                                       result.trouble + ")"));
}

// On a thread of its own, for the allocator may take its time.
void warmer_state::trim_later() {
  const auto monitor = config_.peers->memory_monitor();
  if (!config_.trim || !monitor) return;
  config_.run_host([trim = config_.trim, monitor, cache = config_.cache] {
    memory_event event;
    event.kind = memory_event_kind::trimmed;
    event.cache = cache;
    event.bytes = trim();
    caf::anon_send(monitor, std::move(event));
  });
}

void warmer_state::tell_memory(memory_event_kind kind, std::uint64_t bytes, std::string detail) const {
  const auto monitor = config_.peers->memory_monitor();
  if (!monitor) return;
  memory_event event;
  event.kind = kind;
  event.cache = config_.cache;
  event.bytes = bytes;
  event.detail = std::move(detail);
  self_->send(monitor, std::move(event));
}

// Those that need nobody's answer.
std::vector<environment_check> warmer_state::own_checks(const warm_request& request) const {
  std::vector<environment_check> checks;
  const auto add = [&](const char* what, bool passed, std::string detail) {
    checks.push_back({what, passed, std::move(detail)});
  };
  try {
    const auto chosen =
        choose_strategies(*config_.strategies, request, config_.default_strategies, config_.ttl);
    add("strategies", true, fmt::format("{} will be asked", chosen.size()));
  } catch (const error& mistake) {
    add("strategies", false, mistake.what());
  }
  add("idle", !job_, job_ ? fmt::format("run {} is under way", job_->header.run) : "no run is under way");
  const auto room = head_room_bytes();
  add("room", room > 0,
      room > 0 ? fmt::format("the cache is {:.0f} % full", 100 * utilisation())
               : std::string{"the cache is full: warming evicts nothing"});
  const auto history = static_cast<bool>(config_.peers->historian());
  add("history", history, history ? "the historian is there" : "the historian is being restarted");
  return checks;
}

// Asks the origin for a key, when one is given: a breaker that is closed only says that nothing failed of
// late.
void warmer_state::check_origin(const std::string& probe_key, const origin_verdict& told) {
  const auto origin = config_.peers->origin(config_.origin);
  if (!origin) return told(false, fmt::format("{} is being restarted", config_.origin));
  const auto failed = [told](const caf::error& why) { told(false, describe(why)); };
  if (probe_key.empty()) {
    self_->request(origin, config_.question_timeout, status_request{})
        .then(
            [told](const origin_status& status) {
              const auto open = status.breaker == breaker_state::open;
              told(!open, fmt::format("{}: its breaker is {}; {} loads failed so far", status.origin,
                                      open ? "open" : "closed", status.failures));
            },
            failed);
    return;
  }
  load_request probe{config_.cache, {{probe_key, {}, {}}}, config_.question_timeout};
  self_->request(origin, origin_answer_bound(config_.question_timeout), std::move(probe))
      .then(
          [told, probe_key](const load_receipts& answer) {
            const auto receipt = answer.receipts.empty() ? load_receipt{} : answer.receipts.front();
            told(reached(receipt.status),
                 fmt::format("it was asked for \"{}\": {}", probe_key,
                             reached(receipt.status) ? "it answered" : receipt.error));
          },
          failed);
}

caf::result<environment_report> warmer_state::environment(const environment_request& asked) {
  auto request = asked.what;
  request.cache = config_.cache;
  request.now = config_.now();
  auto answer = self_->make_response_promise<environment_report>();
  auto open = std::make_shared<open_checks>(environment_report{config_.cache, own_checks(request)}, answer);
  if (const auto arbiter = config_.peers->arbiter())
    self_->request(arbiter, config_.question_timeout, status_request{})
        .then([open](const arbiter_status& status) { note(*open, status); },
              [open](const caf::error& why) { open->add("memory", false, describe(why)); });
  else
    open->add("memory", false, "the memory arbiter is being restarted");
  check_origin(asked.probe_key,
               [open](bool passed, std::string detail) { open->add("origin", passed, std::move(detail)); });
  return answer;
}

}  // namespace stoker
