#include "apps/feeds/log_follower.hpp"

#include <algorithm>

#include "apps/feeds/follow_state.hpp"
#include "apps/feeds/packed_log.hpp"
#include "apps/feeds/rotated_logs.hpp"

namespace stoker::feeds {

namespace {

// Parts that are read beside the log; with the log itself their positions fit the state.
constexpr std::size_t most_old = most_positions - 1;

}  // namespace

log_follower::log_follower(log_follower_config config, std::vector<file_position> positions)
    : config_(std::move(config)), kept_(std::move(positions)), anew_(config_.from_start) {}

void log_follower::begin(steady_time now) {
  if (!kept_.empty()) resume(now);
  if (!live_) open();
}

bool log_follower::poll(steady_time now, const line_function& line) {
  begin(now);
  if (!live_) return read_old(now, line);
  // What is older is told first, all of it.
  if (read_old(now, line)) return true;
  if (read_live(now, line)) return true;
  return follow_rename(now);
}

// The log itself, the first time.
void log_follower::open() {
  live_ = plain_log::open(config_.path);
  if (live_ && !anew_) live_->skip_to_end();
  anew_ = true;
}

void log_follower::resume(steady_time now) {
  auto live = plain_log::open(config_.path);
  found_part last;
  bool live_goes_on = false;
  for (const auto& each : kept_) {
    live_goes_on = live && live->identity() == each.file && live->resume(each);
    if (live_goes_on) break;
    last = find_part(config_.path, each);
    if (!last.part && each.offset > 0) ++gaps_;
    if (last.part)
      add_old(std::move(last.part), now);
    else
      last.written = {};
  }
  kept_.clear();
  anew_ = true;
  if (!live_goes_on && last.written != std::filesystem::file_time_type{}) add_between(last.written, now);
  live_ = std::move(live);
}

// Logs that came and went while nobody looked: those that were written to after the part that was left.
void log_follower::add_between(std::filesystem::file_time_type after, steady_time now) {
  auto files = rotated_logs(config_.path);
  std::reverse(files.begin(), files.end());
  for (const auto& each : files) {
    if (each.written <= after || is_known(each.path)) continue;
    if (auto part = open_part(each.path, {}))
      add_old(std::move(part), now);
    else
      ++gaps_;
  }
}

bool log_follower::is_known(const std::filesystem::path& path) const {
  const auto identity = identity_of(path);
  if (live_ && live_->identity() == identity) return true;  // it was renamed, which is not noticed yet
  return std::any_of(old_.begin(), old_.end(),
                     [&](const old_part& each) { return each.part->position().file == identity; });
}

void log_follower::add_old(std::unique_ptr<log_part> part, steady_time now) {
  ++rotations_;
  old_.push_back({std::move(part), now});
  if (old_.size() <= most_old) return;
  old_.pop_front();
  ++gaps_;
}

// True: more may be there at once.
bool log_follower::read_old(steady_time now, const line_function& line) {
  bool more = false;
  for (auto each = old_.begin(); each != old_.end() && !more;) {
    const auto reached = each->part->read(line);
    if (reached == log_part::progress::some) {
      each->grew = now;
      more = true;
    }
    const bool over = reached == log_part::progress::complete || reached == log_part::progress::truncated ||
                      (reached == log_part::progress::nothing && now - each->grew >= config_.linger);
    if (over) each->part->finish(line);
    each = over ? old_.erase(each) : std::next(each);
  }
  return more;
}

bool log_follower::read_live(steady_time now, const line_function& line) {
  const auto reached = live_->read(line);
  if (reached == log_part::progress::truncated) recover(now);
  return reached == log_part::progress::some || reached == log_part::progress::truncated;
}

// The log was truncated: what had not been read of it is in its copy.
void log_follower::recover(steady_time now) {
  auto copy = find_part(config_.path, live_->position());
  if (copy.part) {
    add_old(std::move(copy.part), now);
    add_between(copy.written, now);
  } else {
    ++gaps_;
  }
  live_->rewind();
}

// True: another log stands in the place of the one that was followed.
bool log_follower::follow_rename(steady_time now) {
  const auto there = identity_of(config_.path);
  if (!there || *there == live_->identity()) return false;
  auto next = plain_log::open(config_.path);
  if (!next) return false;
  const auto left = live_->written();
  add_old(std::move(live_), now);
  add_between(left, now);
  live_ = std::move(next);
  return true;
}

std::vector<file_position> log_follower::positions() const {
  if (!kept_.empty()) return kept_;
  std::vector<file_position> all;
  for (const auto& each : old_) all.push_back(each.part->position());
  if (live_) all.push_back(live_->position());
  return all;
}

}  // namespace stoker::feeds
