// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Watches this member's disk: records how far the log has come on it, notices a vote that could not
 * be written, and removes parts of snapshots that were given up. Used by one thread.
 */
final class DiskWatch {
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);
  private static final int MAX_SILENT_ELECTIONS = 10;

  private final RatisSettings settings;
  private final DataDirectory directory;
  private final RaftNode node;
  private final Leadership leadership;
  private final LongSupplier applied;
  private final FailureListener failure;
  private final Clock clock;
  private long leaderSeenNanos = System.nanoTime();
  private boolean electionGone;

  /**
   * A watch.
   *
   * @param applied the last entry that this member applied
   */
  DiskWatch(
      RatisSettings settings,
      DataDirectory directory,
      RaftNode node,
      Leadership leadership,
      LongSupplier applied,
      FailureListener failure,
      Clock clock) {
    this.settings = settings;
    this.directory = directory;
    this.node = node;
    this.leadership = leadership;
    this.applied = applied;
    this.failure = failure;
    this.clock = clock;
  }

  /** One round; writes nothing if nothing has changed and there is a leader. */
  void look() throws IOException {
    checkVoting();
    try {
      note();
    } catch (IOException e) {
      cannotWrite(e);
    }
    Installation.sweep(
        directory.groupDir().resolve("sm"), FileTime.from(clock.instant().minus(FORGOTTEN)));
  }

  /**
   * Records an entry that this disk certainly keeps. It is forced to disk, so a power loss cannot
   * remove it; it is committed, so no leader can truncate it.
   */
  void note() throws IOException {
    long sure = Math.min(node.flushedIndex(), applied.getAsLong());
    var unused = directory.change(identity -> identity.reaching(sure));
  }

  /**
   * Notices a vote that cannot be written. Ratis reports it to nobody: a candidate stays a
   * candidate, a voter refuses, and so there is no leader.
   */
  private void checkVoting() {
    long now = System.nanoTime();
    Leadership.View view = leadership.current();
    if (view.leaderId().isPresent()) {
      leaderSeenNanos = now;
      electionGone = false;
      return;
    }
    if (now - leaderSeenNanos
        < settings.timing().electionMax().multipliedBy(MAX_SILENT_ELECTIONS).toNanos()) {
      return;
    }
    Path probe = directory.groupDir().resolve("probe");
    try {
      DurableFiles.write(probe, new byte[1]);
      DurableFiles.delete(probe);
    } catch (IOException e) {
      cannotWrite(e);
      return;
    }
    boolean gone = view.role() == Leadership.Role.CANDIDATE && !node.electing();
    if (gone && electionGone) {
      failure.failed(
          Cause.OTHER,
          "The election of this member ended without a result: its vote could not be written to "
              + directory.groupDir().resolve("current")
              + ". See the log above for the reason. The disk can be written now. Start"
              + " this"
              + " member again.");
    }
    electionGone = gone;
  }

  private void cannotWrite(IOException e) {
    StorageException why =
        StartFailure.of("The disk of this member cannot be written at " + directory.groupDir(), e);
    failure.failed(
        Cause.OTHER,
        why.advice() + " Then start this member again: what it acknowledged is intact.");
  }
}
