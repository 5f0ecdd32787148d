// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

/** The result of one attempt to have the leader serve a request. */
public sealed interface Attempt {
  /** The request is answered. */
  record Answered() implements Attempt {}

  /**
   * Surely nothing entered the log: another attempt may succeed.
   *
   * @param reason for the caller, if no attempt succeeds in time
   */
  record NotLogged(String reason) implements Attempt {}

  /** Nothing was done: the request itself has to be forwarded to the leader. */
  record NotGathered() implements Attempt {}
}
