#include "apps/feeds/monitor_lines.hpp"

#include <algorithm>
#include <charconv>

namespace stoker::feeds {

namespace {

constexpr std::size_t most_words = 1024;  // of an MGET; more are left out

// Takes a word in quotes, as Redis writes it; false: it is not well-formed.
bool take_word(std::string_view& text, std::string& into) {
  into.clear();
  if (!text.starts_with('"')) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] != '\\') {
      into += text[i];
      continue;
    }
    if (++i == text.size()) return false;
    constexpr std::string_view escapes = "nrtab";
    constexpr std::string_view meanings = "\n\r\t\a\b";
    if (const auto found = escapes.find(text[i]); found != std::string_view::npos) {
      into += meanings[found];
    } else if (text[i] == 'x' && i + 2 < text.size()) {
      unsigned byte = 0;
      const auto* digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) return false;
      into += static_cast<char>(byte);
      i += 2;
    } else {
      into += text[i];
    }
  }
  return false;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

// Into client_, line_database_ and words_.
bool monitor_lines::split(std::string_view line) {
  const auto open = line.find(" [");
  const auto close = line.find("] ", open == std::string_view::npos ? line.size() : open);
  if (close == std::string_view::npos) return false;
  const auto where = line.substr(open + 2, close - open - 2);
  const auto blank = where.find(' ');
  if (blank == std::string_view::npos) return false;
  if (std::from_chars(where.data(), where.data() + blank, line_database_).ptr != where.data() + blank)
    return false;
  client_ = where.substr(blank + 1);
  auto rest = line.substr(close + 2);
  words_.clear();
  while (words_.size() < most_words) {
    if (!take_word(rest, words_.emplace_back())) return false;
    if (rest.empty()) return true;
    if (!rest.starts_with(' ')) return false;
    rest.remove_prefix(1);
  }
  return true;
}

monitor_lines::verdict monitor_lines::read(std::string_view line, std::vector<std::string_view>& keys,
                                           std::string_view& client) {
  keys.clear();
  if (line.starts_with('+')) line.remove_prefix(1);
  if (line == "OK") return verdict::notice;
  if (!split(line)) return verdict::malformed;
  const auto command = lower(words_[0]);
  const bool own = command == "get" && words_.size() == 2 && words_[1] == looked_at_ && client_ == looked_by_;
  looked_at_.clear();
  if (command == "pttl" && words_.size() == 2) {
    looked_at_ = words_[1];
    looked_by_ = client_;
  }
  const bool reads = command == "get" || command == "getex" || command == "mget";
  if (!reads || own || words_.size() < 2 || line_database_ != database_ || client_ == "lua")
    return verdict::left_out;
  const auto end = command == "mget" ? words_.size() : 2;
  for (std::size_t i = 1; i < end; ++i)
    if (words_[i].size() > key_prefix_.size() && words_[i].starts_with(key_prefix_))
      keys.push_back(std::string_view{words_[i]}.substr(key_prefix_.size()));
  client = client_;
  return keys.empty() ? verdict::left_out : verdict::accesses;
}

}  // namespace stoker::feeds
