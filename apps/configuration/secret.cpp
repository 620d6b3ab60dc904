#include "apps/configuration/secret.hpp"

#include "apps/configuration/configuration_file.hpp"

namespace stoker::configuration {

namespace {

std::string content_of(const section& from, const std::string& key, const std::string& file) {
  try {
    return read_text(file);
  } catch (const error& mistake) {
    from.fail(key, std::string{"can't be used: "} + mistake.what());
  }
}

}  // namespace

std::string read_secret(section& from, const std::string& key) {
  const auto text = from.text(key);
  const auto file = from.text(key + "_file");
  if (text && file) from.fail(key + "_file", "stands for " + key + ": leave one of them out");
  if (!file) return text.value_or("");
  auto content = content_of(from, key + "_file", *file);
  while (content.ends_with('\n') || content.ends_with('\r')) content.pop_back();
  if (content.empty()) from.fail(key + "_file", "names an empty file");
  return content;
}

}  // namespace stoker::configuration
