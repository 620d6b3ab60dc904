// What the parts of http_front share about the connection that a thread serves.
#pragma once

#include "apps/control/http_front.hpp"

namespace stoker::control {

struct http_front::visit {
  connection_stream& stream;
  arrival came;
  bool close = false;  // after the present answer
};

}  // namespace stoker::control
