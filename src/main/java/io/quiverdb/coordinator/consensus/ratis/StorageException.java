// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The member cannot start, or cannot continue, with its data directory. */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final FailureListener.Cause exit;
  private final String advice;
  private final boolean damage;

  /**
   * Says what happened, to what, and what to do next.
   *
   * @param exit the cause, which sets the exit code of the process
   */
  public StorageException(FailureListener.Cause exit, String message) {
    this(exit, message, null, false);
  }

  /** The same, with a cause. */
  public StorageException(FailureListener.Cause exit, String message, Throwable cause) {
    this(exit, message, cause, false);
  }

  private StorageException(Cause exit, String message, @Nullable Throwable cause, boolean damage) {
    super(message, cause);
    this.advice = message;
    this.exit = exit;
    this.damage = damage;
  }

  /** For data that is lost or damaged. The advice depends on the others, so it is added later. */
  static StorageException damaged(String what, @Nullable Throwable cause) {
    return new StorageException(Cause.STORAGE, what, cause, true);
  }

  /** The same with advice for the operator. */
  StorageException advising(String whatToDo) {
    return new StorageException(exit, advice + " " + whatToDo, this, false);
  }

  /** Whether the data here is useless and the advice is still missing. */
  boolean damage() {
    return damage;
  }

  /** The cause, which sets the exit code of the process. */
  public FailureListener.Cause exit() {
    return exit;
  }

  /** The message. */
  public String advice() {
    return advice;
  }

  /** Finds the cause that Ratis has wrapped in other exceptions. */
  static Optional<StorageException> in(@Nullable Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof StorageException found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
