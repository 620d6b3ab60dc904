#include "actors/warming/gathering_actor.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/warming/interview_actor.hpp"

namespace stoker {

namespace {

// Shared by all strategies that are asked; whoever settles the last one finishes.
struct gathering {
  std::vector<strategy_answer> answers;
  std::size_t open = 0;
  std::function<void(std::vector<strategy_answer>)> done;

  void settle(std::size_t index, strategy_answer answer) {
    answer.strategy = std::move(answers[index].strategy);
    answer.depth = answers[index].depth;
    answers[index] = std::move(answer);
    if (--open == 0) done(std::move(answers));
  }
};

strategy_answer failure(std::string text) {
  strategy_answer answer;
  answer.error = std::move(text);
  return answer;
}

// A host's strategy may forget its own name, or claim another's.
void sign(std::vector<candidate>& candidates, const std::string& strategy) {
  for (auto& proposed : candidates) proposed.strategy = strategy;
}

// How far the dependencies of a strategy's candidates are followed: as it was told, where it can be told.
std::uint32_t depth_of(const strategy_parameters& parameters, std::uint32_t otherwise) {
  const auto depth = parameters.integer_if_any("depth").value_or(otherwise);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(depth, 0, max_dependency_depth));
}

template <class Function>
strategy_answer guarded(Function&& function) {
  try {
    return function();
  } catch (const std::exception& thrown) {
    return failure(thrown.what());
  } catch (...) {
    return failure("threw something that is not a std::exception");
  }
}

strategy_answer ask_host(const host_strategy& source, const chosen_strategy& choice) {
  strategy_answer answer;
  answer.candidates = source.propose(choice.context);
  sign(answer.candidates, choice.source->name);
  return answer;
}

strategy_answer ask_host(const host_action& source, const chosen_strategy& choice) {
  strategy_answer answer;
  answer.warmed_by_itself = true;
  if (!source.run(choice.context)) answer.error = "the action reported that it failed";
  return answer;
}

template <class Source>
void ask(warmer_actor::pointer self, const gathering_settings& settings, const chosen_strategy& choice,
         const Source& source, settle_function settle) {
  auto result = std::make_shared<strategy_answer>();  // written by the call before it answers, read after
  const auto is_action = choice.source->warms_by_itself();
  auto call = [choice, &source, result] { *result = guarded([&] { return ask_host(source, choice); }); };
  const auto handle =
      self->spawn<caf::linked>(host_call, settings.run_host, std::function<void()>{std::move(call)});
  self->request(handle, settings.host_timeout, flush_request{})
      .then(
          [settle, result, is_action](flushed) {
            result->warmed_by_itself = is_action;
            settle(std::move(*result));
          },
          [self, settle, handle, is_action](const caf::error& why) {
            self->unlink_from(handle->address());
            caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
            auto answer = failure("the host's function did not return: " + describe(why));
            answer.warmed_by_itself = is_action;
            settle(std::move(answer));
          });
}

void ask(warmer_actor::pointer self, const gathering_settings& settings, const chosen_strategy& choice,
         const asking_strategy&, settle_function settle) {
  interview(self, settings, choice, [settle, name = choice.source->name](strategy_answer answer) {
    sign(answer.candidates, name);
    settle(std::move(answer));
  });
}

}  // namespace

void gather_candidates(warmer_actor::pointer self, const gathering_settings& settings,
                       const std::vector<chosen_strategy>& chosen,
                       std::function<void(std::vector<strategy_answer>)> done) {
  if (chosen.empty()) return done({});
  auto shared = std::make_shared<gathering>();
  shared->open = chosen.size();
  shared->done = std::move(done);
  for (const auto& choice : chosen) {
    auto& answer = shared->answers.emplace_back();
    answer.strategy = choice.source->name;
    answer.depth = depth_of(choice.context.parameters, settings.depth);
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const settle_function settle = [shared, i](strategy_answer answer) {
      shared->settle(i, std::move(answer));
    };
    // The source is a part of the strategy, which the choice keeps alive; every handler holds a copy of the
    // choice.
    std::visit([&](const auto& source) { ask(self, settings, chosen[i], source, settle); },
               chosen[i].source->source);
  }
}

}  // namespace stoker
