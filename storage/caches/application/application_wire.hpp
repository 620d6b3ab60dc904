// The JSON that goes to an application's endpoint and comes back (README.md): requests written, answers read.
//
// Pure. Answers are untrusted: what is not of the contract is `garbled`, and nothing else happens.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/caches/remote_cache.hpp"

namespace stoker {

// What the application says of one key.
struct application_item {
  bool told = false;  // the answer has the key
  std::string outcome;
  std::string error;
  std::uint64_t bytes = 0;
  duration took{0};
  duration ttl{0};
};

struct application_answer {
  trouble why = trouble::none;  // of all items
  std::string error;
  std::vector<application_item> items;  // one a key that was asked, in that order
  std::string instance;                 // names the application's process; empty: it does not say
  std::uint64_t entries = 0;
  std::uint64_t flushes = 0;
};

std::string application_request(const std::string& cache, const std::string& operation,
                                std::span<const std::string_view> keys);

// `text` is the body of an answer of status 200 to a request for these keys.
application_answer read_application_answer(std::string_view text, std::span<const std::string_view> keys);

// Outcomes of "fill" and "refresh": stored, present, fenced, too_large, absent, failed, refused.
remote_outcome outcome_of(const application_item& item);
// Of "contains": present, absent.
remote_look look_of(const application_item& item);

}  // namespace stoker
