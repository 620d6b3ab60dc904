// The strategy "changed_files" for any cache whose keys are files of a repository: register it with an
// engine, and `warm({.cache = ..., .strategies = {"changed_files"}, .parameters = {{"base", "main"}}})` warms
// what changed in git and what that needs.
#pragma once

#include <stoker/engine.hpp>

namespace stoker::changes {

// Keys are paths relative to the repository's root, or absolute ones outside of it. `repository`: any folder
// below its root. `cache`: empty: for every cache.
custom_strategy changed_files_strategy(const std::string& repository, const std::string& cache = {});

}  // namespace stoker::changes
