#include "actors/prediction/predictor_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/all.hpp>
#include <limits>

#include "actors/prediction/costs.hpp"
#include "messages/key.hpp"
#include "messages/mailbox.hpp"
#include "messages/model.hpp"

namespace stoker {

namespace {

constexpr std::size_t most_waiting_questions = 1024;  // beyond, somebody asks in a loop
constexpr double usual_accesses = 30;  // in an hour of the day: half a belief; a month of daily ones
constexpr std::size_t most_waiting_batches = 256;  // while the model is read: about a million accesses

// Of a cache that is bounded by bytes and has none yet.
constexpr std::uint64_t usual_entry_bytes = 4096;

// The core sizes its tables by it when it is made.
std::uint32_t expected_entries(const memory_cache& entries) {
  const auto stats = entries.stats();
  const auto expected =
      stats.capacity_entries != 0 ? stats.capacity_entries : stats.capacity_bytes / usual_entry_bytes;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(expected, 1, std::numeric_limits<std::int32_t>::max()));
}

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

const char* to_string(predictor_kind kind) {
  switch (kind) {
    case predictor_kind::none:
      return "none";
    case predictor_kind::popular:
      return "popular";
    case predictor_kind::stoker:
      return "stoker";
  }
  return "unknown";
}

}  // namespace

void validate(const predictor_actor_config& config) {
  const auto reject = [&](const std::string& text) {
    throw error{errc::invalid_argument, "predictor of cache \"" + config.cache + "\": " + text};
  };
  if (!config.peers || !config.now || (!config.entries && !config.outside))
    reject("directory, clock and cache must be given");
  for (const auto span : {config.care_interval, config.save_interval, config.history_timeout,
                          config.tracker_timeout, config.due_interval})
    if (span <= duration::zero()) reject("intervals and time-outs must be positive");
  try {
    validate(config.core);
  } catch (const std::invalid_argument& mistake) {
    reject(mistake.what());
  }
}

void predictor_state::start(predictor_actor::pointer self, predictor_actor_config config) {
  self_ = self;
  config_ = std::move(config);
  std::optional<believed_content> believed;
  if (config_.entries)
    config_.core.cache_entries = expected_entries(*config_.entries);
  else
    believed.emplace(config_.core.cache_entries, config_.lifetime);
  core_ = std::make_unique<live_predictor>(config_.core, config_.observe, std::move(believed));
  next_save_ = config_.now() + config_.save_interval;
  restore();
  self_->delayed_send(self_, config_.care_interval, tick{});
}

void predictor_state::restore() {
  const auto historian = config_.peers->historian();
  if (!historian || config_.core.kind == predictor_kind::none) return restored();
  self_->request(historian, config_.history_timeout, document_request{document_kind::model, config_.cache})
      .then(
          [this](const document& kept) {
            const auto model = kept.bytes.empty() ? std::nullopt : decode_model(kept.bytes);
            if (!kept.bytes.empty() && (!model || !core_->restore(*model)))
              spdlog::warn(
                  "stoker: cache {}: the predictor's model in the history does not fit; it learns anew",
                  config_.cache);
            restored();
          },
          [this](const caf::error& failure) {
            spdlog::warn("stoker: cache {}: the predictor's model could not be read ({}); it learns anew",
                         config_.cache, stoker::describe(failure));
            restored();
          });
}

void predictor_state::restored() {
  restoring_ = false;
  estimate_capacity();
  for (const auto& batch : std::exchange(waiting_, {})) learn_now(batch);
  for (auto& asked : std::exchange(questions_, {})) answer(asked.request, asked.promise);
}

// An answer from a model that is still being read would be wrong without saying so.
caf::result<predictions> predictor_state::explain(const predict_request& request) {
  if (restoring_ && questions_.size() >= most_waiting_questions)
    return make_error(errc::busy, "predictor: too many questions wait for the model to be read");
  auto promise = self_->make_response_promise<predictions>();
  if (restoring_)
    questions_.push_back({request, promise});
  else
    answer(request, promise);
  return promise;
}

