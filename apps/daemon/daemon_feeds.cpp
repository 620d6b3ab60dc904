#include "apps/daemon/daemon_feeds.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include "apps/feeds/feed.hpp"
#include "messages/error.hpp"

namespace stoker::daemon {

struct daemon_feeds::one {
  std::string kind;
  std::string cache;
  std::string shown;
  std::unique_ptr<feeds::feed> running;
  bool started = false;
  std::optional<bool> told{};  // whether it was connected, by the line that was logged last
};

namespace {

control::feed_status status_of(const std::string& name, const std::string& kind, const std::string& cache,
                               const std::string& shown, const feeds::feed& feed) {
  const auto counted = feed.counters();
  control::feed_status status;
  status.feed = name;
  status.kind = kind;
  status.cache = cache;
  status.source = shown;
  status.connected = feed.connected();
  status.last_error = feed.last_error();
  status.clients = feed.clients();
  status.received = counted.received;
  status.recorded = counted.recorded;
  status.malformed = counted.malformed;
  status.left_out = counted.left_out;
  status.dropped = counted.dropped;
  status.reconnects = counted.reconnects;
  status.refused = counted.refused;
  status.outages = counted.outages;
  return status;
}

}  // namespace

daemon_feeds::daemon_feeds(std::string folder) : folder_(std::move(folder)) {}

daemon_feeds::~daemon_feeds() {
  stop();
}

void daemon_feeds::start(one& feed) {
  try {
    feed.running->start();
    feed.started = true;
  } catch (const error&) {
    // The feed has counted it, and tells why.
  }
}

void daemon_feeds::add(const configuration::feed_settings& settings, engine& into) {
  remove(settings.name);
  std::error_code failure;  // a folder that is not there is told by whoever writes to it
  if (std::filesystem::create_directories(folder_, failure)) ::chmod(folder_.c_str(), S_IRWXU);
  auto made = std::make_unique<one>();
  made->kind = settings.kind;
  made->cache = settings.cache;
  made->shown = settings.shown;
  made->running = settings.make(into.cache(settings.cache), folder_);
  start(*made);
  const std::lock_guard guard{mutex_};
  feeds_[settings.name] = std::move(made);
}

void daemon_feeds::remove(const std::string& name) {
  std::unique_ptr<one> gone;
  {
    const std::lock_guard guard{mutex_};
    const auto found = feeds_.find(name);
    if (found == feeds_.end()) return;
    gone = std::move(found->second);
    feeds_.erase(found);
  }
  gone->running->stop();
}

void daemon_feeds::stop() {
  std::map<std::string, std::unique_ptr<one>> gone;
  {
    const std::lock_guard guard{mutex_};
    gone.swap(feeds_);
  }
  for (const auto& [name, each] : gone) each->running->stop();
}

// The map is changed by the calling thread alone, so that no lock is needed to read it here.
std::vector<feed_change> daemon_feeds::look_around() {
  std::vector<feed_change> changes;
  for (const auto& [name, each] : feeds_) {
    if (!each->started) start(*each);
    const bool connected = each->running->connected();
    if (each->told == connected) continue;
    const auto why = each->running->last_error();
    if (!connected && why.empty()) continue;  // it has not looked yet
    changes.push_back({connected, connected
                                      ? fmt::format("feed {}: hears of accesses from {}", name, each->shown)
                                      : fmt::format("feed {}: {}; it is tried again", name, why)});
    each->told = connected;
  }
  return changes;
}

std::vector<control::feed_status> daemon_feeds::status() const {
  const std::lock_guard guard{mutex_};
  std::vector<control::feed_status> all;
  for (const auto& [name, each] : feeds_)
    all.push_back(status_of(name, each->kind, each->cache, each->shown, *each->running));
  return all;
}

}  // namespace stoker::daemon
