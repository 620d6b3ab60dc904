#include "apps/stoker/strace_syntax.hpp"

#include <charconv>

namespace stoker::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// Walks over the arguments of a call: commas and parentheses count only outside strings, brackets and
// <paths>.
class argument_scanner {
 public:
  explicit argument_scanner(std::string_view text) : text_(text) {}

  // Splits from `position` up to the parenthesis that ends the call; its position. Empty: it never ends.
  std::optional<std::size_t> split(std::size_t position, std::vector<std::string_view>& arguments) {
    std::size_t start = position;
    for (; position < text_.size(); ++position) {
      const char c = text_[position];
      if (c == '"' || opens_path(position)) {
        position = skip_to(c == '"' ? '"' : '>', position + 1);
      } else if (depth_ == 0 && (c == ',' || c == ')')) {
        arguments.push_back(trimmed(text_.substr(start, position - start)));
        if (c == ')') return position;
        start = position + 1;
      } else {
        count(c);
      }
    }
    return std::nullopt;
  }

 private:
  // "3</tmp/a>", "AT_FDCWD</tmp>", "4<pipe:[7]>": after a digit or a capital, and not the shift "1<<2".
  bool opens_path(std::size_t position) const {
    if (text_[position] != '<' || position == 0 || position + 1 >= text_.size()) return false;
    const char before = text_[position - 1];
    return ((before >= '0' && before <= '9') || before == 'D') && text_[position + 1] != '<';
  }

  std::size_t skip_to(char end, std::size_t position) const {
    while (position < text_.size() && text_[position] != end) position += text_[position] == '\\' ? 2 : 1;
    return position;
  }

  void count(char c) {
    if (c == '[' || c == '{' || c == '(') ++depth_;
    if (c == ']' || c == '}' || c == ')') --depth_;
  }

  std::string_view text_;
  int depth_ = 0;
};

// One escape, `text` starting behind its backslash; removes it from the text.
char unescape(std::string_view& text) {
  if (is_octal(text.front())) {
    unsigned code = 0;
    for (int digits = 0; digits < 3 && !text.empty() && is_octal(text.front()); ++digits) {
      code = code * 8 + static_cast<unsigned>(text.front() - '0');
      text.remove_prefix(1);
    }
    return static_cast<char>(code);
  }
  const char c = text.front();
  text.remove_prefix(1);
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'v':
      return '\v';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    out += c == '\\' && !text.empty() ? unescape(text) : c;
  }
  return out;
}

}  // namespace

std::optional<strace_call> parse_strace_call(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || open == 0) return std::nullopt;
  strace_call call{.name = text.substr(0, open), .arguments = {}, .result = {}};
  const auto close = argument_scanner(text).split(open + 1, call.arguments);
  if (!close) return std::nullopt;
  const auto rest = trimmed(text.substr(*close + 1));
  if (!rest.starts_with("= ")) return std::nullopt;
  call.result = trimmed(rest.substr(2));
  return call;
}

std::optional<std::string> strace_string(std::string_view argument) {
  if (argument.size() < 2 || argument.front() != '"' || argument.back() != '"') return std::nullopt;
  return unescaped(argument.substr(1, argument.size() - 2));
}

std::optional<std::string> strace_descriptor_path(std::string_view argument) {
  const auto open = argument.find("</");
  const auto close = argument.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return unescaped(argument.substr(open + 1, close - open - 1));
}

std::optional<std::uint64_t> strace_success(std::string_view result) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(result.data(), result.data() + result.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace stoker::cli
