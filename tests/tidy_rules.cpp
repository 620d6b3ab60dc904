#include "tests/tidy_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <span>

namespace stoker::test {

namespace {

using findings = std::vector<finding>;

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// Reads source text from left to right and blanks what is not code.
class blanker {
 public:
  explicit blanker(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//"))
        blank_until("\n", 0);
      else if (starts("/*"))
        blank_until("*/", 2);
      else if (starts("R\"") && !in_word())
        raw_string();
      else if (text_[at_] == '"' || (text_[at_] == '\'' && !in_word()))
        literal(text_[at_]);
      else
        keep();
    }
    return std::move(code_);
  }

 private:
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
  // 1'000'000 is no character literal, and fooR"..." no raw string.
  bool in_word() const { return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0); }
  void keep() { code_.push_back(text_[at_++]); }
  void blank() { code_.push_back(text_[at_++] == '\n' ? '\n' : ' '); }

  void blank_until(std::string_view end, std::size_t beyond) {
    auto found = text_.find(end, at_);
    auto stop = found == std::string_view::npos ? text_.size() : found + beyond;
    while (at_ < stop) blank();
  }

  void raw_string() {
    auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return keep();
    auto end = ")" + std::string{text_.substr(at_ + 2, open - at_ - 2)} + "\"";
    blank_until(end, end.size());
  }

  void literal(char quote) {
    keep();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) blank();
      blank();
    }
    if (at_ < text_.size()) keep();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string code_;
};

// Files at the edge of pure logic, each with what makes it one.
constexpr std::array edges{
    std::string_view{
        "actors/tracking/stamp.hpp"},  // orders the accesses of host threads: there is nobody to ask
    std::string_view{"actors/memory/readings.cpp"},  // names the reader of /proc that the actor is given
    std::string_view{
        "actors/warming/loader_pool.hpp"},  // holds handles of actors, like messages/directory.hpp
};

// Where a file stands, as far as the rules care.
struct place {
  std::string path;

  bool below(std::string_view folder) const { return path.starts_with(folder); }
  bool is_header() const { return path.ends_with(".hpp"); }
  bool is_library() const { return below("messages/") || below("storage/") || below("actors/"); }
  bool is_actor() const { return path.ends_with("_actor.hpp") || path.ends_with("_actor.cpp"); }
  bool is_engine() const { return below("actors/engine/"); }
  bool is_edge() const { return std::find(edges.begin(), edges.end(), path) != edges.end(); }
  bool is_pure_logic() const { return below("actors/") && !is_actor() && !is_engine() && !is_edge(); }
};

// The floors of the house, from the ground up; tests and benchmarks stand outside and see all of them.
std::optional<int> floor_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, int>, 5> floors{
      {{"messages/", 0}, {"storage/", 1}, {"actors/", 2}, {"stoker/", 2}, {"apps/", 3}}};
  for (auto [folder, floor] : floors)
    if (path.starts_with(folder)) return floor;
  return std::nullopt;
}

struct include {
  std::size_t line = 0;
  bool quoted = false;
  std::string path;
};

std::vector<include> includes_of(const std::string& text) {
  static const std::regex pattern{R"re((^|\n)#include ([<"])([^>"\n]+))re"};
  std::vector<include> found;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
    found.push_back(
        {line_of(text, static_cast<std::size_t>(at->position(2))), at->str(2) == "\"", at->str(3)});
  return found;
}

// A library, and the folders whose files may include it.
struct library_rule {
  std::string_view prefix;
  std::vector<std::string_view> folders;
};

const std::vector<library_rule>& library_rules() {
  static const std::vector<library_rule> rules{
      {"rocksdb/", {"storage/history/", "tests/storage/history/", "bench/"}},
      {"msgpack", {"messages/", "storage/", "tests/", "bench/"}},
      {"hiredis/", {"storage/caches/redis/"}},
      {"openssl/", {"apps/control/", "messages/", "storage/caches/", "tests/"}},
      {"curl/", {"storage/http/"}},
      {"libpq-fe.h", {"storage/origins/"}},
      {"re2/", {"storage/origins/"}},
      {"zstd.h", {"storage/traces/"}},
      {"zlib.h", {"storage/traces/"}},
      {"toml++/", {"apps/configuration/"}},
      {"git2", {"apps/changes/", "tests/apps/"}},
      {"openssl/hmac", {"messages/"}},
      {"CLI/", {"apps/", "tests/apps/", "bench/"}},
      {"prometheus/", {"apps/control/metrics/"}},
      {"nlohmann/", {"apps/", "storage/caches/application/", "tests/", "bench/"}},
      {"httplib.h", {"apps/control/", "apps/stoker/", "tests/", "bench/"}},
      {"boost/test", {"tests/"}},
  };
  return rules;
}

