#include "actors/engine/engine_actor.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/engine/gather.hpp"
#include "actors/engine/status_collection.hpp"
#include "actors/tracking/ranking.hpp"
#include "messages/dependency_codec.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// How often the engine looks after its children and counters.
constexpr auto care_interval = std::chrono::milliseconds{100};
// A flush goes through three stages, each of which may wait for a disk.
constexpr auto flush_stage_timeout = std::chrono::seconds{15};
// The answer of an urgent run may take this much longer than the run.
constexpr duration urgent_grace = std::chrono::seconds{30};

caf::error down(const std::string& who) {
  return make_error(errc::unavailable, who + " is being restarted; try again in a moment");
}

// Delivers what make() returns, or an error when somebody did not answer.
template <class Answer, class Make>
void answer(caf::typed_response_promise<Answer>& promise, std::size_t missing, const char* who, Make make) {
  if (missing > 0)
    promise.deliver(down(who));
  else
    promise.deliver(make());
}

bool all_complete(const std::vector<flushed>& answers) {
  return std::all_of(answers.begin(), answers.end(), [](const flushed& answer) { return answer.complete; });
}

}  // namespace

void engine_state::start(engine_actor::pointer self, engine_parts parts) {
  self_ = self;
  parts_ = std::move(parts);
  parts_.peers->engine(caf::actor_cast<engine_actor>(caf::actor_cast<caf::strong_actor_ptr>(self_)));
  children_.attach(self_, parts_.config.now);
  warmth_.attach(self_, parts_);
  for (auto& spec : common_actors(self_->system(), parts_)) children_.start(std::move(spec));
  self_->delayed_send(self_, care_interval, tick{});
}

flushed engine_state::add(const std::string& cache) {
  const auto added = parts_.caches->find(cache);
  if (!added) return {false};
  const auto origin = origin_name_of(added->config);
  if (origins_.insert(origin).second)
    children_.start(origin_actor_of(self_->system(), parts_, limits_, origin));
  for (auto& spec : cache_actors(self_->system(), parts_, added)) children_.start(std::move(spec));
  restore_dependencies(added);
  warmth_.add(added);
  return {true};
}

flushed engine_state::limit(const origin_limits_change& change) {
  if (change.own)
    (*limits_)[change.origin] = change.limits;
  else
    limits_->erase(change.origin);
  if (auto origin = peers().origin(change.origin))
    self_->send(origin, limits_of(parts_, *limits_, change.origin));
  return {true};
}

void engine_state::stop() {
  if (stopping_) return;
  stopping_ = true;
  urgent_.stop();
  together_.stop();
  children_.stop_all();
  quit_when_alone();
}

void engine_state::died(const caf::down_msg& message) {
  urgent_.died(message.source);
  children_.died(message);
  if (stopping_) quit_when_alone();
}

void engine_state::quit_when_alone() {
  if (children_.all_stopped() && urgent_.all_ended()) self_->quit(caf::exit_reason::user_shutdown);
}

void engine_state::look_after(std::uint64_t) {
  if (stopping_) return;
  children_.restart_due();
  forward_demand();
  warmth_.look();
  self_->delayed_send(self_, care_interval, tick{});
}

void engine_state::forward_demand() {
  for (const auto& cache : parts_.caches->all()) {
    const auto demand = cache->demand().take();
    if (demand.loads == 0 && demand.failures == 0 && demand.bytes == 0 && demand.throttled == 0) continue;
    cache->demand_loads += demand.loads;
    cache->demand_failures += demand.failures;
    if (auto origin = peers().origin(origin_name_of(cache->config))) self_->send(origin, demand);
  }
}

tracker_actor engine_state::tracker_of(const std::string& key) const {
  return peers().tracker(hash_key(key) % peers().tracker_shards());
}

std::vector<tracker_actor> engine_state::trackers() const {
  std::vector<tracker_actor> shards;
  for (std::size_t shard = 0; shard < peers().tracker_shards(); ++shard)
    shards.push_back(peers().tracker(shard));
  return shards;
}

caf::result<ranked_keys> engine_state::top(const top_request& request) {
  auto promise = self_->make_response_promise<ranked_keys>();
  gather<ranked_keys>(
      self_, trackers(), parts_.config.request_timeout, request,
      [promise, limit = request.limit](std::vector<ranked_keys> shards, std::size_t missing) mutable {
        answer(promise, missing, "a tracker", [&] { return merge_top(std::move(shards), limit); });
      });
  return promise;
}

caf::result<access_patterns> engine_state::patterns(const patterns_request& request) {
  auto promise = self_->make_response_promise<access_patterns>();
  gather<access_patterns>(
      self_, trackers(), parts_.config.request_timeout, request,
      [promise, limit = request.limit](std::vector<access_patterns> shards, std::size_t missing) mutable {
        answer(promise, missing, "a tracker", [&] { return merge_patterns(std::move(shards), limit); });
      });
  return promise;
}

