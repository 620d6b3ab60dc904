// The caches outside of this process that an engine can keep warm (cache_config::back_end):
//
//   auto redis = std::make_shared<stoker::redis_cache>(stoker::redis_config{.where = {.port = 6379}});
//   engine.add_cache({.name = "pages", .load = render_page, .back_end = redis});
#pragma once

#include "storage/caches/application/application_cache.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "storage/caches/http/http_cache.hpp"
#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/memcached/memcached_fleet.hpp"
#include "storage/caches/redis/redis_cache.hpp"
