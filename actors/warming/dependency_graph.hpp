// Which keys need which others first, as the host said with depends().
//
// Ownership: shared by the cache's handles, which write, and by its warmer, which reads. Threads: any.
// Bounds: a host that describes more than `most_dependants` keys loses the rest, counted; cycles are allowed
// and cut when followed.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "messages/dependency_codec.hpp"
#include "messages/warming.hpp"

namespace stoker {

inline constexpr std::size_t most_dependants = 1'000'000;        // keys with dependencies; about 200 MB
inline constexpr std::size_t most_dependencies_of_a_key = 1000;  // more is no dependency but a listing
inline constexpr std::uint32_t dependency_depth = 2;             // how far warming follows them by default
inline constexpr std::uint32_t max_dependency_depth = 5;         // beyond, nearly everything hangs together

class dependency_graph {
 public:
  // `key` needs `keys`; replaces what was said before, and nothing is left of it when `keys` is empty.
  void set(std::string_view key, std::vector<std::string> keys);
  std::vector<std::string> of(std::string_view key) const;

  // Gives each candidate its dependencies, and proposes those up to `depth` levels away that nobody proposed:
  // they are as likely to be needed as what needs them.
  void follow(std::vector<candidate>& candidates, std::uint32_t depth = dependency_depth) const;

  // Everything, for the history; and back, replacing nothing that was said meanwhile.
  dependency_map content() const;
  void restore(dependency_map earlier);
  // Rises with every change.
  std::uint64_t version() const;
  std::uint64_t refused() const;

 private:
  mutable std::mutex mutex_;
  dependency_map needs_;
  std::uint64_t version_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace stoker
