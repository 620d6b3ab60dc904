// What a load came to, and how a fill tells of it.
#pragma once

#include <string>

#include "messages/loading.hpp"
#include "storage/caches/cache.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

// A load, and what became of its value.
struct landing {
  load_result loaded;
  fill_result filled = fill_result::refused;  // says something only of what was loaded
  duration took{};
};

load_receipt receipt(const std::string& key, load_status status, std::string text = {});
load_receipt receipt_of(const std::string& key, const landing& landed);
// For who followed another's load: what it loaded is in the cache, and this fill has nothing left to do.
load_receipt followed_receipt(const std::string& key, const load_result& loaded);

}  // namespace stoker
