// Gives each distinct string a dense id, in first-seen order.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/key.hpp"

namespace stoker {

class key_table {
 public:
  key_table() : ids_(0, hasher{&strings_}, equal{&strings_}) {}
  key_table(const key_table&) = delete;  // the set's functions point to strings_
  key_table& operator=(const key_table&) = delete;

  std::uint32_t intern(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) return *found;
    strings_.emplace_back(text);
    const auto id = static_cast<std::uint32_t>(strings_.size() - 1);
    ids_.insert(id);
    return id;
  }

  // The strings by id. The table is not to be used afterwards.
  std::vector<std::string> take() && { return std::move(strings_); }

 private:
  // The set holds ids alone and looks strings up through them: each string is stored once.
  struct hasher {
    using is_transparent = void;
    const std::vector<std::string>* strings;
    std::size_t operator()(std::string_view text) const { return hash_key(text); }
    std::size_t operator()(std::uint32_t id) const { return hash_key((*strings)[id]); }
  };
  struct equal {
    using is_transparent = void;
    const std::vector<std::string>* strings;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t id, std::string_view text) const { return (*strings)[id] == text; }
    bool operator()(std::string_view text, std::uint32_t id) const { return (*strings)[id] == text; }
  };

  std::vector<std::string> strings_;
  absl::flat_hash_set<std::uint32_t, hasher, equal> ids_;
};

}  // namespace stoker
