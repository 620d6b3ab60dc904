// Big-endian numbers in keys and headers of the history (KEYS.md): their byte order is their numeric order.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace stoker {

template <std::unsigned_integral Number>
void append_big_endian(Number number, std::string& into) {
  for (std::size_t shift = sizeof(Number) * 8; shift > 0; shift -= 8)
    into.push_back(static_cast<char>(static_cast<unsigned char>(number >> (shift - 8))));
}

// REQUIRES: bytes.size() >= sizeof(Number).
template <std::unsigned_integral Number>
Number read_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < sizeof(Number); ++at)
    number = number << 8 | static_cast<unsigned char>(bytes[at]);
  return static_cast<Number>(number);
}

}  // namespace stoker
