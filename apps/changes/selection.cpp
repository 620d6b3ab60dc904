#include "apps/changes/selection.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unordered_set>

#include "messages/error.hpp"

namespace stoker::changes {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_dependency_files = 200'000;  // below all folders together

std::string read_text(const fs::path& file) {
  std::ifstream stream{file};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw error{errc::invalid_argument, file.string() + ": can't be read"};
  return std::move(text).str();
}

// The name that a path is known by: relative to the root where it lies below it.
class naming {
 public:
  naming(const std::string& root, const std::string& base)
      : root_(fs::path{root}.lexically_normal().string()), base_(base.empty() ? root_ : base) {
    if (!root_.ends_with('/')) root_ += '/';
  }

  std::string operator()(const std::string& written) const {
    const auto path = (base_ / fs::path{written}).lexically_normal().string();
    return path.starts_with(root_) ? path.substr(root_.size()) : path;
  }

 private:
  std::string root_;
  fs::path base_;
};

void add_file(dependency_list& to, const fs::path& file, const naming& names) {
  if (file.extension() == ".d")
    to.add_make_rules(read_text(file), names);
  else
    to.add_plain_list(read_text(file), names);
}

void add_folder(dependency_list& to, const fs::path& folder, const naming& names) {
  std::size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    // A link may lead out of the folders that are open to whoever asks.
    if (entry.path().extension() != ".d" || entry.is_symlink() || !entry.is_regular_file()) continue;
    if (++found > max_dependency_files)
      throw error{errc::invalid_argument, folder.string() + ": holds more dependency files than can be read"};
    add_file(to, entry.path(), names);
  }
}

class selector {
 public:
  void add(const std::string& path, std::uint32_t depth) {
    if (files_.size() < max_selected && seen_.insert(path).second) files_.push_back({path, depth});
  }

  std::size_t size() const { return files_.size(); }
  selected_file at(std::size_t number) const { return files_[number]; }
  std::vector<selected_file> take() { return std::move(files_); }

 private:
  std::vector<selected_file> files_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::vector<selected_file> select(const changed_files& changed, const dependency_list& dependencies,
                                  const selection_options& options) {
  selector selected;
  for (const auto& file : changed.files) selected.add(file, 0);
  if (options.dependents)
    for (const auto& file : changed.files)
      for (const auto& user : dependencies.needed_by(file)) selected.add(user, 0);
  // Breadth first: what is appended is looked at later, a level deeper.
  for (std::size_t next = 0; next < selected.size(); ++next) {
    const auto file = selected.at(next);
    if (file.depth >= options.depth) continue;
    for (const auto& needed : dependencies.needs(file.path)) selected.add(needed, file.depth + 1);
  }
  return selected.take();
}

dependency_list read_dependencies(const std::vector<std::string>& files, const std::string& root,
                                  const std::string& base) {
  dependency_list dependencies;
  const naming names{root, base.empty() ? base : fs::absolute(base).string()};
  for (const auto& file : files) {
    if (fs::is_directory(file))
      add_folder(dependencies, file, names);
    else
      add_file(dependencies, file, names);
  }
  return dependencies;
}

std::string absolute_path(const std::string& root, const std::string& path) {
  return (fs::path{root} / path).string();
}

}  // namespace stoker::changes
