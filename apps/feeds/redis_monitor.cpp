#include "apps/feeds/redis_monitor.hpp"

#include <optional>

#include "apps/feeds/access_batch_writer.hpp"
#include "apps/feeds/line_splitter.hpp"
#include "apps/feeds/monitor_lines.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/caches/redis/redis_session.hpp"

namespace stoker::feeds {

namespace {

constexpr std::size_t longest_line = 1024 * 1024;  // a large value that is set: longer ends the sample
constexpr duration between_tries = std::chrono::milliseconds{100};  // the link's back-off has its own

[[noreturn]] void refuse(const std::string& what) {
  throw error{errc::invalid_argument, "redis monitor: " + what};
}

}  // namespace

void validate(const redis_monitor_config& config) {
  if (config.sample <= duration::zero() || config.sample > std::chrono::minutes{1})
    refuse("sample must be more than 0, and at most a minute: listening slows the server down");
  if (config.period < 2 * config.sample) refuse("period must be at least twice the sample");
  if (config.max_lines == 0) refuse("max_lines must be at least 1");
  if (config.server.cluster)
    refuse("a cluster is listened to node by node: make a feed for each master, and leave cluster out");
  redis_session{config.server};  // says what is wrong with it
}

// What the feed's thread works with.
class redis_monitor::listener {
 public:
  listener(redis_monitor& owner, const stop_signal& stop)
      : owner_(owner),
        stop_(stop),
        session_(owner.config_.server),
        lines_(owner.config_.server.database, owner.config_.server.key_prefix),
        writer_(owner.sink_, owner.counts_, access_writer::short_wait) {}

  void run() {
    while (!stop_.raised()) {
      const auto begun = std::chrono::steady_clock::now();
      const bool fine = sample(begun + owner_.config_.sample);
      if (fine)
        stop_.wait(begun + owner_.config_.period - std::chrono::steady_clock::now());
      else
        stop_.wait(between_tries);
    }
  }

 private:
  bool sample(std::chrono::steady_clock::time_point until) {
    splitter_.emplace(longest_line);
    seen_ = 0;
    refusal_.clear();
    std::string command;
    append_command(command, {"MONITOR"});
    const auto result = session_.link.listen(
        command, [this](std::string_view bytes) { return take(bytes); },
        [&] { return !stop_.raised() && std::chrono::steady_clock::now() < until; });
    const bool listened = owner_.listening_.exchange(false);
    if (result == trouble::none) return true;
    owner_.counts_.source(false);
    owner_.counts_.error(refusal_.empty() ? session_.link.last_error() : refusal_);
    // A sample that broke off was one; it is the next one that comes when it is due.
    return listened;
  }

  progress take(std::string_view bytes) {
    const bool fine = splitter_->feed(bytes, [this](std::string_view line) { take_line(line); });
    writer_.flush(stop_);
    if (!fine || !refusal_.empty()) return progress::garbled;
    return seen_ < owner_.config_.max_lines ? progress::more : progress::done;
  }

  void take_line(std::string_view line) {
    if (line.starts_with('-'))
      refusal_ = "Redis does not let itself be monitored: " + std::string{line.substr(1)};
    if (!refusal_.empty() || ++seen_ > owner_.config_.max_lines) return;
    std::string_view client;
    const auto verdict = lines_.read(line, keys_, client);
    auto& counts = owner_.counts_;
    if (verdict == monitor_lines::verdict::notice) {
      owner_.listening_ = true;
      if (owner_.counts_.outages > 0 && !owner_.counts_.connected()) ++owner_.counts_.reconnects;
      owner_.counts_.source(true);
      return;
    }
    counts.received += verdict == monitor_lines::verdict::accesses ? keys_.size() : 1;
    if (verdict == monitor_lines::verdict::left_out) ++counts.left_out;
    if (verdict == monitor_lines::verdict::malformed) ++counts.malformed;
    if (verdict == monitor_lines::verdict::accesses) write(hash_key(client));
  }

  void write(std::uint64_t stream) {
    for (const auto key : keys_) {
      reported_access access;
      access.key = key;
      access.outcome = owner_.config_.assume_hits ? access_outcome::hit : access_outcome::miss;
      access.stream = stream;
      writer_.add(access, stop_);
    }
  }

  redis_monitor& owner_;
  const stop_signal& stop_;
  redis_session session_;
  monitor_lines lines_;
  access_batch_writer writer_;
  std::optional<line_splitter> splitter_;
  std::vector<std::string_view> keys_;
  std::string refusal_;
  std::uint64_t seen_ = 0;
};

redis_monitor::redis_monitor(redis_monitor_config config, access_sink sink)
    : config_(std::move(config)), sink_(std::move(sink)) {
  validate(config_);
}

redis_monitor::~redis_monitor() {
  stop();
}

void redis_monitor::start() {
  if (thread_.running()) return;
  thread_.start([this](const stop_signal& stop) { listener{*this, stop}.run(); });
}

void redis_monitor::stop() {
  thread_.stop();
}

}  // namespace stoker::feeds
