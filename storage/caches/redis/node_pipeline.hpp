// What one server gets of a batch: commands in one pipeline, and which of them it sends elsewhere.
//
// Threads: one at a time. Ownership: the session, the batch and the pipeline stay where they are until the
// conversation is over.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "storage/caches/redis/cluster_replies.hpp"
#include "storage/caches/redis/redis_session.hpp"

namespace stoker {

// So many items of so many commands each. An item that is sent on to another server is asked there from its
// first command on: `append` is called again, and replies may come again.
struct redis_batch {
  std::size_t items = 0;
  std::size_t commands_each = 1;
  bool reads = false;                                                         // replicas may answer
  std::function<std::string_view(std::size_t item)> key;                      // without the prefix
  std::function<void(std::string& out, std::size_t number)> append;           // one command; counted from 0
  std::function<void(std::size_t number, const redisReply& reply)> on_reply;  // to a command
  std::function<void(std::size_t item, trouble why)> on_trouble;              // has not all its replies
};

class node_pipeline {
 public:
  struct job {
    std::size_t item = 0;
    bool asking = false;  // the server was named by ASK
  };
  struct sent_on {
    std::size_t item = 0;
    redirection where;
  };

  node_pipeline(redis_session& server, std::string name) : server_(&server), name_(std::move(name)) {}

  void add(job one) { jobs_.push_back(one); }
  // `telling` is called before each reply is handed on.
  server_link::turn turn(const redis_batch& what, std::function<void()> telling);

  redis_session& server() const noexcept { return *server_; }
  const std::string& name() const noexcept { return name_; }
  // Once the conversation is over: what was redirected, what a replica left to its primary, and what has no
  // answer.
  const std::vector<sent_on>& redirected() const noexcept { return redirected_; }
  const std::vector<std::size_t>& left_to_primary() const noexcept { return left_; }
  std::span<const job> unanswered() const noexcept { return std::span{jobs_}.subspan(answered_); }
  // What the server said last of not being able to serve; empty: nothing.
  const std::string& complaint() const noexcept { return complaint_; }

 private:
  void append(const redis_batch& what, std::string& out, const job& one) const;
  void take(const redis_batch& what, const redisReply& reply);
  bool goes_elsewhere(std::size_t item, const redisReply& reply);

  redis_session* server_;
  std::string name_;
  std::vector<job> jobs_;
  std::vector<sent_on> redirected_;
  std::vector<std::size_t> left_;
  std::string complaint_;
  // The next reply is of command `command_` of job `answered_`, or to the ASKING before it.
  std::size_t answered_ = 0;
  std::size_t command_ = 0;
  bool asked_ = false;
  bool elsewhere_ = false;  // a command of this job was redirected
  server_session::append_function append_;
  redis_session::reply_function on_reply_;
  std::function<void()> telling_;
  std::size_t replied_ = 0;
};

}  // namespace stoker
