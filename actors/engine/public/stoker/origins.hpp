// The origins outside of this process that a cache can be filled from (cache_config::source):
//
//   auto pages = std::make_shared<stoker::http_origin>(
//       stoker::http_origin_config{.urls = {{"user:{id}", "http://127.0.0.1:8080/users/{id}"}}});
//   engine.add_cache({.name = "users", .source = pages});
#pragma once

#include "storage/origins/exec_origin.hpp"
#include "storage/origins/file_origin.hpp"
#include "storage/origins/http_origin.hpp"
#include "storage/origins/peer_origin.hpp"
#include "storage/origins/postgres_origin.hpp"
