// A cache's dependencies on disk.
//
// Format, msgpack: an array [version, needs]; version is 1, needs a map from a key to an array of the keys it
// needs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

using dependency_map = std::map<std::string, std::vector<std::string>, std::less<>>;

std::string encode_dependencies(const dependency_map& needs);

// Empty when the bytes are none, or of a version not known here.
std::optional<dependency_map> decode_dependencies(std::string_view bytes);

}  // namespace stoker
