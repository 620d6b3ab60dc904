#include "actors/tracking/change_writer.hpp"

#include <algorithm>
#include <iterator>

namespace stoker {

change_writer::step change_writer::next(time_point now, tracker_core& keys, history_write& write) {
  if (state_ == state::unanswered || now < retry_.not_before()) return step::nothing;
  if (state_ == state::failed) {
    state_ = state::unanswered;
    return step::resend;
  }
  if (!take_writes(now, keys)) return step::nothing;
  write = std::move(waiting_.front());
  waiting_.pop_front();
  current_cache_ = write.cache;
  current_keys_ = write.keys.size();
  state_ = state::unanswered;
  return step::send;
}

// Fills the waiting writes, beginning a pass where one is due; false: there is nothing to write.
bool change_writer::take_writes(time_point now, tracker_core& keys) {
  while (waiting_.empty() && (in_pass_ || begin_pass(now))) {
    auto writes = keys.take_changes(from_, keys_per_write_);
    version_ = std::max(version_ + 1, static_cast<std::uint64_t>(now.time_since_epoch().count()));
    for (auto& each : writes) each.version = version_;
    std::move(writes.begin(), writes.end(), std::back_inserter(waiting_));
    if (!waiting_.empty()) break;
    in_pass_ = false;
    completed_ = pass_;
  }
  return !waiting_.empty();
}

bool change_writer::begin_pass(time_point now) {
  if (wanted_ <= pass_ && now < due_) return false;
  in_pass_ = true;
  from_ = 0;
  ++pass_;
  due_ = now + interval_;
  return true;
}

void change_writer::acknowledged() {
  retry_.succeeded();
  state_ = state::idle;
  abandoned_ = false;
  current_keys_ = 0;
}

void change_writer::failed(time_point now) {
  if (abandoned_) return acknowledged();
  retry_.failed(now);
  state_ = state::failed;
}

void change_writer::forget(const std::string& cache) {
  const auto is_of = [&](const history_write& each) { return each.cache == cache; };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_of), waiting_.end());
  if (current_cache_ != cache) return;
  if (state_ == state::failed) acknowledged();
  if (state_ == state::unanswered) abandoned_ = true;
}

std::uint64_t change_writer::unwritten() const noexcept {
  std::uint64_t keys = current_keys_;
  for (const auto& each : waiting_) keys += each.keys.size();
  return keys;
}

}  // namespace stoker
