// Globs: patterns over keys, as operators write them.
//
// `*` stands for any characters, none included, and goes over '/' and ':' alike, for keys are opaque; `?` for
// one; `[a-z_]` for one of a set, `[!a-z]` for one that is not in it; `\` takes the next character as it is.
// A '[' that is never closed stands for itself. Bytes are compared, case matters.
//
// Time: at most the product of both lengths, whatever the pattern.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoker {

bool matches_glob(std::string_view pattern, std::string_view text) noexcept;
// Whether one of them matches.
bool matches_any_glob(const std::vector<std::string>& patterns, std::string_view text) noexcept;

}  // namespace stoker
