#include "actors/outside/outside_watch.hpp"

namespace stoker {

namespace {

// A cache that evicted is full, even between two evictions, until it holds this much less: memcached's slabs
// leave a part of its limit unused for ever, and entries that expire make room for the next ones only.
constexpr double still_full_from = 0.95;

}  // namespace

void outside_watch::note(const outside_look& look, time_point now) {
  std::lock_guard guard{mutex_};
  ++status_.looks;
  status_.detail = look.detail;
  status_.trouble = look.trouble;
  status_.reachable = look.trouble.empty();
  if (!status_.reachable) {
    ++status_.failed_looks;
    status_.troubles = look.counts.troubles;
    return;
  }
  note_room(look);
  const bool late = status_.answered_at == time_point{} && status_.failed_looks > 0;
  if (look.restarted || look.emptied || late) ++status_.incarnation;
  status_.answered_at = now;
  status_.restarts += look.restarted ? 1 : 0;
  status_.emptied += look.emptied ? 1 : 0;
  status_.entries = look.counts.entries;
  status_.used_bytes = look.counts.used_bytes;
  status_.limit_bytes = look.counts.limit_bytes;
  status_.evictions = look.counts.evictions;
  status_.stored = look.counts.stored;
  status_.present = look.counts.present;
  status_.fenced = look.counts.fenced;
  status_.too_large = look.counts.too_large;
  status_.troubles = look.counts.troubles;
}

void outside_watch::note_room(const outside_look& look) {
  const bool known = status_.answered_at != time_point{} && !look.restarted && !look.emptied;
  const auto used = static_cast<double>(look.counts.used_bytes);
  if (known && look.counts.evictions > status_.evictions)
    full_at_bytes_ = look.counts.used_bytes;
  else if (!known || used < still_full_from * static_cast<double>(full_at_bytes_))
    full_at_bytes_ = 0;
  status_.full = full_at_bytes_ != 0;
}

outside_status outside_watch::status() const {
  std::lock_guard guard{mutex_};
  return status_;
}

std::uint64_t outside_watch::incarnation() const {
  std::lock_guard guard{mutex_};
  return status_.incarnation;
}

}  // namespace stoker
