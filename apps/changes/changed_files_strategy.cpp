#include "apps/changes/changed_files_strategy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "apps/changes/selection.hpp"
#include "messages/error.hpp"
#include "storage/origins/key_template.hpp"

namespace stoker::changes {

namespace {

namespace fs = std::filesystem;

// A pipeline is about to build what changed; what it needs is read on the way.
constexpr double changed_probability = 0.95;
constexpr double needed_share = 0.9;  // of the level before

using parameter_texts = std::map<std::string, std::string>;

parameter_texts by_name(const strategy_request& request) {
  parameter_texts texts;
  for (const auto& parameter : request.parameters) texts[parameter.name] = parameter.text;
  return texts;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    if (end > at) parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::uint32_t number(const std::string& text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);  // declared an integer: it is one
  return value;
}

// A pattern's own part may be called so, too.
std::string with_whole_path(std::string text, const key_pattern& files) {
  const auto& names = files.names();
  if (std::find(names.begin(), names.end(), "path") != names.end()) return text;
  static const std::string path = "{path}";
  for (auto at = text.find(path); at != std::string::npos; at = text.find(path, at + 1))
    text.replace(at, path.size(), "{key}");
  return text;
}

// Of paths without symbolic links.
bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

std::vector<std::string> all_within(const changes_scope& scope, const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const auto& path : paths) found.push_back(within(scope, path));
  return found;
}

// What the request says of keys stands before what is configured.
file_keys keys_for(parameter_texts& given, const std::vector<file_key>& usual) {
  if (given["key"].empty() && given["files"].empty()) return file_keys{usual};
  file_key asked;
  if (!given["files"].empty()) asked.files = given["files"];
  if (!given["key"].empty()) asked.key = given["key"];
  return file_keys{{asked}};
}

candidate candidate_of(const selected_file& file, std::string key) {
  candidate proposed;
  proposed.key = std::move(key);
  proposed.probability = changed_probability;
  for (std::uint32_t level = 0; level < file.depth; ++level) proposed.probability *= needed_share;
  proposed.priority = important_priority;
  return proposed;
}

std::vector<selected_file> files_for(const changes_scope& scope, parameter_texts& given) {
  const auto repository = given["repository"].empty() ? scope.repository : given["repository"];
  if (repository.empty()) throw error{errc::invalid_argument, "parameter repository: which one is meant?"};
  const auto changed = files_changed_since(given["base"], within(scope, repository));
  within(scope, changed.root);  // the folder may be within a repository that is not
  const auto base = given["dependencies_base"];
  const auto dependencies = read_dependencies(all_within(scope, split(given["dependencies"])), changed.root,
                                              base.empty() ? base : within(scope, base));
  return select(changed, dependencies, {number(given["depth"]), given["dependents"] == "true"});
}

std::vector<candidate> propose(const changes_scope& scope, const std::vector<file_key>& usual,
                               const strategy_request& request) {
  auto given = by_name(request);
  const auto keys = keys_for(given, usual);
  std::vector<candidate> candidates;
  for (const auto& file : files_for(scope, given)) {
    if (request.limit > 0 && candidates.size() == request.limit) break;
    if (auto key = keys.of(file.path); !key.empty()) candidates.push_back(candidate_of(file, std::move(key)));
  }
  return candidates;
}

}  // namespace

struct file_keys::rule {
  explicit rule(const file_key& from)
      : files(from.files), key(with_whole_path(from.key, files), files, insertion::verbatim) {}

  key_pattern files;
  text_template key;
};

file_keys::file_keys(const std::vector<file_key>& rules) {
  for (const auto& each : rules) rules_.emplace_back(each);
  if (rules.empty()) rules_.emplace_back(file_key{});
}

file_keys::~file_keys() = default;
file_keys::file_keys(file_keys&&) noexcept = default;

std::string file_keys::of(const std::string& path) const {
  for (const auto& each : rules_)
    if (const auto parts = each.files.match(path)) return each.key.fill(*parts).value_or("");
  return {};
}

std::string within(const changes_scope& scope, const std::string& path) {
  if (scope.anywhere) return path;
  if (scope.folders.empty())
    throw error{
        errc::invalid_argument,
        "no folder is open to changed_files: [changes] folders in the daemon's configuration names them"};
  std::error_code unknown;
  const auto real = fs::canonical(path, unknown);
  for (const auto& each : scope.folders) {
    const auto folder = fs::canonical(each, unknown);
    if (!real.empty() && !folder.empty() && fs::path{path}.is_absolute() && lies_in(real, folder))
      return real;
  }
  throw error{errc::invalid_argument, fmt::format("\"{}\" is nothing in the folders that [changes] names: {}",
                                                  path, fmt::join(scope.folders, ", "))};
}

custom_strategy changed_files_strategy(changes_scope scope, const std::vector<file_key>& keys,
                                       const std::string& cache) {
  std::vector<strategy_parameter> parameters{
      {"base", "text", "HEAD", "the revision to compare the working tree with"},
      {"repository", "text", scope.repository, "a folder of the repository"},
      {"depth", "integer", "2", "levels of dependencies that are followed"},
      {"dependencies", "text", "", "dependency files and folders of them, separated by commas"},
      {"dependencies_base", "text", "", "where relative paths in them start; none: at the repository's root"},
      {"dependents", "flag", "false", "files that need a changed one count as changed"},
      {"files", "text", "", "only files whose path matches: content/{page*}.md"},
      {"key", "text", "", "the key that a file has in the cache: page:{page}; {path} is its whole path"}};
  return {cache, "changed_files", "the files that changed in git since a revision, and what they need",
          std::move(parameters), [scope = std::move(scope), keys](const strategy_request& request) {
            return propose(scope, keys, request);
          }};
}

}  // namespace stoker::changes
