#include "apps/feeds/follow_state.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

namespace stoker::feeds {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view first_line = "stoker log positions 1\n";
constexpr std::string_view last_line = "end\n";

// Takes a number and the character that ends it.
template <class Number>
bool take(std::string_view& text, char end, Number& into) {
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
  const auto size = static_cast<std::size_t>(stop - text.data());
  if (failed != std::errc{} || size >= text.size() || text[size] != end) return false;
  text.remove_prefix(size + 1);
  return true;
}

bool take(std::string_view& text, file_position& into) {
  return take(text, ' ', into.file.device) && take(text, ' ', into.file.inode) &&
         take(text, ' ', into.offset) && take(text, ' ', into.print_bytes) && take(text, '\n', into.print) &&
         into.print_bytes <= print_size && into.print_bytes <= into.offset;
}

}  // namespace

std::string encode_positions(const std::vector<file_position>& positions) {
  std::string text{first_line};
  for (const auto& each : positions)
    text += fmt::format("{} {} {} {} {}\n", each.file.device, each.file.inode, each.offset, each.print_bytes,
                        each.print);
  return text.append(last_line);
}

std::optional<std::vector<file_position>> decode_positions(std::string_view text) {
  if (!text.starts_with(first_line)) return std::nullopt;
  text.remove_prefix(first_line.size());
  std::vector<file_position> positions;
  while (text != last_line) {
    if (positions.size() == most_positions || !take(text, positions.emplace_back())) return std::nullopt;
  }
  return positions;
}

bool write_positions(const fs::path& file, const std::vector<file_position>& positions,
                     std::string& problem) {
  auto beside = file;
  beside += ".new";
  {
    std::ofstream out{beside, std::ios::binary | std::ios::trunc};
    out << encode_positions(positions);
    out.flush();
    if (!out) {
      problem = "can't write " + beside.string();
      return false;
    }
  }
  std::error_code failed;
  fs::rename(beside, file, failed);
  if (failed) problem = "can't replace " + file.string() + ": " + failed.message();
  return !failed;
}

std::vector<file_position> read_positions(const fs::path& file, std::string& problem) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return {};
  constexpr std::size_t most_bytes = 128 * most_positions;
  std::string text(most_bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto positions = decode_positions(text);
  if (!positions) problem = file.string() + " does not hold positions; following begins anew";
  return positions.value_or(std::vector<file_position>{});
}

}  // namespace stoker::feeds
