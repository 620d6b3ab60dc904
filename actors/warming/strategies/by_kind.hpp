// Strategies that select keys by what the host said of them with describe(): by a tag, or by a numeric
// attribute.
//
//   tagged             the keys with a tag, those used most first
//   by_attribute       the keys with an attribute of at least so much, the highest first
//   language_specific  tagged, where the tag is a language
//   complex_patterns   by_attribute, where the attribute is "complexity"
//   common_patterns    the patterns used most, of a language or of all
//   common_files       the files used most, with what they depend on
//   embeddings         the embeddings used most, of a model or of all
//   searches           the queries asked most, of an index or of all
//   project            what is used most of a project, with what it depends on
//   tag_rotation       the keys of the tag whose hour is about to come, such as a sector's
//
// P is that of popular, but at least selected_probability: who selects a kind of key wants it warm though
// nobody has used it yet. Where an attribute is what counts, a run's own limit takes the highest, and a load
// that was never measured is reckoned with as the dearer, the higher the attribute.
//
// tag_rotation looks an hour ahead. Of each tag it compares the uses that its keys usually have in that hour
// with their uses in an average hour, in standard deviations of the latter; the tag with the most surplus is
// the next. When no tag has its hour, they take turns, one an hour, by name.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_kind();

}  // namespace stoker
