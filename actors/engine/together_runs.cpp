#include "actors/engine/together_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <caf/all.hpp>
#include <map>
#include <optional>

#include "actors/engine/managed_cache.hpp"
#include "actors/engine/together_division.hpp"

namespace stoker {

namespace {

// A run that ends by its deadline answers a little later.
constexpr duration answer_grace = std::chrono::minutes{1};

warm_request request_of(const warm_together_request& asked, const std::string& cache, time_point now) {
  warm_request request;
  request.cache = cache;
  request.strategies = asked.strategies;
  request.parameters = asked.parameters;
  request.policy = asked.policy;
  request.deadline = asked.deadline;
  request.reason = asked.reason.empty() ? "together" : asked.reason;
  request.now = now;
  return request;
}

}  // namespace

// One pass, from the plans of its caches to its report.
class together_runs::pass : public std::enable_shared_from_this<pass> {
 public:
  using cache_list = std::vector<std::shared_ptr<managed_cache>>;

  pass(engine_actor::pointer self, const engine_parts& parts, warm_together_request request,
       cache_list caches, caf::strong_actor_ptr listener)
      : self_(self),
        parts_(parts),
        request_(std::move(request)),
        caches_(std::move(caches)),
        listener_(std::move(listener)),
        began_(parts.config.now()),
        claimed_(caches_.size()),
        answer_(self->make_response_promise<warm_set_report>()) {}

  caf::typed_response_promise<warm_set_report> answer() const { return answer_; }

  // Calls done() when the pass is over and answered.
  void start(std::function<void()> done) {
    done_ = std::move(done);
    begin_step(caches_.size(), [this] { ask_status(); });
    for (std::size_t i = 0; i < caches_.size(); ++i) ask_plan(i);
    settle();
  }

  void went_on(const warm_progress& progress) {
    const auto known = progress_.find(progress.cache);
    if (!listener_ || known == progress_.end()) return;
    known->second = progress;
    tell();
  }

  void give_up(const caf::error& why) { answer_.deliver(why); }

 private:
  // Each step waits for so many answers, and for having asked for all of them.
  void begin_step(std::size_t answers, std::function<void()> next) {
    open_ = answers + 1;
    next_step_ = std::move(next);
  }

  void settle() {
    if (--open_ == 0) std::exchange(next_step_, {})();
  }

  void note(const std::string& cache, const std::string& text) {
    total_.notes.push_back(cache + ": " + text);
  }

  void trouble(const std::string& cache, const std::string& text) {
    ++total_.troubled;
    note(cache, text);
  }

  duration answer_timeout() const { return lasting() + answer_grace; }
  duration lasting() const {
    return request_.deadline > duration::zero() ? request_.deadline : parts_.config.profile.run_deadline;
  }

  // Asks the warmer of a cache; store(answer), or a note says why there is none.
  template <class Answer, class Question, class Store>
  void ask(const std::string& cache, const Question& question, Store store) {
    const auto warmer = parts_.peers->warmer(cache);
    if (!warmer) {
      trouble(cache, "its warmer is being restarted");
      return settle();
    }
    const auto answered = [self = shared_from_this(), store](Answer& answer) {
      store(std::move(answer));
      self->settle();
    };
    const auto failed = [self = shared_from_this(), cache](const caf::error& why) {
      self->trouble(cache, describe(why));
      self->settle();
    };
    send(warmer, question, answered, failed);
  }

  template <class Answered, class Failed>
  void send(const warmer_actor& warmer, const plan_request& question, Answered answered, Failed failed) {
    self_->request(warmer, answer_timeout(), question).then(answered, failed);
  }

  template <class Answered, class Failed>
  void send(const warmer_actor& warmer, const warm_request& question, Answered answered, Failed failed) {
    if (!listener_)
      self_->request(warmer, answer_timeout(), question).then(answered, failed);
    else
      self_->request(warmer, answer_timeout(), question, caf::actor_cast<caf::strong_actor_ptr>(self_))
          .then(answered, failed);
  }

  void ask_plan(std::size_t number) {
    const auto& cache = *caches_[number];
    ask<warm_plan>(
        cache.config.name, plan_request{request_of(request_, cache.config.name, parts_.config.now())},
        [this, number](const warm_plan& plan) { claimed_[number] = claim_of(*caches_[number], plan); });
  }

