// Unpacking msgpack that may be damaged: nothing in it can be longer than the bytes it came in, so a length
// that claims more is refused before memory is asked for it.
#pragma once

#include <msgpack.hpp>
#include <string_view>

namespace stoker {

// How deep arrays and maps may stand in one another; our own formats need three.
inline constexpr std::size_t deepest_nesting = 16;

// Throws as msgpack does.
inline msgpack::object_handle bounded_unpack(std::string_view bytes) {
  const auto size = bytes.size();
  const msgpack::unpack_limit limit{size, size, size, size, size, deepest_nesting};
  return msgpack::unpack(bytes.data(), size, nullptr, nullptr, limit);
}

}  // namespace stoker
