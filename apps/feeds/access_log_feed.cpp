#include "apps/feeds/access_log_feed.hpp"

#include <stdexcept>

#include "apps/feeds/access_batch_writer.hpp"
#include "apps/feeds/follow_state.hpp"
#include "messages/error.hpp"

namespace stoker::feeds {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw error{errc::invalid_argument, "access log feed: " + what};
}

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

void validate(const access_log_config& config) {
  if (config.path.empty()) refuse("path is missing: which log?");
  if (config.state_file == config.path) refuse("state_file is the log itself");
  if (config.rules.max_age_s < 0) refuse("max_age must not be negative");
  if (config.poll_interval <= duration::zero()) refuse("poll_interval must be more than 0");
  if (config.linger < duration::zero()) refuse("linger must not be negative");
  try {
    log_accesses{config.format, config.rules};
  } catch (const std::invalid_argument& mistake) {
    refuse("format: " + std::string{mistake.what()});
  } catch (const error& mistake) {
    refuse("keys: " + std::string{mistake.what()});
  }
}

// What the feed's thread works with.
class access_log_feed::follower {
 public:
  explicit follower(access_log_feed& owner)
      : owner_(owner),
        accesses_(owner.config_.format, owner.config_.rules),
        writer_(owner.sink_, owner.counts_, access_writer::endless),
        log_({owner.config_.path, owner.config_.from_start, owner.config_.linger}, kept_positions()) {
    // What is written from now on is read, though nobody reads yet.
    log_.begin(std::chrono::steady_clock::now());
    note_changes();
  }

  void run(const stop_signal& stop) {
    keep_position();
    while (!stop.raised())
      if (!look(stop)) stop.wait(owner_.config_.poll_interval);
  }

 private:
  std::vector<file_position> kept_positions() {
    if (owner_.config_.state_file.empty()) return {};
    std::string problem;
    auto positions = read_positions(owner_.config_.state_file, problem);
    if (!problem.empty()) owner_.counts_.error(problem);
    return positions;
  }

  // True: more may be there at once.
  bool look(const stop_signal& stop) {
    now_s_ = owner_.now_s_();
    const bool more = log_.poll(std::chrono::steady_clock::now(),
                                [&](std::optional<std::string_view> line) { take(line, stop); });
    writer_.flush(stop);
    note_changes();
    keep_position();
    return more;
  }

  void take(std::optional<std::string_view> line, const stop_signal& stop) {
    if (line && line->empty()) return;
    ++owner_.counts_.received;
    reported_access access;
    std::string problem = "a line of more than " + std::to_string(longest_log_line) + " bytes";
    const auto verdict =
        line ? accesses_.read(*line, now_s_, access, problem) : log_accesses::verdict::malformed;
    if (verdict == log_accesses::verdict::access) return writer_.add(access, stop);
    ++(verdict == log_accesses::verdict::left_out ? owner_.counts_.left_out : owner_.counts_.malformed);
    // Without what was found: that may be a key, and errors are shown to people who may see none.
    if (verdict == log_accesses::verdict::malformed)
      owner_.counts_.error(owner_.config_.path + ": " + problem.substr(0, problem.find(", found ")));
  }

  void note_changes() {
    owner_.counts_.reconnects = log_.rotations();
    if (log_.gaps() > gaps_)
      owner_.counts_.error(owner_.config_.path + ": it was rotated away and is gone; lines may be missing");
    gaps_ = log_.gaps();
    owner_.counts_.source(log_.is_open());
    if (!log_.is_open()) owner_.counts_.error(owner_.config_.path + ": not there, or not readable, yet");
  }

  void keep_position() {
    if (owner_.config_.state_file.empty()) return;
    auto positions = log_.positions();
    if (positions.empty() || positions == positions_) return;
    std::string problem;
    if (write_positions(owner_.config_.state_file, positions, problem))
      positions_ = std::move(positions);
    else
      owner_.counts_.error(problem);
  }

  access_log_feed& owner_;
  log_accesses accesses_;
  access_batch_writer writer_;
  log_follower log_;
  double now_s_ = 0;
  std::vector<file_position> positions_;  // as they were kept last
  std::uint64_t gaps_ = 0;
};

access_log_feed::access_log_feed(access_log_config config, access_sink sink, std::function<double()> now_s)
    : config_(std::move(config)),
      sink_(std::move(sink)),
      now_s_(now_s ? std::move(now_s) : seconds_since_1970) {
  validate(config_);
}

access_log_feed::~access_log_feed() {
  stop();
}

void access_log_feed::start() {
  if (thread_.running()) return;
  follower_ = std::make_unique<follower>(*this);
  thread_.start([this](const stop_signal& stop) { follower_->run(stop); });
}

void access_log_feed::stop() {
  thread_.stop();
  follower_.reset();
}

}  // namespace stoker::feeds
