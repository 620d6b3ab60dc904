// What an answer says of its own lifetime, and when to come again (RFC 9111, sections 4.2 and 5.2; RFC 9110,
// sections 5.6.7 and 10.2.3).
//
// Pure: the time comes in. What can't be read counts as not said, but an Expires that is no date: it lies in
// the past, as the RFC wants it.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "storage/http/http_message.hpp"

namespace stoker {

struct http_freshness {
  bool forbidden = false;            // no-store or private: a shared cache must not keep it
  std::optional<duration> lifetime;  // s-maxage, else max-age, else Expires - Date; 0 for no-cache
  std::optional<duration> age;       // of the answer, when it came through a cache that says so

  // What is left of the lifetime, not below 0; empty: nothing was said.
  std::optional<duration> left() const {
    if (!lifetime) return std::nullopt;
    return std::max(duration::zero(), *lifetime - age.value_or(duration::zero()));
  }
};

http_freshness freshness_of(const http_headers& headers, time_point now);

// Of a refusal: how long to wait, at most an hour; empty: it does not say.
std::optional<duration> retry_after_of(const http_headers& headers, time_point now);

// The three forms of a date that HTTP knows.
std::optional<time_point> http_date(std::string_view text);

}  // namespace stoker
