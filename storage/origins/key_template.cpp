#include "storage/origins/key_template.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "messages/error.hpp"
#include "storage/http/http_client.hpp"

namespace stoker {

namespace {

constexpr std::size_t most_names = 16;    // of a pattern: each costs time in every match
constexpr std::size_t shown_bytes = 100;  // of a key in an error text

[[noreturn]] void reject(const std::string& what, const std::string& text, const std::string& why) {
  throw error{errc::invalid_argument, what + " \"" + text + "\": " + why};
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c == '_' || (c < 0x80 && std::isalnum(c) != 0);
  });
}

// A glob as a regular expression.
class glob_reader {
 public:
  explicit glob_reader(const std::string& pattern) : pattern_(pattern) {}

  std::string run() {
    while (at_ < pattern_.size()) step(pattern_[at_]);
    return std::move(out_);
  }

 private:
  void step(char c) {
    if (c == '*')
      put(".*?");
    else if (c == '?')
      put(".");
    else if (c == '{')
      part();
    else if (c == '[')
      set();
    else
      literal(c);
  }
  void put(const char* regex) {
    out_ += regex;
    ++at_;
  }
  void literal(char c) {
    if (c == '\\' && at_ + 1 < pattern_.size()) c = pattern_[++at_];
    out_ += RE2::QuoteMeta(std::string_view{&c, 1});
    ++at_;
  }
  void part() {
    const auto close = pattern_.find('}', at_);
    if (close == std::string::npos)
      reject("key pattern", pattern_, "'{' is never closed; write \\{ for a brace");
    std::string name = pattern_.substr(at_ + 1, close - at_ - 1);
    const bool any = name.ends_with('*');
    if (any) name.pop_back();
    if (!is_name(name) || name == "key")
      reject(
          "key pattern", pattern_,
          "{" + name + "} is no name: use letters, digits and '_', and not \"key\", which is the whole key");
    out_ += "(?P<" + name + (any ? ">.+?)" : ">[^:/]+?)");
    at_ = close + 1;
  }
  void set() {
    auto first = at_ + 1;
    const bool negated = first < pattern_.size() && pattern_[first] == '!';
    if (negated) ++first;
    const auto close = pattern_.find(']', first + 1);
    if (close == std::string::npos) return literal('[');
    out_ += negated ? "[^" : "[";
    for (auto i = first; i < close; ++i) {
      const char c = pattern_[i];
      const bool range = c == '-' && i > first && i + 1 < close;
      out_ += range ? "-" : RE2::QuoteMeta(std::string_view{&c, 1});
    }
    out_ += "]";
    at_ = close + 1;
  }

  const std::string& pattern_;
  std::size_t at_ = 0;
  std::string out_;
};

constexpr std::string_view regex_mark = "regex:";

std::string regex_of(const std::string& pattern) {
  if (pattern.starts_with(regex_mark)) return pattern.substr(regex_mark.size());
  return glob_reader{pattern}.run();
}

RE2::Options options() {
  RE2::Options result{RE2::Latin1};  // keys are bytes
  result.set_dot_nl(true);
  result.set_log_errors(false);
  return result;
}

bool is_dots(std::string_view segment) {
  return segment == "." || segment == "..";
}

