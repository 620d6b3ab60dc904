// What the answer of an HTTP cache tells: came it from the cache, may it be kept, and what went wrong.
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/caches/remote_cache.hpp"
#include "storage/http/http_message.hpp"

namespace stoker {

// Empty: the answer does not tell. `status_header` in any case; empty: Cache-Status, X-Varnish, Age.
std::optional<bool> came_from_cache(const http_headers& headers, const std::string& status_header,
                                    const std::vector<std::string>& hit_words);

// Whether shared caches keep such an answer, unless they are told otherwise.
bool may_be_kept(const http_answer& answer, time_point now);

// Why there is no value; none: there is one (a status of 200 to 299, or 301).
trouble trouble_of(const http_answer& answer);

// For people; empty: nothing went wrong.
std::string text_of_trouble(const http_answer& answer);

}  // namespace stoker
