// What somebody may have meant by a word that is not known: of the words that are, the nearest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoker::configuration {

// Letters to insert, remove, replace or swap with their neighbour to get from one word to the other (optimal
// string alignment distance).
std::size_t edit_distance(std::string_view from, std::string_view to);

// The nearest of `known` when it is near enough to be a slip: a third of the word at most. Empty: none is.
// The first one of several as near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// "; did you mean \"limit\"?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace stoker::configuration
