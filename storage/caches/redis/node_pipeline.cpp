#include "storage/caches/redis/node_pipeline.hpp"

namespace stoker {

server_link::turn node_pipeline::turn(const redis_batch& what, std::function<void()> telling) {
  telling_ = std::move(telling);
  std::size_t expected = 0;
  for (const auto& one : jobs_) expected += (one.asking ? 2 : 1) * what.commands_each;
  append_ = [this, &what](std::string& out, std::size_t number) { append(what, out, jobs_[number]); };
  on_reply_ = [this, &what](std::size_t, const redisReply& reply) { take(what, reply); };
  return {&server_->link,
          redis_session::conversation<reply_reader>(jobs_.size(), expected, append_, on_reply_, replied_)};
}

void node_pipeline::append(const redis_batch& what, std::string& out, const job& one) const {
  for (std::size_t command = 0; command < what.commands_each; ++command) {
    if (one.asking) append_command(out, {"ASKING"});
    what.append(out, one.item * what.commands_each + command);
  }
}

void node_pipeline::take(const redis_batch& what, const redisReply& reply) {
  const auto& one = jobs_[answered_];
  if (one.asking && !asked_) {
    asked_ = true;
    return;
  }
  asked_ = false;
  if (!elsewhere_) {
    elsewhere_ = reply.type == REDIS_REPLY_ERROR && goes_elsewhere(one.item, reply);
    if (!elsewhere_) {
      telling_();
      what.on_reply(one.item * what.commands_each + command_, reply);
    }
  }
  if (++command_ < what.commands_each) return;
  command_ = 0;
  elsewhere_ = false;
  ++answered_;
}

bool node_pipeline::goes_elsewhere(std::size_t item, const redisReply& reply) {
  if (server_->config.cluster) {
    if (auto where = redirection_of(reply, server_->config.where.host)) {
      redirected_.push_back({item, *std::move(where)});
      return true;
    }
  }
  if (trouble_of(reply) != trouble::unavailable) return false;
  complaint_ = text_of(reply);
  if (!server_->at_replica) return false;
  left_.push_back(item);
  return true;
}

}  // namespace stoker
