// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.EventStream.Event;
import io.quiverdb.coordinator.cli.rest.RestException;
import io.quiverdb.coordinator.thread.DaemonThreads;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Waits between two looks at a migration: until it comes into another phase, or a second, whose
 * progress is no event. Where no events are to be had, the looks are closer together.
 */
final class EventWait {
  private static final long INTERVAL_SECONDS = 1;
  private static final String WANTED = "migration";

  private final Session session;
  private final Semaphore phases = new Semaphore(0);
  private volatile boolean follows;
  private boolean begun;

  EventWait(Session session) {
    this.session = session;
  }

  void pause() throws InterruptedException, CommandFailure {
    if (!begun) {
      begun = true;
      EventTail tail = new EventTail(session.client(), broken -> follows = false);
      DaemonThreads.start("events", () -> follow(tail));
    }
    if (follows) {
      // One that came during the last look may have come after its answer: looked at once more.
      phases.tryAcquire(INTERVAL_SECONDS, TimeUnit.SECONDS);
      phases.drainPermits();
    } else {
      PatientReads.pause();
    }
  }

  private void follow(EventTail tail) {
    try {
      tail.follow(Optional.empty(), this::came);
    } catch (RestException e) {
      follows = false; // a member of an older build, or too many clients: it is looked more often
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean came(Event event) {
    follows = true;
    if (event.kind().equals(WANTED)) {
      phases.release();
    }
    return true;
  }
}
