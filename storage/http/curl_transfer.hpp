// One transfer of libcurl at a time: an easy handle, its settings, and what arrives.
//
// Ownership: owns the handle, and with it a connection that is kept for the next transfer. Threads: one at a
// time. REQUIRES: stays where it is while a transfer is under way, for libcurl holds its address.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "storage/http/http_client.hpp"

namespace stoker {

class curl_transfer {
 public:
  // Throws stoker::error when libcurl has no memory for a handle.
  explicit curl_transfer(const http_client_config& config);
  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;

  // The request must stay until the transfer is over.
  void begin(const http_request& request, http_client::steady_time deadline);
  http_answer end(CURLcode code);
  CURL* handle() const noexcept { return easy_.get(); }

 private:
  struct closes {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  static std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* self);
  static std::size_t take_header(char* bytes, std::size_t one, std::size_t count, void* self);
  void set_connection();
  void set_request(const http_request& request);
  bool take_header_line(std::string_view line);

  const http_client_config& config_;
  std::unique_ptr<CURL, closes> easy_;
  std::unique_ptr<curl_slist, closes> headers_;
  std::unique_ptr<curl_slist, closes> elsewhere_;  // config's connect_to
  http_answer answer_;
  http_client::steady_time began_{};
  std::string where_;  // the URL without its query, for error texts
  bool too_large_ = false;
  char problem_[CURL_ERROR_SIZE] = {};
};

}  // namespace stoker
