#include "actors/tracking/tracker_actor.hpp"

#include <algorithm>

#include "messages/mailbox.hpp"

namespace stoker {

namespace {

// How often a tracker looks whether something is due: often enough for the shortest wait there is.
constexpr duration tick_interval = std::chrono::milliseconds{50};

// Flushes that wait at a time; more are refused.
constexpr std::size_t max_waiting_flushes = 1024;

}  // namespace

void validate(const tracker_config& config) {
  const auto require = [&](bool valid, const char* what) {
    if (!valid) throw error(errc::invalid_argument, "tracker " + std::to_string(config.shard) + ": " + what);
  };
  require(config.shards > 0 && config.shard < config.shards, "shard must be below shards");
  require(config.peers != nullptr, "a directory is needed");
  require(static_cast<bool>(config.now), "a clock is needed");
  require(config.limits.max_keys > 0, "max_keys must be at least 1");
  require(config.limits.max_keys < no_slot, "max_keys must be below 4 billion");
  require(config.rate_half_life > duration{}, "rate_half_life must be positive");
  require(config.write_interval > duration{}, "write_interval must be positive");
  require(config.write_keys > 0, "write_keys must be at least 1");
  require(config.page_keys > 0, "page_keys must be at least 1");
  require(config.historian_timeout > duration{}, "historian_timeout must be positive");
  require(config.first_retry > duration{}, "first_retry must be positive");
  require(config.last_retry >= config.first_retry, "last_retry must not be shorter than first_retry");
  require(config.flush_deadline > duration{}, "flush_deadline must be positive");
  require(config.question_wait > duration{}, "question_wait must be positive");
}

tracker_state::tracker_state(self_pointer self) : self_(self) {}

void tracker_state::start(tracker_config config) {
  config_ = std::move(config);
  keys.emplace(config_.shard, config_.shards, config_.limits, config_.rate_half_life);
  page_retry_.emplace(config_.first_retry, config_.last_retry);
  writes_.emplace(config_.write_interval, config_.write_keys, *page_retry_);
  restore();
  tick_later();
}

void tracker_state::handle(const tick& now) {
  if (now.generation != generation_) return;
  restore();
  write();
  answer_questions();
  answer_flushes();
  tick_later();
}

flushed tracker_state::forget(const forget_request& what) {
  keys->forget(what.cache);
  writes_->forget(what.cache);
  return {};
}

caf::typed_response_promise<flushed> tracker_state::flush() {
  auto promise = self_->make_response_promise<flushed>();
  if (flushes_.size() >= max_waiting_flushes) {
    promise.deliver(make_error(errc::busy, "tracker: too many flushes wait already"));
    return promise;
  }
  flushes_.push_back({promise, writes_->request_pass(), config_.now() + config_.flush_deadline});
  write();
  answer_flushes();
  return promise;
}

tracker_status tracker_state::status() const {
  tracker_status result = keys->status();
  result.unwritten_keys += writes_->unwritten();
  return result;
}

// Asks for the next page, unless one is under way or it is too early to try again.
void tracker_state::restore() {
  const auto now = config_.now();
  if (!keys->restoring() || page_requested_ || now < page_retry_->not_before()) return;
  const auto historian = config_.peers->historian();
  if (!historian) {
    last_error_ = "the historian is down";
    return page_retry_->failed(now);
  }
  page_requested_ = true;
  const history_page_request page{"", config_.shard, config_.shards, cursor_, config_.page_keys};
  self_->request(historian, config_.historian_timeout, page)
      .then([this](const history_page& answer) { restored(answer); },
            [this](const caf::error& failure) {
              page_requested_ = false;
              last_error_ = describe(failure);
              page_retry_->failed(config_.now());
            });
}

void tracker_state::restored(const history_page& page) {
  page_requested_ = false;
  if (!page.done && page.cursor == cursor_) {
    // A historian that stands still would be asked for ever.
    last_error_ = "the historian gave the same page again";
    return page_retry_->failed(config_.now());
  }
  page_retry_->succeeded();
  cursor_ = page.cursor;
  keys->restore(page);
  if (!page.done) return restore();
  keys->end_restore();
  answer_questions();
  write();
}

// Sends the write that is due, if any. Before all is restored nothing may be written: a key's record would
// hold only what was counted since the start, and replace what history knows of it.
void tracker_state::write() {
  if (keys->restoring()) return;
  history_write fresh;
  switch (writes_->next(config_.now(), *keys, fresh)) {
    case change_writer::step::nothing:
      return;
    case change_writer::step::send:
      write_ = caf::make_message(std::move(fresh));
      return send_write();
    case change_writer::step::resend:
      return send_write();
  }
}

void tracker_state::send_write() {
  const auto historian = caf::actor_cast<caf::actor>(config_.peers->historian());
  if (!historian) return write_failed(make_error(errc::unavailable, "the historian is down"));
  self_->request(historian, config_.historian_timeout, write_)
      .then(
          [this](const history_receipt&) {
            writes_->acknowledged();
            write();
            answer_flushes();
          },
          [this](const caf::error& failure) { write_failed(failure); });
}

void tracker_state::write_failed(const caf::error& failure) {
  last_error_ = describe(failure);
  writes_->failed(config_.now());
}

void tracker_state::answer_flushes() {
  const auto now = config_.now();
  const auto over = [&](waiting_flush& each) {
    if (writes_->completed_passes() >= each.pass)
      each.promise.deliver(flushed{});
    else if (now >= each.deadline)
      each.promise.deliver(make_error(errc::history_failed, why_unwritten()));
    else
      return false;
    return true;
  };
  flushes_.erase(std::remove_if(flushes_.begin(), flushes_.end(), over), flushes_.end());
}

void tracker_state::answer_questions() {
  const auto now = config_.now();
  const auto over = [&](waiting_question& each) {
    if (keys->restoring() && now < each.deadline) return false;
    each.answer();
    return true;
  };
  questions_.erase(std::remove_if(questions_.begin(), questions_.end(), over), questions_.end());
}

std::string tracker_state::why_unwritten() const {
  std::string text = "tracker " + std::to_string(config_.shard) + ": " +
                     std::to_string(status().unwritten_keys) + " changed keys are not in history yet";
  if (keys->restoring()) text += ", which is still being restored";
  if (!last_error_.empty()) text += "; last error: " + last_error_;
  return text;
}

void tracker_state::tick_later() {
  self_->delayed_send(self_, tick_interval, tick{++generation_});
}

tracker_actor::behavior_type tracker(tracker_actor::stateful_pointer<tracker_state> self,
                                     tracker_config config) {
  validate(config);
  self->state.start(std::move(config));
  return {
      [self](const access_batch& batch) { self->state.keys->apply(batch); },
      [self](const key_description& what) { self->state.keys->apply(what); },
      [self](const top_request& what) {
        return self->state.ask<ranked_keys>([what](const tracker_core& keys) { return keys.top(what); });
      },
      [self](const key_request& what) {
        return self->state.ask<key_statistics>([what](const tracker_core& keys) { return keys.key(what); });
      },
      [self](const frequency_request& what) {
        return self->state.ask<key_frequency>(
            [what](const tracker_core& keys) { return keys.frequency(what); });
      },
      [self](const subject_request& what) {
        return self->state.ask<ranked_keys>([what](const tracker_core& keys) { return keys.subject(what); });
      },
      [self](const patterns_request& what) {
        return self->state.ask<access_patterns>(
            [what](const tracker_core& keys) { return keys.patterns(what); });
      },
      [self](const forget_request& what) { return self->state.forget(what); },
      [self](const flush_request&) { return self->state.flush(); },
      [self](const status_request&) { return with_mailbox(self, self->state.status()); },
      [self](const tick& now) { self->state.handle(now); },
  };
}

}  // namespace stoker
