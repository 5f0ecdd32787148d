// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import java.util.List;

/** A request was refused, or no member answered it. */
public final class RestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> advice;
  private final boolean passing;

  /**
   * @param message {@code title: detail}
   * @param advice what to do next, a sentence each; may be empty
   */
  RestException(String message, List<String> advice) {
    this(message, advice, false);
  }

  /**
   * @param passing whether the same request may succeed later
   */
  RestException(String message, List<String> advice, boolean passing) {
    super(message);
    this.advice = List.copyOf(advice);
    this.passing = passing;
  }

  /** Whether no member could answer now, so that a retry is useful. */
  public boolean passing() {
    return passing;
  }

  /** What the operator can do next, in sentences. */
  public List<String> advice() {
    return advice;
  }
}
