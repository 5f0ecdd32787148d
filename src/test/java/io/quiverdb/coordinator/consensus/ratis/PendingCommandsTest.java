// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Result;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may be said of a command whose time is up. */
class PendingCommandsTest {
  private static final long NOW = 1_000;
  private static final byte[] BYTES = {'{', '}'};

  private final PendingCommands commands = new PendingCommands(2);

  private PendingCommands.Pending entered() {
    return commands.enter(BYTES, NOW).orElseThrow();
  }

  @Test
  void oneThatStillWaitsSurelyNeverEntersAfterwards() {
    PendingCommands.Pending command = entered();
    commands.expire(NOW - 1);
    assertFalse(command.result().isDone());
    commands.expire(NOW);
    assertInstanceOf(Submission.Unavailable.class, command.result().join());
    assertFalse(command.start(), "the log must not take it any more");
  }

  @Test
  void oneThatTheLogHasTakenInHandIsUnknown() {
    PendingCommands.Pending command = entered();
    assertTrue(command.start());
    commands.expire(NOW);
    assertInstanceOf(Submission.Unknown.class, command.result().join());
  }

  @Test
  void oneThatMayStandInTheLogIsUnknown() {
    PendingCommands.Pending command = entered();
    assertTrue(command.start());
    assertFalse(command.mayBeInTheLog());
    command.enter();
    assertTrue(command.mayBeInTheLog());
    commands.expire(NOW);
    assertInstanceOf(Submission.Unknown.class, command.result().join());
  }

  @Test
  void theFirstAnswerCounts() {
    PendingCommands.Pending command = entered();
    Submission first = new Submission.NotLeader(Optional.of("c2"));
    commands.answer(command, first);
    commands.answer(command, new Submission.Unknown("late"));
    assertEquals(first, command.result().join());
    assertEquals(0, commands.size());
  }

  @Test
  void noMoreThanTheLimitAreUnderWay() {
    PendingCommands.Pending first = entered();
    entered();
    assertEquals(Optional.empty(), commands.enter(BYTES, NOW));
    commands.answer(first, new Submission.Unavailable("x"));
    assertTrue(commands.enter(BYTES, NOW).isPresent());
  }

  @Test
  void aBatchIsFoundByItsCallUntilItComesBack() {
    CommandBatch batch = commands.batch(List.of(entered()));
    assertSame(batch, commands.find(batch.callId()));
    commands.forget(batch);
    assertNull(commands.find(batch.callId()));
  }

  @Test
  void whatWasGivenUpIsNotInTheEntry() {
    PendingCommands.Pending given = entered();
    commands.expire(NOW);
    PendingCommands.Pending kept = commands.enter(new byte[] {'1'}, NOW + 1).orElseThrow();
    CommandBatch batch = commands.batch(List.of(given, kept));
    assertArrayEquals(new byte[] {'1'}, batch.take().orElseThrow());
    batch.enter();
    assertTrue(kept.mayBeInTheLog());
    assertFalse(given.mayBeInTheLog());
    Submission.Answered answer =
        new Submission.Answered(new Outcome.Accepted(new Result.IdResult(4)), false, 7, 2);
    batch.applied(List.of(answer));
    assertEquals(Optional.of(answer), batch.answer(kept));
    assertEquals(Optional.empty(), batch.answer(given));
  }

  @Test
  void aBatchOfWhichNothingIsWantedAnyMoreHasNoEntry() {
    CommandBatch batch = commands.batch(List.of(entered()));
    commands.expire(NOW);
    assertEquals(Optional.empty(), batch.take());
  }

  @Test
  void eachCommandOfABatchHearsItsOwnAnswer() {
    PendingCommands.Pending first = entered();
    PendingCommands.Pending second = entered();
    CommandBatch batch = commands.batch(List.of(first, second));
    assertEquals(Optional.empty(), batch.answer(first));
    assertEquals("[{},{}]", new String(batch.take().orElseThrow(), StandardCharsets.UTF_8));
    Submission.Answered one =
        new Submission.Answered(new Outcome.Accepted(new Result.IdResult(1)), false, 7, 2);
    Submission.Answered two =
        new Submission.Answered(new Outcome.Accepted(new Result.IdResult(2)), false, 7, 2);
    batch.applied(List.of(one, two));
    assertEquals(Optional.of(one), batch.answer(first));
    assertEquals(Optional.of(two), batch.answer(second));
  }
}
