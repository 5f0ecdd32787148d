// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

/** A document from outside is malformed; the message says what is wrong and where. */
public final class MalformedDocumentException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong and where, for the operator. */
  public MalformedDocumentException(String message) {
    super(message);
  }

  /** A document that the parser refused, with its message. */
  public MalformedDocumentException(String message, Throwable cause) {
    super(message, cause);
  }
}