bool has_dots(std::string_view path) {
  while (true) {
    const auto slash = path.find('/');
    if (is_dots(path.substr(0, slash))) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

std::string shown(std::string_view key) {
  return '"' + std::string{key.substr(0, shown_bytes)} + (key.size() > shown_bytes ? "...\"" : "\"");
}

}  // namespace

struct key_pattern::compiled {
  explicit compiled(const std::string& regex) : expression(regex, options()) {}
  RE2 expression;
};

key_pattern::key_pattern(const std::string& pattern) : text_(pattern), names_{"key"} {
  compiled_ = std::make_unique<compiled>(regex_of(pattern));
  const auto& expression = compiled_->expression;
  if (!expression.ok()) reject("key pattern", pattern, expression.error());
  const auto groups = static_cast<std::size_t>(expression.NumberOfCapturingGroups());
  if (groups > most_names) reject("key pattern", pattern, "at most " + std::to_string(most_names) + " parts");
  for (std::size_t i = 1; i <= groups; ++i) names_.push_back(std::to_string(i));
  for (const auto& [number, name] : expression.CapturingGroupNames())
    names_[static_cast<std::size_t>(number)] = name;
}

key_pattern::~key_pattern() = default;
key_pattern::key_pattern(key_pattern&&) noexcept = default;
key_pattern& key_pattern::operator=(key_pattern&&) noexcept = default;

std::optional<key_parts> key_pattern::match(std::string_view key) const {
  std::vector<re2::StringPiece> found(names_.size());
  const re2::StringPiece whole{key.data(), key.size()};
  if (!compiled_->expression.Match(whole, 0, key.size(), RE2::ANCHOR_BOTH, found.data(),
                                   static_cast<int>(found.size())))
    return std::nullopt;
  key_parts parts;
  for (const auto& piece : found) parts.emplace_back(piece.data(), piece.size());
  return parts;
}

std::string percent_encoded(std::string_view text, bool slashes) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) ||
                       std::string_view{"-._~"}.find(c) != std::string_view::npos || (slashes && c == '/');
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

void text_template::add_literal(char c) {
  if (pieces_.empty() || pieces_.back().part != no_part) pieces_.emplace_back();
  pieces_.back().literal += c;
}

// The place after the part that opens there.
std::size_t text_template::add_part(std::size_t open, const key_pattern& names) {
  const auto close = text_.find('}', open);
  if (close == std::string::npos) reject("template", text_, "'{' is never closed; write {{ for a brace");
  piece made;
  auto name = text_.substr(open + 1, close - open - 1);
  made.slashes = name.starts_with('+');
  if (made.slashes) name.erase(0, 1);
  const auto& known = names.names();
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end())
    reject("template", text_, "{" + name + "} is no part of the pattern \"" + names.text() + "\"");
  made.part = static_cast<std::size_t>(found - known.begin());
  pieces_.push_back(std::move(made));
  return close + 1;
}

text_template::text_template(const std::string& text, const key_pattern& names, insertion how)
    : text_(text), how_(how) {
  for (std::size_t at = 0; at < text_.size();) {
    const char c = text_[at];
    const bool twice = at + 1 < text_.size() && text_[at + 1] == c;
    if (c == '{' && !twice) {
      at = add_part(at, names);
    } else {
      add_literal(c);
      at += (c == '{' || c == '}') && twice ? 2 : 1;
    }
  }
}

std::optional<std::string> text_template::fill(const key_parts& parts) const {
  std::string out;
  for (const auto& one : pieces_) {
    if (one.part == no_part) {
      out += one.literal;
      continue;
    }
    const auto part = parts[one.part];
    if (how_ == insertion::verbatim) {
      out += part;
      continue;
    }
    if (has_dots(part)) return std::nullopt;
    out += percent_encoded(part, one.slashes);
  }
  return out;
}

url_templates::url_templates(const std::vector<key_url>& urls) {
  if (urls.empty())
    throw error{errc::invalid_argument, "no URL is given; give one for the keys of each pattern"};
  for (const auto& one : urls) {
    key_pattern pattern{one.pattern};
    text_template url{one.url, pattern, insertion::url};
    const auto host_end = one.url.find('/', one.url.find("://") + 3);
    if (!is_http_url(one.url)) reject("URL", one.url, "it must begin with http:// or https:// and a host");
    if (one.url.substr(0, host_end).find('{') != std::string::npos)
      reject("URL", one.url, "a key must not choose the host; write it out");
    ways_.push_back({std::move(pattern), std::move(url)});
  }
}

url_templates::made url_templates::url_of(std::string_view key) const {
  for (const auto& one : ways_) {
    const auto parts = one.pattern.match(key);
    if (!parts) continue;
    auto url = one.url.fill(*parts);
    if (url) return {std::move(*url), {}};
    return {{}, "key " + shown(key) + ": a part of it would lead out of " + one.url.text()};
  }
  return {{}, "key " + shown(key) + ": no pattern of this origin matches it"};
}

}  // namespace stoker
