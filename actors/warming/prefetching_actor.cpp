#include "actors/warming/prefetching_actor.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/warming/origin_actor.hpp"

namespace stoker {

namespace {

constexpr int load_smoothing = 16;  // the latest load counts a sixteenth
// Proposals come in batches: what a batch holds beyond the free loaders may wait this long, however fast
// loads are.
constexpr duration shortest_wait = std::chrono::milliseconds{5};

}  // namespace

prefetching::prefetching(warmer_actor::pointer self, prefetching_config config)
    : self_(self), config_(std::move(config)), queue_(config_.settings) {}

void prefetching::request(const std::vector<prefetch_item>& items) {
  requested_ += items.size();
  std::vector<prefetch_item> wanted;
  std::vector<std::string> dropped;
  const auto now = config_.now();
  for (const auto& item : items) {
    const auto useless = halted_ || (config_.entries && config_.entries->contains(item.key, now)) ||
                         (config_.screen && config_.screen(item.key));
    if (useless)
      dropped.push_back(item.key);
    else
      wanted.push_back(item);
  }
  queue_.add(wanted, now, dropped);
  drop(dropped);
  pump();
}

void prefetching::halt(bool halted) {
  halted_ = halted;
  if (halted) drop(queue_.clear());
}

void prefetching::pump() {
  std::vector<std::string> stale;
  const auto items = queue_.take(config_.now(), stale);
  drop(stale);
  for (const auto& item : items) load(item);
  send_outcomes();  // at once: the predictor measures by them how long a prefetch takes
  const auto report_later =
      queue_.in_flight() > 0 || !outcomes_.empty() || (config_.drain_wasted && stored_ > 0);
  if (report_later && report_at_ == time_point::max())
    report_at_ = config_.now() + config_.settings.outcome_interval;
}

void prefetching::load(const prefetch_item& item) {
  const auto& key = item.key;
  const auto origin = config_.peers->origin(config_.origin);
  const auto timeout = config_.settings.load_timeout;
  const auto failed = [this, key](load_status status) {
    load_receipt receipt;
    receipt.status = status;
    landed(key, receipt);
  };
  if (!origin) {
    queue_.landed(key);
    return drop({key});
  }
  const load_item wanted{key, {}, {}, false, static_cast<float>(item.probability)};
  self_->request(origin, origin_answer_bound(timeout), load_request{config_.cache, {wanted}, timeout})
      .then(
          [this, key, failed, began = config_.now()](const load_receipts& answer) {
            if (answer.receipts.empty()) return failed(load_status::failed);
            note_load_time(config_.now() - began);
            landed(key, answer.receipts.front());
          },
          [failed](const caf::error&) { failed(load_status::failed); });
}

void prefetching::landed(const std::string& key, const load_receipt& receipt) {
  queue_.landed(key);
  if (config_.landed) config_.landed(key, receipt.status);
  switch (receipt.status) {
    case load_status::stored:
      ++stored_;
      tell(key, prefetch_fate::arrived);
      break;
    case load_status::failed:
    case load_status::timed_out:
    case load_status::refused:
    case load_status::absent:
      ++failed_;
      tell(key, prefetch_fate::rejected);
      break;
    case load_status::present:
      ++dropped_;
      tell(key, prefetch_fate::present);
      break;
    case load_status::fenced:
    case load_status::throttled:
    case load_status::shed:
      drop({key});
      break;
  }
  pump();
}

// When loads come slower than proposals, the queue must not grow: one that waits as long as a load takes
// comes twice as late as the predictor was told, and the next, made for that delay, would be worth less
// still.
void prefetching::note_load_time(duration took) {
  usual_load_ = usual_load_ == duration::zero() ? took : usual_load_ + (took - usual_load_) / load_smoothing;
  queue_.drop_after(std::clamp(usual_load_, std::min(shortest_wait, config_.settings.longest_wait),
                               config_.settings.longest_wait));
}

void prefetching::drop(const std::vector<std::string>& keys) {
  dropped_ += keys.size();
  for (const auto& key : keys) tell(key, prefetch_fate::rejected);
}

void prefetching::tell(const std::string& key, prefetch_fate fate) {
  outcomes_.push_back({key, fate});
}

void prefetching::report() {
  report_at_ = time_point::max();
  std::vector<std::string> wasted;
  if (config_.drain_wasted) config_.drain_wasted(wasted);
  for (const auto& key : wasted) tell(key, prefetch_fate::wasted);
  send_outcomes();
  pump();
}

void prefetching::send_outcomes() {
  if (outcomes_.empty()) return;
  if (const auto predictor = config_.peers->predictor(config_.cache))
    self_->send(predictor, prefetch_outcomes{config_.cache, std::move(outcomes_)});
  outcomes_.clear();
}

void prefetching::add_to(warmer_status& status) const {
  status.prefetches_requested = requested_;
  status.prefetches_stored = stored_;
  status.prefetches_dropped = dropped_;
  status.prefetches_failed = failed_;
  status.prefetches_in_flight = queue_.in_flight();
  status.prefetches_queued = queue_.waiting();
}

}  // namespace stoker
