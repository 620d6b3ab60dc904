// The description of the API, as it stands in openapi.json beside: built into the library.
#pragma once

#include <string_view>

namespace stoker::control {

std::string_view openapi_document() noexcept;

}  // namespace stoker::control
