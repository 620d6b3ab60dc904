// Makes a feed of any kind from its configuration: the one call that a daemon, or a host, needs.
//
//   auto feed = make_feed(socket_feed_config{.socket_path = "/run/app/accesses"}, engine.cache("pages"));
//   feed->start();
#pragma once

#include <memory>
#include <variant>

#include "apps/feeds/access_log_feed.hpp"
#include "apps/feeds/memcached_watch.hpp"
#include "apps/feeds/redis_monitor.hpp"
#include "apps/feeds/redis_sampling.hpp"
#include "apps/feeds/socket_feed.hpp"
#include "stoker/engine.hpp"

namespace stoker::feeds {

using feed_config = std::variant<socket_feed_config, access_log_config, memcached_watch_config,
                                 redis_sampling_config, redis_monitor_config>;

// Records into the cache. Throws stoker::error when the configuration is not valid; nothing is opened before
// start().
std::unique_ptr<feed> make_feed(const feed_config& config, cache_handle into);

}  // namespace stoker::feeds
