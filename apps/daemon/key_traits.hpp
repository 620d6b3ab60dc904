// What a key's name tells of it, by the rules of its cache: tags, and whose it is.
//
// The first rule whose pattern matches decides all of it, as it does for origin and TTL. Threads: any; the
// rules never change. Errors: the constructor throws stoker::error, which shows the pattern or template.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/configuration/daemon_settings.hpp"
#include "storage/origins/key_template.hpp"

namespace stoker::daemon {

class key_traits {
 public:
  explicit key_traits(const std::vector<configuration::key_rule>& rules);

  bool has_tags() const noexcept { return has_tags_; }
  bool has_subjects() const noexcept { return has_subjects_; }
  std::vector<std::string> tags(std::string_view key) const;
  // Empty: nobody's.
  std::string subject(std::string_view key) const;

 private:
  struct rule {
    key_pattern keys;
    std::vector<text_template> tags;
    std::optional<text_template> subject;
  };

  std::vector<rule> rules_;
  bool has_tags_ = false;
  bool has_subjects_ = false;
};

}  // namespace stoker::daemon
