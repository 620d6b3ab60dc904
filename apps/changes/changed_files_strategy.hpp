// The strategy `changed_files` for a cache of any kind: its keys are made from the files that changed in git,
// and from what these need.
//
// A daemon may be asked from outside which repository to read: a scope says which folders are open to that.
// Threads: the strategy may be asked by several at once. Errors: its function throws stoker::error, with what
// to do.
#pragma once

#include <string>
#include <vector>

#include "stoker/engine.hpp"

namespace stoker::changes {

// Files whose path within the repository matches have this key. Pattern and template are those of
// storage/origins/key_template.hpp; `{path}` is the whole path.
struct file_key {
  std::string files = "{path*}";
  std::string key = "{path}";
};

// The first whose pattern matches decides; what none matches has no key. No rule at all: the path is the key.
// Throws stoker::error for a pattern or a template that is none.
class file_keys {
 public:
  explicit file_keys(const std::vector<file_key>& rules);
  ~file_keys();
  file_keys(file_keys&&) noexcept;

  // Empty: it has none.
  std::string of(const std::string& path) const;

 private:
  struct rule;
  std::vector<rule> rules_;
};

// Where repositories and dependency files may lie.
struct changes_scope {
  bool anywhere = false;             // whoever asks may read them himself
  std::vector<std::string> folders;  // at these or below, symbolic links followed; none: nowhere
  std::string repository;            // that is meant where none is named
};

// A folder or file within the scope, where it really is. Throws stoker::error(invalid_argument), in words
// that don't tell whether something lies outside.
std::string within(const changes_scope& scope, const std::string& path);

// For one cache, or for every one. REQUIRES: the rules are valid.
custom_strategy changed_files_strategy(changes_scope scope, const std::vector<file_key>& keys = {},
                                       const std::string& cache = {});

}  // namespace stoker::changes
