// The dashboard's files, as they stand in the binary: the page at "/", and below "/dashboard/" its style, its
// scripts and the chart library they draw with. All of it is fixed at build time; nothing is read from disk
// when it is served.
//
// Threads: any. Ownership: everything returned lives as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace stoker::control {

struct dashboard_asset {
  std::string_view path;          // of the URL: "/", "/dashboard/app.js"
  std::string_view content_type;  // with its charset
  std::string_view etag;          // strong, in quotes, of the content: a browser that has it needs nothing
  std::string_view content;
};

std::span<const dashboard_asset> dashboard_assets() noexcept;

// Null when there is none of this path.
const dashboard_asset* find_dashboard_asset(std::string_view path) noexcept;

// The Content-Security-Policy to send with each of them: own files alone, no inline script, in nobody's
// frame.
inline constexpr std::string_view dashboard_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace stoker::control
