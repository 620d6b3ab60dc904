#include "apps/configuration/origin_kinds.hpp"

#include "storage/origins/file_origin.hpp"

namespace stoker::configuration {

namespace {

template <class Origin, class Config>
std::function<std::shared_ptr<origin>()> maker(Config config) {
  return [config = std::move(config)] { return std::make_shared<Origin>(config); };
}

origin_choice read_file(section& from) {
  file_origin_config config;
  config.root = from.text("root").value_or("");
  config.max_bytes = from.megabytes("max_mb").value_or(config.max_bytes);
  if (config.max_bytes == 0) from.fail("max_mb", "must be at least 1");
  auto shown = config.root.empty() ? std::string{"any path"} : config.root.string();
  return {std::move(shown), maker<file_origin>(std::move(config))};
}

}  // namespace

const std::map<std::string, origin_reader>& origin_kinds() {
  static const std::map<std::string, origin_reader> kinds{
      {"file", read_file},
  };
  return kinds;
}

}  // namespace stoker::configuration
