// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.SubmissionsJson;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Forwards changes to the leader. A request costs both members far more than a change in it, so
 * changes that arrive while requests are under way share the next one. A lone change never waits.
 * Each change gets its own answer. Asynchronous. Thread-safe.
 */
final class ForwardedChanges {
  /** The route of the leader for them. */
  static final String PATH = "/internal/changes";

  /** Two, so that the leader works on one while the answer to the other is in transit. */
  private static final int REQUESTS_UNDER_WAY = 2;

  private static final int SHARED_BYTES = 64 << 10;
  private static final int MAX_WAITING = 4_096;

  /** Sends a request to the leader; see {@link Forwarding#send}. */
  @FunctionalInterface
  interface Sender {
    CompletableFuture<Forwarding.Result> send(URI leader, String authorization, byte[] body);
  }

  /** The changes of one caller for one leader: a request has one key. */
  private record Line(URI leader, String authorization) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Change(
      byte[] bytes, long sinceNanos, CompletableFuture<Optional<Submission>> answer) {}

  private static final class Waiting {
    final Queue<Change> changes = new ArrayDeque<>();
    int underWay;
  }

  private final Sender sender;
  private final StateView view;
  private final LongSupplier nanos;
  private final Map<Line, Waiting> lines = new HashMap<>();
  private int waiting;

  /**
   * Forwards by this sender.
   *
   * @param view the state of this member, which an answer waits for
   * @param nanos a monotonic clock
   */
  ForwardedChanges(Sender sender, StateView view, LongSupplier nanos) {
    this.sender = sender;
    this.view = view;
    this.nanos = nanos;
  }

  /**
   * Forwards a change to the leader.
   *
   * @param authorization the caller's header; empty if it has none
   * @param change as {@link EntryCodec#encode} wrote it
   * @return the outcome; empty if the leader refused the request as such and nothing was done: then
   *     forward the caller's own request. Never exceptional
   */
  CompletableFuture<Optional<Submission>> submit(URI leader, String authorization, byte[] change) {
    Line line = new Line(leader, authorization);
    CompletableFuture<Optional<Submission>> answer = new CompletableFuture<>();
    synchronized (lines) {
      if (waiting >= MAX_WAITING) {
        return CompletableFuture.completedFuture(
            notSent("too many changes wait here for the leader"));
      }
      waiting++;
      lines
          .computeIfAbsent(line, key -> new Waiting())
          .changes
          .add(new Change(change, nanos.getAsLong(), answer));
    }
    sendNext(line);
    return answer;
  }

  private void sendNext(Line line) {
    List<Change> late = new ArrayList<>();
    List<Change> next = next(line, late);
    late.forEach(
        change ->
            change.answer.complete(
                notSent("the leader at " + line.leader + " did not answer earlier requests")));
    if (next.isEmpty()) {
      return;
    }
    byte[] body = EntryCodec.entry(next.stream().map(Change::bytes).toList());
    var unused =
        sender
            .send(line.leader, line.authorization, body)
            .thenAccept(
                result -> {
                  sent(line);
                  answer(line.leader, next, result);
                });
  }

  /** The changes of the next request, if one may be sent. */
  private List<Change> next(Line line, List<Change> late) {
    List<Change> next = new ArrayList<>();
    synchronized (lines) {
      Waiting here = lines.get(line);
      if (here == null || here.underWay == REQUESTS_UNDER_WAY) {
        return next;
      }
      long bytes = 0;
      for (Change change = here.changes.peek();
          change != null && (next.isEmpty() || bytes + change.bytes.length <= SHARED_BYTES);
          change = here.changes.peek()) {
        here.changes.remove();
        waiting--;
        boolean inTime = nanos.getAsLong() - change.sinceNanos < LeaderForwarder.ATTEMPTS.toNanos();
        (inTime ? next : late).add(change);
        bytes += inTime ? change.bytes.length : 0;
      }
      here.underWay += next.isEmpty() ? 0 : 1;
      forgetEmpty(line, here);
    }
    return next;
  }

  private void sent(Line line) {
    synchronized (lines) {
      Waiting here = lines.get(line);
      if (here != null) {
        here.underWay--;
        forgetEmpty(line, here);
      }
    }
    sendNext(line);
  }

  private void forgetEmpty(Line line, Waiting here) {
    if (here.underWay == 0 && here.changes.isEmpty()) {
      lines.remove(line);
    }
  }

  /**
   * Answers each change after this member has applied it, so that callers can read their writes.
   */
  private void answer(URI leader, List<Change> changes, Forwarding.Result result) {
    List<Optional<Submission>> answers = answers(leader, changes.size(), result);
    OptionalLong last =
        answers.stream()
            .flatMap(Optional::stream)
            .filter(Submission.Answered.class::isInstance)
            .mapToLong(answered -> ((Submission.Answered) answered).index())
            .max();
    CompletableFuture<?> applied =
        last.isPresent()
            ? view.awaitIndex(last.getAsLong(), LeaderForwarder.CATCH_UP)
            : CompletableFuture.completedFuture(null);
    var unused =
        applied.whenComplete(
            (state, late) -> {
              for (int i = 0; i < answers.size(); i++) {
                changes.get(i).answer.complete(answers.get(i));
              }
            });
  }

  private static List<Optional<Submission>> answers(
      URI leader, int count, Forwarding.Result result) {
    if (result instanceof Forwarding.Result.NeverSent) {
      return each(count, notSent("the leader at " + leader + " cannot be reached"));
    }
    if (result instanceof Forwarding.Result.Unknown unknown) {
      return each(count, unknown(leader, "did not answer: " + unknown.reason()));
    }
    Forwarding.Result.Answered answer = (Forwarding.Result.Answered) result;
    if (answer.status() == 200) {
      try {
        return SubmissionsJson.fromBytes(answer.body(), count).stream().map(Optional::of).toList();
      } catch (IOException e) {
        return each(count, unknown(leader, "gave no answer: " + e.getMessage()));
      }
    }
    if (answer.status() == 503) {
      return each(count, notSent("the leader at " + leader + " accepts no requests now"));
    }
    return each(
        count,
        answer.status() / 100 == 4
            ? Optional.empty()
            : unknown(leader, "answered " + answer.status()));
  }

  private static List<Optional<Submission>> each(int count, Optional<Submission> answer) {
    return Collections.nCopies(count, answer);
  }

  private static Optional<Submission> notSent(String reason) {
    return Optional.of(new Submission.Unavailable(reason));
  }

  private static Optional<Submission> unknown(URI leader, String reason) {
    return Optional.of(new Submission.Unknown("the leader at " + leader + " " + reason));
  }
}
