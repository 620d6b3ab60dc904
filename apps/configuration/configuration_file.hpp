// A whole configuration file: its tables, by name, as sections.
//
// The variables that override a section: STOKER_ for [warming], STOKER_<ID>_ for a [[schedule]]; for every
// other table STOKER_<TABLE>_, and STOKER_<TABLE>_<NAME>_ for those that have names. Ownership: sections
// refer to the document, which must outlive them and stay where it is. Threads: one at a time.
#pragma once

#include "apps/configuration/section.hpp"

namespace stoker::configuration {

class configuration_file {
 public:
  // `path` is what errors call the text. Throws stoker::error(invalid_argument) for a text that is no TOML.
  configuration_file(std::string_view text, std::string path, const environment& variables);
  configuration_file(const configuration_file&) = delete;
  configuration_file& operator=(const configuration_file&) = delete;

  // [name]; empty when it is not there.
  section table(const std::string& name, const std::string& prefix);
  // [[kind]], each called by its key `id_key`: "name", or "id".
  std::vector<section> tables(const std::string& kind, const std::string& id_key, const std::string& prefix);

  // Throws for a table that nobody asked for.
  void check_tables() const;
  // Throws for a variable that begins as those of a section, other than [warming], and is none of its keys.
  // Returns notes on others that look like slips; there may be any number of STOKER_ variables of others.
  std::vector<std::string> check_variables() const;
  // What stands in the tables that were asked for, in a form of its own: by name ("server", "cache
  // \"pages\""). Order and comments don't matter; tables that are not in the file are empty.
  std::map<std::string, std::string> written() const;
  const std::string& path() const noexcept { return path_; }
  // Every key that was asked for so far.
  const key_catalog& asked() const noexcept { return asked_; }

 private:
  [[noreturn]] void fail(const std::string& name, const std::string& problem) const;

  std::string path_;
  const environment* variables_;
  toml::table root_;
  std::set<std::string> known_;
  key_catalog asked_;
};

// The text of a file. Throws stoker::error(invalid_argument) when it can't be read.
std::string read_text(const std::string& path);

}  // namespace stoker::configuration
