// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.consensus.Submission;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Commands that go into the log as one entry. Under load an entry costs the three members far more
 * than the commands in it (group commit: DeWitt et al., SIGMOD 1984, section 3.3).
 *
 * <p>Ratis calls from several threads, one after the other.
 */
final class CommandBatch {
  private final long callId;
  private final List<PendingCommands.Pending> commands;
  private volatile List<PendingCommands.Pending> taken = List.of();
  private volatile @Nullable List<Submission.Answered> answers;

  CommandBatch(long callId, List<PendingCommands.Pending> commands) {
    this.callId = callId;
    this.commands = List.copyOf(commands);
  }

  long callId() {
    return callId;
  }

  List<PendingCommands.Pending> commands() {
    return commands;
  }

  /** The entry of the commands that have not been given up; empty if there are none. */
  Optional<byte[]> take() {
    taken = commands.stream().filter(PendingCommands.Pending::start).toList();
    return taken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            EntryCodec.entry(taken.stream().map(PendingCommands.Pending::bytes).toList()));
  }

  /** The log begins to append the entry. */
  void enter() {
    taken.forEach(PendingCommands.Pending::enter);
  }

  /** Notes the answers of the state machine, in the order of the entry. */
  void applied(List<Submission.Answered> said) {
    answers = List.copyOf(said);
  }

  /** The answer to this command; empty if this member did not apply the entry as this batch's. */
  Optional<Submission> answer(PendingCommands.Pending command) {
    List<Submission.Answered> said = answers;
    int place = taken.indexOf(command);
    return said == null || place < 0 ? Optional.empty() : Optional.of(said.get(place));
  }
}
