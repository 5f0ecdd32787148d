// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

/** A member could not start to serve; the message is for the operator. */
final class MemberStartException extends Exception {
  private static final long serialVersionUID = 1L;

  MemberStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
