// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

/**
 * An entry or a snapshot that this build cannot read: written by a newer build, or damaged. The
 * member must stop: if it skipped the entry, its state would differ from the others'.
 */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A message for the operator: what cannot be read, and what is needed. */
  public UndecodableException(String message) {
    super(message);
  }

  /** Bytes that the parser refused, with its message. */
  public UndecodableException(String message, Throwable cause) {
    super(message, cause);
  }
}
