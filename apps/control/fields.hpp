// Reads what clients send: the fields of a JSON object, or the parameters of a query, each with a check of
// its type and range.
//
// What can't be taken is thrown as `refused` with 400, the path of the field, and what was expected. Fields
// that nobody asked for are errors too, for a misspelled one would otherwise be ignored in silence. Pure; a
// reader lives no longer than what it reads.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "apps/control/problem.hpp"
#include "apps/control/words.hpp"

namespace stoker::control {

using parsed = nlohmann::json;

// Parses a body. Nesting is bounded, for each level costs memory.
parsed parse_body(std::string_view text);

// The words of a set, for people: "aggressive, balanced or priority".
std::string alternatives(const std::vector<std::string_view>& all);

class fields {
 public:
  // REQUIRES: `object` lives as long as this. Throws when it is none.
  explicit fields(const parsed& object, std::string path = {});
  // Ends without a word while an exception flies; else see done().
  fields(const fields&) = delete;
  fields& operator=(const fields&) = delete;

  bool has(const char* name);

  // Each leaves `into` as it is when the field is not there.
  void read(const char* name, std::string& into);
  void read(const char* name, bool& into);
  void read(const char* name, double& into, double least = std::numeric_limits<double>::lowest(),
            double most = std::numeric_limits<double>::max());
  void read(const char* name, std::uint64_t& into,
            std::uint64_t most = std::numeric_limits<std::int64_t>::max());
  void read(const char* name, std::uint32_t& into,
            std::uint32_t most = std::numeric_limits<std::uint32_t>::max());
  void read(const char* name, std::int32_t& into);
  void read(const char* name, std::vector<std::string>& into);
  // Seconds, not negative, at most ten years: beyond, nanoseconds overflow in sums.
  void read(const char* name, duration& into);
  // `name` or `name` + "_base64"; false: neither is there.
  bool read_key(const std::string& name, std::string& into);
  void read_keys(const char* name, std::vector<std::string>& into);

  template <class Enum>
  void read(const char* name, Enum& into) {
    std::string text;
    if (!has(name)) return;
    read(name, text);
    std::vector<std::string_view> all;
    for (const auto& [value, word] : words<Enum>::table) {
      if (word == text) {
        into = value;
        return;
      }
      all.push_back(word);
    }
    throw bad_field(path_of(name), alternatives(all));
  }

  // An array of objects: `each` is given the fields of one after the other.
  template <class Each>
  void read_each(const char* name, std::size_t most, Each each) {
    const auto* found = find(name);
    if (!found) return;
    const auto path = path_of(name);
    if (!found->is_array() || found->size() > most)
      throw bad_field(path, "an array of at most " + std::to_string(most) + " objects");
    for (std::size_t i = 0; i < found->size(); ++i) {
      fields one{(*found)[i], path + "[" + std::to_string(i) + "]"};
      each(one);
      one.done();
    }
  }

  // As the JSON it is; null when it is not there.
  const parsed* find(const char* name);
  std::string path_of(const std::string& name) const;
  // Throws when a field is left that nobody asked for.
  void done() const;

 private:
  const parsed& object_;
  std::string path_;
  std::vector<std::string> known_;  // asked for so far
};

// The parameters of a query as an object that `fields` reads: texts are taken for what the fields ask for.
using query_parameters = std::multimap<std::string, std::string>;

class query {
 public:
  explicit query(const query_parameters& given) : given_(given) {}

  std::string text(const std::string& name, const std::string& otherwise = {});
  std::uint64_t integer(const std::string& name, std::uint64_t otherwise, std::uint64_t least,
                        std::uint64_t most);
  double number(const std::string& name, double otherwise, double least, double most);
  // `name` and `name` + "_base64", as often as they are given: in the order of `name`, then the others.
  std::vector<std::string> keys(const std::string& name);
  std::vector<std::string> texts(const std::string& name);

  template <class Enum>
  Enum choice(const std::string& name, Enum otherwise) {
    const auto given = text(name);
    if (given_.count(name) == 0) return otherwise;
    std::vector<std::string_view> all;
    for (const auto& [value, word] : words<Enum>::table) {
      if (word == given) return value;
      all.push_back(word);
    }
    throw bad_field(name, alternatives(all));
  }

  void done() const;

 private:
  const query_parameters& given_;
  std::vector<std::string> known_;
};

}  // namespace stoker::control
