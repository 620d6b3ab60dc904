#include "actors/warming/interview_actor.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>

#include "actors/engine/gather.hpp"
#include "actors/tracking/ranking.hpp"
#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// One strategy's interview: shared by the handlers of all its questions, the last of which ends it.
class conversation : public std::enable_shared_from_this<conversation> {
 public:
  conversation(warmer_actor::pointer self, const gathering_settings& settings, chosen_strategy choice,
               settle_function settle)
      : self_(self),
        settings_(settings),
        choice_(std::move(choice)),
        source_(std::get<asking_strategy>(choice_.source->source)),
        settle_(std::move(settle)) {}

  void next_round() {
    if (!answer_.error.empty() && fatal_) return settle_(std::move(answer_));
    try {
      auto questions = source_.ask(choice_.context, found_);
      if (questions.empty()) return propose();
      if (++rounds_ > asking_strategy::max_rounds) return give_up("it asks without end");
      put(std::move(questions));
    } catch (const std::exception& thrown) {
      give_up(thrown.what());
    }
  }

 private:
  void propose() {
    auto proposed = source_.propose(choice_.context, found_);
    answer_.candidates = std::move(proposed.candidates);
    answer_.note = std::move(proposed.note);
    if (!answer_.candidates.empty()) answer_.subject = std::move(subject_);
    settle_(std::move(answer_));
  }

  void give_up(std::string why) {
    answer_.error = std::move(why);
    answer_.candidates.clear();
    settle_(std::move(answer_));
  }

  void put(std::vector<strategy_question> questions) {
    const auto first = found_.size();
    found_.resize(first + questions.size());
    open_ = questions.size() + 1;
    for (std::size_t i = 0; i < questions.size(); ++i)
      std::visit([&](auto& each) { ask(std::move(each), first + i); }, questions[i]);
    settle_one();  // for the one that stood for "all have been asked"
  }

  void settle_one() {
    if (--open_ == 0) next_round();
  }

  void answered(std::size_t place, strategy_finding what) {
    found_[place] = std::move(what);
    settle_one();
  }

  void unanswered(std::string why) {
    fatal_ = true;
    answer_.error = std::move(why);
    settle_one();
  }

  void ask(top_request question, std::size_t place) {
    question.cache = choice_.context.cache;
    question.now = choice_.context.now;
    std::vector<tracker_actor> trackers;
    for (std::size_t shard = 0; shard < settings_.peers->tracker_shards(); ++shard)
      trackers.push_back(settings_.peers->tracker(shard));
    gather<ranked_keys>(self_, trackers, settings_.question_timeout, question,
                        [me = shared_from_this(), place, limit = question.limit](
                            std::vector<ranked_keys> shards, std::size_t missing) {
                          if (shards.empty()) return me->unanswered("no tracker answered");
                          if (missing > 0) me->answer_.error = some_are_missing(missing);
                          me->answered(place, merge_top(std::move(shards), limit));
                        });
  }

  static std::string some_are_missing(std::size_t missing) {
    return fmt::format("{} of the trackers did not answer", missing);
  }

  tracker_actor tracker_of(const std::string& name) const {
    return settings_.peers->tracker(hash_key(name) % settings_.peers->tracker_shards());
  }

  template <class Answer, class Handle, class Question>
  void ask_one(const Handle& whom, const char* who, const Question& question, std::size_t place) {
    if (!whom) return unanswered(fmt::format("{} is being restarted; try again in a moment", who));
    self_->request(whom, settings_.question_timeout, question)
        .then([me = shared_from_this(), place](Answer& answer) { me->answered(place, std::move(answer)); },
              [me = shared_from_this(), who](const caf::error& why) {
                me->unanswered(fmt::format("{} did not answer: {}", who, describe(why)));
              });
  }

  void ask(subject_request question, std::size_t place) {
    question.cache = choice_.context.cache;
    ask_one<ranked_keys>(tracker_of(question.subject), "the subject's tracker", question, place);
  }

  void ask(predict_request question, std::size_t place) {
    question.cache = choice_.context.cache;
    ask_one<predictions>(settings_.peers->predictor(question.cache), "the predictor", question, place);
  }

  // Of keys whose tracker is silent nothing is known, as of those that were never seen.
  void ask(keys_question question, std::size_t place) {
    auto known = std::make_shared<std::vector<key_statistics>>(question.keys.size());
    auto open = std::make_shared<std::size_t>(1);
    const auto settled = [me = shared_from_this(), known, open, place] {
      if (--*open == 0) me->answered(place, std::move(*known));
    };
    for (std::size_t i = 0; i < question.keys.size(); ++i) {
      (*known)[i].key = question.keys[i];
      const auto tracker = tracker_of(question.keys[i]);
      if (i >= max_known_keys || !tracker) continue;
      ++*open;
      self_
          ->request(tracker, settings_.question_timeout, key_request{choice_.context.cache, question.keys[i]})
          .then(
              [known, i, settled](key_statistics& answer) {
                (*known)[i] = std::move(answer);
                settled();
              },
              [me = shared_from_this(), settled](const caf::error&) {
                me->answer_.error = some_are_missing(1);
                settled();
              });
    }
    settled();
  }

  // Many entries take their time: they are listed on a thread outside of the actor system.
  void ask(entries_question, std::size_t place) {
    if (!settings_.list_entries) return unanswered("this cache can't list its entries");
    auto entries = std::make_shared<std::vector<cache_entry_info>>();
    const auto handle = self_->spawn<caf::linked>(
        host_call, settings_.run_host,
        std::function<void()>{[entries, list = settings_.list_entries] { *entries = list(); }});
    self_->request(handle, settings_.host_timeout, flush_request{})
        .then(
            [me = shared_from_this(), entries, place](flushed) { me->answered(place, std::move(*entries)); },
            [me = shared_from_this(), handle](const caf::error& why) {
              me->self_->unlink_from(handle->address());
              caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
              me->unanswered("the cache's entries could not be listed: " + describe(why));
            });
  }

  void ask(tasks_question, std::size_t place) {
    answered(place, settings_.tasks ? settings_.tasks->all() : std::vector<task_entry>{});
  }

  void ask(const visit_question& question, std::size_t place) {
    subject_ = question.subject;
    answered(place, visit{settings_.visits ? settings_.visits->last(question.subject) : time_point{}});
  }

  void ask(hot_set_question, std::size_t place) {
    answered(place, settings_.snapshots ? settings_.snapshots->hot() : nullptr);
  }

  warmer_actor::pointer self_;
  const gathering_settings settings_;
  const chosen_strategy choice_;
  const asking_strategy& source_;  // of the strategy that the choice keeps alive
  settle_function settle_;
  strategy_answer answer_;
  std::vector<strategy_finding> found_;
  std::string subject_;  // asked about
  std::size_t rounds_ = 0;
  std::size_t open_ = 0;  // questions of this round
  bool fatal_ = false;    // a question without any answer
};

}  // namespace

void interview(warmer_actor::pointer self, const gathering_settings& settings, const chosen_strategy& choice,
               settle_function settle) {
  std::make_shared<conversation>(self, settings, choice, std::move(settle))->next_round();
}

}  // namespace stoker
