// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits what a leader decides by itself in a round of {@link MembershipLoop}. While earlier
 * commands are under way it submits nothing: the next round shows whether more is needed. Used by
 * one thread.
 */
final class RoundCommands {
  private static final Logger LOG = LoggerFactory.getLogger(RoundCommands.class);

  private final CommandLog log;
  private final EnsembleClock time;
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

  RoundCommands(CommandLog log, EnsembleClock time) {
    this.log = log;
    this.time = time;
  }

  /** Submits a command, unless earlier ones are under way. */
  void submit(Command command) {
    submit(List.of(command));
  }

  /** Submits these commands together, unless earlier ones are under way. */
  void submit(Collection<? extends Command> commands) {
    if (underWay.isDone()) {
      underWay =
          CompletableFuture.allOf(
              commands.stream().map(this::propose).toArray(CompletableFuture<?>[]::new));
    }
  }

  private CompletableFuture<Void> propose(Command command) {
    return log.submit(Proposal.of(time.stamp(Stamp.SYSTEM), command))
        .thenAccept(answer -> LOG.info("{}: {}", command, answer));
  }
}
