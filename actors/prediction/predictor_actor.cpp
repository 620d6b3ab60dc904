#include "actors/prediction/predictor_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/all.hpp>
#include <limits>

#include "messages/model.hpp"

namespace stoker {

namespace {

constexpr std::size_t most_waiting_questions = 1024;  // beyond, somebody asks in a loop
constexpr std::size_t most_waiting_batches = 256;     // while the model is read: about a million accesses

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
  if (!config.peers || !config.now || !config.entries) reject("directory, clock and cache must be given");
  for (const auto span : {config.care_interval, config.save_interval, config.history_timeout})
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
  core_ = std::make_unique<live_predictor>(config_.core);
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
  for (auto& asked : std::exchange(questions_, {})) asked.promise.deliver(core_->explain(asked.request));
}

// An answer from a model that is still being read would be wrong without saying so.
caf::result<predictions> predictor_state::explain(const predict_request& request) {
  if (!restoring_) return core_->explain(request);
  if (questions_.size() >= most_waiting_questions)
    return make_error(errc::busy, "predictor: too many questions wait for the model to be read");
  auto promise = self_->make_response_promise<predictions>();
  questions_.push_back({request, promise});
  return promise;
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
  if (request.items.empty()) return;
  if (const auto warmer = config_.peers->warmer(config_.cache))
    return self_->send(warmer, std::move(request));
  for (const auto& item : request.items) core_->rejected(item.key, false);
}

void predictor_state::outcomes(const prefetch_outcomes& what) {
  for (const auto& outcome : what.outcomes) {
    if (outcome.fate == prefetch_fate::arrived)
      core_->arrived(outcome.key);
    else
      core_->rejected(outcome.key, config_.entries->contains(outcome.key, config_.now()));
  }
}

void predictor_state::take_departures() {
  departures_.clear();
  const auto lost = config_.entries->take_departures(departures_);
  for (const auto& left : departures_) core_->departed(left.key_hash, left.used);
  if (lost > 0) core_->lost_track();
}

// A cache that is bounded by bytes holds as many entries as it does, or as its mean entry would let it.
void predictor_state::estimate_capacity() {
  const auto stats = config_.entries->stats();
  auto entries = stats.capacity_entries;
  if (entries == 0 && stats.entries > 0)
    entries = stats.capacity_bytes * stats.entries / std::max<std::uint64_t>(1, stats.bytes);
  entries = std::max(entries, stats.entries);
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
      [self](status_request) { return self->state.status(); },
      [self](tick) { self->state.look_after(); },
  };
}

}  // namespace stoker
