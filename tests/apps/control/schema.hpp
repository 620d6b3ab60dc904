// Whether a value is what a schema of an OpenAPI document says: the part of JSON Schema that ours uses.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace stoker::test {

// Empty when it fits; else where it does not, and why.
std::string misfit(const nlohmann::json& document, const nlohmann::json& schema, const nlohmann::json& value,
                   const std::string& path = "$");

}  // namespace stoker::test
