// The share of available memory that policy `adaptive` takes: it starts balanced, and moves with pressure and
// with what warming brings. Pure.
//
// Slowly up, quickly down, like a sender on a network (additive increase, multiplicative decrease: Chiu and
// Jain, Computer Networks and ISDN Systems 17, 1989): a little more after each run whose warming is used,
// less when little of it is, or when pressure rises to high; the least when it becomes critical.
#pragma once

#include "messages/memory.hpp"

namespace stoker {

class adaptive_share {
 public:
  static constexpr double start = 0.6;  // that of policy balanced
  static constexpr double least = 0.2;  // conservative
  static constexpr double most = 0.8;   // aggressive
  static constexpr double step_up = 0.05;
  static constexpr double factor_down = 0.75;
  static constexpr double good_benefit = 0.8;  // share of what was warmed that was used
  static constexpr double poor_benefit = 0.5;

  double value() const noexcept { return value_; }

  // The level as it is now.
  void pressure(pressure_level level) noexcept;
  // A run is over; `benefit` is the share of what was warmed lately that was used, negative when not known.
  void run_over(double benefit) noexcept;

 private:
  void shrink() noexcept;

  double value_ = start;
  pressure_level level_ = pressure_level::low;
};

}  // namespace stoker
