// What was found in a file, fit for a message: short and printable.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace stoker {

inline std::string shown(std::string_view text) {
  constexpr std::size_t shown_bytes = 40;
  std::string out = "'";
  for (const char c : text.substr(0, shown_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (text.size() > shown_bytes ? "...'" : "'");
}

}  // namespace stoker
