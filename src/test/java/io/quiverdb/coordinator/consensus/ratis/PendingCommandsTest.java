package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.Submission;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may be said of a command whose time is up. */
class PendingCommandsTest {
  private static final long NOW = 1_000;

  private final PendingCommands commands = new PendingCommands(2);

  private PendingCommands.Pending entered() {
    return commands.enter(NOW).orElseThrow();
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
    commands.settle(command, first);
    commands.settle(command, new Submission.Unknown("late"));
    assertEquals(first, command.result().join());
    assertEquals(0, commands.size());
  }

  @Test
  void noMoreThanTheLimitAreUnderWay() {
    PendingCommands.Pending first = entered();
    entered();
    assertEquals(Optional.empty(), commands.enter(NOW));
    commands.settle(first, new Submission.Unavailable("x"));
    assertTrue(commands.enter(NOW).isPresent());
  }

  @Test
  void itIsFoundByItsCallUntilItIsAnswered() {
    PendingCommands.Pending command = entered();
    assertEquals(command, commands.find(command.callId()));
    commands.settle(command, new Submission.Unavailable("x"));
    assertEquals(null, commands.find(command.callId()));
  }
}