namespace {

// An answer whose costs are being asked for. Delivers itself when the last question is settled.
struct costed_answer {
  costed_answer(predictions found, caf::typed_response_promise<predictions> to)
      : result(std::move(found)), promise(std::move(to)) {}
  costed_answer(const costed_answer&) = delete;
  costed_answer& operator=(const costed_answer&) = delete;
  ~costed_answer() {
    costs.put_into(result);
    promise.deliver(std::move(result));
  }

  predictions result;
  known_costs costs;
  caf::typed_response_promise<predictions> promise;
};

}  // namespace

// The trackers know what each key costs; who does not answer in time leaves it at the mean.
void predictor_state::answer(const predict_request& request,
                             caf::typed_response_promise<predictions> promise) {
  const auto into = std::make_shared<costed_answer>(core_->explain(request), std::move(promise));
  for (const auto& candidate : into->result.candidates) {
    const auto shard = hash_key(candidate.key) % config_.peers->tracker_shards();
    const auto tracker = config_.peers->tracker(shard);
    if (!tracker) continue;
    self_->request(tracker, config_.tracker_timeout, key_request{config_.cache, candidate.key})
        .then([into](const key_statistics& known) { into->costs.add(known.key, known.cost_us); },
              [](const caf::error&) {});
  }
}

void predictor_state::learn(const access_batch& batch) {
  if (!restoring_) return learn_now(batch);
  if (waiting_.size() < most_waiting_batches)
    waiting_.push_back(batch);
  else
    missed_ += batch.records.size();
}

void predictor_state::learn_now(const access_batch& batch) {
  take_departures();
  prefetch_request request{config_.cache, {}};
  core_->learn(batch, request.items);
  settle_doubts();
  pass_on(std::move(request));
}

void predictor_state::pass_on(prefetch_request request) {
  if (request.items.empty()) return;
  if (const auto warmer = config_.peers->warmer(config_.cache))
    return self_->send(warmer, std::move(request));
  for (const auto& item : request.items) core_->rejected(item.key, false);
}

// Time is a source of candidates, too: keys that come at intervals, and keys of this hour of the day. What
// they are worth is learned as of any other source.
void predictor_state::ask_what_is_due() {
  const auto now = config_.now();
  if (now < next_due_ || restoring_ || config_.core.kind != predictor_kind::stoker) return;
  next_due_ = now + config_.due_interval;
  top_request question;
  question.cache = config_.cache;
  question.limit = config_.due_keys;
  question.now = now;
  question.by = ranking::due;
  question.window = config_.due_interval;
  // Overdue or due at once: 1; at the end of the window: a half.
  ask_trackers(question, [window = seconds(config_.due_interval)](const ranked_key& due) {
    return static_cast<float>(0.5 + 0.5 * std::clamp(due.score / window, 0.0, 1.0));
  });
  const auto hour = std::chrono::floor<std::chrono::hours>(now.time_since_epoch()).count() % 24;
  question.hour = static_cast<std::uint32_t>(hour);
  if (std::exchange(asked_hour_, question.hour) == question.hour) return;
  question.by = ranking::hour_of_day;
  // Below a half: less than anything that is due; the more accesses it had in this hour, the more.
  ask_trackers(question, [](const ranked_key& usual) {
    return static_cast<float>(0.5 * usual.score / (usual.score + usual_accesses));
  });
}

void predictor_state::ask_trackers(const top_request& question,
                                   std::function<float(const ranked_key&)> belief) {
  for (std::size_t shard = 0; shard < config_.peers->tracker_shards(); ++shard) {
    const auto tracker = config_.peers->tracker(shard);
    if (!tracker) continue;
    self_->request(tracker, config_.tracker_timeout, question)
        .then(
            [this, belief](const ranked_keys& found) {
              prefetch_request request{config_.cache, {}};
              for (const auto& each : found.keys) core_->consider(each.key, belief(each), request.items);
              pass_on(std::move(request));
            },
            [](const caf::error&) {});  // the next look comes soon
  }
}

void predictor_state::outcomes(const prefetch_outcomes& what) {
  for (const auto& outcome : what.outcomes) {
    if (outcome.fate == prefetch_fate::arrived) {
      core_->arrived(outcome.key);
    } else {
      const bool there = outcome.fate == prefetch_fate::present ||
                         (config_.entries && config_.entries->contains(outcome.key, config_.now()));
      core_->rejected(outcome.key, there);
    }
  }
}

