// Which files to warm: those that changed, then what they need, level by level.
#pragma once

#include <string>
#include <vector>

#include "apps/changes/changed_files.hpp"
#include "apps/changes/dependency_list.hpp"

namespace stoker::changes {

struct selected_file {
  std::string path;         // relative to the repository's root when it is below it, else absolute
  std::uint32_t depth = 0;  // 0: it changed
};

struct selection_options {
  std::uint32_t depth = 2;  // levels of dependencies that are followed
  bool dependents = false;  // files that need a changed one count as changed: they will be built again
};

// Each file once, at its lowest depth; changed ones first. At most max_selected.
std::vector<selected_file> select(const changed_files& changed, const dependency_list& dependencies,
                                  const selection_options& options);

inline constexpr std::size_t max_selected = 1'000'000;

// Reads dependency files: those that are named, and every *.d below the folders that are, symbolic links left
// out. Their relative paths start at `base`; empty: at the repository's root. Throws
// stoker::error(invalid_argument) for a file that can't be read.
dependency_list read_dependencies(const std::vector<std::string>& files, const std::string& root,
                                  const std::string& base);

// Reads each file into the page cache's terms: an absolute path.
std::string absolute_path(const std::string& root, const std::string& path);

}  // namespace stoker::changes
