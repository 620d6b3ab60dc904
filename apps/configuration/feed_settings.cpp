#include <fmt/format.h>

#include "apps/configuration/feed_kinds.hpp"
#include "apps/configuration/setting_readers.hpp"
#include "messages/key.hpp"

namespace stoker::configuration {

namespace {

using feeds::feed_config;

// What a feed itself has to say of its configuration, said here with file and line.
void check(const section& from, const feed_config& config) {
  try {
    std::visit([](const auto& each) { feeds::validate(each); }, config);
  } catch (const error& mistake) {
    from.fail(mistake.what());
  }
}

// One file for each log that is followed: another log under the same name begins anew.
std::string usual_state_file(const std::string& folder, const std::string& feed, const std::string& log) {
  return fmt::format("{}/{:016x}", folder, hash_key(feed + '\n' + log));
}

feed_maker maker(std::string name, feed_config config) {
  return [name = std::move(name), config = std::move(config)](cache_handle into, const std::string& folder) {
    auto made = config;
    if (auto* log = std::get_if<feeds::access_log_config>(&made); log != nullptr && log->state_file.empty())
      log->state_file = usual_state_file(folder, name, log->path);
    return feeds::make_feed(made, std::move(into));
  };
}

}  // namespace

feed_settings read_feed(section& from) {
  feed_settings read;
  read.name = from.text("name").value_or("");
  if (read.name.empty()) from.fail("it needs a name");
  read.cache = from.text("cache").value_or("");
  if (read.cache.empty()) from.fail("it needs a cache: the name of the [[cache]] whose accesses it reports");
  read.kind = from.text("kind").value_or("");
  const auto& all = feed_kinds();
  const auto found = all.find(read.kind);
  if (found == all.end()) from.refuse_word("kind", read.kind, names_of(all));
  auto choice = found->second(from);
  from.check_keys();
  check(from, choice.config);
  read.shown = std::move(choice.shown);
  read.make = maker(read.name, std::move(choice.config));
  return read;
}

}  // namespace stoker::configuration
