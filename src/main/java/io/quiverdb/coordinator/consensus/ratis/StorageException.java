package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The member cannot start, or cannot go on, with the data directory that it has. */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final FailureListener.Cause exit;
  private final String advice;

  /**
   * What happened, to what, and what to do next.
   *
   * @param exit which end of the process this is
   */
  public StorageException(FailureListener.Cause exit, String message) {
    super(message);
    this.advice = message;
    this.exit = exit;
  }

  /** Likewise, with what went wrong below. */
  public StorageException(FailureListener.Cause exit, String message, Throwable cause) {
    super(message, cause);
    this.advice = message;
    this.exit = exit;
  }

  /** Which end of the process this is. */
  public FailureListener.Cause exit() {
    return exit;
  }

  /** The message. */
  public String advice() {
    return advice;
  }

  /** The one that hides behind what Ratis wrapped around it. */
  static Optional<StorageException> in(@Nullable Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof StorageException found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
