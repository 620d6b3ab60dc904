#include "apps/configuration/configuration_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "apps/configuration/suggestion.hpp"

namespace stoker::configuration {

namespace {

const toml::table no_table;

// Keys are in order, whatever the file's.
std::string text_of(const toml::table& table) {
  std::ostringstream text;
  text << table;
  return std::move(text).str();
}

std::string called(const std::string& kind, const std::string& name) {
  return fmt::format("{} \"{}\"", kind, name);
}

// Variables of others may well be like ours: "STOKER_SERVER" is the clients'.
constexpr std::size_t slips_of_a_note = 2;
constexpr std::string_view common_prefix = "STOKER_";  // of [warming], and of everybody

}  // namespace

configuration_file::configuration_file(std::string_view text, std::string path, const environment& variables)
    : path_(std::move(path)), variables_(&variables), root_(parse(text, path_)) {}

void configuration_file::fail(const std::string& name, const std::string& problem) const {
  const auto* node = root_.get(name);
  const auto line = node == nullptr ? 1 : std::max<toml::source_index>(1, node->source().begin.line);
  throw error{errc::invalid_argument, fmt::format("{}:{}: the file: {}", path_, line, problem)};
}

section configuration_file::table(const std::string& name, const std::string& prefix) {
  known_.insert(name);
  const auto* node = root_.get(name);
  if (node != nullptr && !node->is_table()) fail(name, name + " must be a table: [" + name + "]");
  return {node == nullptr ? no_table : *node->as_table(), {path_, name, name, prefix}, *variables_, asked_};
}

std::vector<section> configuration_file::tables(const std::string& kind, const std::string& id_key,
                                                const std::string& prefix) {
  known_.insert(kind);
  std::vector<section> found;
  const auto* node = root_.get(kind);
  if (node == nullptr) return found;
  const auto problem = kind + " must be written as [[" + kind + "]]";
  if (!node->is_array()) fail(kind, problem);
  for (const auto& element : *node->as_array()) {
    const auto* table = element.as_table();
    if (table == nullptr) fail(kind, problem);
    const auto id = (*table)[id_key].value_or(std::string{});
    const auto own = id.empty() ? std::string{} : prefix + variable_part(id) + '_';
    found.emplace_back(*table, section_place{path_, kind, called(kind, id), own}, *variables_, asked_);
  }
  return found;
}

void configuration_file::check_tables() const {
  for (const auto& [key, node] : root_)
    if (const std::string name{key.str()}; !known_.contains(name))
      fail(name,
           fmt::format("there is no table \"{}\"{}", name, suggestion(name, {known_.begin(), known_.end()})));
}

std::vector<std::string> configuration_file::check_variables() const {
  std::vector<std::string> notes;
  const std::vector<std::string> known{asked_.variables.begin(), asked_.variables.end()};
  for (const auto& [variable, value] : *variables_) {
    if (asked_.variables.contains(variable)) continue;
    const auto meant = suggestion(variable, known);
    // The longest prefix that fits comes last.
    const std::pair<const std::string, std::string>* owner = nullptr;
    for (const auto& each : asked_.prefixes)
      if (each.first != common_prefix && variable.starts_with(each.first)) owner = &each;
    if (owner != nullptr)
      throw error{errc::invalid_argument,
                  fmt::format("{}: {} has no such key{}", variable, owner->second, meant)};
    if (edit_distance(variable, nearest(variable, known)) <= slips_of_a_note)
      notes.push_back(variable + " overrides nothing" + meant);
  }
  return notes;
}

std::map<std::string, std::string> configuration_file::written() const {
  std::map<std::string, std::string> texts;
  for (const auto& name : known_) {
    const auto* node = root_.get(name);
    if (node == nullptr || node->is_table()) texts[name] = node == nullptr ? "" : text_of(*node->as_table());
    if (node == nullptr || !node->is_array()) continue;
    for (const auto& element : *node->as_array()) {
      const auto& table = *element.as_table();
      const auto* key = name == "schedule" ? "id" : "name";
      texts[called(name, table[key].value_or(std::string{}))] = text_of(table);
    }
  }
  return texts;
}

std::string read_text(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  if (!file) throw error{errc::invalid_argument, path + ": can't be read: " + std::strerror(errno)};
  text << file.rdbuf();
  if (file.bad()) throw error{errc::invalid_argument, path + ": can't be read"};
  return std::move(text).str();
}

}  // namespace stoker::configuration
