// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

/** What became of one attempt to have a request done by the leader. */
public sealed interface Attempt {
  /** The request is answered. */
  record Answered() implements Attempt {}

  /**
   * Surely nothing entered the log: another attempt may succeed.
   *
   * @param reason for the caller, if no attempt succeeds in time
   */
  record NotLogged(String reason) implements Attempt {}

  /** Nothing was done: the request itself is to be passed on to the leader. */
  record NotGathered() implements Attempt {}
}
