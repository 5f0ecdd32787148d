// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

/**
 * An entry or a snapshot that this build cannot read: written by a newer build, or damaged. A node
 * that meets one must stop: to skip it would make its state differ from the others'.
 */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What cannot be read and what would be needed, for the operator. */
  public UndecodableException(String message) {
    super(message);
  }

  /** Bytes that the parser refused, with its words. */
  public UndecodableException(String message, Throwable cause) {
    super(message, cause);
  }
}
