// How results look to people: tables, figures in words, colours.
//
// Figures that are null, which is how the API says that they are not known, are shown as "-". Pure.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

enum class tone { good, warning, bad, quiet, strong };

// Colours text on a terminal that knows them; elsewhere it stays as it is.
class palette {
 public:
  explicit palette(bool colours) : colours_(colours) {}
  explicit palette(const console& io) : colours_(io.colours) {}

  std::string operator()(tone which, std::string_view text) const;

 private:
  bool colours_;
};

// Columns as wide as their widest cell; those named so are aligned to the right. The last one is not padded.
class text_table {
 public:
  // A column whose head begins with '>' is aligned to the right.
  explicit text_table(std::vector<std::string> heads);

  void add(std::vector<std::string> cells);
  bool empty() const noexcept { return rows_.size() == 1; }
  std::string text(const palette& paint) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the heads first
  std::vector<bool> right_;
};

std::string count_text(const nlohmann::ordered_json& figure);      // 12,345
std::string bytes_text(const nlohmann::ordered_json& bytes);       // 1.5 MiB
std::string ratio_text(const nlohmann::ordered_json& fraction);    // 93.1 %
std::string points_text(const nlohmann::ordered_json& fraction);   // +4.2 points
std::string duration_text(const nlohmann::ordered_json& seconds);  // 1.2 s, 3 min, 2.5 h
// "12 s ago", "in 5 min", "never"; `at` and `now` are RFC 3339.
std::string when_text(const nlohmann::ordered_json& at, const nlohmann::ordered_json& now);
// The same of something to come: what is overdue is due now.
std::string due_text(const nlohmann::ordered_json& at, const nlohmann::ordered_json& now);
// A key as it can be shown on a terminal: control characters and what is not UTF-8 are escaped, long ones
// cut.
std::string key_text(const nlohmann::ordered_json& item, std::size_t most = 60);
// The same of any text of the server's.
std::string clean_text(std::string_view text, std::size_t most = 200);
// "[######----]", `width` characters in all.
std::string bar_text(double share, std::size_t width);

// How many columns a terminal shows of UTF-8 text, colours left out.
std::size_t shown_width(std::string_view text);

}  // namespace stoker::cli
