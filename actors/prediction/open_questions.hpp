// Candidates whose outcome is not known yet. Each, proposed or not, is a question: will it be demanded in
// time?
//
// Shadow labels: what was not proposed teaches as well as what was, at no cost to the origin. A question is
// answered yes by a demand, no by its horizon or by the eviction of an unused prefetch. Positive answers come
// sooner than negative ones, so a probability that learns from each as it comes would flatter: it waits until
// their time is up. Since that is long in a large cache, lessons come in two parts (delayed feedback): after
// `first_look` requests what is not answered yet counts as the share that was answered later, so far; at the
// horizon the difference is corrected.
//
// Who waits loses nothing when a later source proposes the same candidate in time. So a question that a later
// proposal overtakes teaches nothing: what counts is whether the candidate is demanded when nobody better
// speaks for it first.
//
// A ring in order of time, with a hash chain through it by key. Bound: the ring; when it fills up, questions
// about unlikely candidates are sampled, and weighted. Ownership: owns everything. Threads: none of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/prediction/evidence.hpp"
#include "actors/prediction/likelihood.hpp"
#include "messages/bring.hpp"

namespace stoker::learning {

struct question {
  key_id key = no_key;
  key_id source_key = no_key;
  std::uint32_t asked = 0;  // clock of the predictor
  std::uint32_t older = 0;  // sequence number of the next question in the chain
  float logit = 0;          // as judged when asked
  float probability = 0;    // the same, calibrated
  evidence cells{};
  // Requests from the question to the first later judgement that was worth a proposal, plus 1; 0: none.
  std::uint16_t overtaken_after = 0;
  candidate_source source{};
  std::uint8_t curve = 0;   // of the calibration, that made the probability
  std::uint8_t weight = 1;  // stands for so many
  // open: not answered; the rest is final.
  enum class answer : std::uint8_t { open, yes, no } answer = answer::open;
  bool open_at_first_look = false;

  bool overtaken() const noexcept { return overtaken_after > 0; }
};

class open_questions {
 public:
  // Room for `capacity` questions, a power of two.
  explicit open_questions(std::uint32_t capacity);

  // Grows to that room, a power of two; never shrinks. What is open stays.
  void grow_to(std::uint32_t capacity);
  // Room for a question about an unlikely candidate; likely ones find room until the ring is full.
  bool has_room(bool likely) const noexcept;
  // REQUIRES: has_room().
  void ask(const question& q);

  // Calls visit(question&) for each open question about `key`, newest first.
  template <class Visit>
  void each_open(key_id key, Visit visit) {
    for (auto i = chain_of(key); i - begin_ < end_ - begin_; i = at(i).older) {
      auto& q = at(i);
      if (q.key == key && q.answer == question::answer::open) visit(q);
    }
  }

  // The question that advance() will close after so many others; one that is over already when there are
  // fewer.
  const question& closed_after(std::uint32_t others) const noexcept {
    return ring_[(begin_ + others) & (ring_.size() - 1)];
  }

  // Calls look(question&) for what is `first_look` old and close(question&) for what is `horizon` old, oldest
  // first. REQUIRES: first_look <= horizon.
  template <class Look, class Close>
  void advance(std::uint32_t now, std::uint32_t first_look, std::uint32_t horizon, Look look, Close close) {
    for (; looked_ != end_ && now - at(looked_).asked >= first_look; ++looked_) look(at(looked_));
    for (; begin_ != looked_ && now - at(begin_).asked >= horizon; ++begin_) close(at(begin_));
  }

  // Starts to bring what each_open(key) reads first.
  void prefetch(key_id key) const noexcept { bring(&chains_[place_of(key)]); }

  std::size_t size() const noexcept { return end_ - begin_; }
  std::size_t memory_bytes() const noexcept;

 private:
  question& at(std::uint32_t sequence) { return ring_[sequence & (ring_.size() - 1)]; }
  std::size_t place_of(key_id key) const noexcept { return (key * 0x9e3779b1U >> 8) & (chains_.size() - 1); }
  std::uint32_t& chain_of(key_id key) { return chains_[place_of(key)]; }

  std::vector<question> ring_;
  std::vector<std::uint32_t> chains_;  // sequence number of the newest question of each chain
  std::uint32_t begin_ = 1;            // oldest in the ring
  std::uint32_t looked_ = 1;           // oldest that was not looked at yet
  std::uint32_t end_ = 1;              // next to be asked
};

}  // namespace stoker::learning