bool may_include_caf(const place& file) {
  return !file.below("storage/") && !file.is_pure_logic();
}

// Headers of messages/ that are for actors: they include CAF.
bool is_for_actors(std::string_view header) {
  return header == "messages/actors.hpp" || header == "messages/directory.hpp" ||
         header == "messages/type_ids.hpp";
}

std::string problem_of_own_include(const place& file, const std::string& header) {
  auto own = floor_of(file.path);
  auto other = floor_of(header);
  if (!other && !header.starts_with("tests/") && !header.starts_with("bench/"))
    return "includes \"" + header + "\": name headers from the root of the tree";
  if (own && (!other || *other > *own)) return "includes \"" + header + "\" from a floor above";
  if (!file.is_pure_logic()) return {};
  place included{header};
  if (included.below("storage/"))
    return "is pure logic and includes \"" + header + "\": it depends on messages alone";
  if (included.is_actor() || included.is_engine() || is_for_actors(header))
    return "is pure logic and includes the actor header \"" + header + "\"";
  return {};
}

std::string problem_of_library_include(const place& file, const std::string& header) {
  if (header.starts_with("caf/") && !may_include_caf(file))
    return "includes <" + header + ">: files with CAF are named *_actor or stand in engine/";
  for (const auto& rule : library_rules()) {
    if (!header.starts_with(rule.prefix)) continue;
    auto allowed = std::any_of(rule.folders.begin(), rule.folders.end(),
                               [&](auto folder) { return file.below(folder); });
    if (!allowed) return "includes <" + header + ">, which has a place of its own";
  }
  return {};
}

void check_includes(const place& file, const std::string& text, findings& into) {
  for (const auto& include : includes_of(text)) {
    auto problem = include.quoted ? problem_of_own_include(file, include.path)
                                  : problem_of_library_include(file, include.path);
    if (!problem.empty()) into.push_back({file.path, include.line, problem});
  }
}

struct ban {
  const char* pattern;
  bool (*applies)(const place&);
  const char* why;
};

bool anywhere(const place&) {
  return true;
}
bool in_tests(const place& file) {
  return file.below("tests/");
}
bool in_library(const place& file) {
  return file.is_library();
}
bool in_pure_logic(const place& file) {
  return file.is_pure_logic();
}

void check_bans(const place& file, const std::string& text, std::span<const ban> bans, findings& into) {
  for (const auto& banned : bans) {
    if (!banned.applies(file)) continue;
    std::regex pattern{banned.pattern};
    for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
      into.push_back({file.path, line_of(text, static_cast<std::size_t>(at->position())),
                      at->str() + ": " + banned.why});
  }
}

// In code, comments and literals aside.
constexpr ban code_bans[] = {
    {R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\s*\()", in_tests, "a test that sleeps is a bug"},
    {R"(using namespace std\s*;)", anywhere, "names come with their namespace"},
    {R"(\bs?rand\s*\()", anywhere, "randomness is seeded, and not global"},
    {R"(\bstd::c(out|err)\b|\bprintf\s*\()", in_library, "the library logs, it does not print"},
    {R"(_clock::now\b)", in_pure_logic, "pure logic is told the time"},
    {R"(\brandom_device\b)", in_pure_logic, "pure logic is given its randomness"},
    {R"(\b[io]?fstream\b|\bfopen\s*\()", in_pure_logic, "pure logic does no I/O"},
};

// Anywhere in the text. Spelled in two halves, for this file is held to the rule as well.
constexpr ban text_bans[] = {
    {"TO"
     "DO|FIX"
     "ME",
     anywhere, "finish it, or write it down where work is planned"},
    {"/ho"
     "me/|/ro"
     "ot/|/wo"
     "rk/",
     anywhere, "a path of one machine"},
};

void check_lines(const place& file, const std::string& text, findings& into) {
  auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (lines > max_file_lines)
    into.push_back({file.path, lines, "has " + std::to_string(lines) + " lines; split it by what it does"});
}

void check_header(const place& file, const std::string& text, findings& into) {
  if (!file.is_header()) return;
  if (text.find("#pragma once") == std::string::npos)
    into.push_back({file.path, 1, "is a header without #pragma once"});
  if (!text.starts_with("//"))
    into.push_back({file.path, 1, "is a header that does not start by saying what it is"});
}

// Where files are compiled together, two helpers of one name would be one too many. In a file of several
// suites they are shared, and their names are nobody else's.
void check_suite(const place& file, const std::string& code, findings& into) {
  static constexpr std::string_view suite_macro = "_TEST_SUITE(";
  const auto suite = code.find(suite_macro);
  if (!in_tests(file) || suite == std::string::npos || suite != code.rfind(suite_macro)) return;
  const auto helpers = code.find("\nnamespace {");
  if (helpers < suite)
    into.push_back({file.path, line_of(code, helpers + 1), "helpers stand in the namespace of their suite"});
}

void check_name(const place& file, findings& into) {
  static const std::regex pattern{"([a-z0-9_]+/)*[a-z0-9_]+\\.(hpp|cpp)"};
  if (!std::regex_match(file.path, pattern)) into.push_back({file.path, 1, "is not named in snake_case"});
}

// The code with its preprocessor lines blanked; their parentheses would be taken for those of functions.
std::string without_directives(std::string code) {
  static const std::regex directive{R"((^|\n)[ \t]*#(\\\n|[^\n])*)"};
  std::string result;
  auto kept = code.cbegin();
  for (std::sregex_iterator at{code.begin(), code.end(), directive}, end; at != end; ++at) {
    result.append(kept, (*at)[0].first);
    for (char byte : at->str()) result.push_back(byte == '\n' ? '\n' : ' ');
    kept = (*at)[0].second;
  }
  return result.append(kept, code.cend());
}

// Whether the parenthesis that opens at `open` closes before a comma parts two arguments.
bool holds_one_argument(std::string_view code, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < code.size(); ++at) {
    if (std::string_view{"([{"}.find(code[at]) != std::string_view::npos) ++depth;
    if (std::string_view{")]}"}.find(code[at]) != std::string_view::npos && --depth == 0) return true;
    if (code[at] == ',' && depth == 1) return false;
  }
  return false;
}

