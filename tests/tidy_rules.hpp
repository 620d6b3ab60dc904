// The rules of the house that a compiler doesn't hold: which file may include what, what is banned, how long
// things may get. tidy_test applies them to every source file of the tree.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stoker::test {

// A file of the tree: its path from the root, with forward slashes, and what it holds.
struct source_file {
  std::string path;
  std::string text;
};

struct finding {
  std::string path;
  std::size_t line = 0;  // from 1
  std::string text;      // what is wrong
};

inline constexpr std::size_t max_file_lines = 450;
inline constexpr std::size_t max_function_lines = 70;

// What is wrong with a file, in the order of its lines for each rule.
std::vector<finding> tidy(const source_file& file);

// The text with comments and the insides of literals blanked; every line stays where it is.
std::string code_of(std::string_view text);

}  // namespace stoker::test
