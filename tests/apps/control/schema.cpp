#include "tests/apps/control/schema.hpp"

#include <algorithm>

namespace stoker::test {

namespace {

using json = nlohmann::json;

bool has_type(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == "null" && value.is_null();
}

bool has_type(const json& types, const json& value) {
  if (types.is_string()) return has_type(types.get<std::string>(), value);
  return std::any_of(types.begin(), types.end(),
                     [&](const json& each) { return has_type(each.get<std::string>(), value); });
}

std::string object_misfit(const json& document, const json& schema, const json& value,
                          const std::string& path) {
  for (const auto& name : schema.value("required", json::array()))
    if (!value.contains(name.get<std::string>())) return path + " lacks " + name.get<std::string>();
  const auto properties = schema.value("properties", json::object());
  for (const auto& [name, each] : value.items()) {
    const auto found = properties.find(name);
    if (found != properties.end()) {
      auto text = misfit(document, *found, each, path + "." + name);
      if (!text.empty()) return text;
    } else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
      auto text = misfit(document, schema["additionalProperties"], each, path + "." + name);
      if (!text.empty()) return text;
    } else if (schema.contains("properties")) {
      return path + " has " + name + ", which is not described";
    }
  }
  return {};
}

std::string array_misfit(const json& document, const json& schema, const json& value,
                         const std::string& path) {
  if (value.size() < schema.value("minItems", std::size_t{0})) return path + " is too short";
  if (!schema.contains("items")) return {};
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto text = misfit(document, schema["items"], value[i], path + "[" + std::to_string(i) + "]");
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace

std::string misfit(const json& document, const json& schema, const json& value, const std::string& path) {
  if (schema.contains("$ref"))
    return misfit(document, document.at(json::json_pointer{schema["$ref"].get<std::string>().substr(1)}),
                  value, path);
  if (schema.contains("oneOf")) {
    std::string all;
    for (const auto& each : schema["oneOf"]) {
      auto text = misfit(document, each, value, path);
      if (text.empty()) return {};
      all += " / " + text;
    }
    return all;
  }
  if (schema.contains("type") && !has_type(schema["type"], value))
    return path + " is " + value.dump() + ", and not " + schema["type"].dump();
  if (schema.contains("enum") && value.is_string() &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    return path + " is " + value.dump() + ", which is not listed";
  if (value.is_object()) return object_misfit(document, schema, value, path);
  if (value.is_array()) return array_misfit(document, schema, value, path);
  return {};
}

}  // namespace stoker::test
