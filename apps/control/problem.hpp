// What went wrong with a request, as clients are told (RFC 9457, application/problem+json).
#pragma once

#include <stdexcept>
#include <string>

#include "apps/control/json.hpp"
#include "messages/error.hpp"

namespace stoker::control {

struct problem {
  int status = 500;
  std::string code{};    // for programs: "no_such_cache"
  std::string detail{};  // for people: what happened, and what to do
  std::string field{};   // of a request that can't be taken: which, as a path ("accesses[3].key")
  std::string expected{};
  int retry_after_s = 0;  // 0: asking again brings nothing new
};

// Thrown by whatever handles a request; becomes the answer.
class refused : public std::runtime_error {
 public:
  explicit refused(problem why) : std::runtime_error(why.detail), why_(std::move(why)) {}
  const problem& why() const noexcept { return why_; }

 private:
  problem why_;
};

// A field of a body or query that can't be taken.
refused bad_field(const std::string& field, const std::string& expected);

// What an error of the engine is to a client of the API.
problem problem_of(const error& failure);

// What the server itself has to say of a status that has no better problem.
problem problem_of_status(int status);

json to_json(const problem& x);

}  // namespace stoker::control
