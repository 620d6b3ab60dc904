#include "messages/key.hpp"

#include <xxhash.h>

namespace stoker {

std::uint64_t hash_key(std::string_view key) noexcept {
  return XXH3_64bits(key.data(), key.size());
}

}  // namespace stoker
