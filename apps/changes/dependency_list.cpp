#include "apps/changes/dependency_list.hpp"

namespace stoker::changes {

namespace {

const std::set<std::string> nothing;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

// The words of one rule of make's: continued lines are one.
class make_words {
 public:
  explicit make_words(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }

  // The words up to the end of the line; the colon after the targets is a word of its own.
  std::vector<std::string> line() {
    std::vector<std::string> words;
    std::string word;
    const auto finish = [&] {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    };
    bool colon_seen = false;
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') break;
      if (c == '#') {
        skip_comment();
        break;
      }
      if (is_continued()) {
        finish();
        at_ += text_[at_ + 1] == '\r' ? 2 : 1;
      } else if (is_blank(c)) {
        finish();
      } else if (c == ':' && !colon_seen && ends_targets()) {
        finish();
        words.emplace_back(":");
        colon_seen = true;
      } else {
        word += escaped();
      }
    }
    finish();
    if (!at_end()) ++at_;
    return words;
  }

 private:
  char next(std::size_t ahead = 1) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n'; }
  bool is_continued() const {
    return text_[at_] == '\\' && at_ + 1 < text_.size() &&
           (next() == '\n' || (next() == '\r' && next(2) == '\n' && at_ + 2 < text_.size()));
  }
  // "C:/x" is a path, "a.o:" ends the targets.
  bool ends_targets() const { return is_blank(next()) || next() == '\n' || next() == '\\'; }
  void skip_comment() {
    while (!at_end() && text_[at_] != '\n') ++at_;
  }
  char escaped() {
    const char c = text_[at_];
    const bool escapes =
        (c == '\\' && (next() == ' ' || next() == '#' || next() == '\\')) || (c == '$' && next() == '$');
    if (escapes) ++at_;
    return text_[at_];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c == '#') break;
    if (!is_blank(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<dependency_list::rule> dependency_list::parse_make_rules(std::string_view text) {
  std::vector<rule> rules;
  for (make_words words{text}; !words.at_end();) {
    rule parsed;
    parsed.has_source = true;
    bool targets_end = false;
    for (auto& word : words.line()) {
      if (word == ":" && !targets_end)
        targets_end = true;
      else
        (targets_end ? parsed.files : parsed.targets).push_back(std::move(word));
    }
    if (targets_end && !parsed.files.empty()) rules.push_back(std::move(parsed));
  }
  return rules;
}

std::vector<dependency_list::rule> dependency_list::parse_plain_list(std::string_view text) {
  std::vector<rule> rules;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto words = words_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (words.size() < 2) continue;
    rule parsed;
    parsed.targets.push_back(std::move(words.front()));
    parsed.files.assign(std::make_move_iterator(words.begin() + 1), std::make_move_iterator(words.end()));
    rules.push_back(std::move(parsed));
  }
  return rules;
}

void dependency_list::connect(const std::string& from, const std::string& to) {
  if (from == to) return;
  if (dependencies_ >= max_dependencies) {
    ++left_out_;
    return;
  }
  if (!needs_[from].insert(to).second) return;
  needed_by_[to].insert(from);
  ++dependencies_;
}

const std::set<std::string>& dependency_list::needs(const std::string& file) const {
  const auto found = needs_.find(file);
  return found == needs_.end() ? nothing : found->second;
}

const std::set<std::string>& dependency_list::needed_by(const std::string& file) const {
  const auto found = needed_by_.find(file);
  return found == needed_by_.end() ? nothing : found->second;
}

}  // namespace stoker::changes
