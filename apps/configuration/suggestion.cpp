#include "apps/configuration/suggestion.hpp"

#include <algorithm>

namespace stoker::configuration {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  // Row i holds the distances from the first i letters of `from`; a swap looks two rows back.
  std::vector<std::vector<std::size_t>> rows(from.size() + 1, std::vector<std::size_t>(to.size() + 1));
  for (std::size_t j = 0; j <= to.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    rows[i][0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t differs = from[i - 1] == to[j - 1] ? 0 : 1;
      auto best = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + differs});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        best = std::min(best, rows[i - 2][j - 2] + 1);
      rows[i][j] = best;
    }
  }
  return rows[from.size()][to.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t letters_a_slip = 3;
  constexpr std::size_t longest_word = 200;  // the effort grows with its square
  if (word.size() > longest_word) return {};
  std::string found;
  auto least = std::max<std::size_t>(1, word.size() / letters_a_slip) + 1;
  for (const auto& each : known) {
    if (each.size() > longest_word) continue;
    const auto distance = edit_distance(word, each);
    if (distance >= least) continue;
    least = distance;
    found = each;
  }
  return found;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const auto found = nearest(word, known);
  return found.empty() ? std::string{} : "; did you mean \"" + found + "\"?";
}

}  // namespace stoker::configuration
