// A table of a TOML file, read key by key: with types, with overrides from the environment, and with errors
// that name file, line and key.
//
// A key KEY of a section with the prefix P is overridden by the variable P + KEY in capitals; its text is a
// TOML value, or else a string. Threads: one at a time; the table, the environment and the catalog must
// outlive the section.
#pragma once

#include <toml++/toml.h>

#include <map>
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

// What was asked for: what a file and its environment can hold.
struct key_catalog {
  std::map<std::string, std::set<std::string>> keys;  // by kind of section: "cache", "calendar.short_days"
  std::map<std::string, std::string> prefixes;        // of variables, with the section's name
  std::set<std::string> variables;                    // by their whole names
};

// Where a section stands.
struct section_place {
  std::string path;    // of the file
  std::string kind;    // in the catalog
  std::string name;    // what errors call it: "schedule popular"
  std::string prefix;  // of the variables that override it; empty: none do
};

class section {
 public:
  section(const toml::table& table, section_place place, const environment& variables, key_catalog& asked);

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
  // A number of MiB, in bytes.
  std::optional<std::uint64_t> megabytes(const std::string& key);
  // One of the words that are offered, as what it stands for.
  template <class Enum>
  std::optional<Enum> choice(const std::string& key, const std::map<std::string, Enum>& offered) {
    const auto word = text(key);
    if (!word) return std::nullopt;
    if (const auto found = offered.find(*word); found != offered.end()) return found->second;
    std::vector<std::string> words;
    for (const auto& [name, value] : offered) words.push_back(name);
    refuse_word(key, *word, words);
  }
  // Keys and values of a table of texts, numbers or flags, in the order of the keys.
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& key);

  // Throws for a key that nobody asked for: it is a mistake in writing. Names the key that may be meant.
  void check_keys() const;
  [[noreturn]] void fail(const std::string& problem) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;
  [[noreturn]] void refuse_word(const std::string& key, const std::string& word,
                                const std::vector<std::string>& offered) const;
  // What errors call it.
  const std::string& name() const noexcept { return place_.name; }
  // File and line where it begins, as errors name them.
  std::string where() const;

 private:
  const toml::node* find(const std::string& key);
  std::vector<const toml::node*> elements(const std::string& key);
  std::string text_of(const std::string& key, const toml::node& node) const;

  const toml::table* table_;
  section_place place_;
  const environment* variables_;
  key_catalog* asked_;
  toml::table overrides_;
  std::set<std::string> known_;
};

}  // namespace stoker::configuration
