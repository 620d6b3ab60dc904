// Gather: asks several actors the same question and continues when each has answered, failed or run out of
// time.
#pragma once

#include <caf/all.hpp>
#include <memory>
#include <vector>

namespace stoker {

// Calls done(answers, missing) once: `answers` in no particular order, `missing` counts those that did not
// answer in time, and null handles. The asking actor must outlive the requests, which it does by owning their
// handlers.
template <class Answer, class Self, class Handle, class Question, class Done>
void gather(Self* self, const std::vector<Handle>& whom, caf::timespan timeout, const Question& question,
            Done done) {
  struct collection {
    std::vector<Answer> answers;
    std::size_t missing = 0;
    std::size_t outstanding = 0;
    Done done;

    void settle() {
      if (--outstanding == 0) done(std::move(answers), missing);
    }
  };
  auto state = std::make_shared<collection>(collection{{}, 0, whom.size() + 1, std::move(done)});
  for (const auto& handle : whom) {
    if (!handle) {
      ++state->missing;
      state->settle();
      continue;
    }
    self->request(handle, timeout, question)
        .then(
            [state](const Answer& answer) {
              state->answers.push_back(answer);
              state->settle();
            },
            [state](const caf::error&) {
              ++state->missing;
              state->settle();
            });
  }
  state->settle();  // for the one that stood for "all have been asked"
}

}  // namespace stoker
