// Which files need which others, as compilers and people write it down.
//
// Two formats. Make's, as compilers write it with -MD (files in .d): "main.o: main.cpp util.hpp \", continued
// on the next line; a space in a name has a backslash before it, a dollar is written twice. The targets need
// all that follows, and the first file that follows, the source, needs the others. And a plain list: a file
// on each line, then what it needs, separated by blanks or tabs; # begins a comment. Paths are as written;
// see selection.hpp. Pure. Bounds: max_dependencies in all; more are left out, counted.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stoker::changes {

class dependency_list {
 public:
  static constexpr std::size_t max_dependencies = 2'000'000;

  // Each name is passed through `name` first: paths become what they are known by.
  template <class Name>
  void add_make_rules(std::string_view text, Name name) {
    for (auto& one : parse_make_rules(text)) add(one, name);
  }
  template <class Name>
  void add_plain_list(std::string_view text, Name name) {
    for (auto& one : parse_plain_list(text)) add(one, name);
  }

  // What `file` needs; in order of their names.
  const std::set<std::string>& needs(const std::string& file) const;
  // Who needs `file`.
  const std::set<std::string>& needed_by(const std::string& file) const;
  std::size_t dependencies() const noexcept { return dependencies_; }
  std::size_t left_out() const noexcept { return left_out_; }

 private:
  struct rule {
    std::vector<std::string> targets;
    std::vector<std::string> files;
    bool has_source = false;  // the first file needs the others
  };

  static std::vector<rule> parse_make_rules(std::string_view text);
  static std::vector<rule> parse_plain_list(std::string_view text);

  template <class Name>
  void add(rule& one, Name name) {
    for (auto& target : one.targets) target = name(target);
    for (auto& file : one.files) file = name(file);
    for (const auto& file : one.files) {
      for (const auto& target : one.targets) connect(target, file);
      if (one.has_source) connect(one.files.front(), file);
    }
  }

  void connect(const std::string& from, const std::string& to);

  std::map<std::string, std::set<std::string>> needs_;
  std::map<std::string, std::set<std::string>> needed_by_;
  std::size_t dependencies_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace stoker::changes
