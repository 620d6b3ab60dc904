// From keys to what an origin is asked: `user:{id}` is loaded from `http://host/users/{id}`.
//
// A pattern is a glob (messages/glob.hpp) in which `{name}` stands for one or more bytes up to the next ':'
// or
// '/', and `{name*}` for one or more bytes of any kind; `\{` is a brace. Or, after "regex:", a regular
// expression in RE2's syntax, whose groups have names (`(?P<id>[0-9]+)`) or numbers. A pattern speaks of
// whole keys, byte by byte. What it captured stands in a template under the same names, and the whole key
// under
// `{key}`; `{{` and `}}` are braces.
//
// In URLs what is inserted is percent-encoded, all but letters, digits and "-._~" (RFC 3986, section 2.3);
// `{+name}` leaves '/' as it is, too. A key whose part would make a segment "." or ".." is refused: servers
// take it for a step up, encoded or not.
//
// Pure. Time: linear in the key's length, whatever the pattern. Threads: any. Errors: constructors throw
// stoker::error, which shows the pattern or template and says what to do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

// Values of a pattern's names for one key, in the order of names(); they point into the key.
using key_parts = std::vector<std::string_view>;

class key_pattern {
 public:
  explicit key_pattern(const std::string& pattern);
  ~key_pattern();
  key_pattern(key_pattern&&) noexcept;
  key_pattern& operator=(key_pattern&&) noexcept;

  // The first is "key".
  const std::vector<std::string>& names() const noexcept { return names_; }
  std::optional<key_parts> match(std::string_view key) const;
  const std::string& text() const noexcept { return text_; }

 private:
  struct compiled;

  std::string text_;
  std::vector<std::string> names_;
  std::unique_ptr<compiled> compiled_;
};

enum class insertion : unsigned char { verbatim, url };

class text_template {
 public:
  // `names` are those that may stand in it.
  text_template(const std::string& text, const key_pattern& names, insertion how);

  // Empty: a part would lead out of its place in a URL.
  std::optional<std::string> fill(const key_parts& parts) const;
  const std::string& text() const noexcept { return text_; }
  bool begins_with_a_part() const noexcept { return !pieces_.empty() && pieces_.front().part != no_part; }

 private:
  static constexpr std::size_t no_part = static_cast<std::size_t>(-1);
  struct piece {
    std::string literal;
    std::size_t part = no_part;  // of key_parts
    bool slashes = false;        // '/' stays
  };

  void add_literal(char c);
  std::size_t add_part(std::size_t open, const key_pattern& names);

  std::string text_;
  insertion how_;
  std::vector<piece> pieces_;
};

// All but letters, digits and "-._~" as %XX; with `slashes`, '/' stays, too.
std::string percent_encoded(std::string_view text, bool slashes = false);

// Keys of a pattern, and where they are loaded from.
struct key_url {
  std::string pattern = "*";
  std::string url;
};

// The first pattern that matches decides.
class url_templates {
 public:
  // Throws as above, and when there are none, or one makes no http or https URL.
  explicit url_templates(const std::vector<key_url>& urls);

  struct made {
    std::string url;
    std::string objection;  // why there is none; empty: there is one
  };
  made url_of(std::string_view key) const;

 private:
  struct way {
    key_pattern pattern;
    text_template url;
  };
  std::vector<way> ways_;
};

}  // namespace stoker
