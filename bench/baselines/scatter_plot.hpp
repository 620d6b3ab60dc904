// A picture of gain against load as SVG: one named point a contestant. Pure.
#pragma once

#include <string>
#include <vector>

namespace stoker::baselines {

struct plot_point {
  std::string name;
  double load = 1;
  double gain = 0;
  bool emphasised = false;  // Stoker's own
};

std::string scatter_plot(const std::string& title, const std::vector<plot_point>& points);

}  // namespace stoker::baselines