// CAF 0.17, init_fun_factory.hpp: without arguments it dereferences a null pointer to them.
void check_spawns(const place& file, const std::string& code, findings& into) {
  static const std::regex pattern{R"([.>]spawn(<[\w:, ]*>)?\()"};
  for (std::sregex_iterator at{code.begin(), code.end(), pattern}, end; at != end; ++at)
    if (code[static_cast<std::size_t>(at->position() + at->length())] != ')' &&
        holds_one_argument(code, static_cast<std::size_t>(at->position() + at->length() - 1)))
      into.push_back({file.path, line_of(code, static_cast<std::size_t>(at->position())),
                      "spawns an actor without an argument, which UBSan takes for CAF's null reference"});
}

// Measures functions by their braces: a brace that opens outside of functions and follows a parenthesis is a
// body.
class function_measure {
 public:
  function_measure(const place& file, const std::string& code, findings& into)
      : file_(file), code_(code), into_(into) {}

  void run() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      if (code_[at_] == '{') open();
      if (code_[at_] == '}') close();
      if (code_[at_] == '{' || code_[at_] == '}' || code_[at_] == ';') head_ = at_ + 1;
    }
  }

 private:
  enum class block { scope, body, other };  // scope: of a namespace or a type

  void open() {
    auto inside = !blocks_.empty() && blocks_.back() != block::scope;
    blocks_.push_back(inside ? block::other : kind_of(code_.substr(head_, at_ - head_)));
    if (blocks_.back() == block::body) body_ = at_;
  }

  static block kind_of(const std::string& head) {
    static const std::regex scope{R"(\b(namespace|class|struct|union|enum)\b)"};
    static const std::regex space{R"(\bnamespace(\s+[\w:]+)?\s*$)"};  // a macro's call may stand before it
    if (std::regex_search(head, space)) return block::scope;
    if (head.find('(') != std::string::npos) return block::body;
    return std::regex_search(head, scope) || head.find("extern") != std::string::npos ? block::scope
                                                                                      : block::other;
  }

  void close() {
    if (blocks_.empty()) return;
    if (blocks_.back() == block::body) {
      auto lines = line_of(code_, at_) - line_of(code_, body_) + 1;
      if (lines > max_function_lines)
        into_.push_back(
            {file_.path, line_of(code_, body_), "has a function of " + std::to_string(lines) + " lines"});
    }
    blocks_.pop_back();
  }

  const place& file_;
  const std::string& code_;
  findings& into_;
  std::vector<block> blocks_;
  std::size_t at_ = 0;
  std::size_t head_ = 0;  // after the last brace or semicolon
  std::size_t body_ = 0;  // where the current function's body opens
};

}  // namespace

std::string code_of(std::string_view text) {
  return blanker{text}.run();
}

std::vector<finding> tidy(const source_file& file) {
  place where{file.path};
  auto code = code_of(file.text);
  findings found;
  check_name(where, found);
  check_header(where, file.text, found);
  check_lines(where, file.text, found);
  check_includes(where, file.text, found);
  check_bans(where, code, code_bans, found);
  check_spawns(where, code, found);
  check_suite(where, code, found);
  check_bans(where, file.text, text_bans, found);
  auto measured = without_directives(std::move(code));
  function_measure{where, measured, found}.run();
  return found;
}

}  // namespace stoker::test
