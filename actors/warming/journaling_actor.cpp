#include "actors/warming/journaling_actor.hpp"

#include <algorithm>
#include <caf/all.hpp>

namespace stoker {

namespace {

// Copies no more than is kept: a plan may have a million items.
std::vector<planned_phase> first_of(const std::vector<planned_phase>& phases, std::size_t most_items) {
  std::vector<planned_phase> kept;
  for (const auto& phase : phases) {
    const auto count = std::min(most_items, phase.items.size());
    if (count == 0) continue;
    const auto end = phase.items.begin() + static_cast<std::ptrdiff_t>(count);
    kept.push_back({phase.priority, phase.level, {phase.items.begin(), end}});
    most_items -= count;
  }
  return kept;
}

// Without its history, a warmer starts with empty books and no run to resume.
void ignored(const caf::error&) {}

}  // namespace

void validate(const journaling_settings& settings) {
  if (settings.interval < duration::zero() || settings.timeout <= duration::zero())
    throw error{errc::invalid_argument, "journal: interval and timeout must be positive"};
}

journaling::journaling(warmer_actor::pointer self, std::string cache, std::shared_ptr<directory> peers,
                       const journaling_settings& settings)
    : self_(self), cache_(std::move(cache)), peers_(std::move(peers)), settings_(settings) {}

void journaling::recover(std::function<void(const warmer_books&)> found_books, recovered found_run) {
  const auto historian = peers_->historian();
  if (!historian) return;
  self_->request(historian, settings_.timeout, document_request{document_kind::report, cache_})
      .then(
          [this, historian, found_books, found_run](const document& kept) {
            if (const auto books = decode_books(kept.bytes)) found_books(*books);
            recover_run(historian, found_run);
          },
          ignored);
}

void journaling::recover_run(const historian_actor& historian, recovered callback) {
  self_->request(historian, settings_.timeout, document_request{document_kind::journal, cache_})
      .then(
          [this, historian, callback](const document& kept) {
            auto plan = decode_journal_plan(kept.bytes);
            if (!plan) return;
            auto shared = std::make_shared<journal_plan>(*std::move(plan));
            self_
                ->request(historian, settings_.timeout,
                          document_request{document_kind::journal, progress_name()})
                .then(
                    [callback, shared](const document& settled) {
                      auto progress = decode_journal_progress(settled.bytes).value_or(journal_progress{});
                      if (progress.run != shared->run) progress.settled.clear();
                      callback(std::move(*shared), std::move(progress));
                    },
                    ignored);
          },
          ignored);
}

void journaling::keep(const warmer_books& books) {
  if (writing_books_) return;
  writing_books_ = true;
  keep(document_kind::report, cache_, encode_books(books), [this] { writing_books_ = false; });
}

void journaling::begin(journal_plan plan, const std::vector<planned_phase>& phases) {
  plan.phases = first_of(phases, settings_.most_items);
  if (plan.phases.empty()) return;
  run_ = plan.run;
  next_write_ = {};
  keep(document_kind::journal, cache_, encode_journal(plan), {});
}

void journaling::progress(time_point now, const std::function<std::string()>& bits) {
  if (!run_ || writing_ || now < next_write_) return;
  next_write_ = now + settings_.interval;
  writing_ = true;
  keep(document_kind::journal, progress_name(), encode_journal(journal_progress{*run_, bits()}),
       [this] { writing_ = false; });
}

void journaling::end() {
  if (!run_) return;
  run_.reset();
  keep(document_kind::journal, cache_, {}, {});
  keep(document_kind::journal, progress_name(), {}, {});
}

// What could not be kept is written again with the next progress, or was not worth keeping any more.
void journaling::keep(document_kind kind, const std::string& name, std::string bytes,
                      std::function<void()> settled) {
  const auto done = [settled = std::move(settled)] {
    if (settled) settled();
  };
  const auto historian = peers_->historian();
  if (!historian) return done();
  self_->request(historian, settings_.timeout, document{kind, name, std::move(bytes)})
      .then([done](const history_receipt&) { done(); }, [done](const caf::error&) { done(); });
}

}  // namespace stoker