  void ask_status() {
    for (auto& claim : claimed_)
      if (claim) claims_.push_back(std::move(*claim));
    begin_step(1, [this] { warm_next_wave(); });
    self_->request(parts_.peers->engine(), parts_.config.request_timeout, status_request{})
        .then([self = shared_from_this()](const engine_status& now) { self->divide_up(now); },
              [self = shared_from_this()](const caf::error& why) {
                self->trouble("the engine", describe(why));
                self->settle();
              });
    settle();
  }

  void divide_up(const engine_status& now) {
    total_.shares =
        divide(claims_, bounds_of(now, request_, claims_, parts_.config.memory_budget_bytes, lasting()));
    waves_ = waves_of(claims_);
    for (const auto& share : total_.shares)
      if (share.items > 0) progress_[share.cache].total = share.items;
    settle();
  }

  void warm_next_wave() {
    if (wave_ >= waves_.size()) return finish();
    std::vector<warm_request> runs;
    for (const auto number : waves_[wave_++]) add_run(number, runs);
    begin_step(runs.size(), [this] { warm_next_wave(); });
    for (const auto& run : runs)
      ask<warm_report>(run.cache, run, [this](warm_report report) { total_.add(std::move(report)); });
    settle();
  }

  void add_run(std::size_t number, std::vector<warm_request>& runs) {
    const auto& share = total_.shares[number];
    if (share.items == 0)
      return note(share.cache, claims_[number].items.empty() ? "there is nothing to warm"
                                                             : "the others leave no budget for it");
    auto& request = runs.emplace_back(request_of(request_, share.cache, parts_.config.now()));
    request.limit = static_cast<std::uint32_t>(share.items);
    request.budget_bytes = std::max<std::uint64_t>(1, share.bytes);  // refreshes take none
  }

  void finish() {
    total_.took = parts_.config.now() - began_;
    answer_.deliver(std::move(total_));
    done_();
  }

  // The whole of what its runs told last.
  void tell() {
    warm_progress whole;
    for (const auto& [cache, each] : progress_) {
      whole.done += each.done;
      whole.total += each.total;
      whole.bytes += each.bytes;
    }
    whole.phase = static_cast<std::uint32_t>(wave_);
    whole.phases = static_cast<std::uint32_t>(waves_.size());
    caf::anon_send(caf::actor_cast<caf::actor>(listener_), whole);
  }

  engine_actor::pointer self_;
  const engine_parts& parts_;  // the engine's, whose part this is
  warm_together_request request_;
  cache_list caches_;
  caf::strong_actor_ptr listener_;
  time_point began_;
  std::vector<std::optional<warming_claim>> claimed_;  // by cache
  std::vector<warming_claim> claims_;                  // of those that have a plan
  std::vector<std::vector<std::size_t>> waves_;
  std::size_t wave_ = 0;                           // the next
  std::map<std::string, warm_progress> progress_;  // by cache that has a share
  std::size_t open_ = 0;
  std::function<void()> next_step_;
  std::function<void()> done_;
  warm_set_report total_;
  caf::typed_response_promise<warm_set_report> answer_;
};

caf::result<warm_set_report> together_runs::start(engine_actor::pointer self, const engine_parts& parts,
                                                  const warm_together_request& request,
                                                  const caf::strong_actor_ptr& listener) {
  if (passes_.size() >= max_at_once)
    return make_error(errc::busy,
                      fmt::format("{} passes over caches are under way; try again in a moment", max_at_once));
  pass::cache_list caches;
  for (const auto& name : request.caches) {
    caches.push_back(parts.caches->find(name));
    if (!caches.back()) return make_error(errc::no_such_cache, parts.caches->unknown(name));
  }
  if (caches.empty()) caches = parts.caches->all();
  const auto number = next_++;
  const auto begun = std::make_shared<pass>(self, parts, request, std::move(caches), listener);
  passes_.emplace(number, begun);
  const auto answer = begun->answer();
  begun->start([this, number] { passes_.erase(number); });
  return answer;
}

void together_runs::went_on(const warm_progress& progress) {
  for (const auto& [number, each] : passes_) each->went_on(progress);
}

void together_runs::stop() {
  for (const auto& [number, each] : passes_)
    each->give_up(make_error(errc::stopped, "the engine is being shut down"));
  passes_.clear();
}

}  // namespace stoker