caf::result<flushed> engine_state::forget(const forget_request& request) {
  auto promise = self_->make_response_promise<flushed>();
  gather<flushed>(self_, trackers(), parts_.config.request_timeout, request,
                  [this, promise, request](const std::vector<flushed>&, std::size_t missing) mutable {
                    if (missing > 0) return answer(promise, missing, "a tracker", [] { return flushed{}; });
                    gather<flushed>(self_, std::vector{peers().historian()}, parts_.config.request_timeout,
                                    request,
                                    [promise](const std::vector<flushed>&, std::size_t lost) mutable {
                                      answer(promise, lost, "the historian", [&] { return flushed{true}; });
                                    });
                  });
  return promise;
}

// Collectors first, then those who learn, then the store: what was recorded before the request is durable
// after it.
caf::result<flushed> engine_state::flush() {
  auto promise = self_->make_response_promise<flushed>();
  gather<flushed>(self_, peers().collectors(), flush_stage_timeout, flush_request{},
                  [this, promise](const std::vector<flushed>& answers, std::size_t missing) mutable {
                    flush_learners(promise, missing == 0 && all_complete(answers));
                  });
  return promise;
}

void engine_state::flush_learners(caf::typed_response_promise<flushed> promise, bool complete) {
  auto shards = trackers();
  gather<flushed>(
      self_, shards, flush_stage_timeout, flush_request{},
      [this, promise, complete](const std::vector<flushed>& answers, std::size_t missing) mutable {
        const bool so_far = complete && missing == 0 && all_complete(answers);
        gather<flushed>(self_, peers().predictors(), flush_stage_timeout, flush_request{},
                        [this, promise, so_far](const std::vector<flushed>& saved, std::size_t lost) mutable {
                          flush_store(promise, so_far && lost == 0 && all_complete(saved));
                        });
      });
}

void engine_state::restore_dependencies(const std::shared_ptr<managed_cache>& cache) {
  auto historian = peers().historian();
  if (!historian) return;
  self_
      ->request(historian, parts_.config.request_timeout,
                document_request{document_kind::dependencies, cache->config.name})
      .then(
          [cache](const document& kept) {
            if (auto earlier = decode_dependencies(kept.bytes))
              cache->dependencies->restore(std::move(*earlier));
          },
          [](const caf::error&) {});  // the host says them again, or warming goes without them
}

void engine_state::save_dependencies() {
  auto historian = peers().historian();
  for (const auto& cache : parts_.caches->all()) {
    const auto version = cache->dependencies->version();
    auto& saved = saved_dependencies_[cache->config.name];
    if (!historian || version == saved) continue;
    document kept{document_kind::dependencies, cache->config.name,
                  encode_dependencies(cache->dependencies->content())};
    self_->request(historian, parts_.config.request_timeout, std::move(kept))
        .then([&saved, version](const history_receipt&) { saved = version; },
              [](const caf::error&) {});  // tried again with the next flush
  }
}

void engine_state::flush_store(caf::typed_response_promise<flushed> promise, bool complete) {
  save_dependencies();  // documents that are written before the flush is answered
  warmth_.save();
  gather<flushed>(self_, std::vector{peers().historian()}, flush_stage_timeout, flush_history{},
                  [promise, complete](const std::vector<flushed>& answers, std::size_t missing) mutable {
                    promise.deliver(flushed{complete && missing == 0 && all_complete(answers)});
                  });
}

caf::result<engine_status> engine_state::status() {
  auto promise = self_->make_response_promise<engine_status>();
  engine_status start;
  start.at = parts_.config.now();
  start.actors = children_.status();
  std::vector<std::string> names;
  for (const auto& cache : parts_.caches->all()) {
    names.push_back(cache->config.name);
    start.caches.push_back(status_of(*cache));
    if (cache->watch) start.outside.push_back(cache->watch->status());
    start.snapshots.push_back(cache->snapshots->status());
    start.snapshots.back().cache = cache->config.name;
  }
  collect_status(self_, peers(), names, {origins_.begin(), origins_.end()}, parts_.config.request_timeout / 2,
                 std::move(start), promise);
  return promise;
}

caf::result<warm_report> engine_state::warm_beside(const warm_request& request,
                                                   const caf::strong_actor_ptr& listener) {
  const auto cache = parts_.caches->find(request.cache);
  if (!cache) return make_error(errc::no_such_cache, parts_.caches->unknown(request.cache));
  if (stopping_) return make_error(errc::stopped, "the engine is being shut down");
  const auto config = warmer_config_of(parts_, cache);
  const auto deadline = request.deadline > duration::zero() ? request.deadline : config.run_deadline;
  return urgent_.start(self_, config, request, listener, deadline + urgent_grace);
}

