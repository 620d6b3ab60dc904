// The key of an item of a batch, whatever the batch is of.
#pragma once

#include <string_view>

#include "storage/caches/remote_cache.hpp"

namespace stoker {

inline std::string_view key_of(std::string_view key) {
  return key;
}
inline std::string_view key_of(const remote_entry& entry) {
  return entry.key;
}
inline std::string_view key_of(const filled_entry& entry) {
  return entry.key;
}

}  // namespace stoker
