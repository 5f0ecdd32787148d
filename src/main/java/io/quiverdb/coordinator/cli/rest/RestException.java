package io.quiverdb.coordinator.cli.rest;

import java.util.List;

/** A request was refused, or nobody answered it. */
public final class RestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> advice;

  /**
   * @param message {@code title: detail}
   * @param advice what to do next, a sentence each; may be empty
   */
  RestException(String message, List<String> advice) {
    super(message);
    this.advice = List.copyOf(advice);
  }

  /** What the operator can do next, a sentence each. */
  public List<String> advice() {
    return advice;
  }
}
