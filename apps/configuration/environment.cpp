#include "apps/configuration/environment.hpp"

#include <unistd.h>

#include <cctype>
#include <string_view>

namespace stoker::configuration {

environment environment_of_process() {
  constexpr std::string_view ours = "STOKER_";
  environment variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with(ours)) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string variable_part(const std::string& name) {
  std::string part;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    part += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return part;
}

}  // namespace stoker::configuration
