// The last word on a probability: what candidates judged like this came to.
//
// A sum of evidence overstates where its parts tell the same. So the judged logit is mapped to the share that
// came true of candidates judged alike: a piecewise linear curve, learned online (secondary estimation, as in
// PAQ: Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression", 2005). Ownership: owns
// its knots. Threads: none of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace stoker::learning {

class calibration {
 public:
  static constexpr std::size_t knots = 25;  // logits -6 to 6, every half

  calibration();

  // REQUIRES: logit is a number.
  float probability(float logit) const noexcept;
  // Candidates judged like this came to `error` more than was promised. The error of the promise, not of
  // today's curve: so what is off in the long run adds up, and is made good.
  void learn(float logit, float error, float weight) noexcept;
  // An earlier target was off by so much.
  void correct(float logit, float error) noexcept;

  const std::array<float, knots>& shares() const noexcept { return shares_; }
  void restore(const std::array<float, knots>& shares) { shares_ = shares; }

 private:
  struct place {
    std::size_t left = 0;
    float to_right = 0;  // 0: at the left knot, 1: at the right one
  };
  static place place_of(float logit) noexcept;
  void teach(std::size_t knot, float error, float weight) noexcept;
  void move(std::size_t knot, float by, float weight) noexcept;

  std::array<float, knots> shares_{};
  std::array<float, knots> lessons_{};  // that count: what is old fades
  std::array<float, knots> taught_{};   // all of them
};

}  // namespace stoker::learning
