#include "bench/baselines/scatter_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stoker::baselines {

namespace {

// The page, and the frame of the axes in it, in pixels.
constexpr double width = 860, height = 560;
constexpr double left = 70, right = 640, top = 50, bottom = 500;

// An axis in steps that are whole multiples of `step`.
struct axis {
  double low, high, step;

  static axis around(double low, double high, double step) {
    return {std::floor(low / step) * step, std::max(std::ceil(high / step) * step, low + step), step};
  }
  double at(double value, double from, double to) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string text_at(double x, double y, const std::string& text, const std::string& attributes = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, attributes, escaped(text));
}

std::string grid_line(double x1, double y1, double x2, double y2) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>\n", x1,
                     y1, x2, y2);
}

std::string grid(const axis& load, const axis& gain) {
  std::string svg;
  const auto steps = [](const axis& a) { return static_cast<int>(std::round((a.high - a.low) / a.step)); };
  for (int i = 0; i <= steps(load); ++i) {
    const auto value = load.low + i * load.step, x = load.at(value, left, right);
    svg += grid_line(x, top, x, bottom) +
           text_at(x, bottom + 18, fmt::format("{:.1f}", value), "text-anchor=\"middle\"");
  }
  for (int i = 0; i <= steps(gain); ++i) {
    const auto value = gain.low + i * gain.step, y = gain.at(value, bottom, top);
    svg += grid_line(left, y, right, y) +
           text_at(left - 8, y + 4, fmt::format("{:+.0f}", value), "text-anchor=\"end\"");
  }
  return svg;
}

// The point, and its name in a column at the right, each in a line of its own so that names never overlap.
std::string marked(const plot_point& point, const axis& load, const axis& gain, double name_y) {
  const auto x = load.at(point.load, left, right), y = gain.at(point.gain, bottom, top);
  const auto* colour = point.emphasised ? "#c0392b" : "#34495e";
  return fmt::format(
             "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
             "stroke-width=\"0.4\"/>\n",
             x, y, right + 12, name_y - 4, colour) +
         fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"/>\n", x, y,
                     point.emphasised ? 6 : 4, colour) +
         text_at(right + 15, name_y, fmt::format("{} {:+.1f} at {:.2f}", point.name, point.gain, point.load),
                 fmt::format("fill=\"{}\"", colour));
}

}  // namespace

std::string scatter_plot(const std::string& title, const std::vector<plot_point>& points) {
  auto sorted = points;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.gain > b.gain; });
  double highest_load = 1, lowest_load = 1, highest_gain = 0, lowest_gain = 0;
  for (const auto& p : points) {
    highest_load = std::max(highest_load, p.load);
    lowest_load = std::min(lowest_load, p.load);
    highest_gain = std::max(highest_gain, p.gain);
    lowest_gain = std::min(lowest_gain, p.gain);
  }
  const auto load = axis::around(lowest_load, highest_load, 0.2);
  const auto gain = axis::around(lowest_gain, highest_gain, 5);
  auto svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
      width, height);
  svg += text_at(left, 28, title, "font-size=\"16\"") + grid(load, gain);
  svg += text_at((left + right) / 2, height - 18, "origin load, plain LRU = 1", "text-anchor=\"middle\"");
  svg += text_at(left, top - 8, "points of hit ratio gained over plain LRU");
  constexpr double line_height = 18;
  double name_y = top + 10;
  for (const auto& p : sorted) {
    svg += marked(p, load, gain, name_y);
    name_y += line_height;
  }
  return svg + "</svg>\n";
}

}  // namespace stoker::baselines