// The cache and its accesses come here by ways of their own: an entry may be told to have left before the
// last demand of it is.
void predictor_state::settle_doubts() {
  if (!config_.entries) return;
  for (const auto& key : core_->doubtful())
    if (!config_.entries->contains(key, config_.now())) core_->departed(hash_key(key), true);
}

void predictor_state::take_departures() {
  if (!config_.entries) {
    const auto now = config_.outside().incarnation;
    if (incarnation_ != 0 && incarnation_ != now) core_->lost_track();
    incarnation_ = now;
    return;
  }
  departures_.clear();
  const auto lost = config_.entries->take_departures(departures_);
  for (const auto& left : departures_) core_->departed(left.key_hash, left.used);
  if (lost > 0) core_->lost_track();
}

// A cache that is bounded by bytes holds as many entries as it does, or as its mean entry would let it; one
// outside without a bound, or not looked at yet, as many as it was said to, or more when it does.
std::uint64_t predictor_state::entries_that_fit() const {
  const auto by_bytes = [](std::uint64_t capacity, std::uint64_t entries, std::uint64_t bytes) {
    return static_cast<std::uint64_t>(static_cast<double>(capacity) / static_cast<double>(bytes) *
                                      static_cast<double>(entries));
  };
  if (!config_.entries) {
    const auto found = config_.outside();
    const bool bounded = found.limit_bytes > 0 && found.used_bytes > 0 && found.entries > 0;
    return bounded ? by_bytes(found.limit_bytes, found.entries, found.used_bytes)
                   : std::max<std::uint64_t>(found.entries, config_.core.cache_entries);
  }
  const auto stats = config_.entries->stats();
  auto entries = stats.capacity_entries;
  if (entries == 0 && stats.entries > 0)
    entries = by_bytes(stats.capacity_bytes, stats.entries, std::max<std::uint64_t>(1, stats.bytes));
  return std::max(entries, stats.entries);
}

void predictor_state::estimate_capacity() {
  const auto entries = entries_that_fit();
  if (entries == 0) return;
  core_->holds(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(entries, std::numeric_limits<std::int32_t>::max())));
}

caf::result<flushed> predictor_state::flush() {
  auto promise = self_->make_response_promise<flushed>();
  save([promise](bool kept) mutable { promise.deliver(flushed{kept}); });
  return promise;
}

void predictor_state::save(std::function<void(bool)> done) {
  const auto historian = config_.peers->historian();
  const auto seen = core_->accesses();
  if (config_.core.kind == predictor_kind::none || seen == saved_at_ || restoring_) return done(true);
  if (!historian) return done(false);
  document model{document_kind::model, config_.cache, encode_model(core_->save())};
  self_->request(historian, config_.history_timeout, std::move(model))
      .then(
          [this, done, seen](const history_receipt&) {
            saved_at_ = seen;
            done(true);
          },
          [done](const caf::error&) { done(false); });
}

predictor_status predictor_state::status() const {
  predictor_status status;
  status.cache = config_.cache;
  status.predictor = to_string(config_.core.kind);
  core_->describe(status);
  return status;
}

void predictor_state::look_after() {
  if (!restoring_) take_departures();
  estimate_capacity();
  ask_what_is_due();
  self_->delayed_send(self_, config_.care_interval, tick{});
  if (config_.now() < next_save_) return;
  next_save_ = config_.now() + config_.save_interval;
  save([](bool) {});  // what could not be kept now is kept next time
}

predictor_actor::behavior_type cache_predictor(predictor_actor::stateful_pointer<predictor_state> self,
                                               predictor_actor_config config) {
  validate(config);
  self->state.start(self, std::move(config));
  return {
      [self](const access_batch& batch) { self->state.learn(batch); },
      [self](const prefetch_outcomes& what) { self->state.outcomes(what); },
      [self](const predict_request& request) { return self->state.explain(request); },
      [self](flush_request) { return self->state.flush(); },
      [self](status_request) { return with_mailbox(self, self->state.status()); },
      [self](tick) { self->state.look_after(); },
  };
}

}  // namespace stoker
