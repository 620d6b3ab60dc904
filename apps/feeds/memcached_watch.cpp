#include "apps/feeds/memcached_watch.hpp"

#include <optional>

#include "apps/feeds/access_batch_writer.hpp"
#include "apps/feeds/line_splitter.hpp"
#include "apps/feeds/watch_lines.hpp"
#include "messages/error.hpp"
#include "storage/caches/memcached/memcached_session.hpp"

namespace stoker::feeds {

namespace {

constexpr std::size_t longest_line = 4096;  // a key of 250 bytes, all of them encoded, and the rest
constexpr duration between_tries = std::chrono::milliseconds{100};  // the link's back-off has its own
constexpr duration statistics_time = std::chrono::seconds{2};

}  // namespace

void validate(const memcached_watch_config& config) {
  if (config.count_interval <= duration::zero())
    throw error{errc::invalid_argument, "memcached watch: count_interval must be more than 0"};
  memcached_session{config.server};  // says what is wrong with it
}

// What the feed's thread works with.
class memcached_watch::watcher {
 public:
  watcher(memcached_watch& owner, const stop_signal& stop)
      : owner_(owner),
        stop_(stop),
        watched_(owner.config_.server),
        asked_(owner.config_.server),
        lines_(owner.config_.server.key_prefix),
        writer_(owner.sink_, owner.counts_, access_writer::short_wait) {}

  void run() {
    while (!stop_.raised()) {
      lines_.reset();
      begun_ = false;
      splitter_.emplace(longest_line);
      watched_.link.listen(
          "watch fetchers connevents\r\n", [this](std::string_view bytes) { return take(bytes); },
          [this] { return go_on(); });
      if (stop_.raised()) return;
      owner_.counts_.source(false);
      owner_.counts_.error(refusal_.empty() ? watched_.link.last_error() : refusal_);
      stop_.wait(between_tries);
    }
  }

 private:
  progress take(std::string_view bytes) {
    refusal_.clear();
    const bool fine = splitter_->feed(bytes, [this](std::string_view line) { take_line(line); });
    writer_.flush(stop_);
    return fine && refusal_.empty() ? progress::more : progress::garbled;
  }

  void take_line(std::string_view line) {
    if (!begun_) return begin(line);
    reported_access access;
    const auto verdict = lines_.read(line, access);
    auto& counts = owner_.counts_;
    if (verdict == watch_lines::verdict::notice) return;
    const auto count = verdict == watch_lines::verdict::skipped ? lines_.lines_skipped() : 1;
    counts.received += count;
    if (verdict == watch_lines::verdict::access) return writer_.add(access, stop_);
    if (verdict == watch_lines::verdict::skipped)
      counts.dropped += count;
    else
      ++(verdict == watch_lines::verdict::left_out ? counts.left_out : counts.malformed);
  }

  // The answer to the command itself.
  void begin(std::string_view line) {
    if (line != "OK") {
      if (refusal_.empty()) refusal_ = "memcached does not let itself be watched: " + std::string{line};
      return;
    }
    begun_ = true;
    owner_.counts_.source(true);
    const auto connections = watched_.link.connections();
    owner_.counts_.reconnects = connections > 0 ? connections - 1 : 0;
    count_drops();
  }

  bool go_on() {
    if (std::chrono::steady_clock::now() >= next_count_) count_drops();
    return !stop_.raised();
  }

  // Lines that memcached's workers had no room for, since the last question.
  void count_drops() {
    next_count_ = std::chrono::steady_clock::now() + owner_.config_.count_interval;
    memcached_session::statistics found;
    if (asked_.read_statistics(found, std::chrono::steady_clock::now() + statistics_time) != trouble::none)
      return;
    const auto dropped = number_of(found, "log_worker_dropped");
    if (counted_ && dropped > known_drops_) {
      owner_.counts_.received += dropped - known_drops_;
      owner_.counts_.dropped += dropped - known_drops_;
    }
    known_drops_ = dropped;
    counted_ = true;
  }

  memcached_watch& owner_;
  const stop_signal& stop_;
  memcached_session watched_;
  memcached_session asked_;
  watch_lines lines_;
  access_batch_writer writer_;
  std::optional<line_splitter> splitter_;
  std::string refusal_;
  bool begun_ = false;  // the server has said that it tells
  std::chrono::steady_clock::time_point next_count_{};
  std::uint64_t known_drops_ = 0;
  bool counted_ = false;
};

memcached_watch::memcached_watch(memcached_watch_config config, access_sink sink)
    : config_(std::move(config)), sink_(std::move(sink)) {
  validate(config_);
}

memcached_watch::~memcached_watch() {
  stop();
}

void memcached_watch::start() {
  if (thread_.running()) return;
  thread_.start([this](const stop_signal& stop) { watcher{*this, stop}.run(); });
}

void memcached_watch::stop() {
  thread_.stop();
}

}  // namespace stoker::feeds
