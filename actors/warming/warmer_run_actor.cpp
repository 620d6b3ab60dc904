// The warmer's runs: from a request or a plan to its report.
#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>

#include "actors/memory/budget.hpp"
#include "actors/warming/origin_actor.hpp"
#include "actors/warming/warmer_actor.hpp"

namespace stoker {

namespace {

constexpr double lowest_threshold = 0.1;  // of pressure, whatever a policy takes off
const std::string resumed_prefix = "resumed: ";

}  // namespace

caf::error warmer_state::busy() const {
  return make_error(errc::busy, fmt::format("cache {}: run {} ({}) is under way; wait for it or cancel it",
                                            config_.cache, job_->header.run, job_->header.reason));
}

void warmer_state::open_job(warm_request request) {
  const auto now = config_.now();
  auto& job = job_.emplace();
  job.header.run = next_run_++;
  job.header.cache = config_.cache;
  job.header.reason = request.reason.empty() ? "user" : request.reason;
  job.header.started_at = now;
  job.header.hit_ratio_before =
      config_.recent_hit_ratio ? config_.recent_hit_ratio() : log_->recent_hit_ratio();
  job.until = now + (request.deadline > duration::zero() ? request.deadline : config_.run_deadline);
  job.request = std::move(request);
  wake_at(job.until);
}

// The same, for whoever sent the current message.
caf::result<warm_report> warmer_state::open_job(warm_request request, caf::strong_actor_ptr listener) {
  open_job(std::move(request));
  job_->listener = std::move(listener);
  job_->answer = self_->make_response_promise<warm_report>();
  return job_->answer;
}

caf::result<warm_report> warmer_state::warm(warm_request request, caf::strong_actor_ptr listener) {
  if (job_) return busy();
  request.cache = config_.cache;
  request.now = config_.now();
  std::vector<chosen_strategy> chosen;
  try {
    chosen = choose_strategies(*config_.strategies, request, config_.default_strategies, config_.ttl);
  } catch (const error& mistake) {
    return make_error(mistake.code(), mistake.what());
  }
  auto answer = open_job(std::move(request), std::move(listener));
  for (const auto& choice : chosen) job_->header.strategies.push_back(choice.source->name);
  gather_candidates(self_, gathering_, chosen,
                    [this, number = job_->header.run](std::vector<strategy_answer> answers) {
                      if (is_current(number)) gathered(std::move(answers));
                    });
  return answer;
}

void warmer_state::gathered(std::vector<strategy_answer> answers) {
  auto candidates = candidates_of(answers, job_->request.policy);
  job_->answers = std::move(answers);
  job_->header.gathering_took = config_.now() - job_->header.started_at;
  job_->header.candidates = candidates->size();
  if (candidates->empty() && all_failed(job_->answers))
    return fail(run_outcome::failed, errors_of(job_->answers));
  const auto bytes = std::min(wanted_bytes(*candidates, context_for(job_->request, 0)), head_room_bytes());
  lease_for_job(bytes, [this, candidates] {
    auto made = make_plan(std::move(*candidates), context_for(job_->request, job_->taken.bytes));
    execute(std::move(made));
  });
}

caf::result<warm_report> warmer_state::warm(warm_plan plan) {
  if (job_) return busy();
  if (plan.cache != config_.cache)
    return make_error(errc::invalid_argument, fmt::format("the plan is for cache \"{}\", this is cache {}",
                                                          plan.cache, config_.cache));
  warm_request request;
  request.cache = config_.cache;
  request.now = config_.now();
  request.reason = "plan";
  auto answer = open_job(std::move(request), nullptr);
  run_plan(std::move(plan));
  return answer;
}

void warmer_state::run_plan(warm_plan plan) {
  job_->header.strategies = strategies_of(plan);
  for (const auto& phase : plan.phases) job_->header.candidates += phase.items.size();
  screen(plan);
  const auto bytes = std::min(wanted_bytes(plan, context_for(job_->request, 0)), head_room_bytes());
  auto shared = std::make_shared<warm_plan>(std::move(plan));
  lease_for_job(bytes, [this, shared] { execute(std::move(*shared)); });
}

// Goes on with the job that is current now, unless it ended meanwhile or nothing was granted. Nothing is
// asked for when the cache is full or everything is there: the plan then says so of each candidate.
void warmer_state::lease_for_job(std::uint64_t bytes, std::function<void()> then) {
  const auto granted = [this, bytes, number = job_->header.run, then](const lease& given) {
    if (!is_current(number)) return give_back(given, 0);
    job_->taken = given;
    if (given.bytes > 0 || bytes == 0) return then();
    const auto pressed = memory_.level == pressure_level::critical;
    fail(pressed ? run_outcome::stopped_by_pressure : run_outcome::failed,
         "no memory was granted: " + given.reason);
  };
  const auto failed = [this, number = job_->header.run](const std::string& text) {
    if (is_current(number)) fail(run_outcome::failed, text);
  };
  ask_lease(job_->request, bytes, granted, failed);
}

void warmer_state::execute(warm_plan plan) {
  auto& header = job_->header;
  header.budget_bytes = job_->taken.bytes;
  header.planning_took = config_.now() - header.started_at;
  header.fresh = count_left_out(plan, left_out_reason::fresh);
  hold_out(plan);
  tally_.left_out(plan);
  write_journal(plan);
  auto settings = config_.run;
  const auto threshold = settings.pressure_threshold + terms_of(job_->request.policy).threshold_shift;
  settings.pressure_threshold = std::clamp(threshold, lowest_threshold, 1.0);
  job_->work.emplace(std::move(plan), settings, header, job_->until);
  job_->work->pressure(memory_);
  pump();
}

void warmer_state::write_journal(const warm_plan& plan) {
  const auto& header = job_->header;
  journal_->begin(
      {header.run, header.reason, job_->until, job_->request.policy, job_->request.budget_bytes, {}},
      plan.phases);
}

// Goes on with what an interrupted run left. A cache that can be asked knows best what is there: the process
// that held it may have ended, too. Of one that can't, the journal is believed.
void warmer_state::resume(journal_plan left, const journal_progress& progress) {
  next_run_ = std::max(next_run_, left.run + 1);
  const auto now = config_.now();
  if (job_ || now >= left.until) return;
  warm_plan plan;
  plan.cache = config_.cache;
  std::uint64_t settled = 0;
  std::size_t number = 0;
  for (auto& phase : left.phases) {
    std::erase_if(phase.items, [&](const candidate& item) {
      const auto was_settled = progress.is_settled(number++);
      const auto can_tell = config_.entries && !item.refresh;
      const auto done = can_tell ? config_.entries->contains(item.key, now) : was_settled;
      settled += done ? 1 : 0;
      return done;
    });
    if (!phase.items.empty()) plan.phases.push_back(std::move(phase));
  }
  if (plan.phases.empty()) return;
  warm_request request;
  request.cache = config_.cache;
  request.now = now;
  request.policy = left.policy;
  request.budget_bytes = left.budget_bytes;
  request.deadline = left.until - now;
  request.reason = left.reason.starts_with(resumed_prefix) ? left.reason : resumed_prefix + left.reason;
  open_job(std::move(request));
  job_->header.run = left.run;
  job_->header.resumed_at = settled;
  --next_run_;
  run_plan(std::move(plan));
}

void warmer_state::pump() {
  const auto number = job_->header.run;
  job_->work->utilisation(utilisation());
  while (true) {
    auto items = job_->work->take(config_.now());
    if (items.empty()) break;
    for (auto& item : items) load(std::move(item), number);
  }
  if (job_->work->finished()) return complete(job_->work->report(config_.now()));
  tell_progress(false);
  wake_at(job_->work->wake_at(config_.now()));
}

void warmer_state::load(load_item item, std::uint64_t number) {
  load_receipt failure;
  failure.key = item.key;
  const auto origin = config_.peers->origin(config_.origin);
  if (!origin) {
    failure.error = fmt::format("origin {} is being restarted", config_.origin);
    return job_->work->settle(failure, config_.random(), config_.now());
  }
  load_request single{config_.cache, {std::move(item)}, config_.load_timeout};
  self_->request(origin, origin_answer_bound(config_.load_timeout), std::move(single))
      .then(
          [this, number, failure](const load_receipts& answer) {
            settle(number, answer.receipts.empty() ? failure : answer.receipts.front());
          },
          [this, number, failure](const caf::error& why) mutable {
            failure.error = fmt::format("origin {} did not answer: {}", config_.origin, describe(why));
            settle(number, failure);
          });
}

void warmer_state::settle(std::uint64_t number, const load_receipt& receipt) {
  if (!is_current(number) || !job_->work) return;
  note_receipt(receipt);
  job_->work->settle(receipt, config_.random(), config_.now());
  journal_->progress(config_.now(), [this] { return job_->work->settled_bits(); });
  pump();
}

void warmer_state::tell_progress(bool at_once) {
  const auto now = config_.now();
  if (!job_->listener || !job_->work) return;
  if (!at_once && now - job_->told_at < config_.progress_interval) return;
  job_->told_at = now;
  caf::anon_send(caf::actor_cast<caf::actor>(job_->listener), job_->work->progress());
}

// A run that never came to its plan.
void warmer_state::fail(run_outcome outcome, const std::string& text) {
  auto report = job_->header;
  report.outcome = outcome;
  report.error = text;
  report.took = config_.now() - report.started_at;
  complete(std::move(report));
}

void warmer_state::complete(warm_report report) {
  tell_progress(true);
  journal_->end();
  add_actions(report, job_->answers);
  report.notes = notes_of(job_->answers);
  remember_strategies(report);
  if (config_.visits)
    for (const auto& subject : subjects_of(job_->answers, report))
      config_.visits->note(subject, report.started_at);
  ++runs_;
  tally_.add(report, job_->work ? job_->work->tally() : std::vector<item_count>{});
  give_back(job_->taken, report.bytes);
  log_->add(report, job_->work ? job_->work->warmed_keys() : std::vector<std::string>{});
  auto over = std::move(*job_);
  job_.reset();
  if (report.outcome == run_outcome::stopped_by_pressure) {
    tell_memory(memory_event_kind::run_stopped, 0, fmt::format("run {}: {}", report.run, over.header.reason));
    over.undo |= config_.undo_on_critical_pressure && memory_.level == pressure_level::critical;
  }
  if (over.undo)
    undo_and_answer(std::move(over), std::move(report));
  else if (over.answer.pending())
    over.answer.deliver(std::move(report));
  journal_->keep({next_run_, trials_->accounts()});
  look_after_trials();
}

// The next run may begin meanwhile.
void warmer_state::undo_and_answer(warmer_job over, warm_report report) {
  const auto number = report.run;
  auto waiting = std::make_shared<warmer_job>(std::move(over));
  undo(number, [waiting, report](const rollback_report& undone) mutable {
    report.rolled_back = undone.removed;
    for (auto& asked : waiting->undo_answers) asked.deliver(undone);
    if (waiting->answer.pending()) waiting->answer.deliver(std::move(report));
  });
}

void warmer_state::remember_strategies(const warm_report& report) {
  const auto warmed = job_->work ? job_->work->warmed_by_strategy() : std::map<std::string, std::uint64_t>{};
  for (const auto& strategy : report.strategies) {
    auto& known = strategies_[strategy];
    known.strategy = strategy;
    known.last_run = report.started_at;
    known.error = report.error;
    known.succeeded = report.outcome == run_outcome::completed;
    ++known.runs;
    if (const auto found = warmed.find(strategy); found != warmed.end()) known.warmed += found->second;
  }
  for (const auto& answer : job_->answers)
    if (!answer.error.empty()) {
      strategies_[answer.strategy].error = answer.error;
      strategies_[answer.strategy].succeeded = false;
    }
}

caf::result<warmer_status> warmer_state::cancel(std::uint64_t number) {
  if (number != 0 && !is_current(number))
    return make_error(errc::no_such_run,
                      fmt::format("cache {}: run {} is not under way", config_.cache, number));
  if (!job_) return status();
  if (job_->work) {
    job_->work->stop(run_outcome::cancelled, "the run was cancelled");
    pump();
  } else {
    fail(run_outcome::cancelled, "the run was cancelled before it began to load");
  }
  return status();
}

}  // namespace stoker
