// A git repository of a test's own, made without the git program.
#pragma once

#include <git2.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

class git_repository_fixture {
 public:
  git_repository_fixture() {
    git_libgit2_init();
    check(git_repository_init(&repository_, folder.path().c_str(), 0));
  }
  ~git_repository_fixture() {
    git_repository_free(repository_);
    git_libgit2_shutdown();
  }

  void write(const std::string& name, const std::string& text) {
    const auto path = folder / name;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
    std::ofstream{path} << text;
  }

  // Everything that is there, under HEAD.
  void commit_all() {
    git_index* index = nullptr;
    git_oid tree_id, commit_id;
    git_tree* tree = nullptr;
    git_signature* author = nullptr;
    git_object* parent = nullptr;
    check(git_repository_index(&index, repository_));
    check(git_index_add_all(index, nullptr, 0, nullptr, nullptr));
    check(git_index_write(index));
    check(git_index_write_tree(&tree_id, index));
    check(git_tree_lookup(&tree, repository_, &tree_id));
    check(git_signature_new(&author, "Test", "test@example.org", 1'700'000'000, 0));
    const bool first = git_revparse_single(&parent, repository_, "HEAD") != 0;
    const git_commit* parents[] = {reinterpret_cast<git_commit*>(parent)};
    check(git_commit_create(&commit_id, repository_, "HEAD", author, author, nullptr, "A commit", tree,
                            first ? 0 : 1, parents));
    git_object_free(parent);
    git_signature_free(author);
    git_tree_free(tree);
    git_index_free(index);
  }

  cli::temporary_folder folder;

 private:
  static void check(int result) {
    BOOST_REQUIRE_MESSAGE(result >= 0, (git_error_last() != nullptr ? git_error_last()->message : "libgit2"));
  }

  ::git_repository* repository_ = nullptr;
};

}  // namespace stoker::test
