#include "actors/history/historian_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "messages/mailbox.hpp"
#include "messages/type_ids.hpp"

namespace stoker {

namespace {

void require(bool holds, const char* text) {
  if (!holds) throw error{errc::invalid_argument, std::string{"historian: "} + text};
}

}  // namespace

void validate(const historian_config& config) {
  require(config.history.store != nullptr, "history.store is missing: open_history() gives it");
  require(static_cast<bool>(config.now), "now is missing: the historian needs a clock");
  require(config.loss_window > duration::zero(), "loss_window must be more than 0");
  require(config.retention >= duration::zero(), "retention must not be negative (0: history never ages out)");
  require(config.sweep_interval > duration::zero(), "sweep_interval must be more than 0");
  require(config.sweep_records > 0, "sweep_records must be more than 0");
  require(config.limits.max_waiting_records > 0, "limits.max_waiting_records must be more than 0");
}

historian_state::~historian_state() {
  if (self_) commit();
}

void historian_state::start(self_pointer owner, historian_config given) {
  validate(given);
  config_ = std::move(given);
  waiting_ = write_behind{config_.limits};
  next_sweep_ = config_.now() + config_.sweep_interval;
  config_.history.store->discard();  // whatever a predecessor left unanswered, its writers send again
  self_ = owner;
  on_tick();
}

void historian_state::on_tick() {
  commit();
  sweep();
  // A quarter: see default_loss_window.
  self_->delayed_send(self_, config_.loss_window / 4, tick{});
}

void historian_state::commit() {
  if (waiting_.empty()) return;
  std::vector<admitted_write> settled;
  caf::error failure;
  try {
    config_.history.store->commit();
    settled = waiting_.committed();
    last_write_ = config_.now();
    oldest_waiting_ = {};
  } catch (const std::exception& thrown) {
    if (!waiting_.failing())
      spdlog::error("history: writing failed, writers will try again: {}", thrown.what());
    settled = waiting_.failed(thrown.what());
    failure = make_error(errc::history_failed, thrown.what());
  }
  for (const auto& write : settled) {
    auto owed = promises_.extract(write.ticket);
    if (failure)
      owed.mapped().deliver(failure);
    else
      owed.mapped().deliver(history_receipt{write.version});
  }
}

void historian_state::sweep() {
  auto now = config_.now();
  if (config_.retention == duration::zero() || now < next_sweep_) return;
  next_sweep_ = now + config_.sweep_interval;
  try {
    config_.history.store->age_out(now - config_.retention, config_.sweep_records);
  } catch (const std::exception& thrown) {
    waiting_.note_error(thrown.what());
  }
}

caf::typed_response_promise<history_receipt> historian_state::admit(std::size_t records,
                                                                    std::uint64_t version) {
  auto promise = self_->make_response_promise<history_receipt>();
  promises_.emplace(waiting_.admit(records, version), promise);
  if (oldest_waiting_ == time_point{}) oldest_waiting_ = config_.now();
  if (waiting_.commit_now(config_.history.store->batch_bytes())) commit();
  return promise;
}

template <class Answer, class Work>
caf::result<Answer> historian_state::attempt(Work work) {
  try {
    return work();
  } catch (const error& thrown) {
    if (thrown.code() == errc::history_failed) waiting_.note_error(thrown.what());
    return make_error(thrown.code(), thrown.what());
  } catch (const std::exception& thrown) {
    waiting_.note_error(thrown.what());
    return make_error(errc::history_failed, thrown.what());
  }
}

caf::result<history_receipt> historian_state::write(const history_write& records) {
  if (!waiting_.has_room(records.keys.size()))
    return make_error(errc::busy, "history: too many records wait to be written; send them again later");
  return attempt<history_receipt>([&]() -> caf::result<history_receipt> {
    auto now = config_.now();
    for (const auto& record : records.keys)
      config_.history.store->put(records.cache, records.version, record, now);
    return admit(records.keys.size(), records.version);
  });
}

caf::result<history_receipt> historian_state::write(const document& kept) {
  if (!waiting_.has_room(1))
    return make_error(errc::busy,
                      "history: too many records wait to be written; send the document again later");
  return attempt<history_receipt>([&]() -> caf::result<history_receipt> {
    config_.history.store->put(kept);
    return admit(1, 0);
  });
}

// Reads see everything that was received before them: what waits is written first.
caf::result<history_page> historian_state::page(const history_page_request& request) {
  commit();
  return attempt<history_page>([&] { return config_.history.store->page(request); });
}

caf::result<document> historian_state::find(const document_request& request) {
  commit();
  return attempt<document>([&] { return config_.history.store->find(request.kind, request.name); });
}

caf::result<flushed> historian_state::forget(const forget_request& request) {
  commit();
  return attempt<flushed>([&] {
    config_.history.store->forget(request.cache);
    return flushed{};
  });
}

caf::result<flushed> historian_state::flush() {
  commit();
  return flushed{!waiting_.failing()};
}

historian_status historian_state::status() {
  historian_status result;
  result.state = config_.history.state;
  result.folder = config_.history.folder;
  result.detail = config_.history.detail;
  result.records_written = waiting_.records_written();
  result.batches_written = waiting_.batches_written();
  result.records_waiting = waiting_.records_waiting();
  result.write_errors = waiting_.write_errors();
  result.last_error = waiting_.last_error();
  if (auto unreadable = config_.history.store->unreadable_records();
      unreadable > 0 && result.last_error.empty())
    result.last_error = std::to_string(unreadable) + " records could not be read and were skipped";
  result.bytes_on_disk = config_.history.store->bytes_on_disk();
  result.loss_window = config_.loss_window;
  result.last_write = last_write_;
  if (oldest_waiting_ != time_point{})
    result.oldest_waiting = std::max(duration::zero(), config_.now() - oldest_waiting_);
  return result;
}

historian_actor::behavior_type historian(historian_actor::stateful_pointer<historian_state> self,
                                         historian_config config) {
  self->state.start(self, std::move(config));
  auto& state = self->state;
  return {
      [&state](const history_write& records) { return state.write(records); },
      [&state](const history_page_request& request) { return state.page(request); },
      [&state](const document& kept) { return state.write(kept); },
      [&state](const document_request& request) { return state.find(request); },
      [&state](const forget_request& request) { return state.forget(request); },
      [&state](const flush_history&) { return state.flush(); },
      [self](const status_request&) { return with_mailbox(self, self->state.status()); },
      [&state](const tick&) { state.on_tick(); },
  };
}

}  // namespace stoker