caf::result<warm_set_report> engine_state::warm_together(const warm_together_request& request,
                                                         const caf::strong_actor_ptr& listener) {
  if (stopping_) return make_error(errc::stopped, "the engine is being shut down");
  return together_.start(self_, parts_, request, listener);
}

namespace {

// Hands a question on to the actor that answers it.
template <class Answer, class Handle, class... Ts>
caf::result<Answer> pass_on(engine_actor::pointer self, const Handle& whom, const char* role,
                            const Ts&... question) {
  if (!whom) return down(role);
  return self->delegate(whom, question...);
}

using engine_self = engine_actor::stateful_pointer<engine_state>;

// The same, of the warmer of a cache.
template <class Answer, class... Ts>
caf::result<Answer> ask_warmer(engine_self self, const std::string& cache, const Ts&... question) {
  const auto& state = self->state;
  if (!state.caches().find(cache)) return make_error(errc::no_such_cache, state.caches().unknown(cache));
  return pass_on<Answer>(self, state.peers().warmer(cache), "the cache's warmer", question...);
}

caf::result<predictions> ask_predictor(engine_self self, const predict_request& request) {
  const auto& state = self->state;
  if (!state.caches().find(request.cache))
    return make_error(errc::no_such_cache, state.caches().unknown(request.cache));
  return pass_on<predictions>(self, state.peers().predictor(request.cache), "the cache's predictor", request);
}

template <class Answer, class Question>
caf::result<Answer> ask_tracker(engine_self self, const Question& request) {
  return pass_on<Answer>(self, self->state.tracker_of(request.key), "the key's tracker", request);
}

template <class Question>
auto ask_scheduler(engine_self self, const Question& request) {
  using answer =
      std::conditional_t<std::is_same_v<Question, optimize_schedules>, schedule_changes, scheduler_status>;
  return pass_on<answer>(self, self->state.peers().scheduler(), "the scheduler", request);
}

}  // namespace

engine_actor::behavior_type engine_supervisor(engine_actor::stateful_pointer<engine_state> self,
                                              engine_parts parts) {
  self->set_down_handler([self](const caf::down_msg& message) { self->state.died(message); });
  self->set_exit_handler([self](const caf::exit_msg&) { self->state.stop(); });
  self->state.start(self, std::move(parts));
  return {
      [self](const cache_added& added) { return self->state.add(added.cache); },
      [self](const warm_request& request) {
        if (request.beside) return self->state.warm_beside(request, nullptr);
        return ask_warmer<warm_report>(self, request.cache, request);
      },
      [self](const warm_request& request, const caf::strong_actor_ptr& listener) {
        if (request.beside) return self->state.warm_beside(request, listener);
        return ask_warmer<warm_report>(self, request.cache, request, listener);
      },
      [self](const warm_plan& plan) { return ask_warmer<warm_report>(self, plan.cache, plan); },
      [self](const plan_request& request) {
        return ask_warmer<warm_plan>(self, request.what.cache, request);
      },
      [self](const cancel_run& run, const std::string& cache) {
        return ask_warmer<warmer_status>(self, cache, run);
      },
      [self](const rollback_run& which) { return ask_warmer<rollback_report>(self, which.cache, which); },
      [self](const report_request& which) { return ask_warmer<warm_report>(self, which.cache, which); },
      [self](const environment_request& request) {
        return ask_warmer<environment_report>(self, request.what.cache, request);
      },
      [self](memory_events_request request) {
        return pass_on<memory_events>(self, self->state.peers().memory_monitor(), "the memory monitor",
                                      request);
      },
      [self](const top_request& request) { return self->state.top(request); },
      [self](const key_request& request) { return ask_tracker<key_statistics>(self, request); },
      [self](const frequency_request& request) { return ask_tracker<key_frequency>(self, request); },
      [self](const patterns_request& request) { return self->state.patterns(request); },
      [self](const predict_request& request) { return ask_predictor(self, request); },
      [self](const key_description& description) {
        if (auto tracker = self->state.tracker_of(description.key)) self->send(tracker, description);
      },
      [self](const warm_together_request& request) { return self->state.warm_together(request, nullptr); },
      [self](const warm_together_request& request, const caf::strong_actor_ptr& listener) {
        return self->state.warm_together(request, listener);
      },
      [self](const warm_progress& progress) { self->state.went_on(progress); },
      [self](const origin_limits_change& change) { return self->state.limit(change); },
      [self](const forget_request& request) { return self->state.forget(request); },
      [self](const start_schedule& entries) { return ask_scheduler(self, entries); },
      [self](stop_schedule stop) { return ask_scheduler(self, stop); },
      [self](run_schedule_now now) { return ask_scheduler(self, now); },
      [self](optimize_schedules now) { return ask_scheduler(self, now); },
      [self](flush_request) { return self->state.flush(); },
      [self](status_request) { return self->state.status(); },
      [self](const tick& care) { self->state.look_after(care.generation); },
  };
}

}  // namespace stoker
