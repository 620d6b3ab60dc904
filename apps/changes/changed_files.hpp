// The files of a git repository that differ from a revision.
//
// Read by libgit2, from the repository itself: no git program is run. Threads: any.
#pragma once

#include <string>
#include <vector>

namespace stoker::changes {

struct changed_files {
  std::string root;                // of the working tree, absolute, with a slash at its end
  std::vector<std::string> files;  // relative to it, in order; regular files that are there
};

// What differs between the tree of `base` and the working tree, index included: added, modified or renamed;
// what was deleted or was never added is not among them. `folder` may be any below the root. Throws
// stoker::error(invalid_argument): no repository, or no such revision, with git's own words.
changed_files files_changed_since(const std::string& base, const std::string& folder);

}  // namespace stoker::changes
