// The keys that everything which speaks HTTP has in common: origins and caches.
#pragma once

#include <string>
#include <vector>

#include "apps/configuration/section.hpp"
#include "storage/http/http_client.hpp"
#include "storage/origins/key_template.hpp"

namespace stoker::configuration {

// Connections, timeouts, TLS: over the defaults that are there.
void read_client(section& from, http_client_config& into);
// The header lines, with that of a bearer token.
std::vector<std::string> read_headers(section& from);
// Of `urls` or whatever `key` calls them: { keys, url }.
std::vector<key_url> read_ways(section& from, const std::string& key);
// The same after `url`, which stands for all keys.
std::vector<key_url> read_urls(section& from);

}  // namespace stoker::configuration
