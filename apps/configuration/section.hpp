// A table of a TOML file, read key by key: with types, with overrides from the environment, and with errors
// that name file, line and key.
//
// A key KEY of a section with the prefix P is overridden by the variable P + KEY in capitals; its text is a
// TOML value, or else a string. Threads: one at a time; the document and the environment must outlive the
// section.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apps/configuration/environment.hpp"
#include "messages/error.hpp"
#include "messages/time.hpp"

namespace stoker::configuration {

// Throws stoker::error(invalid_argument): "worker.toml:12: what is wrong".
toml::table parse(std::string_view text, const std::string& path);

class section {
 public:
  // `name` is what errors call it: "schedule popular". `path` is that of the file.
  section(const toml::table& table, std::string path, std::string name, const environment& variables,
          std::string prefix);

  // Each throws stoker::error for a value of another type or out of bounds; empty: the key is not there.
  std::optional<std::string> text(const std::string& key);
  std::optional<std::int64_t> integer(const std::string& key, std::int64_t least, std::int64_t most);
  std::optional<double> number(const std::string& key, double least);
  std::optional<bool> flag(const std::string& key);
  // "500ms", "90s", "15min", "2h", "1d", or a number of seconds.
  std::optional<duration> span(const std::string& key);
  // One or several, each as text: an array, or a single value.
  std::vector<std::string> texts(const std::string& key);
  // Times of day in seconds from midnight, "08:30" or 08:30:00; with a sign before, from another anchor.
  std::vector<std::int32_t> clocks(const std::string& key);
  // Dates as yyyymmdd.
  std::vector<std::int32_t> dates(const std::string& key);
  std::vector<section> tables(const std::string& key);
  // Keys and values of a table of texts, numbers or flags, in the order of the keys.
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& key);

  // Throws for a key that nobody asked for: it is a mistake in writing.
  void check_keys() const;
  // The same for variables with this section's prefix. `others` are the prefixes of other sections.
  void check_variables(const std::vector<std::string>& others) const;

  [[noreturn]] void fail(const std::string& problem) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;
  const std::string& prefix() const noexcept { return prefix_; }

 private:
  const toml::node* find(const std::string& key);
  std::vector<const toml::node*> elements(const std::string& key);
  std::string text_of(const std::string& key, const toml::node& node) const;

  const toml::table* table_;
  std::string path_;
  std::string name_;
  const environment* variables_;
  std::string prefix_;
  toml::table overrides_;
  std::set<std::string> known_;
};

}  // namespace stoker::configuration
