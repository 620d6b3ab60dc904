#include "apps/feeds/make_feed.hpp"

namespace stoker::feeds {

namespace {

struct maker {
  access_sink sink;

  std::unique_ptr<feed> operator()(const socket_feed_config& config) const {
    return std::make_unique<socket_feed>(config, sink);
  }
  std::unique_ptr<feed> operator()(const access_log_config& config) const {
    return std::make_unique<access_log_feed>(config, sink);
  }
  std::unique_ptr<feed> operator()(const memcached_watch_config& config) const {
    return std::make_unique<memcached_watch>(config, sink);
  }
  std::unique_ptr<feed> operator()(const redis_sampling_config& config) const {
    return std::make_unique<redis_sampling>(config, sink);
  }
  std::unique_ptr<feed> operator()(const redis_monitor_config& config) const {
    return std::make_unique<redis_monitor>(config, sink);
  }
};

}  // namespace

std::unique_ptr<feed> make_feed(const feed_config& config, cache_handle into) {
  return std::visit(maker{[cache = std::move(into)](std::span<const reported_access> accesses) mutable {
                      return cache.record_all(accesses);
                    }},
                    config);
}

}  // namespace stoker::feeds
