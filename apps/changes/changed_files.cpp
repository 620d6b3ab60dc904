#include "apps/changes/changed_files.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <memory>

#include "messages/error.hpp"

namespace stoker::changes {

namespace {

// libgit2 counts how often it was initialised.
struct library {
  library() { git_libgit2_init(); }
  ~library() { git_libgit2_shutdown(); }
  library(const library&) = delete;
  library& operator=(const library&) = delete;
};

struct deleter {
  void operator()(git_repository* x) const { git_repository_free(x); }
  void operator()(git_object* x) const { git_object_free(x); }
  void operator()(git_tree* x) const { git_tree_free(x); }
  void operator()(git_diff* x) const { git_diff_free(x); }
};

template <class T>
using owned = std::unique_ptr<T, deleter>;

void check(int result, const std::string& what) {
  if (result >= 0) return;
  const auto* last = git_error_last();
  throw error{errc::invalid_argument,
              fmt::format("{}: {}", what, last != nullptr ? last->message : "unknown")};
}

owned<git_repository> open(const std::string& folder) {
  git_repository* opened = nullptr;
  check(git_repository_open_ext(&opened, folder.c_str(), 0, nullptr), folder);
  return owned<git_repository>{opened};
}

owned<git_tree> tree_of(git_repository& repository, const std::string& base) {
  git_object* found = nullptr;
  check(git_revparse_single(&found, &repository, base.c_str()), "revision \"" + base + "\"");
  const owned<git_object> object{found};
  git_object* tree = nullptr;
  check(git_object_peel(&tree, object.get(), GIT_OBJECT_TREE), "revision \"" + base + "\"");
  return owned<git_tree>{reinterpret_cast<git_tree*>(tree)};  // libgit2's own way: objects share their head
}

owned<git_diff> diff_of(git_repository& repository, git_tree& base) {
  git_diff* diff = nullptr;
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.ignore_submodules = GIT_SUBMODULE_IGNORE_ALL;
  check(git_diff_tree_to_workdir_with_index(&diff, &repository, &base, &options), "the working tree");
  return owned<git_diff>{diff};
}

bool is_there(const git_diff_delta& delta) {
  const bool is_file =
      delta.new_file.mode == GIT_FILEMODE_BLOB || delta.new_file.mode == GIT_FILEMODE_BLOB_EXECUTABLE;
  return is_file && delta.status != GIT_DELTA_DELETED && delta.status != GIT_DELTA_UNMODIFIED;
}

}  // namespace

changed_files files_changed_since(const std::string& base, const std::string& folder) {
  const library in_use;
  const auto repository = open(folder);
  const auto* root = git_repository_workdir(repository.get());
  if (root == nullptr)
    throw error{errc::invalid_argument, folder + ": a bare repository has no working tree"};
  const auto tree = tree_of(*repository, base);
  const auto diff = diff_of(*repository, *tree);
  changed_files changed{root, {}};
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const auto* delta = git_diff_get_delta(diff.get(), i);
    if (is_there(*delta)) changed.files.emplace_back(delta->new_file.path);
  }
  std::sort(changed.files.begin(), changed.files.end());
  return changed;
}

}  // namespace stoker::changes
